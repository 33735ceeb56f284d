"""ST-GCN and related networks in MMAction2 and PYSKL."""

from __future__ import annotations

from collections.abc import Iterator

from skelconv import Clip
from skelconv_trainers.labels import check_label


class STGCN:
    """The trainer ``stgcn``: MMAction2's and PYSKL's pipelines for graph networks."""

    def check(self, clip: Clip) -> Iterator[str]:
        """Say why a graph network cannot use a clip.

        Parameters
        ----------
        clip : Clip
            The clip.

        Yields
        ------
        str
            One line for each fault.
        """
        yield from check_label(clip, "stgcn")
        if clip.keypoint.shape[-1] == 2 and clip.keypoint_score is None:
            yield "stgcn needs keypoint_score with 2D keypoints"
