"""How fast DataLoader workers read clips at random: Zarr, npy, LMDB, and a pickle held in memory.

    python benchmarks/loader_reads.py [--clips 20000] [--workers 1 4] [--folder DIR]

The data are those of `zarr_random_reads.py`. A worker reads a whole clip as an array of its own
and sends one frame of it, so that the way to the trainer, which is the same for all, does not
count. Every run is a process of its own, and the formats are taken in turn; the first epoch, in
which workers start, does not count. Files are opened before the workers start, but for LMDB's,
which do not go through a fork, and are in the page cache. LMDB is left out where it is not
installed.
"""

from __future__ import annotations

import argparse
import functools
import importlib.util
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from torch.utils.data import DataLoader, Dataset
from zarr_random_reads import (
    Data,
    Read,
    open_memmap,
    open_pickle,
    open_zarr,
    write_memmap,
    write_pickle,
    write_zarr,
)

READS = 8000
BATCH = 64


def write_lmdb(data: Data, path: Path) -> None:
    import lmdb

    with lmdb.open(str(path), map_size=1 << 36) as environment, environment.begin(write=True) as to:
        for n in range(data.number):
            keypoint = data.keypoint(n)
            to.put(b"%d" % n, np.array(keypoint.shape[:2], "<i4").tobytes() + keypoint.tobytes())


def open_lmdb(path: Path) -> Read:
    import lmdb

    entry = lmdb.open(str(path), readonly=True, lock=False, readahead=False).begin(buffers=True)

    def read(n: int) -> np.ndarray:
        content = entry.get(b"%d" % n)
        shape = np.frombuffer(content, "<i4", 2)
        return np.frombuffer(content, "f2", offset=8).reshape(*shape, 25, 3).copy()

    return read


FORMATS = {
    "memory-mapped npy": (write_memmap, open_memmap, "memmap"),
    "Zarr": (write_zarr, open_zarr, "data.zarr"),
    "Zarr lz4": (functools.partial(write_zarr, codec="lz4"), open_zarr, "lz4.zarr"),
    "LMDB": (write_lmdb, open_lmdb, "data.lmdb"),
    "pickle in memory": (write_pickle, open_pickle, "data.pkl"),
}


class Clips(Dataset):
    """Clips in random order."""

    def __init__(self, name: str, path: Path, number: int, seed: int) -> None:
        _, self._open, _ = FORMATS[name]
        self._path = path
        self._read = None if name == "LMDB" else self._open(path)
        self._picks = np.random.default_rng(seed).integers(0, number, READS).tolist()

    def __len__(self) -> int:
        return READS

    def __getitem__(self, place: int) -> np.ndarray:
        if self._read is None:
            self._read = self._open(self._path)
        return self._read(self._picks[place])[0, 0]


def epochs(loader: DataLoader[Any]) -> float:
    """Read everything twice, and return the seconds of the second time."""
    seconds = 0.0
    for _ in range(2):
        begin = time.perf_counter()
        assert sum(len(batch) for batch in loader) == READS
        seconds = time.perf_counter() - begin
    return seconds


def measure(name: str, path: Path, number: int, workers: int, seed: int) -> dict[str, float]:
    clips = Clips(name, path, number, seed)
    loader = DataLoader(clips, BATCH, num_workers=workers, collate_fn=list, persistent_workers=True)
    seconds = epochs(loader)
    del loader  # its workers end, and their time counts
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"per_second": READS / seconds, "cpu_us": (used.ru_utime + used.ru_stime) / READS / 2e-6}


def measure_apart(*arguments: object) -> dict[str, float]:
    command = [sys.executable, __file__, "--measure", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, default=20_000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where to write; a temporary one by default")
    parser.add_argument("--measure", nargs=5, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        name, path, *numbers = options.measure
        print(json.dumps(measure(name, Path(path), *map(int, numbers))))
        return
    names = [name for name in FORMATS if name != "LMDB" or importlib.util.find_spec("lmdb")]
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        data = Data(options.clips)
        for name in names:
            write, _, file = FORMATS[name]
            write(data, Path(folder) / file)
        for workers in options.workers:
            compare(names, Path(folder), options, workers)


def compare(names: list[str], folder: Path, options: argparse.Namespace, workers: int) -> None:
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for seed in range(options.rounds):
        for name in names:
            path = folder / FORMATS[name][2]
            runs[name].append(measure_apart(name, path, options.clips, workers, seed))
    print(f"{options.clips} clips, {workers} workers, medians of {options.rounds}:")
    base = statistics.median(run["per_second"] for run in runs[names[0]])
    for name, found in runs.items():
        rate = statistics.median(run["per_second"] for run in found)
        cpu = statistics.median(run["cpu_us"] for run in found)
        print(
            f"  {name:18} {rate:8,.0f} clips/s, {rate / base:.2f} of the first; CPU of workers "
            f"{cpu:.0f} us a clip",
            flush=True,
        )


if __name__ == "__main__":
    main()
