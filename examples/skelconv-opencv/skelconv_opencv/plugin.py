"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from skelconv.plugin import (
    DetectorPlugin,
    LayoutName,
    Options,
    PathText,
    PoseModelPlugin,
    RecipeFolder,
    Sha256,
    hookimpl,
)
from skelconv.vision import RemoteFile, is_url

if TYPE_CHECKING:
    from skelconv_opencv.models import HeatmapModel, HogDetector

_REQUIRES = (("cv2", "opencv-python-headless>=4.8,<5"),)


class HogOptions(Options):
    """Options of ``opencv-hog``."""

    min_score: float = Field(
        default=0.3, ge=0, description="Leave out people with a smaller margin to the background"
    )
    overlap: float = Field(
        default=0.45, ge=0, le=1, description="Of two boxes that overlap by more, keep the surer"
    )


class HeatmapOptions(Options):
    """Options of ``opencv-heatmaps``."""

    model: PathText = Field(
        description="The ONNX file of a network from (1, 3, H, W) to heatmaps (1, V, h, w), or its "
        "URL"
    )
    sha256: Sha256 | None = Field(default=None, description="What the file must be")
    layout: LayoutName = Field(default="coco17", description="The layout of its V joints")
    input_size: tuple[int, int] = Field(
        default=(256, 192), description="Height and width of its input in pixels"
    )

    def to_fetch(self) -> RemoteFile | None:
        """Return what has to be fetched; None where it is a file of this machine."""
        return RemoteFile(self.model, self.sha256) if is_url(self.model) else None


def _create_detector(options: HogOptions) -> HogDetector:
    from skelconv_opencv.models import HogDetector

    return HogDetector(options)


def _create_pose_model(options: HeatmapOptions) -> HeatmapModel:
    from skelconv_opencv.models import HeatmapModel

    return HeatmapModel(options)


@hookimpl
def skelconv_detectors() -> Iterator[DetectorPlugin]:
    """Offer the detector."""
    yield DetectorPlugin(
        name="opencv-hog",
        summary="OpenCV's HOG detector: people who stand upright, without weights",
        options=HogOptions,
        create=_create_detector,
        requires=_REQUIRES,
        example={"min_score": 0.5},
    )


@hookimpl
def skelconv_pose_models() -> Iterator[PoseModelPlugin]:
    """Offer the pose model."""
    yield PoseModelPlugin(
        name="opencv-heatmaps",
        summary="Top-down networks of heatmaps (SimpleBaseline, HRNet) by OpenCV",
        options=HeatmapOptions,
        create=_create_pose_model,
        layout=lambda options: options.layout,
        requires=_REQUIRES,
        weights=HeatmapOptions.to_fetch,
        example={"model": "weights/hrnet_w32.onnx"},
    )


@hookimpl
def skelconv_recipes() -> Iterator[RecipeFolder]:
    """Offer the recipe."""
    yield RecipeFolder(
        name="opencv",
        summary="Videos, by OpenCV alone",
        path=Path(__file__).with_name("recipes"),
    )
