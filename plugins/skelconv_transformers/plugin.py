"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import Field

from skelconv import (
    DetectorPlugin,
    PathText,
    PoseModelPlugin,
    TorchOptions,
    hookimpl,
)

if TYPE_CHECKING:
    from skelconv_transformers.detector import RtDetr
    from skelconv_transformers.pose_model import VitPose


class PretrainedOptions(TorchOptions):
    """What both models take."""

    model: PathText = Field(
        description="A folder with config.json, preprocessor_config.json and model.safetensors, "
        "as save_pretrained writes it; or the id of a model on the Hugging Face Hub, which is "
        "fetched once",
    )
    revision: str | None = Field(
        default=None,
        description="The commit of a model on the Hub; without one, a build takes what is there "
        "on the day",
    )


class RtDetrOptions(PretrainedOptions):
    """Options of ``rt-detr``."""

    batch: int = Field(default=8, ge=1, le=4096, description="Frames at once")
    min_score: float = Field(
        default=0.5, ge=0, le=1, description="Leave out boxes that do not score more"
    )
    category: int | str = Field(
        default="person", description="The model's class of people, by name or number"
    )


class VitPoseOptions(PretrainedOptions):
    """Options of ``vitpose``."""

    batch: int = Field(default=32, ge=1, le=4096, description="People at once")
    dataset_index: int = Field(
        default=0,
        ge=0,
        description="Which of the datasets that a ViTPose++ was trained on is meant: 0 is COCO",
    )


def create_rt_detr(options: RtDetrOptions) -> RtDetr:
    """Make the detector ``rt-detr``."""
    from skelconv_transformers.detector import RtDetr

    return RtDetr(options)


def create_vitpose(options: VitPoseOptions) -> VitPose:
    """Make the pose model ``vitpose``."""
    from skelconv_transformers.pose_model import VitPose

    return VitPose(options)


_REQUIRES = (
    ("torch", "torch"),
    ("transformers", "transformers>=5.23,<6"),
    ("PIL", "pillow"),
)


@hookimpl
def skelconv_detectors() -> Iterator[DetectorPlugin]:
    """Offer RT-DETR."""
    yield DetectorPlugin(
        name="rt-detr",
        summary="RT-DETR and RT-DETRv2 in transformers",
        options=RtDetrOptions,
        create=create_rt_detr,
        requires=_REQUIRES,
        resources=PretrainedOptions.resources,
        example={"model": "models/rtdetr_r50vd_coco_o365", "min_score": 0.5},
    )


@hookimpl
def skelconv_pose_models() -> Iterator[PoseModelPlugin]:
    """Offer ViTPose."""
    yield PoseModelPlugin(
        name="vitpose",
        summary="ViTPose and ViTPose++ in transformers, 17 joints of COCO",
        options=VitPoseOptions,
        create=create_vitpose,
        requires=(*_REQUIRES, ("scipy", "scipy")),
        resources=PretrainedOptions.resources,
        example={"model": "models/vitpose-base-simple"},
    )
