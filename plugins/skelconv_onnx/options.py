"""Options of models on ONNX Runtime, of ``yolox``, ``rtmpose`` and ``rtmo``."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field, field_validator

from skelconv import PluginError
from skelconv.plugin import KnownModel, LayoutName, NameOrPathText, Sha256
from skelconv.text import nearest
from skelconv.vision import ModelOptions, RemoteFile, has_file, is_url
from skelconv_onnx.published import RTMO, RTMPOSE, YOLOX

# What is neither a URL, nor a path with an ending or a folder.
_NAME = re.compile(r"[^./\\:\n]+")

_Side = Annotated[int, Field(ge=1, le=16_384)]


def _tell_names(schema: dict[str, Any], options: type[OnnxOptions]) -> None:
    """Tell editors which names there are, as recipes are checked."""
    path = {"type": "string", "pattern": r"[./\\:\n]"}
    named = {"type": "string", "enum": [*options.published]}
    model = schema["properties"]["model"]
    if not options.published:
        schema["properties"]["model"] = {**path, "description": model["description"]}
        return
    schema["properties"]["model"] = {
        "description": model["description"],
        "anyOf": [named, path],
    }


class OnnxOptions(ModelOptions):
    """Options of all models."""

    model_config = ConfigDict(json_schema_extra=_tell_names)

    published: ClassVar[Mapping[str, KnownModel]] = {}

    model: NameOrPathText = Field(
        description="A name that `skelconv models` lists; or a model as a path or URL: .onnx, or "
        "the .zip with one that OpenMMLab publishes. What is not here is fetched once",
    )
    sha256: Sha256 | None = Field(
        default=None, description="SHA-256 of that file, or at least its first 8 digits"
    )

    @field_validator("model")
    @classmethod
    def _is_known(cls, model: str) -> str:
        if model not in cls.published and _NAME.fullmatch(model):
            raise ValueError(f"there is no model {model!r}{nearest(model, cls.published)}")
        return model

    @property
    def place(self) -> str:
        """The path or URL of the model."""
        known = self.published.get(self.model)
        return known.url if known is not None else self.model

    def weights(self) -> RemoteFile | None:
        """Return what has to be fetched; None for a file of this machine."""
        if is_url(self.place):
            return RemoteFile(self.place, self.sha256)
        if not os.path.exists(os.path.expanduser(self.place)):
            raise PluginError("there is no such file", where=self.place)
        return None

    @classmethod
    def runtime_has_cuda(cls) -> bool:
        """Return whether ONNX Runtime is built for GPUs, without importing it."""
        return has_file("onnxruntime", "capi/*providers_cuda.*")


class ImageOptions(OnnxOptions):
    """Options of all models that take images."""

    input_size: tuple[_Side, _Side] | None = Field(
        default=None,
        description="Height and width of the model's input, where the file does not fix them",
    )


class YoloxOptions(ImageOptions):
    """Options of ``yolox``."""

    published = YOLOX

    min_score: float = Field(
        default=0.5, ge=0, le=1, description="Leave out boxes with this score or a lower one"
    )
    category: int = Field(
        default=0, ge=0, description="The model's class of people, where it has classes"
    )


class LayoutOptions(ImageOptions):
    """Options of both pose models."""

    layout: LayoutName | None = Field(
        default=None,
        description="The layout of the model's joints; by default coco17, hand21, halpe26 or "
        "coco-wholebody133, by their number",
    )

    def known_layout(self) -> str | None:
        """Return the layout of the model's joints, where it is known without the file."""
        known = self.published.get(self.model)
        return self.layout if known is None or self.layout is not None else known.layout


class RtmposeOptions(LayoutOptions):
    """Options of ``rtmpose``."""

    published = RTMPOSE

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

    published = RTMO

    min_score: float = Field(
        default=0.5, ge=0, le=1, description="Leave out people with this score or a lower one"
    )
