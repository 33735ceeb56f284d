"""The cluster that a build starts for itself: who can use it, and how it starts and ends."""

import io
import logging
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import dask
import distributed
import psutil
import pytest
from distributed.security import Security
from support.dask_clusters import Build, recipe

import skelconv
from skelconv import BuildError
from skelconv.plugin import Resources
from skelconv_dask import cluster as own
from skelconv_dask.executor import DaskExecutor

# Dask closes its sockets and event loops late.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def listening(process: psutil.Process) -> Iterator[tuple[str, int]]:
    """Yield the addresses at which a process and its children can be reached."""
    for each in (process, *process.children(recursive=True)):
        for connection in each.net_connections():
            if connection.status == psutil.CONN_LISTEN:
                yield connection.laddr


def answer(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(b"GET /info HTTP/1.0\r\n\r\n")
        try:
            return connection.recv(100)
        except ConnectionError:
            return b""


def gets_in(address: str, security: Security | None) -> bool:
    try:
        distributed.Client(address, timeout=0.5, security=security).close()
    except OSError:
        return False
    return True


def test_nobody_without_the_keys_of_a_build_can_use_its_cluster(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    path = recipe(tmp_path, behave={"45": f"wait:{gate}"})
    with Build(path, "--workers", "2") as build:
        build.read_until("300 to convert")
        found = list(listening(psutil.Process(build.process.pid)))
        assert len(found) == 5  # of the scheduler, two workers and what watches over these
        assert {host for host, _ in found} == {"127.0.0.1"}
        for _, port in found:
            assert not answer(port).startswith(b"HTTP")
            assert not gets_in(f"tcp://127.0.0.1:{port}", None)
            assert not gets_in(f"tls://127.0.0.1:{port}", Security.temporary())
        gate.open("w").close()
        assert build.finish() == 0, build.errors


def test_dask_imports_nothing_from_a_folder_that_others_can_write(tmp_path: Path) -> None:
    """By default its workers look for modules in a folder of a fixed name below /tmp."""
    with dask.config.set({"temporary-directory": str(tmp_path / "of-all")}):
        skelconv.build(recipe(tmp_path), executor="dask", workers=1)
    assert not (tmp_path / "of-all").exists()


@pytest.fixture
def deadly(tmp_path: Path) -> Iterator[Path]:
    """Dask's workers load a module that kills them, as they start, while a file is not there."""
    marker = tmp_path / "marker"
    module = tmp_path / "deadly.py"
    module.write_text(
        "import os, signal\n"
        f"if not os.path.exists({str(marker)!r}):\n"
        f"    if not os.path.exists({str(tmp_path / 'always')!r}):\n"
        f"        open({str(marker)!r}, 'x').close()\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    with dask.config.set({"distributed.worker.preload": [str(module)]}):
        yield tmp_path


def test_a_worker_that_is_killed_as_it_starts_is_no_fault(
    deadly: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert skelconv.build(recipe(deadly), executor="dask", workers=2).clips == 300
    assert "the Dask cluster did not start, and is started again" in capfd.readouterr().err


def test_workers_that_are_killed_each_time_are_reported(deadly: Path) -> None:
    (deadly / "always").touch()
    with pytest.raises(BuildError, match="a Dask cluster cannot be started") as raised:
        skelconv.build(recipe(deadly), executor="dask", workers=1)
    assert "--workers" in str(raised.value.hint)


def test_a_script_that_is_no_file_is_told_what_to_do(tmp_path: Path) -> None:
    script = (
        f"import skelconv; skelconv.build({str(recipe(tmp_path))!r}, executor='dask', workers=1)"
    )
    done = subprocess.run(
        [sys.executable, "-"], input=script, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 1
    assert "they import the script: write it to a file, or build without executor" in done.stderr


def test_workers_that_are_killed_later_are_replaced(tmp_path: Path) -> None:
    with Build(recipe(tmp_path, seconds=0.02), "--workers", "2") as build:
        build.read_until("300 to convert")
        for child in psutil.Process(build.process.pid).children():
            if "spawn_main" in " ".join(child.cmdline()):
                child.kill()
        assert build.finish() == 0, build.errors


@pytest.mark.parametrize("late", [False, True])
def test_ctrl_c_ends_build_and_cluster(late: bool, tmp_path: Path) -> None:
    path = recipe(tmp_path, seconds=0.05)
    with Build(path, "--workers", "2") as build:
        driver = psutil.Process(build.process.pid)
        if late:
            build.read_until("300 to convert")
        else:  # its cluster is about to start
            while not driver.children() and build.process.poll() is None:
                os.sched_yield()
        children = driver.children(recursive=True)
        begin = time.monotonic()
        build.interrupt()
        assert build.finish() == 130
        assert time.monotonic() - begin < 15
        assert f"skelconv build {path} --executor dask --workers 2" in build.errors
        assert "Traceback" not in build.errors
        assert psutil.wait_procs(children, timeout=10)[1] == []


def test_too_few_open_files_are_said_before_the_start(tmp_path: Path) -> None:
    path = recipe(tmp_path)
    command = [sys.executable, "-m", "skelconv", "build", path, "--executor", "dask"]
    command += ["--workers", "8"]

    def done(files: int) -> subprocess.CompletedProcess[str]:
        shell = ["sh", "-c", f'ulimit -n {files} && exec "$@"', "sh"]
        return subprocess.run([*shell, *command], check=False, capture_output=True, text=True)

    refused = done(64)
    assert refused.returncode == 1
    needed = re.search(
        r"needs up to (\d+) open files, and .* allows this process 64", refused.stderr
    )
    assert needed, refused.stderr
    assert f"ulimit -n {needed[1]}" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not list(tmp_path.glob("*.skelconv-build"))
    enough = done(int(needed[1]))
    assert enough.returncode == 0, enough.stderr


@pytest.mark.parametrize("in_time", [True, False])
def test_what_is_not_closed_in_time_is_not_heard(
    monkeypatch: pytest.MonkeyPatch, in_time: bool
) -> None:
    logger, said = logging.getLogger("distributed"), io.StringIO()
    monkeypatch.setattr(logger, "handlers", [logging.StreamHandler(said)])
    if not in_time:
        monkeypatch.setattr(own, "_CLOSE_SECONDS", 0.001)
    pool = DaskExecutor(1, None, 10.0).start(Resources())
    logger.error("while it works")
    pool.shutdown()
    logger.error("when it is closed")
    assert said.getvalue() == ("when it is closed\n" if in_time else "")
