"""Plugins that hang, or leave a thread, are named and do not keep a command from ending."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HANGS = """\
import sys, time
print("importing", file=sys.stderr, flush=True)
time.sleep(600)
"""
LEAVES_A_THREAD = """\
import threading
from skelconv.plugin import Options, SourcePlugin, hookimpl

threading.Thread(target=threading.Event().wait, name="of acme").start()

@hookimpl
def skelconv_sources():
    yield SourcePlugin(name="camera", summary="Good", create=Options)
"""
ENDS_SOON = LEAVES_A_THREAD.replace(
    "threading.Event().wait, ", "threading.Event().wait, args=(0.5,), "
)


@pytest.fixture
def start(site: Path, tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    def start(*arguments: str) -> subprocess.Popen[str]:
        path = os.pathsep.join([str(site), os.environ["PYTHONPATH"]])
        return subprocess.Popen(
            [sys.executable, "-m", "skelconv", *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # Where tests run in the background, Ctrl-C may be ignored, and that is inherited.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    return start


def test_a_plugin_that_hangs_is_named(
    install: Callable[..., None], start: Callable[..., subprocess.Popen[str]]
) -> None:
    install("acme-hangs", {"h": "acme_hangs"}, {"acme_hangs": HANGS})
    with start("list-plugins") as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "importing\n"
        assert process.stderr.readline() == "waiting for the plugin acme-hangs 1.0: h\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert (out, err) == ("", "interrupted while the plugin acme-hangs 1.0: h was imported\n")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (LEAVES_A_THREAD, "ended, although a plugin left a thread running: 'of acme'\n"),
        (ENDS_SOON, ""),
    ],
    ids=["leaves", "ends soon"],
)
def test_a_plugin_that_leaves_a_thread(
    install: Callable[..., None],
    start: Callable[..., subprocess.Popen[str]],
    code: str,
    said: str,
) -> None:
    install("acme-thread", {"t": "acme_thread"}, {"acme_thread": code})
    with start("list-plugins", "--kind", "source") as process:
        out, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "camera" in out
    assert err == said


def test_workers_with_such_a_thread_end_too(
    install: Callable[..., None], start: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    install("acme-thread", {"t": "acme_thread"}, {"acme_thread": LEAVES_A_THREAD})
    recipe = {
        "skelconv": 1,
        "name": "toy",
        "source": {"use": "toy", "with": {"clips": 4, "behave": {"1": "error"}}},
        "sink": {"use": "toy", "with": {"path": "out.txt"}},
    }
    (tmp_path / "recipe.yaml").write_text(json.dumps(recipe))
    with start("build", "recipe.yaml", "--workers", "2") as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "3 clips" in out
    assert err.splitlines()[-1] == "ended, although a plugin left a thread running: 'of acme'"
