"""The filters that PYSKL and CTR-GCN share, each as a transform; see `skelconv_ntu.filters`.

They are for clips of the layout ``ntu25`` in metres. Whether a person is in a frame is told by the
field ``slot``, as of ``ntu-raw``, or else by joints that are not all zero. Persons who are in no
frame at all are left out. Decisions are made on float32, as there, and the values that are kept
stay what they are.

In the order length, spread, motion (``least: 0, most: null``), pack, on clips without frames that
nobody is in, they give the bodies that the profile ``pyskl`` chooses.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any

import numpy as np
import numpy.typing as npt

from skelconv import Clip, ClipError, Field
from skelconv_ntu import filters
from skelconv_ntu.filters import Body

MOTION = "motion"
"""The field (axis ``M``, float32) in which the spread filter hands on how much bodies move."""


class FilterLength:
    """Leaves out bodies that are in a few frames only; a body alone stays.

    Parameters
    ----------
    longer_than : int
        Keep bodies that are in more frames than this.
    mend : bool
        Whether to keep everybody when nobody would be left.
    """

    def __init__(self, longer_than: int = filters.LONGER_THAN, *, mend: bool = False) -> None:
        self._longer_than = longer_than
        self._mend = mend

    def __call__(self, clip: Clip) -> Clip:
        """Filter one clip.

        Raises
        ------
        ClipError
            When nobody is left, or the clip is not of NTU's layout.
        """
        bodies = _bodies(clip)
        if len(bodies) > 1:
            fault = f"no body is in more than {self._longer_than} frames"
            kept = filters.lasting(bodies, self._longer_than)
            bodies = filters.any_of(kept, bodies, fault, mend=self._mend)
        return _only(clip, bodies)


class FilterSpread:
    """Leaves out bodies that are too wide to be a person; a body alone stays.

    Adds the field ``motion``: the smaller of a body's motion and that over its good frames.

    Parameters
    ----------
    width : float
        A frame is good when the body is at most so many times as wide as high in it.
    share : float
        A body with at least this share of bad frames is left out.
    mend : bool
        Whether to keep everybody when nobody would be left.
    """

    def __init__(
        self, width: float = filters.WIDTH, share: float = filters.SHARE, *, mend: bool = False
    ) -> None:
        self._width = width
        self._share = share
        self._mend = mend

    def __call__(self, clip: Clip) -> Clip:
        """Filter one clip.

        Raises
        ------
        ClipError
            When nobody is left, or the clip is not of NTU's layout.
        """
        bodies = _moving(clip)
        if len(bodies) > 1:
            with np.errstate(over="ignore", invalid="ignore"):
                kept = filters.not_wide(bodies, self._width, self._share)
            fault = "every body is too wide to be a person"
            bodies = filters.any_of(kept, bodies, fault, mend=self._mend)
        motion = np.array([body.motion for body in bodies], np.float32)
        kept_clip = _only(clip, bodies)
        return kept_clip.replace(fields={**kept_clip.fields, MOTION: Field(motion, "M")})


class FilterMotion:
    """Puts the body that moves most first, and keeps others that move neither too little nor much.

    The motion is that of the field ``motion`` where there is one.

    Parameters
    ----------
    least, most : float
        Limits, in square metres; None for no limit.
    """

    def __init__(
        self, least: float = filters.LEAST_MOTION, most: float | None = filters.MOST_MOTION
    ) -> None:
        self._least = least
        self._most = inf if most is None else most

    def __call__(self, clip: Clip) -> Clip:
        """Filter one clip.

        Raises
        ------
        ClipError
            When the clip is not of NTU's layout.
        """
        bodies = filters.by_motion(_moving(clip))
        return _only(clip, filters.within_motion(bodies, self._least, self._most))


class PackBodies:
    """Packs bodies that are there one after the other into two tracks, the first body first.

    A body alone keeps a track for itself. What has no place on either track is left out, and so
    are the clip's fields, which tell of bodies.

    Parameters
    ----------
    overlap : int
        Frames by which the intervals of bodies on one track may overlap.
    mend : bool
        Whether to pack by the frames in which bodies are, and not by intervals.
    """

    def __init__(self, overlap: int = 0, *, mend: bool = False) -> None:
        self._overlap = overlap
        self._mend = mend

    def __call__(self, clip: Clip) -> Clip:
        """Pack one clip.

        Raises
        ------
        ClipError
            When the clip is not of NTU's layout.
        """
        bodies = _bodies(clip)
        if len(bodies) < 2:
            return _only(clip, bodies).replace(fields={})
        packed = (
            filters.pack_by_frame(bodies)
            if self._mend
            else filters.pack(bodies, overlap=self._overlap)
        )
        score = clip.keypoint_score
        return clip.replace(
            keypoint=self._placed(clip.keypoint, packed),
            keypoint_score=None if score is None else self._placed(score, packed),
            fields={},
        )

    def _placed(
        self, values: npt.NDArray[Any], packed: Sequence[Sequence[Body]]
    ) -> npt.NDArray[Any]:
        tracks = np.zeros((len(packed), *values.shape[1:]), values.dtype)
        for track, bodies in zip(tracks, packed, strict=True):
            for body in bodies:
                place = filters.place_of(body, mend=self._mend)
                track[place] = values[body.person, body.frame]
        return tracks


def _bodies(clip: Clip) -> list[Body]:
    if clip.layout != "ntu25" or clip.keypoint.shape[2:] != (25, 3):
        raise ClipError("NTU's filters need the layout ntu25 in three dimensions")
    with np.errstate(over="ignore"):
        return filters.persons_of(clip)


def _moving(clip: Clip) -> list[Body]:
    bodies = _bodies(clip)
    with np.errstate(over="ignore", invalid="ignore"):
        known = clip.fields.get(MOTION)
        if known is None:
            return [body.moving() for body in bodies]
        return [body.with_motion(known.values[body.person]) for body in bodies]


def _only(clip: Clip, bodies: Sequence[Body]) -> Clip:
    """Return the clip with these persons, in this order."""
    persons = [body.person for body in bodies]
    if persons == list(range(clip.num_person)):
        return clip
    return clip.take("M", np.array(persons, np.intp))
