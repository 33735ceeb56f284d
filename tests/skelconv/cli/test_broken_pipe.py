"""A build whose messages nobody reads any more goes on, and loses nothing."""

import os
import subprocess
import sys

import pytest

RECIPE = """\
skelconv: 1
name: a
source: {use: toy, with: {clips: 40, rejected: [x]}}
transforms: [chatty]
sink: {use: toy, with: {path: OUT}}
"""
CHATTY = """\
import sys
from skelconv.plugin import Options, TransformPlugin, hookimpl

def chat(clip):
    print("from a library")
    print("from a library", file=sys.stderr, flush=True)
    sys.stdout.flush()
    return clip

@hookimpl
def skelconv_transforms():
    yield TransformPlugin(name="chatty", summary="Prints", create=lambda options: chat)
"""


@pytest.fixture
def build(install, site, tmp_path):
    install("acme-chatty", {"c": "acme_chatty"}, {"acme_chatty": CHATTY})

    def build(out, *arguments):
        (tmp_path / "a.yaml").write_text(RECIPE.replace("OUT", out))
        path = os.pathsep.join([str(site), *filter(None, sys.path)])
        return {
            "args": [sys.executable, "-m", "skelconv", "build", "a.yaml", *arguments],
            "cwd": tmp_path,
            "env": {**os.environ, "PYTHONPATH": path},
        }

    return build


@pytest.mark.parametrize("executor", ["local", "serial"])
@pytest.mark.parametrize("lines", [0, 1])
def test_a_reader_that_goes_away(build, tmp_path, executor, lines):
    arguments = ["--executor", executor, "--workers", "1"]
    whole = subprocess.run(**build("whole.txt", *arguments), capture_output=True, check=False)
    assert whole.returncode == 2, whole.stderr  # a clip is rejected
    command = build("cut.txt", *arguments)
    pipe = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(**command, **pipe) as process:
        for _ in range(lines):
            process.stdout.readline()
        process.stdout.close()
    assert process.returncode == 2
    assert (tmp_path / "cut.txt").read_bytes() == (tmp_path / "whole.txt").read_bytes()
    assert (tmp_path / "cut.txt.skelconv.json").exists()


def test_a_shell_with_head(build, tmp_path):
    command = build("out.txt")
    words = " ".join(command.pop("args"))
    script = f"{words} 2>&1 | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], **command, capture_output=True, check=False)
    assert done.returncode == 2
    assert len(done.stdout.splitlines()) == 1
    assert (tmp_path / "out.txt").exists()
