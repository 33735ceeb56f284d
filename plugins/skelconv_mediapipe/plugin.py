"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from skelconv.plugin import PoseModelPlugin, hookimpl
from skelconv_mediapipe import references

if TYPE_CHECKING:
    from skelconv_mediapipe.options import (
        BlazePoseOptions,
        HolisticOptions,
        MediapipeOptions,
    )
    from skelconv_mediapipe.pose_model import BlazePose, Holistic, Mediapipe

# Before 0.10.30 it needs NumPy 1 and has no wheel for Python 3.13.
_REQUIRES = (("mediapipe", "mediapipe>=1,<2"),)


def _create_mediapipe(options: MediapipeOptions) -> Mediapipe:
    from skelconv_mediapipe.pose_model import Mediapipe

    return Mediapipe(options)


def _create_blazepose(options: BlazePoseOptions) -> BlazePose:
    from skelconv_mediapipe.pose_model import BlazePose

    return BlazePose(options)


def _create_holistic(options: HolisticOptions) -> Holistic:
    from skelconv_mediapipe.pose_model import Holistic

    return Holistic(options)


@hookimpl
def skelconv_pose_models() -> Iterator[PoseModelPlugin]:
    """Offer MediaPipe's models."""
    from skelconv_mediapipe.options import (
        HOLISTIC,
        POSE,
        BlazePoseOptions,
        BundleOptions,
        HolisticOptions,
        MediapipeOptions,
    )

    yield PoseModelPlugin(
        name="mediapipe",
        summary="MediaPipe's BlazePose (lite, full, heavy): several people, 33 joints, CPU",
        cite=(references.BLAZEPOSE,),
        options=MediapipeOptions,
        create=_create_mediapipe,
        layout="blazepose33",
        requires=_REQUIRES,
        known=POSE.values,
        weights=BundleOptions.weights,
        example={"model": "full", "people": 2},
        one_stage=True,
    )
    yield PoseModelPlugin(
        name="blazepose",
        summary="MediaPipe's BlazePose behind a detector: 33 joints, CPU",
        cite=(references.BLAZEPOSE,),
        options=BlazePoseOptions,
        create=_create_blazepose,
        layout="blazepose33",
        requires=_REQUIRES,
        known=POSE.values,
        weights=BundleOptions.weights,
        example={"model": "lite"},
    )
    yield PoseModelPlugin(
        name="mediapipe-holistic",
        summary="MediaPipe's Holistic: one person, 33 joints and 21 of each hand, CPU",
        cite=(references.BLAZEPOSE,),
        options=HolisticOptions,
        create=_create_holistic,
        layout="blazepose75",
        requires=_REQUIRES,
        known=HOLISTIC.values,
        weights=BundleOptions.weights,
        example={"min_score": 0.5},
        one_stage=True,
    )
