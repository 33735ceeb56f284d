"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from skelconv.plugin import DetectorPlugin, PoseModelPlugin, hookimpl
from skelconv_transformers import references

if TYPE_CHECKING:
    from skelconv.plugin import KnownModel
    from skelconv_transformers.detector import RtDetr
    from skelconv_transformers.options import RtDetrOptions, VitPoseOptions
    from skelconv_transformers.pose_model import VitPose

_REQUIRES = (
    ("torch", "torch"),
    ("transformers", "transformers>=5.23,<6"),
    ("PIL", "pillow"),
)


def _create_rt_detr(options: RtDetrOptions) -> RtDetr:
    from skelconv_transformers.detector import RtDetr

    return RtDetr(options)


def _create_vitpose(options: VitPoseOptions) -> VitPose:
    from skelconv_transformers.pose_model import VitPose

    return VitPose(options)


def _known_detectors() -> tuple[KnownModel, ...]:
    from skelconv_transformers.hub import RT_DETR

    return RT_DETR


def _known_pose_models() -> tuple[KnownModel, ...]:
    from skelconv_transformers.hub import VITPOSE

    return VITPOSE


@hookimpl
def skelconv_detectors() -> Iterator[DetectorPlugin]:
    """Offer RT-DETR."""
    from skelconv_transformers.options import PretrainedOptions, RtDetrOptions

    yield DetectorPlugin(
        name="rt-detr",
        summary="RT-DETR and RT-DETRv2 in transformers",
        cite=(references.RT_DETR,),
        options=RtDetrOptions,
        create=_create_rt_detr,
        requires=_REQUIRES,
        resources=PretrainedOptions.resources,
        known=_known_detectors,
        weights=PretrainedOptions.weights,
        example={"model": "PekingU/rtdetr_r50vd_coco_o365", "min_score": 0.5},
    )


@hookimpl
def skelconv_pose_models() -> Iterator[PoseModelPlugin]:
    """Offer ViTPose."""
    from skelconv_transformers.options import PretrainedOptions, VitPoseOptions

    yield PoseModelPlugin(
        name="vitpose",
        summary="ViTPose and ViTPose++ in transformers, 17 joints of COCO",
        cite=(references.VITPOSE,),
        options=VitPoseOptions,
        create=_create_vitpose,
        layout="coco17",
        requires=(*_REQUIRES, ("scipy", "scipy>=1.11")),
        resources=PretrainedOptions.resources,
        known=_known_pose_models,
        weights=PretrainedOptions.weights,
        example={"model": "usyd-community/vitpose-base-simple"},
    )
