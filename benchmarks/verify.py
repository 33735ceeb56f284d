"""How long the audit of a dataset takes beside reading it, and how much memory each takes.

    python benchmarks/verify.py [--clips 20000 114480] [--rounds 3] [--folder DIR]

The clips are those of ``zarr_random_reads.py``: of NTU RGB+D's size and shape, with a sensor's
noise. Both are measured in turn, each in a process of its own, from opening the file on, in seconds
of CPU time, so that what else the machine does counts less; files are in the page cache, and have
no provenance, so that neither has a digest to compare.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from zarr_random_reads import Data, peak_mib, write_pickle, write_zarr

WRITERS = {"data.pkl": write_pickle, "data.zarr": write_zarr}


def measure(what: str, path: str) -> dict[str, float]:
    """Read or audit a dataset once, in this process."""
    import skelconv
    from skelconv.datasets.verify.audit import verify
    from skelconv.plugin.loading import load_registry

    load_registry()
    begin = time.process_time()
    if what == "read":
        for clip in skelconv.open(path):
            assert clip.keypoint.size
    else:
        verify(path)
    seconds = time.process_time() - begin
    return {"s": seconds, "MB": peak_mib()}


def compare(path: Path, clips: int, rounds: int) -> None:
    found: dict[str, list[dict[str, float]]] = {"read": [], "audit": []}
    for _ in range(rounds):
        for what, runs in found.items():
            command = [sys.executable, __file__, "--measure", what, str(path)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            runs.append(json.loads(done.stdout))
    seconds = {what: statistics.median(run["s"] for run in runs) for what, runs in found.items()}
    ratios = [a["s"] / r["s"] for r, a in zip(found["read"], found["audit"], strict=True)]
    for what, runs in found.items():
        memory = max(run["MB"] for run in runs)
        each = 1e6 * seconds[what] / clips
        print(
            f"{path.name:10} {what:6} {seconds[what]:7.2f} s, "
            f"{each:6.1f} us a clip, {memory:.0f} MB"
        )
    print(
        f"{path.name:10} audit is {statistics.median(ratios):.2f} of reading "
        f"({min(ratios):.2f} to {max(ratios):.2f})",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, nargs="+", default=[20_000, 114_480])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", help="where to write the data; by default a temporary folder")
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(*options.measure)))
        return
    for clips in options.clips:
        with tempfile.TemporaryDirectory(dir=options.folder) as temporary:
            data = Data(clips)
            print(f"== {clips:,} clips ==")
            for name, write in WRITERS.items():
                write(data, Path(temporary) / name)
            del data
            for name in WRITERS:
                compare(Path(temporary) / name, clips, options.rounds)


if __name__ == "__main__":
    main()
