"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from skelconv.plugin import CheckPlugin, DetectorPlugin, Options, PoseModelPlugin, hookimpl
from skelconv_openmmlab import references

if TYPE_CHECKING:
    from skelconv.plugin import Check, KnownModel
    from skelconv_openmmlab.detector import MmdetDetector
    from skelconv_openmmlab.options import MmdetOptions, MmposeOptions
    from skelconv_openmmlab.pose_model import MmposePoseModel

_REQUIRES = (
    ("torch", "torch"),
    ("mmengine", "mmengine==0.10.7"),
    ("mmcv", "mmcv-lite==2.1.0"),
    ("mmdet", "mmdet==3.3.0"),
    ("mmpose", "--no-deps mmpose==1.3.2"),
    ("cv2", "opencv-python"),
)
# It replaces what `skelconv_openmmlab.stack` does otherwise, and rounds differently.
_USES_IF_THERE = ("torchvision",)


def _create_mmdet(options: MmdetOptions) -> MmdetDetector:
    from skelconv_openmmlab.detector import MmdetDetector

    return MmdetDetector(options)


def _create_mmpose(options: MmposeOptions) -> MmposePoseModel:
    from skelconv_openmmlab.pose_model import MmposePoseModel

    return MmposePoseModel(options)


def _known(package: str) -> Iterator[KnownModel]:
    from skelconv_openmmlab.index import known

    return known(package)


def _create_check(_: Options) -> Check:
    from skelconv_openmmlab.doctor import check

    return check


@hookimpl
def skelconv_detectors() -> Iterator[DetectorPlugin]:
    """Offer MMDetection."""
    from skelconv_openmmlab.options import CheckpointOptions, MmdetOptions

    yield DetectorPlugin(
        name="mmdet",
        summary="MMDetection: Faster R-CNN by default, as the published skeletons used",
        cite=(references.MMDETECTION,),
        options=MmdetOptions,
        create=_create_mmdet,
        requires=_REQUIRES,
        uses_if_there=_USES_IF_THERE,
        resources=CheckpointOptions.resources,
        known=lambda: _known("mmdet"),
        weights=CheckpointOptions.to_fetch,
        example={"weights": "weights/faster_rcnn_r50_fpn_1x_coco-person.pth", "min_score": 0.5},
    )


@hookimpl
def skelconv_pose_models() -> Iterator[PoseModelPlugin]:
    """Offer MMPose."""
    from skelconv_openmmlab.options import CheckpointOptions, MmposeOptions

    yield PoseModelPlugin(
        name="mmpose",
        summary="MMPose's top-down models: HRNet-w32 by default, as the published skeletons used",
        cite=(references.MMPOSE,),
        options=MmposeOptions,
        create=_create_mmpose,
        layout=MmposeOptions.known_layout,
        requires=_REQUIRES,
        uses_if_there=_USES_IF_THERE,
        resources=CheckpointOptions.resources,
        known=lambda: _known("mmpose"),
        weights=CheckpointOptions.to_fetch,
        example={"weights": "weights/hrnet_w32_coco_256x192.pth"},
    )


@hookimpl
def skelconv_checks() -> Iterator[CheckPlugin]:
    """Offer the check of the packages."""
    yield CheckPlugin(
        name="openmmlab",
        summary="MMDetection, MMPose and the packages that they need",
        create=_create_check,
        modules=("mmengine", "mmcv", "mmdet", "mmpose"),
    )
