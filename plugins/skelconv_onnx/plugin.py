"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from skelconv.plugin import DetectorPlugin, PoseModelPlugin, TransformPlugin, hookimpl
from skelconv_onnx import references
from skelconv_onnx.published import RTMO, RTMPOSE, YOLOX

if TYPE_CHECKING:
    from skelconv_onnx.lift import Lift
    from skelconv_onnx.lift_options import LiftOptions
    from skelconv_onnx.options import (
        RtmoOptions,
        RtmposeOptions,
        YoloxOptions,
    )
    from skelconv_onnx.rtmo import Rtmo
    from skelconv_onnx.rtmpose import Rtmpose
    from skelconv_onnx.yolo import Yolo, YoloPose
    from skelconv_onnx.yolo_options import YoloOptions, YoloPoseOptions
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


def _create_yolo(options: YoloOptions) -> Yolo:
    from skelconv_onnx.yolo import Yolo

    return Yolo(options)


def _create_yolo_pose(options: YoloPoseOptions) -> YoloPose:
    from skelconv_onnx.yolo import YoloPose

    return YoloPose(options)


def _create_lift(options: LiftOptions) -> Lift:
    from skelconv_onnx.lift import Lift

    return Lift(options)


@hookimpl
def skelconv_detectors() -> Iterator[DetectorPlugin]:
    """Offer YOLOX, and models that Ultralytics exports."""
    from skelconv_onnx.options import OnnxOptions, YoloxOptions
    from skelconv_onnx.yolo_options import YoloOptions

    yield DetectorPlugin(
        name="yolox",
        summary="YOLOX on ONNX Runtime",
        cite=(references.YOLOX,),
        options=YoloxOptions,
        create=_create_yolox,
        requires=_REQUIRES,
        resources=OnnxOptions.resources,
        known=YOLOX.values,
        weights=OnnxOptions.weights,
        example={"model": "yolox-tiny", "min_score": 0.5},
    )
    yield DetectorPlugin(
        name="yolo",
        summary="YOLO of Ultralytics' form on ONNX Runtime, from its ONNX export",
        options=YoloOptions,
        create=_create_yolo,
        requires=_REQUIRES,
        resources=OnnxOptions.resources,
        weights=OnnxOptions.weights,
        example={"model": "models/yolo11n.onnx", "min_score": 0.25},
    )


@hookimpl
def skelconv_pose_models() -> Iterator[PoseModelPlugin]:
    """Offer RTMPose and RTMO, and models that Ultralytics exports."""
    from skelconv_onnx.options import LayoutOptions, OnnxOptions, RtmoOptions, RtmposeOptions
    from skelconv_onnx.yolo_options import YoloPoseOptions

    yield PoseModelPlugin(
        name="rtmpose",
        summary="RTMPose on ONNX Runtime: 17, 21, 26 or 133 joints",
        cite=(references.RTMPOSE,),
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
        cite=(references.RTMO,),
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
    yield PoseModelPlugin(
        name="yolo-pose",
        summary="YOLO-pose of Ultralytics' form on ONNX Runtime: people and their joints at once",
        options=YoloPoseOptions,
        create=_create_yolo_pose,
        layout=lambda options: options.layout,
        requires=_REQUIRES,
        resources=OnnxOptions.resources,
        weights=OnnxOptions.weights,
        example={"model": "models/yolo11n-pose.onnx", "min_score": 0.25},
        one_stage=True,
    )


@hookimpl
def skelconv_transforms() -> Iterator[TransformPlugin]:
    """Offer the lifting to 3D."""
    from skelconv_onnx.lift_options import LiftOptions
    from skelconv_onnx.options import OnnxOptions

    yield TransformPlugin(
        name="lift-3d",
        summary="From 2D to 3D (h36m17) with a temporal model on ONNX Runtime, such as VideoPose3D",
        options=LiftOptions,
        create=_create_lift,
        layout_after=LiftOptions.layout_after,
        requires=_REQUIRES,
        resources=OnnxOptions.resources,
        example={"model": "models/videopose3d.onnx", "layout": "coco17"},
    )
