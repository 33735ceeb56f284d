"""Time, overhead and memory of builds by their number of clips and by executor.

    python benchmarks/build_scale.py --clips 1000 20000                  # files of real size
    python benchmarks/build_scale.py --clips 114480 --tiny --executors local dask

Files are in NTU's form under official names. A few are made, and the rest are links to them: what
is measured is the build. With --tiny a clip is next to no work, and the time a clip is what the
engine adds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import adopt, cpu_of_children, wait_for_all

from skelconv_ntu.official import official_samples
from skelconv_ntu.synthetic import synthetic_skeleton

RECIPE = Path(__file__).parent.parent / "recipes" / "ntu120_3d.yaml"
DRIVER = """
import json, resource, sys, time
import skelconv
if __name__ == "__main__":
    recipe, root, out, executor, workers = sys.argv[1:]
    begin = time.perf_counter()
    report = skelconv.build(
        recipe, [f"source.with.root={root}", "source.with.missing=keep", f"sink.with.path={out}"],
        executor=executor, workers=int(workers), check_expect=False, fresh=True,
    )
    used = {
        "seconds": time.perf_counter() - begin,
        "driver_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "worker_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
        "clips": report.clips, "splits": report.splits, "sha256": report.sha256,
    }
    print(json.dumps(used))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, nargs="+", default=[1000, 20000])
    parser.add_argument("--executors", nargs="+", default=["local"])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--tiny", action="store_true", help="files of two frames")
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        for clips in options.clips:
            folder = Path(temporary) / str(clips)
            make_files(folder / "raw", clips, tiny=options.tiny)
            for executor in options.executors * options.rounds:
                report(folder, executor, options.workers)


def make_files(root: Path, clips: int, *, tiny: bool) -> None:
    root.mkdir(parents=True)
    originals = []
    for seed in range(50):
        original = root.parent / f"{seed}.skeleton"
        original.write_bytes(synthetic_skeleton(seed, frames=2 if tiny else 85, bodies=1))
        originals.append(original)
    names = sorted(map(str, official_samples("ntu120")))
    for number, name in enumerate(names[:: len(names) // clips][:clips]):
        os.link(originals[number % len(originals)], root / f"{name}.skeleton")


def report(folder: Path, executor: str, workers: int) -> None:
    driver = folder / "driver.py"
    driver.write_text(DRIVER)
    command = [sys.executable, driver, RECIPE, folder / "raw", folder / "out.pkl", executor]
    adopt()
    before = cpu_of_children()
    begin = time.perf_counter()
    done = subprocess.run([*map(str, command), str(workers)], capture_output=True, text=True)
    whole = time.perf_counter() - begin
    wait_for_all()
    cpu = cpu_of_children() - before
    if done.returncode:
        sys.exit(done.stderr)
    used = json.loads(done.stdout.splitlines()[-1])
    each = {"CPU": cpu, "wall": used["seconds"]}
    of_each = ", ".join(f"{1000 * s / used['clips']:.3f} ms of {what}" for what, s in each.items())
    print(
        f"{used['clips']} clips, {executor}, {workers} workers: {whole:.2f} s in all, "
        f"CPU {cpu:.2f} s; {of_each} a clip; "
        f"driver {used['driver_mb']:.0f} MB, largest worker {used['worker_mb']:.0f} MB; "
        f"{used['splits']}, sha256 {used['sha256'][:16]}",
        flush=True,
    )


if __name__ == "__main__":
    main()
