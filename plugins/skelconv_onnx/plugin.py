"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from skelconv.plugin import DetectorPlugin, PoseModelPlugin, hookimpl
from skelconv_onnx.options import (
    LayoutOptions,
    OnnxOptions,
    RtmoOptions,
    RtmposeOptions,
    YoloxOptions,
)
from skelconv_onnx.published import RTMO, RTMPOSE, YOLOX

if TYPE_CHECKING:
    from skelconv_onnx.rtmo import Rtmo
    from skelconv_onnx.rtmpose import Rtmpose
    from skelconv_onnx.yolox import Yolox

_REQUIRES = (("onnxruntime", "onnxruntime"), ("cv2", "opencv-python-headless"))


def _create_yolox(options: YoloxOptions) -> Yolox:
    from skelconv_onnx.yolox import Yolox

    return Yolox(options)


def _create_rtmpose(options: RtmposeOptions) -> Rtmpose:
    from skelconv_onnx.rtmpose import Rtmpose

    return Rtmpose(options)


def _create_rtmo(options: RtmoOptions) -> Rtmo:
    from skelconv_onnx.rtmo import Rtmo

    return Rtmo(options)


@hookimpl
def skelconv_detectors() -> Iterator[DetectorPlugin]:
    """Offer YOLOX."""
    yield DetectorPlugin(
        name="yolox",
        summary="YOLOX on ONNX Runtime",
        options=YoloxOptions,
        create=_create_yolox,
        requires=_REQUIRES,
        resources=OnnxOptions.resources,
        known=YOLOX.values,
        weights=OnnxOptions.weights,
        example={"model": "yolox-tiny", "min_score": 0.5},
    )


@hookimpl
def skelconv_pose_models() -> Iterator[PoseModelPlugin]:
    """Offer RTMPose and RTMO."""
    yield PoseModelPlugin(
        name="rtmpose",
        summary="RTMPose on ONNX Runtime: 17, 21, 26 or 133 joints",
        options=RtmposeOptions,
        create=_create_rtmpose,
        layout=LayoutOptions.known_layout,
        requires=_REQUIRES,
        resources=OnnxOptions.resources,
        known=RTMPOSE.values,
        weights=OnnxOptions.weights,
        example={"model": "rtmpose-m"},
    )
    yield PoseModelPlugin(
        name="rtmo",
        summary="RTMO on ONNX Runtime: people and their joints at once",
        options=RtmoOptions,
        create=_create_rtmo,
        layout=LayoutOptions.known_layout,
        requires=_REQUIRES,
        resources=OnnxOptions.resources,
        known=RTMO.values,
        weights=OnnxOptions.weights,
        example={"model": "rtmo-s", "min_score": 0.5},
        one_stage=True,
    )
