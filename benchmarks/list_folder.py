"""How long it takes to find the files of one large folder, as sources of files find them.

    python benchmarks/list_folder.py [--files 200000] [--folder DIR]

Empty files are made, and found several times; what the system knows of them is in memory.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import tempfile
import time
from pathlib import Path

from skelconv.files import walk


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where; a temporary one by default")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for number in range(options.files):
            os.close(os.open(f"{folder}/video_{number:06}.mp4", os.O_CREAT | os.O_WRONLY))
        seconds, cpu = [], []
        for _ in range(options.rounds):
            begin, used = time.perf_counter(), time.process_time()
            assert sum(1 for _ in walk(folder)) == options.files
            seconds.append(time.perf_counter() - begin)
            cpu.append(time.process_time() - used)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{options.files} files: {statistics.median(seconds):.2f} s, "
        f"CPU {statistics.median(cpu):.2f} s (medians of {options.rounds}); peak {peak:.0f} MB"
    )


if __name__ == "__main__":
    main()
