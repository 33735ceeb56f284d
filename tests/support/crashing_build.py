"""Builds a recipe and kills itself at one point of its life.

    python crashing_build.py RECIPE FUNCTION NUMBER fresh|retry

The point is the NUMBER-th call of a function of `os` that changes what is on disk; a write is
torn in half. With NUMBER 0 nothing is killed and the count of calls is printed.
"""

import os
import signal
import sys

import skelconv
from skelconv.engine import dispatch

FUNCTIONS = ("pwrite", "fsync", "replace", "unlink")


def main(recipe: str, name: str, number: int, how: str) -> None:
    function = getattr(os, name)
    calls = 0

    def counted(*arguments, **keywords):
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
    print(calls)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
