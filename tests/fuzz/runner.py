"""Tries inputs, and notes what must not happen: other errors, too much memory, too much time."""

import hashlib
import os
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from fuzz.mutation import mutated
from fuzz.targets import ERRORS, Target

# For an input: what `skelconv.data.budget` allows for the content of a file, twice, since
# garbage is not returned at once.
FREE_BYTES, BYTES_PER_BYTE = 2 * 2**25, 64
FREE_SECONDS, SECONDS_PER_BYTE = 2.0, 4e-6
LARGEST = 1 << 17


@dataclass
class Runner:
    """A target with its inputs so far."""

    target: Target
    keep: Path | None = None
    tried: int = 0
    refused: int = 0
    faults: dict[str, bytes] = field(default_factory=dict)
    most_bytes: int = 0
    most_seconds: float = 0.0

    def __post_init__(self) -> None:
        self._read = self.target.make()
        self._seconds = 0.0
        for seed in self.target.seeds():  # this imports what is needed
            with suppress(*ERRORS):
                self._read(seed)

    def __call__(self, data: bytes) -> None:
        self.tried += 1
        before = _reset_peak()
        start = time.process_time()
        try:
            self._read(data)
        except ERRORS:
            self.refused += 1
        except Exception as error:  # the point of it
            self._fault(_place(error), data)
        seconds = time.process_time() - start
        taken = _peak() - before
        self._seconds += seconds
        self.most_seconds = max(self.most_seconds, seconds)
        self.most_bytes = max(self.most_bytes, taken)
        if taken > FREE_BYTES + BYTES_PER_BYTE * len(data):
            self._fault(f"memory: {taken >> 20} MiB for {len(data):,} bytes", data, "memory")
        if seconds > FREE_SECONDS + SECONDS_PER_BYTE * len(data):
            self._fault(f"time: {seconds:.1f} s for {len(data):,} bytes", data, "time")

    def _fault(self, what: str, data: bytes, kind: str = "") -> None:
        key = kind or what
        if key in self.faults:
            return
        self.faults[key] = data
        print(f"{self.target.name}: {what}", flush=True)
        if self.keep:
            self.keep.mkdir(parents=True, exist_ok=True)
            name = hashlib.sha256(data).hexdigest()[:12]
            path = self.keep / f"{self.target.name}-{name}"
            path.write_bytes(data)
            print(f"  {path}", flush=True)

    def summary(self) -> str:
        return (
            f"{self.target.name}: {self.tried:,} inputs, {self.refused:,} refused, "
            f"{len(self.faults)} faults; at most {self.most_bytes / 2**20:.1f} MiB and "
            f"{self.most_seconds:.2f} s for an input"
        )


def fuzz(runner: Runner, seconds: float, count: int, seed: int = 0) -> None:
    """Try mutations by chance: the same for the same seed."""
    chance = Random(seed)
    seeds: Sequence[bytes] = runner.target.seeds()
    end = time.monotonic() + seconds
    for _ in range(count):
        if time.monotonic() > end:
            return
        runner(mutated(chance, seeds, runner.target.words, LARGEST))


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "skelconv" in frame.filename] or frames
    last = ours[-1]
    message = " ".join(str(error).split())[:100]
    return f"{type(error).__name__} at {last.filename}:{last.lineno} ({message})"


def _reset_peak() -> int:
    """Forget the process's peak of memory, and return what it takes now."""
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    return _status("VmRSS")


def _peak() -> int:
    return _status("VmHWM")


def _status(key: str) -> int:
    if not os.path.exists("/proc/self/status"):
        return 0
    with open("/proc/self/status") as file:
        line = next(line for line in file if line.startswith(key))
    return int(line.split()[1]) << 10
