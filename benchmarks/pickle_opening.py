"""How long another program's annotation pickle takes to open, the first time and again.

    python benchmarks/pickle_opening.py [--clips 20000 100000] [--folder DIR]

Whole commands, in turn: `pickle.load` in a Python with nothing else, `skelconv inspect` with an
empty cache, and the same again. The pickle is that of `zarr_random_reads.py`; it is in the page
cache.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import Used, in_turn, run
from zarr_random_reads import Data, write_pickle

LOAD = "import pickle, sys; pickle.load(open(sys.argv[1], 'rb'))"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, nargs="+", default=[20_000, 100_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where to write; a temporary one by default")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.make:
        write_pickle(Data(options.clips[0]), options.make)
        return
    for clips in options.clips:
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            compare(clips, Path(folder), options.rounds)


def compare(clips: int, folder: Path, rounds: int) -> None:
    pickled, cache = folder / "data.pkl", folder / "cache"
    # In another process: the peak of this one would count for all that it starts.
    make = [sys.executable, __file__, "--clips", str(clips), "--make", pickled]
    subprocess.run(make, check=True)
    skelconv = Path(sys.executable).with_name("skelconv")
    inspect = ["env", f"XDG_CACHE_HOME={cache}", skelconv, "inspect", pickled]

    def first() -> Used:
        shutil.rmtree(cache, ignore_errors=True)
        return run(inspect, folder)

    timings = in_turn(
        {
            "pickle.load": lambda: run([sys.executable, "-c", LOAD, pickled], folder),
            "inspect, first": first,
            "inspect, again": lambda: run(inspect, folder),
        },
        rounds,
    )
    print(f"{clips} clips, {pickled.stat().st_size / 1e6:.0f} MB:")
    base = timings["pickle.load"]
    for name, timing in timings.items():
        wall, cpu = timing.median / base.median, timing.cpu / base.cpu
        print(f"{name:15} {timing}; {wall:.2f} times pickle.load, {cpu:.2f} in CPU", flush=True)


if __name__ == "__main__":
    main()
