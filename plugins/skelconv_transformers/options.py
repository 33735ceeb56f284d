"""Options of the detector ``rt-detr`` and of the pose model ``vitpose``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from skelconv.plugin import NameOrPathText
from skelconv.vision import TorchOptions
from skelconv_transformers.hub import HubModel, weights_of


class PretrainedOptions(TorchOptions):
    """Options of both models."""

    model: NameOrPathText = Field(
        description="A folder with config.json, preprocessor_config.json and model.safetensors, "
        "as save_pretrained writes it; or the id of a model on the Hugging Face Hub, such as "
        "those that `skelconv models` lists, which is fetched once",
    )
    revision: str | None = Field(
        default=None,
        description="The commit of a model on the Hub; without one, the newest is fetched once, "
        "and the lock file beside the recipe keeps its commit",
    )

    prepare: Literal["exact", "device"] = Field(
        default="exact",
        description="exact is the model's own image processor, on the CPU; device sends frames as "
        "they are, and resizes or cuts people out where the model runs, which saves most of the "
        "CPU's work beside a GPU, and moves boxes and joints a little",
    )

    def weights(self) -> HubModel | None:
        """Return what has to be fetched; None for a folder of this machine."""
        return weights_of(self.model, self.revision)


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
