"""Options of the detector ``yolox`` and of the pose models ``rtmpose`` and ``rtmo``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from skelconv.plugin import LayoutName, PathText, Sha256
from skelconv.vision import ModelOptions, has_file

_Side = Annotated[int, Field(ge=1, le=16_384)]


class OnnxOptions(ModelOptions):
    """Options of all three models."""

    onnx: PathText = Field(
        description="A model as a path or URL: .onnx, or the .zip with one that OpenMMLab "
        "publishes; URLs are fetched once",
    )
    sha256: Sha256 | None = Field(
        default=None, description="SHA-256 of that file, or at least its first 8 digits"
    )
    input_size: tuple[_Side, _Side] | None = Field(
        default=None,
        description="Height and width of the model's input, where the file does not fix them",
    )

    @classmethod
    def runtime_has_cuda(cls) -> bool:
        """Return whether ONNX Runtime is built for GPUs, without importing it."""
        return has_file("onnxruntime", "capi/*providers_cuda.*")


class YoloxOptions(OnnxOptions):
    """Options of ``yolox``."""

    min_score: float = Field(
        default=0.5, ge=0, le=1, description="Leave out boxes with this score or a lower one"
    )
    category: int = Field(
        default=0, ge=0, description="The model's class of people, where it has classes"
    )


class LayoutOptions(OnnxOptions):
    """Options of both pose models."""

    layout: LayoutName | None = Field(
        default=None,
        description="The layout of the model's joints; by default coco17, halpe26 or "
        "coco-wholebody133, by their number",
    )


class RtmposeOptions(LayoutOptions):
    """Options of ``rtmpose``."""

    batch: int = Field(
        default=32, ge=1, le=4096, description="People at once, where the file takes several"
    )
    channels: Literal["rgb", "bgr"] = Field(
        default="rgb",
        description="The order of colours that the model gets: MMPose trains on rgb; rtmlib gives "
        "it bgr",
    )


class RtmoOptions(LayoutOptions):
    """Options of ``rtmo``."""

    min_score: float = Field(
        default=0.5, ge=0, le=1, description="Leave out people with this score or a lower one"
    )
