"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import Field

from skelconv import (
    CheckPlugin,
    DetectorPlugin,
    Options,
    PathText,
    PoseModelPlugin,
    Sha256,
    TorchOptions,
    hookimpl,
)

if TYPE_CHECKING:
    from skelconv.checks import Check
    from skelconv_openmmlab.detector import MmdetDetector
    from skelconv_openmmlab.pose_model import MmposePoseModel

_CONFIG = (
    "A config in {package}'s wheel by its name, or a path that ends in .py; a config is a program, "
    "and is run: take it only from where you would take a program"
)


class CheckpointOptions(TorchOptions):
    """What both models take."""

    config: PathText
    weights: PathText = Field(description="A checkpoint, as a path or URL; URLs are fetched once")
    sha256: Sha256 | None = Field(
        default=None, description="SHA-256 of the checkpoint; 8 digits or more of its beginning"
    )
    trust: bool = Field(
        default=False,
        description="Load a checkpoint that holds more than plain weights, which lets it run "
        "whatever is in it",
    )


class MmdetOptions(CheckpointOptions):
    """Options of ``mmdet``."""

    config: PathText = Field(
        default="faster-rcnn_r50-caffe_fpn_ms-1x_coco-person",
        description=_CONFIG.format(package="mmdet"),
    )
    batch: int = Field(default=8, ge=1, le=4096, description="Frames at once")
    min_score: float = Field(
        default=0.5, ge=0, le=1, description="Leave out boxes that do not score more"
    )
    category: int = Field(default=0, ge=0, description="The model's class of people")


class MmposeOptions(CheckpointOptions):
    """Options of ``mmpose``."""

    config: PathText = Field(
        default="td-hm_hrnet-w32_8xb64-210e_coco-256x192",
        description=_CONFIG.format(package="mmpose"),
    )
    batch: int = Field(default=32, ge=1, le=4096, description="People at once")
    layout: str = Field(default="coco17", description="The layout of the model's joints")


def create_mmdet(options: MmdetOptions) -> MmdetDetector:
    """Make the detector ``mmdet``."""
    from skelconv_openmmlab.detector import MmdetDetector

    return MmdetDetector(options)


def create_mmpose(options: MmposeOptions) -> MmposePoseModel:
    """Make the pose model ``mmpose``."""
    from skelconv_openmmlab.pose_model import MmposePoseModel

    return MmposePoseModel(options)


def create_check(_: Options) -> Check:
    """Make the check ``openmmlab``."""
    from skelconv_openmmlab.doctor import check

    return check


_REQUIRES = (
    ("torch", "torch"),
    ("mmengine", "mmengine==0.10.7"),
    ("mmcv", "mmcv-lite==2.1.0"),
    ("mmdet", "mmdet==3.3.0"),
    ("mmpose", "mmpose==1.3.2 (with --no-deps; see `skelconv doctor`)"),
    ("cv2", "opencv-python"),
)
# It does what `skelconv_openmmlab.stack` does elsewhere, and rounds otherwise.
_USES_IF_THERE = ("torchvision",)


@hookimpl
def skelconv_detectors() -> Iterator[DetectorPlugin]:
    """Offer MMDetection."""
    yield DetectorPlugin(
        name="mmdet",
        summary="MMDetection: Faster R-CNN by default, as the published skeletons used",
        options=MmdetOptions,
        create=create_mmdet,
        requires=_REQUIRES,
        uses_if_there=_USES_IF_THERE,
        resources=CheckpointOptions.resources,
        example={"weights": "weights/faster_rcnn_r50_fpn_1x_coco-person.pth", "min_score": 0.5},
    )


@hookimpl
def skelconv_pose_models() -> Iterator[PoseModelPlugin]:
    """Offer MMPose."""
    yield PoseModelPlugin(
        name="mmpose",
        summary="MMPose's top-down models: HRNet-w32 by default, as the published skeletons used",
        options=MmposeOptions,
        create=create_mmpose,
        requires=_REQUIRES,
        uses_if_there=_USES_IF_THERE,
        resources=CheckpointOptions.resources,
        example={"weights": "weights/hrnet_w32_coco_256x192.pth"},
    )


@hookimpl
def skelconv_checks() -> Iterator[CheckPlugin]:
    """Offer the check of the packages."""
    yield CheckPlugin(
        name="openmmlab",
        summary="MMDetection, MMPose and what they stand on",
        create=create_check,
        modules=("mmengine", "mmcv", "mmdet", "mmpose"),
    )
