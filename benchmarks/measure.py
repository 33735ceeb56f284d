"""Runs whole commands in turn and tells their wall time, CPU time and peak memory."""

from __future__ import annotations

import ctypes
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

_PR_SET_CHILD_SUBREAPER = 36


class Used(NamedTuple):
    """What one run took: seconds, seconds of CPU, and MB of the largest of its processes."""

    seconds: float
    cpu: float
    peak_mb: float


@dataclass
class Timing:
    """What one command took, over several rounds."""

    runs: list[Used] = field(default_factory=list)

    def __str__(self) -> str:
        seconds = [run.seconds for run in self.runs]
        spread = f"{min(seconds):.2f} to {max(seconds):.2f}"
        peak = max(run.peak_mb for run in self.runs)
        return f"{self.median:7.2f} s (of {spread}), CPU {self.cpu:.2f} s, peak {peak:.0f} MB"

    @property
    def median(self) -> float:
        return statistics.median(run.seconds for run in self.runs)

    @property
    def cpu(self) -> float:
        return statistics.median(run.cpu for run in self.runs)


def run(command: Sequence[str | Path], cwd: Path) -> Used:
    """Run a command to its end, and that of the processes that it leaves behind."""
    adopt()
    before = cpu_of_children()
    begin = time.perf_counter()
    # What Python compiles in the first round is there in the others, as where it is installed.
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=cwd,
        env=kept,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command[0]} failed with {process.returncode}:\n{errors.decode()[-2000:]}")
    wait_for_all()
    return Used(seconds, cpu_of_children() - before, usage.ru_maxrss / 1024)


def adopt() -> None:
    """Become the parent of what commands leave behind, such as a server's workers."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def wait_for_all() -> None:
    """Wait for the end of all child processes, the adopted ones too."""
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break


def cpu_of_children() -> float:
    """Return the seconds of CPU that child processes took which have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def in_turn(commands: Mapping[str, Callable[[], Used]], rounds: int) -> dict[str, Timing]:
    """Run commands in turn, round after round: what disturbs one round disturbs all of them."""
    timings = {name: Timing() for name in commands}
    for number in range(rounds):
        for name, command in commands.items():
            used = command()
            timings[name].runs.append(used)
            print(
                f"round {number + 1}, {name}: {used.seconds:.2f} s, CPU {used.cpu:.2f} s, "
                f"{used.peak_mb:.0f} MB",
                flush=True,
            )
    return timings
