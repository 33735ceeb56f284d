"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from skelconv.plugin import DetectorPlugin, PoseModelPlugin, TransformPlugin, hookimpl
from skelconv_rtmlib.lift_options import LiftOptions
from skelconv_rtmlib.options import OnnxOptions, RtmoOptions, RtmposeOptions, YoloxOptions
from skelconv_rtmlib.yolo_options import YoloOptions, YoloPoseOptions

if TYPE_CHECKING:
    from skelconv_rtmlib.lift import Lift
    from skelconv_rtmlib.rtmo import Rtmo
    from skelconv_rtmlib.rtmpose import Rtmpose
    from skelconv_rtmlib.yolo import Yolo, YoloPose
    from skelconv_rtmlib.yolox import Yolox

_ONNX = (("onnxruntime", "onnxruntime"), ("cv2", "opencv-python"))
_REQUIRES = (("rtmlib", "rtmlib==0.0.16"), *_ONNX)


def _create_yolox(options: YoloxOptions) -> Yolox:
    from skelconv_rtmlib.yolox import Yolox

    return Yolox(options)


def _create_rtmpose(options: RtmposeOptions) -> Rtmpose:
    from skelconv_rtmlib.rtmpose import Rtmpose

    return Rtmpose(options)


def _create_rtmo(options: RtmoOptions) -> Rtmo:
    from skelconv_rtmlib.rtmo import Rtmo

    return Rtmo(options)


def _create_yolo(options: YoloOptions) -> Yolo:
    from skelconv_rtmlib.yolo import Yolo

    return Yolo(options)


def _create_yolo_pose(options: YoloPoseOptions) -> YoloPose:
    from skelconv_rtmlib.yolo import YoloPose

    return YoloPose(options)


def _create_lift(options: LiftOptions) -> Lift:
    from skelconv_rtmlib.lift import Lift

    return Lift(options)


@hookimpl
def skelconv_detectors() -> Iterator[DetectorPlugin]:
    """Offer YOLOX, and models that Ultralytics exports."""
    yield DetectorPlugin(
        name="yolox",
        summary="YOLOX on ONNX Runtime, through rtmlib",
        options=YoloxOptions,
        create=_create_yolox,
        requires=_REQUIRES,
        resources=OnnxOptions.resources,
        example={"onnx": "models/yolox_m_8xb8-300e_humanart-c2c7a14a.zip", "min_score": 0.5},
    )
    yield DetectorPlugin(
        name="yolo",
        summary="YOLO of Ultralytics' form on ONNX Runtime, from its ONNX export",
        options=YoloOptions,
        create=_create_yolo,
        requires=_ONNX,
        resources=OnnxOptions.resources,
        example={"onnx": "models/yolo11n.onnx", "min_score": 0.25},
    )


@hookimpl
def skelconv_pose_models() -> Iterator[PoseModelPlugin]:
    """Offer RTMPose and RTMO, and models that Ultralytics exports."""
    yield PoseModelPlugin(
        name="rtmpose",
        summary="RTMPose on ONNX Runtime, through rtmlib: 17, 26 or 133 joints",
        options=RtmposeOptions,
        create=_create_rtmpose,
        layout=lambda options: options.layout,
        requires=_REQUIRES,
        resources=OnnxOptions.resources,
        example={"onnx": "models/rtmpose-m_simcc-body7_pt-body7_420e-256x192.zip"},
    )
    yield PoseModelPlugin(
        name="rtmo",
        summary="RTMO on ONNX Runtime, through rtmlib: people and their joints at once",
        options=RtmoOptions,
        create=_create_rtmo,
        layout=lambda options: options.layout,
        requires=_REQUIRES,
        resources=OnnxOptions.resources,
        example={"onnx": "models/rtmo-m_16xb16-600e_body7-640x640.zip", "min_score": 0.5},
        one_stage=True,
    )
    yield PoseModelPlugin(
        name="yolo-pose",
        summary="YOLO-pose of Ultralytics' form on ONNX Runtime: people and their joints at once",
        options=YoloPoseOptions,
        create=_create_yolo_pose,
        layout=lambda options: options.layout,
        requires=_ONNX,
        resources=OnnxOptions.resources,
        example={"onnx": "models/yolo11n-pose.onnx", "min_score": 0.25},
        one_stage=True,
    )


@hookimpl
def skelconv_transforms() -> Iterator[TransformPlugin]:
    """Offer the lifting to 3D."""
    yield TransformPlugin(
        name="lift-3d",
        summary="From 2D to 3D (h36m17) with a temporal model on ONNX Runtime, such as VideoPose3D",
        options=LiftOptions,
        create=_create_lift,
        layout_after=LiftOptions.layout_after,
        requires=_ONNX,
        resources=OnnxOptions.resources,
        example={"onnx": "models/videopose3d.onnx", "layout": "coco17"},
    )
