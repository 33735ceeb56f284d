"""Options of the detector ``rt-detr`` and of the pose model ``vitpose``."""

from __future__ import annotations

from pydantic import Field

from skelconv.plugin import NameOrPathText
from skelconv.vision import TorchOptions


class PretrainedOptions(TorchOptions):
    """Options of both models."""

    model: NameOrPathText = Field(
        description="A folder with config.json, preprocessor_config.json and model.safetensors, "
        "as save_pretrained writes it; or the id of a model on the Hugging Face Hub, which is "
        "fetched once",
    )
    revision: str | None = Field(
        default=None,
        description="The commit of a model on the Hub; without one, a build takes the newest",
    )


class RtDetrOptions(PretrainedOptions):
    """Options of ``rt-detr``."""

    batch: int = Field(default=8, ge=1, le=4096, description="Frames at once")
    min_score: float = Field(
        default=0.5, ge=0, le=1, description="Leave out boxes with this score or a lower one"
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
        description="The number of one of the datasets that a ViTPose++ was trained on: 0 is COCO",
    )
