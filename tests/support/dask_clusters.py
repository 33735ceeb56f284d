"""Dask clusters as users start them, and builds on them, all in processes that can be killed."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import distributed
from distributed.security import Security


def recipe(folder: Path, **source: Any) -> Path:
    path = folder / "recipe.yaml"
    content = {
        "skelconv": 1,
        "name": "toy",
        "source": {"use": "toy", "with": {"clips": 300, **source}},
        "splits": ["toy-halves"],
        "sink": {"use": "toy", "with": {"path": str(folder / "out.txt")}},
    }
    path.write_text(json.dumps(content))
    return path


def free_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return int(unused.getsockname()[1])


class Cluster:
    """A scheduler and workers without nannies: a worker that is killed stays dead."""

    def __init__(self, protocol: str = "tcp", security: Security | None = None) -> None:
        self.address = f"{protocol}://127.0.0.1:{free_port()}"
        self._security = security
        self._processes: list[subprocess.Popen[bytes]] = []
        self.workers: list[subprocess.Popen[bytes]] = []
        self.start_scheduler()

    def start_scheduler(self) -> None:
        protocol, _, port = self.address.rpartition(":")
        protocol = protocol.partition(":")[0]
        listening = ("--host", "127.0.0.1", "--port", port, "--protocol", protocol)
        quiet = ("--dashboard-address", "127.0.0.1:0", "--no-show")
        self.scheduler = self._run("scheduler", *listening, *quiet)

    def start_workers(self, count: int, *arguments: str, path: str = "") -> None:
        before = len([worker for worker in self.workers if worker.poll() is None])
        for _ in range(count):
            options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", *arguments)
            self.workers.append(self._run("worker", self.address, *options, path=path))
        with distributed.Client(
            self.address, timeout=60, set_as_default=False, security=self._security
        ) as client:
            client.wait_for_workers(before + count, timeout=60)

    def kill_workers(self) -> None:
        for worker in self.workers:
            worker.kill()
        for worker in self.workers:
            worker.wait()

    def _run(self, *arguments: str, path: str = "") -> subprocess.Popen[bytes]:
        inherited = os.environ["PYTHONPATH"]
        self._processes.append(
            subprocess.Popen(
                [sys.executable, "-m", "dask", *arguments],
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (path, inherited)))},
            )
        )
        return self._processes[-1]

    def close(self) -> None:
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.wait()


@contextmanager
def cluster(workers: int = 2, *arguments: str) -> Iterator[Cluster]:
    started = Cluster()
    try:
        if workers:
            started.start_workers(workers, *arguments)
        yield started
    finally:
        started.close()


class Build:
    """A build from a shell."""

    def __init__(self, recipe: Path, *arguments: str) -> None:
        # Where tests run in the background, Ctrl-C may be ignored, and that is inherited.
        program = (
            "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
            "from skelconv.cli import main; main()"
        )
        command = [sys.executable, "-c", program, "build", str(recipe), "--executor", "dask"]
        self.process = subprocess.Popen(
            [*command, *arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.errors = ""

    def read_until(self, text: str) -> None:
        """Read what it says up to a line with this text."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.errors += line
            if text in line:
                return
        raise AssertionError(f"{text!r} is not in what it said:\n{self.errors}")

    def interrupt(self) -> None:
        """Send Ctrl-C as a terminal does: to the whole process group."""
        os.killpg(self.process.pid, signal.SIGINT)

    def finish(self, seconds: float = 60) -> int:
        _, errors = self.process.communicate(timeout=seconds)
        self.errors += errors
        return self.process.returncode

    def __enter__(self) -> "Build":
        return self

    def __exit__(self, *error: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        assert self.process.stderr is not None
        self.process.stderr.close()
