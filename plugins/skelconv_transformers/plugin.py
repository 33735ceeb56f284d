"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import Field

from skelconv import (
    DetectorPlugin,
    Device,
    Options,
    PoseModelPlugin,
    Resources,
    gpu_resources,
    hookimpl,
)

if TYPE_CHECKING:
    from skelconv_transformers.detector import RtDetr
    from skelconv_transformers.pose_model import VitPose


class ModelOptions(Options):
    """What both models take."""

    model: str = Field(
        description="A folder with config.json, preprocessor_config.json and model.safetensors, "
        "as save_pretrained writes it; or the id of a model on the Hugging Face Hub, which is "
        "fetched once",
    )
    revision: str | None = Field(
        default=None,
        description="The commit of a model on the Hub; without one, a build takes what is there "
        "on the day",
    )
    batch: int = Field(default=8, ge=1, le=4096, description="How many at once")
    device: Device = Field(
        default="auto", description="auto is a GPU if the build starts with one; cpu; cuda; cuda:N"
    )
    half: bool = Field(
        default=False, description="Half precision: float16 on a GPU, bfloat16 on a CPU"
    )
    channels_last: bool = Field(default=False, description="Channels last in memory")
    compile: bool = Field(default=False, description="Run the model through torch.compile")
    threads: int = Field(
        default=1,
        ge=1,
        le=1024,
        description="Threads of a worker's CPU; not as many as there are, for results may depend "
        "on it, and there is a worker for each core",
    )


class RtDetrOptions(ModelOptions):
    """Options of ``rt-detr``."""

    batch: int = Field(default=8, ge=1, le=4096, description="Frames at once")
    min_score: float = Field(
        default=0.5, ge=0, le=1, description="Leave out boxes that do not score more"
    )
    category: int | str = Field(
        default="person", description="The model's class of people, by name or number"
    )


class VitPoseOptions(ModelOptions):
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


def _resources(options: ModelOptions) -> Resources:
    return gpu_resources(options.device)


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
        resources=_resources,
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
        resources=_resources,
        example={"model": "models/vitpose-base-simple"},
    )
