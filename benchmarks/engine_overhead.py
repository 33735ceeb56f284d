"""What the engine adds to a clip: builds of clips that are next to no work, by executor.

    python benchmarks/engine_overhead.py --clips 1000 114480 --executors local dask serial

The clips are those of the toy plugin of the tests.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

TOY = Path(__file__).parent.parent / "tests" / "support" / "toy"
DRIVER = """
import resource, sys, time
import skelconv
if __name__ == "__main__":
    recipe, executor, workers = sys.argv[1:]
    begin = time.perf_counter()
    report = skelconv.build(recipe, executor=executor, workers=int(workers), fresh=True)
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{report.clips} clips, {executor}: {seconds:.2f} s, "
          f"{1000 * seconds / report.clips:.3f} ms a clip, "
          f"driver {time.process_time():.2f} s of CPU and {peak:.0f} MB")
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, nargs="+", default=[1000, 114480])
    parser.add_argument("--executors", nargs="+", default=["local", "dask", "serial"])
    parser.add_argument("--workers", default="2")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    environment = {**os.environ, "PYTHONPATH": str(TOY)}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "driver.py").write_text(DRIVER)
        recipe = folder / "recipe.yaml"
        for clips in options.clips:
            content = {
                "skelconv": 1,
                "name": "toy",
                "source": {"use": "toy", "with": {"clips": clips}},
                "splits": ["toy-halves"],
                "sink": {"use": "toy", "with": {"path": str(folder / "out.txt")}},
            }
            recipe.write_text(json.dumps(content))
            for executor in options.executors * options.rounds:
                command = [sys.executable, folder / "driver.py", recipe, executor, options.workers]
                subprocess.run(command, env=environment, check=True)


if __name__ == "__main__":
    main()
