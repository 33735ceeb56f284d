"""How long an epoch of MMAction2's own pipeline takes from Zarr, and from its pickle.

    python benchmarks/pipeline_epoch.py [--clips 3000] [--workers 1] [--folder DIR]

The pipeline is that of MMAction2's STGCN++ on joints. From the pickle its `PoseDataset` loads all
clips, and copies each to the workers; from Zarr a clip is read when it is its turn. Each run is a
process of its own, in turn; the data are those of `zarr_random_reads.py`, in the page cache.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from torch.utils.data import DataLoader, Dataset
from zarr_random_reads import Data, write_pickle, write_zarr

PIPELINE = [
    {"type": "PreNormalize3D"},
    {"type": "GenSkeFeat", "dataset": "nturgb+d", "feats": ["j"]},
    {"type": "UniformSampleFrames", "clip_len": 100},
    {"type": "PoseDecode"},
    {"type": "FormatGCNInput", "num_person": 2},
    {"type": "PackActionInputs"},
]


class FromZarr(Dataset[Any]):
    """The clips of a Zarr dataset, as MMAction2's pipeline takes them."""

    def __init__(self, path: Path) -> None:
        from mmengine.dataset import Compose

        import skelconv

        self._clips = skelconv.open(path).split("train")
        self._pipeline = Compose(PIPELINE)

    def __len__(self) -> int:
        return len(self._clips)

    def __getitem__(self, index: int) -> Any:
        clip = self._clips[index]
        return self._pipeline(
            {
                "frame_dir": clip.id,
                "keypoint": clip.keypoint,
                "total_frames": clip.total_frames,
                "label": clip.label,
                "start_index": 0,
                "modality": "Pose",
                "test_mode": False,
            }
        )


def from_pickle(path: Path) -> Dataset[Any]:
    from mmaction.datasets import PoseDataset

    return PoseDataset(ann_file=str(path), pipeline=PIPELINE, split="train")


FORMATS = {
    "pickle": (write_pickle, from_pickle, "data.pkl"),
    "Zarr": (write_zarr, FromZarr, "data.zarr"),
}


def cpu() -> float:
    kinds = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, kinds))


def measure(name: str, folder: Path, workers: int) -> dict[str, float]:
    """Open a dataset and go through it once. In a process of its own."""
    # Imported first: it takes seconds, which are not of either format.
    import mmaction.datasets  # noqa: F401 (registers the transforms)
    from mmengine.registry import init_default_scope

    init_default_scope("mmaction")
    _, opened, file = FORMATS[name]
    begin, used = time.perf_counter(), cpu()
    clips = opened(folder / file)
    there, used_there = time.perf_counter(), cpu()
    loader = DataLoader(clips, 16, shuffle=True, num_workers=workers, collate_fn=list)
    number = sum(len(batch) for batch in loader)
    del loader
    return {
        "open_s": there - begin,
        "open_cpu_s": used_there - used,
        "epoch_s": time.perf_counter() - there,
        "epoch_cpu_ms_a_clip": (cpu() - used_there) / number * 1e3,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, default=6000, help="half of them are of the split")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where to write; a temporary one by default")
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        name, folder = options.measure
        print(json.dumps(measure(name, Path(folder), options.workers)))
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        data = Data(options.clips)
        for write, _, file in FORMATS.values():
            write(data, Path(folder) / file)
        runs: dict[str, list[dict[str, float]]] = {name: [] for name in FORMATS}
        for _ in range(options.rounds):
            for name in FORMATS:
                command = [sys.executable, __file__, "--workers", str(options.workers)]
                command += ["--measure", name, folder]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                runs[name].append(json.loads(done.stdout.splitlines()[-1]))
    print(f"{options.clips // 2} clips, {options.workers} workers, medians of {options.rounds}:")
    for name, found in runs.items():
        for figure in found[0]:
            print(f"  {name:8} {figure:20} {statistics.median(run[figure] for run in found):9.3f}")


if __name__ == "__main__":
    main()
