"""Builds that kill themselves at one point of their lives, as forks of one process.

To import skelconv takes longer than most of these builds, so that it is done once. What a fork
finds is what a new process would: the process that forks has built nothing but a warm-up.

    python crashing_build.py    # a line of JSON for each build, and one for what became of it
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import skelconv
from skelconv.engine import dispatch

FUNCTIONS = ("pwrite", "fsync", "replace", "unlink")


class Crash(Protocol):
    """Builds a recipe, and kills the build."""

    def __call__(self, recipe: Path, function: str, number: int, *, how: str) -> int | None:
        """Build it until a call of a function of `os` that changes what is on disk.

        Parameters
        ----------
        recipe : Path
            The recipe.
        function : str
            One of `FUNCTIONS`; a write is torn in half.
        number : int
            Which of its calls, from 1; with 0 nothing is killed.
        how : {"fresh", "retry"}
            As of `skelconv.build`.

        Returns
        -------
        int or None
            How many calls there were; None where it was killed.
        """


@contextmanager
def crashing(environment: Mapping[str, str]) -> Iterator[Crash]:
    """Start the process that forks, with the given environment; it ends with the block."""
    process = subprocess.Popen(
        [sys.executable, __file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert process.stdout is not None
    answers = process.stdout

    def crash(recipe: Path, function: str, number: int, *, how: str) -> int | None:
        print(json.dumps([str(recipe), function, number, how]), file=process.stdin, flush=True)
        code, told = json.loads(answers.readline())
        assert code in (0, -signal.SIGKILL), told
        return None if code else int(told)

    with process:
        yield crash


def build(recipe: str, name: str, number: int, how: str) -> int:
    function = getattr(os, name)
    calls = 0

    def counted(*arguments: Any, **keywords: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == number:
            if name == "pwrite":
                file, data, offset = arguments
                function(file, bytes(data)[: len(data) // 2], offset)
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **keywords)

    # By the time that clips take, runs would write more often or less.
    dispatch._BATCH_SECONDS, dispatch._MAX_BATCH = 1e6, 4
    setattr(os, name, counted)
    skelconv.build(recipe, executor="serial", **{how: True})
    return calls


def serve() -> None:
    with tempfile.TemporaryDirectory() as folder:
        sink = {"use": "toy", "with": {"path": f"{folder}/out.txt"}}
        skelconv.build({"name": "warm", "source": "toy", "sink": sink}, executor="serial")
    for line in sys.stdin:
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            ended, told = 1, ""
            try:
                told = str(build(*json.loads(line)))
                ended = 0
            except BaseException:
                told = traceback.format_exc()
            finally:
                os.write(writer, told.encode()[-4000:])
                os._exit(ended)
        os.close(writer)
        with open(reader) as file:
            told = file.read()
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(json.dumps([code, told]), flush=True)


if __name__ == "__main__":
    serve()
