"""Runs whole commands in turn and tells their wall time and peak memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Timing:
    """What one command took, over several rounds."""

    seconds: list[float] = field(default_factory=list)
    peak_mb: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        spread = f"{min(self.seconds):.2f} to {max(self.seconds):.2f}"
        return f"{self.median:7.2f} s (of {spread}), peak {max(self.peak_mb):.0f} MB"

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


def run(command: Sequence[str | Path], cwd: Path) -> tuple[float, float]:
    """Run a command to its end; return seconds, and MB of the largest of its processes."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in command], cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command[0]} failed with {process.returncode}:\n{errors.decode()[-2000:]}")
    return seconds, usage.ru_maxrss / 1024


def in_turn(
    commands: Mapping[str, Callable[[], tuple[float, float]]], rounds: int
) -> dict[str, Timing]:
    """Run commands in turn, round after round: what disturbs one round disturbs all of them."""
    timings = {name: Timing() for name in commands}
    for number in range(rounds):
        for name, command in commands.items():
            seconds, peak = command()
            timings[name].seconds.append(seconds)
            timings[name].peak_mb.append(peak)
            print(f"round {number + 1}, {name}: {seconds:.2f} s, {peak:.0f} MB", flush=True)
    return timings
