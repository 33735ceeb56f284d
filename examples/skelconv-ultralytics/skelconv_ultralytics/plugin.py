"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import Field

from skelconv.plugin import (
    DetectorPlugin,
    LayoutName,
    NameOrPathText,
    PoseModelPlugin,
    hookimpl,
)
from skelconv.vision import TorchOptions

if TYPE_CHECKING:
    from skelconv_ultralytics.models import Detector, PoseModel

_REQUIRES = (("ultralytics", "ultralytics>=8.4,<9"),)


class UltralyticsOptions(TorchOptions):
    """Options of ``ultralytics``; the defaults are Ultralytics' own."""

    model: NameOrPathText = Field(
        description="A .pt file, or the name of a model that Ultralytics fetches"
    )
    trust: bool = Field(
        default=False, description="Load it although loading a .pt file runs what is in it"
    )
    min_score: float = Field(
        default=0.25, ge=0, le=1, description="Leave out people with this score or a lower one"
    )
    overlap: float = Field(
        default=0.7,
        ge=0,
        le=1,
        description="Of two boxes that overlap by more than this, leave out the one with the "
        "lower score",
    )
    image_size: int = Field(
        default=640, ge=32, le=4096, description="The longer side of the model's input"
    )
    category: int = Field(default=0, ge=0, description="The model's class of people")


class UltralyticsPoseOptions(UltralyticsOptions):
    """Options of ``ultralytics-pose``."""

    layout: LayoutName = Field(
        default="coco17", description="The layout of the keypoints that the model was trained on"
    )


def _create_detector(options: UltralyticsOptions) -> Detector:
    from skelconv_ultralytics.models import Detector

    return Detector(options)


def _create_pose_model(options: UltralyticsPoseOptions) -> PoseModel:
    from skelconv_ultralytics.models import PoseModel

    return PoseModel(options)


@hookimpl
def skelconv_detectors() -> Iterator[DetectorPlugin]:
    """Offer the detector."""
    yield DetectorPlugin(
        name="ultralytics",
        summary="YOLO through Ultralytics' package (AGPL-3.0)",
        options=UltralyticsOptions,
        create=_create_detector,
        requires=_REQUIRES,
        resources=UltralyticsOptions.resources,
        example={"model": "yolo11n.pt", "trust": True},
    )


@hookimpl
def skelconv_pose_models() -> Iterator[PoseModelPlugin]:
    """Offer the pose model."""
    yield PoseModelPlugin(
        name="ultralytics-pose",
        summary="YOLO-pose through Ultralytics' package (AGPL-3.0): people and their joints",
        options=UltralyticsPoseOptions,
        create=_create_pose_model,
        layout=lambda options: options.layout,
        requires=_REQUIRES,
        resources=UltralyticsOptions.resources,
        example={"model": "yolo11n-pose.pt", "trust": True},
        one_stage=True,
    )
