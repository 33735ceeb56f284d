"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from skelconv import (
    DetectorPlugin,
    ModelOptions,
    PathText,
    PoseModelPlugin,
    Sha256,
    hookimpl,
)
from skelconv.compute import has_file

if TYPE_CHECKING:
    from skelconv_rtmlib.rtmo import Rtmo
    from skelconv_rtmlib.rtmpose import Rtmpose
    from skelconv_rtmlib.yolox import Yolox


_Side = Annotated[int, Field(ge=1, le=16_384)]


class OnnxOptions(ModelOptions):
    """What all three models take."""

    onnx: PathText = Field(
        description="A model as a path or URL: .onnx, or the .zip with one that OpenMMLab "
        "publishes; URLs are fetched once",
    )
    sha256: Sha256 | None = Field(
        default=None, description="SHA-256 of that file; 8 digits or more of its beginning"
    )
    input_size: tuple[_Side, _Side] | None = Field(
        default=None,
        description="Height and width that the model takes, where the file leaves them open",
    )

    @classmethod
    def runtime_has_cuda(cls) -> bool:
        """Return whether ONNX Runtime is built for GPUs, without importing it."""
        return has_file("onnxruntime", "capi/*providers_cuda.*")


class YoloxOptions(OnnxOptions):
    """Options of ``yolox``."""

    min_score: float = Field(
        default=0.5, ge=0, le=1, description="Leave out boxes that do not score more"
    )
    category: int = Field(
        default=0, ge=0, description="The model's class of people, where it tells classes"
    )


class LayoutOptions(OnnxOptions):
    """What both pose models take."""

    layout: str | None = Field(
        default=None,
        description="The layout of the model's joints; by default the one of 17, 26 or 133 that "
        "fits: coco17, halpe26, coco-wholebody133",
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
        default=0.5, ge=0, le=1, description="Leave out people who do not score more"
    )


def create_yolox(options: YoloxOptions) -> Yolox:
    """Make the detector ``yolox``."""
    from skelconv_rtmlib.yolox import Yolox

    return Yolox(options)


def create_rtmpose(options: RtmposeOptions) -> Rtmpose:
    """Make the pose model ``rtmpose``."""
    from skelconv_rtmlib.rtmpose import Rtmpose

    return Rtmpose(options)


def create_rtmo(options: RtmoOptions) -> Rtmo:
    """Make the pose model ``rtmo``."""
    from skelconv_rtmlib.rtmo import Rtmo

    return Rtmo(options)


_REQUIRES = (("rtmlib", "rtmlib==0.0.16"), ("onnxruntime", "onnxruntime"), ("cv2", "opencv-python"))


@hookimpl
def skelconv_detectors() -> Iterator[DetectorPlugin]:
    """Offer YOLOX."""
    yield DetectorPlugin(
        name="yolox",
        summary="YOLOX on ONNX Runtime, through rtmlib",
        options=YoloxOptions,
        create=create_yolox,
        requires=_REQUIRES,
        resources=OnnxOptions.resources,
        example={"onnx": "models/yolox_m_8xb8-300e_humanart-c2c7a14a.zip", "min_score": 0.5},
    )


@hookimpl
def skelconv_pose_models() -> Iterator[PoseModelPlugin]:
    """Offer RTMPose and RTMO."""
    yield PoseModelPlugin(
        name="rtmpose",
        summary="RTMPose on ONNX Runtime, through rtmlib: 17, 26 or 133 joints",
        options=RtmposeOptions,
        create=create_rtmpose,
        requires=_REQUIRES,
        resources=OnnxOptions.resources,
        example={"onnx": "models/rtmpose-m_simcc-body7_pt-body7_420e-256x192.zip"},
    )
    yield PoseModelPlugin(
        name="rtmo",
        summary="RTMO on ONNX Runtime, through rtmlib: people and their joints at once",
        options=RtmoOptions,
        create=create_rtmo,
        requires=_REQUIRES,
        resources=OnnxOptions.resources,
        example={"onnx": "models/rtmo-m_16xb16-600e_body7-640x640.zip", "min_score": 0.5},
        one_stage=True,
    )
