"""CTR-GCN's own training code."""

from __future__ import annotations

from collections.abc import Iterator

from skelconv import Clip
from skelconv_trainers.labels import check_label


class CTRGCN:
    """The trainer ``ctrgcn``: its feeder reads NTU RGB+D's 25 joints of two persons."""

    def check(self, clip: Clip) -> Iterator[str]:
        """Say why CTR-GCN's feeder cannot use a clip.

        Parameters
        ----------
        clip : Clip
            The clip.

        Yields
        ------
        str
            One line for each fault.
        """
        yield from check_label(clip, "ctrgcn")
        if clip.keypoint.shape[2:] != (25, 3):
            yield "ctrgcn is trained on 25 joints in 3D"
        if clip.num_person > 2:
            yield "ctrgcn takes at most two persons"
