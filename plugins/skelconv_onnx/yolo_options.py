"""Options of the detector ``yolo`` and of the pose model ``yolo-pose``."""

from __future__ import annotations

from pydantic import Field

from skelconv_onnx.options import ImageOptions, LayoutOptions


class YoloOptions(ImageOptions):
    """Options of ``yolo``; the defaults are Ultralytics' own."""

    min_score: float = Field(
        default=0.25, ge=0, le=1, description="Leave out people with this score or a lower one"
    )
    overlap: float = Field(
        default=0.7,
        ge=0,
        le=1,
        description="Of two boxes that overlap by more than this (intersection over union), leave "
        "out the one with the lower score; models that end in boxes do not need it",
    )
    category: int = Field(default=0, ge=0, description="The model's class of people")


class YoloPoseOptions(YoloOptions, LayoutOptions):
    """Options of ``yolo-pose``."""
