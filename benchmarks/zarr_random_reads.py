"""How fast clips are read from a Zarr dataset, a pickle and a NumPy memmap of the same data.

    python benchmarks/zarr_random_reads.py [--clips 20000 114480] [--folder DIR]

It makes its own data, of NTU RGB+D's size and shape: 71 frames in the median, one person or two,
25 joints, float16; joints move on smooth curves with a sensor's noise, in metres with 7
significant digits. Every figure is the median of several runs, each in a process of its own;
files are in the page cache, for all formats alike.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

BATCH = 64
READS = 3000
RUNS = 5


def bank(rows: int = 65_536, frames: int = 128, noise: float = 0.003) -> np.ndarray:
    """Make rows of 25 joints: smooth curves, cut every so many frames, and noise."""
    rng = np.random.default_rng(0)
    time_axis = np.linspace(0, 1, frames)[:, None, None]
    pieces = []
    for _ in range(rows // frames):
        joints = rng.normal(0, 0.4, (1, 25, 3)) + np.array([0, 0, 3.2])
        for wave in (1, 2, 3):
            phase = rng.random((1, 25, 3))
            reach = rng.normal(0, 0.08 / wave, (1, 25, 3))
            joints = joints + reach * np.sin(2 * np.pi * (wave * time_axis + phase))
        pieces.append(np.round(joints + rng.normal(0, noise, joints.shape), 7))
    return np.concatenate(pieces)


@dataclass
class Data:
    """Clips, made as they are asked for: what a sink assembles."""

    number: int
    dtype: str = "f2"

    def __post_init__(self) -> None:
        rng = np.random.default_rng(1)
        self.persons = rng.choice([1, 2], self.number, p=[0.78, 0.22])
        self.frames = np.clip(rng.normal(71, 25, self.number), 10, 300).astype(int)
        self.starts = rng.integers(0, 65_536 - 600, self.number)
        self.bank = bank().astype(self.dtype)
        self.ids = [f"S001C001P001R001A{n % 120:03d}_{n:06d}" for n in range(self.number)]
        half = self.number // 2
        self.splits = {"train": range(half), "val": range(half, self.number)}
        self.label_names = ()
        self.info: dict[str, Any] = {}

    def keypoint(self, n: int) -> np.ndarray:
        persons, frames = int(self.persons[n]), int(self.frames[n])
        rows = self.bank[self.starts[n] : self.starts[n] + persons * frames]
        return rows.reshape(persons, frames, 25, 3)

    def __iter__(self) -> Iterator[bytes]:
        from skelconv import Clip
        from skelconv_zarr.container import encode

        for n, clip_id in enumerate(self.ids):
            yield encode(Clip(clip_id, self.keypoint(n), "ntu25", label=n % 120))


def write_zarr(data: Data, path: Path, **options: Any) -> None:
    from skelconv_zarr.sink import ZarrSink

    ZarrSink(str(path), **options).assemble(data, path)  # type: ignore[arg-type]


def write_pickle(data: Data, path: Path) -> None:
    annotations = [
        {
            "frame_dir": clip_id,
            "label": n % 120,
            "keypoint": data.keypoint(n),
            "total_frames": int(data.frames[n]),
        }
        for n, clip_id in enumerate(data.ids)
    ]
    split = {name: [data.ids[n] for n in part] for name, part in data.splits.items()}
    with open(path, "wb") as file:
        pickle.dump({"split": split, "annotations": annotations}, file, protocol=4)


def write_memmap(data: Data, path: Path) -> None:
    path.mkdir()
    offset = np.concatenate([[0], np.cumsum(data.persons * data.frames)])
    np.savez(path / "index.npz", offset=offset, persons=data.persons, frames=data.frames)
    rows = np.lib.format.open_memmap(
        path / "rows.npy", mode="w+", dtype=data.dtype, shape=(int(offset[-1]), 25, 3)
    )
    for n in range(data.number):
        rows[offset[n] : offset[n + 1]] = data.keypoint(n).reshape(-1, 25, 3)
    rows.flush()


Read = Callable[[int], np.ndarray]


def open_zarr(path: Path) -> Read:
    from skelconv_zarr.reader import ZarrReader

    reader = ZarrReader(str(path))
    return lambda n: reader.read(n).keypoint


def open_zarr_python(path: Path) -> Read:
    import zarr

    group = zarr.open_group(path, mode="r")
    offset, persons = group["offset"][:], group["num_person"][:]
    frames, rows = group["total_frames"][:], group["keypoint"]
    return lambda n: rows[offset[n] : offset[n + 1]].reshape(persons[n], frames[n], 25, 3)


def open_zarrs(path: Path) -> Read:
    import zarr

    zarr.config.set({"codec_pipeline.path": "zarrs.ZarrsCodecPipeline"})
    return open_zarr_python(path)


def open_pickle(path: Path) -> Read:
    with open(path, "rb") as file:
        annotations = pickle.load(file)["annotations"]
    return lambda n: annotations[n]["keypoint"]


def open_memmap(path: Path) -> Read:
    index = np.load(path / "index.npz")
    offset, persons, frames = index["offset"], index["persons"], index["frames"]
    rows = np.load(path / "rows.npy", mmap_mode="r")
    return lambda n: np.array(rows[offset[n] : offset[n + 1]]).reshape(persons[n], frames[n], 25, 3)


# name: (how to open it, what to import beforehand, which file)
KINDS: dict[str, tuple[Callable[[Path], Read], str, str]] = {
    "zarr": (open_zarr, "skelconv_zarr.reader", "data.zarr"),
    "zarr-python alone": (open_zarr_python, "zarr", "data.zarr"),
    "zarr-python + zarrs": (open_zarrs, "zarrs", "data.zarr"),
    "pickle": (open_pickle, "pickle", "data.pkl"),
    "memmap": (open_memmap, "numpy", "memmap"),
}


def measure(kind: str, path: Path, number: int, seed: int) -> dict[str, float]:
    """Measure one format. In a process of its own."""
    opener, module, _ = KINDS[kind]
    base = peak_mib()
    begin = time.perf_counter()
    __import__(module)
    imported = time.perf_counter()
    read = opener(path)
    opened = time.perf_counter()
    picks = np.random.default_rng(seed).integers(0, number, READS).tolist()
    for n in picks[:BATCH]:
        read(n)
    batch = time.perf_counter()
    peak = peak_mib()
    for n in picks:
        read(n)
    held = time.perf_counter()
    times = 1 if kind == "pickle" else 20
    for n in picks[:times]:
        opener(path)(n)
    each = time.perf_counter()
    return {
        "import ms": (imported - begin) * 1e3,
        "open ms": (opened - imported) * 1e3,
        "first batch ms": (batch - imported) * 1e3,
        "first batch MiB": peak - base,
        "held open /s": READS / (held - batch),
        "open each /s": times / (each - held),
    }


def peak_mib() -> float:
    """Return the most memory that was resident; `getrusage` would count the parent's as well."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def measure_apart(kind: str, path: Path, number: int, seed: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--measure", kind, str(path), str(number), str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def table(figures: dict[str, dict[str, float]]) -> None:
    columns = list(next(iter(figures.values())))
    print(f"{'':20}" + "".join(f"{column:>17}" for column in columns))
    for kind, row in figures.items():
        print(f"{kind:20}" + "".join(f"{row[column]:17,.1f}" for column in columns))


def formats(number: int, folder: Path) -> None:
    data = Data(number)
    size = int((data.persons * data.frames).sum()) * 150
    print(f"\n== {number:,} clips, {size / 1e6:,.0f} MB of float16 keypoints ==")
    writers = {"data.zarr": write_zarr, "data.pkl": write_pickle, "memmap": write_memmap}
    for name, write in writers.items():
        begin = time.perf_counter()
        write(data, folder / name)
        took = time.perf_counter() - begin
        on_disk = disk_bytes(folder / name)
        print(f"{name:12} written in {took:6.1f} s, {on_disk / 1e6:8,.0f} MB")
    del data
    kinds = [kind for kind in KINDS if kind != "zarr-python + zarrs" or has_zarrs()]
    runs: dict[str, list[dict[str, float]]] = {kind: [] for kind in kinds}
    for run in range(RUNS):
        for kind in kinds:
            runs[kind].append(measure_apart(kind, folder / KINDS[kind][2], number, run))
    medians = {
        kind: {name: statistics.median(run[name] for run in found) for name in found[0]}
        for kind, found in runs.items()
    }
    table(medians)
    for name in ("first batch ms", "first batch MiB"):
        ratio = medians["zarr"][name] / medians["pickle"][name]
        print(f"{name}: zarr is {ratio:.3f} of pickle")


def codecs(folder: Path, number: int = 4000) -> None:
    print(f"\n== codecs, {number:,} clips ==")
    figures: dict[str, dict[str, float]] = {}
    for dtype in ("f2", "f4"):
        for codec, level in (("none", 1), ("lz4", 5), ("lz4", 9), ("zstd", 1), ("zstd", 5)):
            data = Data(number, dtype)
            name = f"{np.dtype(dtype)} {codec}" + (f" {level}" if codec != "none" else "")
            path = folder / f"{dtype}{codec}{level}.zarr"
            begin = time.perf_counter()
            write_zarr(data, path, codec=codec, level=level)
            took = time.perf_counter() - begin
            raw = int((data.persons * data.frames).sum()) * 75 * np.dtype(dtype).itemsize
            reads = [measure_apart("zarr", path, number, run)["held open /s"] for run in range(3)]
            figures[name] = {
                "of raw size %": 100 * disk_bytes(path / "keypoint") / raw,
                "write MB/s": raw / took / 1e6,
                "held open /s": statistics.median(reads),
            }
    table(figures)


def disk_bytes(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def has_zarrs() -> bool:
    import importlib.util

    return importlib.util.find_spec("zarrs") is not None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, nargs="*", default=[20_000, 114_480])
    parser.add_argument("--folder", type=Path, help="where to write; a temporary one by default")
    parser.add_argument("--measure", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        kind, path, number, seed = arguments.measure
        print(json.dumps(measure(kind, Path(path), int(number), int(seed))))
        return
    versions = f"Python {sys.version.split()[0]}, NumPy {np.__version__}"
    print(f"{versions}, {os.cpu_count()} cores; medians of {RUNS} runs")
    for number in arguments.clips:
        with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
            formats(number, Path(folder))
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        codecs(Path(folder))


if __name__ == "__main__":
    main()
