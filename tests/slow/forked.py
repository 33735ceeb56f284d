"""Commands as forks of a process that has imported skelconv, which saves most of their time.

They are what ``python -m skelconv`` runs, but for the start of Python.
"""

import contextlib
import faulthandler
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from skelconv.plugin.loading import load_registry

_MODULES = (
    "s3fs",
    "skelconv.cli.app",
    "skelconv.cli.build",
    "skelconv.cli.progress",
    "skelconv.datasets.convert",
    "skelconv_ntu.source",
    "skelconv_pickle.annotation",
    "skelconv_pickle.reader",
    "skelconv_zarr.reader",
    "skelconv_zarr.upload",
    "skelconv_zarr.writer",
    "zarr",
)


class Nursery:
    """The process that forks. Used in a ``with`` block."""

    def __enter__(self) -> "Nursery":
        self._socket, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, __file__, str(theirs.fileno())]
            self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()])
        return self

    def __exit__(self, *error: object) -> None:
        self._socket.close()
        self._process.wait()

    def start(
        self, command: Sequence[str], folder: Path, environment: Mapping[str, str]
    ) -> "Forked":
        """Start a command.

        Parameters
        ----------
        command : sequence of str
            The arguments of skelconv.
        folder : Path
            Where it runs.
        environment : mapping of str to str
            Its environment.

        Returns
        -------
        Forked
            It, as `subprocess.Popen`.
        """
        ours, theirs = socket.socketpair()
        reading, writing = os.pipe()
        request = json.dumps([list(command), str(folder), dict(environment)]).encode()
        files = [writing, theirs.fileno()]
        socket.send_fds(self._socket, [len(request).to_bytes(4, "big") + request], files)
        theirs.close()
        os.close(writing)
        return Forked(ours, reading)


class Forked:
    """A process, with what is needed here of `subprocess.Popen`."""

    def __init__(self, connection: socket.socket, errors: int) -> None:
        self._connection = connection.makefile("r")
        self._socket = connection
        self._errors = errors
        self.pid = int(self._connection.readline())
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self._socket], [], [], 0)[0]:
            self.returncode = int(self._connection.readline())
        return self.returncode

    def wait(self, timeout: float) -> None:
        if self.returncode is None and not select.select([self._socket], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired("skelconv", timeout)
        self.poll()

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def communicate(self, timeout: float = 60.0) -> tuple[None, str]:
        until, found = time.monotonic() + timeout, b""
        while select.select([self._errors], [], [], max(until - time.monotonic(), 0))[0]:
            more = os.read(self._errors, 65536)
            if not more:
                os.close(self._errors)
                self._connection.close()
                self._socket.close()
                return None, found.decode()
            found += more
        raise subprocess.TimeoutExpired("skelconv", timeout)


def _serve(connection: socket.socket) -> None:
    for name in _MODULES:
        with contextlib.suppress(ImportError):  # not all is installed everywhere
            importlib.import_module(name)
    load_registry()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        head, files, _, _ = socket.recv_fds(connection, 4, 2)
        if not head:
            return
        length = int.from_bytes(head, "big")
        request = b""
        while len(request) < length:
            request += connection.recv(length - len(request))
        if not os.fork():
            connection.close()
            _watch(*json.loads(request), *files)
        for file in files:
            os.close(file)


def _watch(
    command: list[str], folder: str, environment: dict[str, str], errors: int, report: int
) -> None:
    """Fork once more, and report the other's process id and exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if not pid:
        os.close(report)
        _run(command, folder, environment, errors)
    os.close(errors)
    os.write(report, b"%d\n" % pid)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.write(report, b"%d\n" % code)
    os._exit(0)


def _run(command: list[str], folder: str, environment: dict[str, str], errors: int) -> None:
    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    nothing = os.open(os.devnull, os.O_RDWR)
    for file, number in ((nothing, 0), (nothing, 1), (errors, 2)):
        os.dup2(file, number)
    os.closerange(3, 64)
    sys.stdin = os.fdopen(0)
    sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w", buffering=1)
    faulthandler.enable()
    sys.argv = ["skelconv", *command]
    from skelconv.cli import main

    main()
    sys.exit()


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as given:
        _serve(given)
