"""Options of the detector ``mmdet`` and of the pose model ``mmpose``."""

from __future__ import annotations

from pydantic import Field

from skelconv.plugin import LayoutName, NameOrPathText, PathText, Sha256
from skelconv.vision import TorchOptions

_CONFIG = (
    "The name of a config in {package}'s wheel, or a path that ends in .py. A config is a program, "
    "and is run: use only configs from a source that you trust"
)


class CheckpointOptions(TorchOptions):
    """Options of both models."""

    config: NameOrPathText
    weights: PathText = Field(description="A checkpoint, as a path or URL; URLs are fetched once")
    sha256: Sha256 | None = Field(
        default=None, description="SHA-256 of the checkpoint, or at least its first 8 digits"
    )
    trust: bool = Field(
        default=False,
        description="Load a checkpoint that holds more than plain weights, which lets it run "
        "whatever is in it",
    )


class MmdetOptions(CheckpointOptions):
    """Options of ``mmdet``."""

    config: NameOrPathText = Field(
        default="faster-rcnn_r50-caffe_fpn_ms-1x_coco-person",
        description=_CONFIG.format(package="mmdet"),
    )
    batch: int = Field(default=8, ge=1, le=4096, description="Frames at once")
    min_score: float = Field(
        default=0.5, ge=0, le=1, description="Leave out boxes with this score or a lower one"
    )
    category: int = Field(default=0, ge=0, description="The model's class of people")


class MmposeOptions(CheckpointOptions):
    """Options of ``mmpose``."""

    config: NameOrPathText = Field(
        default="td-hm_hrnet-w32_8xb64-210e_coco-256x192",
        description=_CONFIG.format(package="mmpose"),
    )
    batch: int = Field(default=32, ge=1, le=4096, description="People at once")
    layout: LayoutName = Field(default="coco17", description="The layout of the model's joints")
