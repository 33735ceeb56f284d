"""Operations and bytes that models of video take, counted: what a machine's speed can be held to.

    python benchmarks/video_operations.py

The models of ``video_folder_gpu`` and ``video_folder_published`` at full size, with random weights,
on one frame of 1080p with two people, through the plugins. Operations are those of convolutions and
products of matrices, two for each multiplication and addition. Bytes are counted as if nothing
stayed on the chip between operations (each tensor that an operation reads or writes), and at
least (the weights, the input and the output once), for numbers of two bytes.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode
from transformers import (
    RTDetrConfig,
    RTDetrForObjectDetection,
    VitPoseBackboneConfig,
    VitPoseConfig,
    VitPoseForPoseEstimation,
)
from transformers.models.rt_detr.image_processing_pil_rt_detr import RTDetrImageProcessorPil
from transformers.models.vitpose.image_processing_pil_vitpose import VitPoseImageProcessorPil
from video import make_models, options_of

from skelconv_openmmlab.detector import MmdetDetector
from skelconv_openmmlab.options import MmdetOptions, MmposeOptions
from skelconv_openmmlab.pose_model import MmposePoseModel
from skelconv_transformers.detector import RtDetr
from skelconv_transformers.options import RtDetrOptions, VitPoseOptions
from skelconv_transformers.pose_model import VitPose

FRAME = 1080, 1920
PEOPLE = np.array([[384, 216, 768, 972], [960, 216, 1344, 972]], np.float32)
BYTES = 2


def main() -> None:
    warnings.simplefilter("ignore")
    frame = np.random.default_rng(0).integers(0, 256, (*FRAME, 3), np.uint8)
    print(f"{'':22} {'GFLOP':>8} {'weights':>9} {'unfused':>9}  (MB of {BYTES}-byte numbers)")
    with tempfile.TemporaryDirectory() as temporary, torch.random.fork_rng():
        for name, model in models(Path(temporary)).items():
            if hasattr(model, "detect"):
                count(f"{name}, a frame", model, lambda model=model: model.detect([frame]), 1)
            else:
                call = lambda model=model: model.estimate([frame], [PEOPLE])  # noqa: E731
                count(f"{name}, a person", model, call, len(PEOPLE))


def models(folder: Path) -> Mapping[str, Any]:
    """Make all models with random weights."""
    rt_detr_folder, vitpose_folder = save_transformers(folder)
    published = make_models(folder, small=False)
    detector, pose = options_of(published["detector"], 1), options_of(published["pose"], 2)
    rt_detr = RtDetrOptions(model=str(rt_detr_folder), device="cpu", category=0, min_score=0)
    return {
        "RT-DETR r50": RtDetr(rt_detr),
        "ViTPose-B": VitPose(VitPoseOptions(model=str(vitpose_folder), device="cpu")),
        "Faster R-CNN r50": MmdetDetector(MmdetOptions(**detector, device="cpu", min_score=0)),
        "HRNet-w32": MmposePoseModel(MmposeOptions(**pose, device="cpu")),
    }


def save_transformers(folder: Path) -> tuple[Path, Path]:
    """Save a detector and a pose model of full size with random weights."""
    torch.manual_seed(0)
    backbone = VitPoseBackboneConfig()
    made = {
        "rt-detr": (RTDetrForObjectDetection(RTDetrConfig()), RTDetrImageProcessorPil()),
        "vitpose": (
            VitPoseForPoseEstimation(VitPoseConfig(backbone_config=backbone, num_labels=17)),
            VitPoseImageProcessorPil(),
        ),
    }
    for weights in made["rt-detr"][0].parameters():
        if weights.dim() > 1 and not weights.any():  # with it, boxes would not depend on images
            torch.nn.init.normal_(weights, std=0.02)
    for name, parts in made.items():
        for part in parts:
            part.save_pretrained(folder / name)
    return folder / "rt-detr", folder / "vitpose"


def count(name: str, model: Any, call: Callable[[], object], times: int) -> None:
    """Print what a call takes, divided by the number of what it is about."""
    weights = sum(each.numel() for each in model._model.parameters())
    with Traffic() as traffic, FlopCounterMode(display=False) as operations:
        call()
    flop = operations.get_total_flops() / times
    unfused = (traffic.numbers - weights) / times * BYTES
    print(
        f"{name:26} {flop / 1e9:8.1f} {weights * BYTES / 1e6:9.0f} {unfused / 1e6:9.0f}", flush=True
    )


class Traffic(TorchDispatchMode):
    """Counts the numbers that operations read and write; views cost nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = func(*args, **(kwargs or {}))
        tensors = [
            [each for each in tree_leaves(some) if isinstance(each, torch.Tensor)]
            for some in ((args, kwargs), given)
        ]
        places = {each.untyped_storage().data_ptr() for each in tensors[0]}
        made = [each for each in tensors[1] if each.untyped_storage().data_ptr() not in places]
        in_place = func._schema.name.endswith("_")
        if made or in_place:
            read = tensors[0] + (made or tensors[1])
            self.numbers += sum(each.numel() for each in read)
        return given


if __name__ == "__main__":
    main()
