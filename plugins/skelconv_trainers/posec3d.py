"""PoseConv3D: it draws heatmaps of 2D keypoints."""

from __future__ import annotations

from collections.abc import Iterator

from skelconv import Clip
from skelconv_trainers.labels import check_label


class PoseC3D:
    """The trainer ``posec3d``: MMAction2's and PYSKL's pipelines for PoseConv3D."""

    def check(self, clip: Clip) -> Iterator[str]:
        """Say why PoseConv3D cannot use a clip.

        Parameters
        ----------
        clip : Clip
            The clip.

        Yields
        ------
        str
            One line for each fault.
        """
        yield from check_label(clip, "posec3d")
        channels = clip.keypoint.shape[-1]
        if channels != 2:
            yield f"posec3d draws heatmaps of 2D keypoints, and these have {channels} coordinates"
        if clip.keypoint_score is None:
            yield "posec3d needs keypoint_score"
        if clip.img_shape is None:
            yield "posec3d needs img_shape"
