"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import Field

from skelconv.plugin import Options, PoseModelPlugin, hookimpl

if TYPE_CHECKING:
    from skelconv_mediapipe.pose_model import BlazePose


class MediapipeOptions(Options):
    """Options of ``mediapipe``."""

    min_score: float = Field(
        default=0.5, ge=0, le=1, description="Leave out a person with a lower detection score"
    )


def _create(options: MediapipeOptions) -> BlazePose:
    from skelconv_mediapipe.pose_model import BlazePose

    return BlazePose(options.min_score)


@hookimpl
def skelconv_pose_models() -> Iterator[PoseModelPlugin]:
    """Offer BlazePose."""
    yield PoseModelPlugin(
        name="mediapipe",
        summary="MediaPipe's BlazePose (full): the one most prominent person, 33 joints, CPU",
        options=MediapipeOptions,
        create=_create,
        layout="blazepose33",
        requires=(("mediapipe", "mediapipe==0.10.21"), ("numpy", "numpy<2")),
        example={"min_score": 0.5},
        one_stage=True,
    )
