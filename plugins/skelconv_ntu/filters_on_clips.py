"""The filters that PYSKL and CTR-GCN share, each as a transform; see `skelconv_ntu.filters`.

They are for clips of the layout ``ntu25`` in metres. Whether a person is in a frame is known by the
field ``slot``, as of ``ntu-raw``, or without it by joints that are there. Persons who are in no
frame are left out. Decisions are made on float32, as there, and on all joints as they are: neither
project knows missing ones. The values that are kept are not changed.

In the order length, spread, motion (``least: 0, most: null``), pack, on clips without empty frames,
they give the bodies that the profile ``pyskl`` chooses. A clip of another layout is a `ClipError`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import numpy as np

from skelconv import Clip, ClipError, Field
from skelconv_ntu import filters, packing
from skelconv_ntu.filters import Body

MOTION = "motion"
"""The field (axis ``M``, float32) in which the spread filter passes on how much bodies move."""


class FilterLength:
    """Leaves out bodies that are in a few frames only; a single body stays.

    Parameters
    ----------
    longer_than : int
        Keep bodies that are in more frames than this.
    repair : bool
        Whether to keep all where no body would be left.
    """

    def __init__(self, longer_than: int = filters.LONGER_THAN, *, repair: bool = False) -> None:
        self._longer_than = longer_than
        self._repair = repair

    def __call__(self, clip: Clip) -> Clip:
        """Filter one clip; a `ClipError` where no body is left."""
        bodies = _bodies(clip)
        if len(bodies) > 1:
            fault = f"no body is in more than {self._longer_than} frames"
            kept = filters.lasting(bodies, self._longer_than)
            bodies = filters.any_of(kept, bodies, fault, repair=self._repair)
        return _only(clip, bodies)


class FilterSpread:
    """Leaves out bodies that are too wide to be a person; a single body stays.

    Adds the field ``motion``: the smaller of a body's motion and that over its good frames.

    Parameters
    ----------
    width : float
        A frame is good when the body in it is at most this times as wide as high.
    share : float
        A body with at least this share of bad frames is left out.
    repair : bool
        Whether to keep all where no body would be left.
    """

    def __init__(
        self, width: float = filters.WIDTH, share: float = filters.SHARE, *, repair: bool = False
    ) -> None:
        self._width = width
        self._share = share
        self._repair = repair

    def __call__(self, clip: Clip) -> Clip:
        """Filter one clip; a `ClipError` where no body is left."""
        bodies = _moving(clip)
        if len(bodies) > 1:
            with np.errstate(over="ignore", invalid="ignore"):
                kept = filters.not_wide(bodies, self._width, self._share)
            fault = "every body is too wide to be a person"
            bodies = filters.any_of(kept, bodies, fault, repair=self._repair)
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
        """Filter one clip."""
        bodies = filters.by_motion(_moving(clip))
        return _only(clip, filters.within_motion(bodies, self._least, self._most))


class PackBodies:
    """Packs bodies that follow one another in time into two tracks, the first body first.

    A single body has a track of its own. Bodies with no place on either track are left out, and so
    are fields of whole tracks; those of bodies in frames follow them.

    Parameters
    ----------
    overlap : int
        Frames by which the intervals of bodies on one track may overlap.
    repair : bool
        Whether to pack by the frames in which bodies are, not by intervals.
    """

    def __init__(self, overlap: int = 0, *, repair: bool = False) -> None:
        self._overlap = overlap
        self._repair = repair

    def __call__(self, clip: Clip) -> Clip:
        """Pack one clip."""
        bodies = _bodies(clip)
        frames = clip.total_frames
        if len(bodies) < 2:
            persons = np.array([body.person for body in bodies], np.intp)
            cells = persons[:, np.newaxis] * frames + np.arange(frames)
        else:
            packed = (
                packing.pack_by_frame(bodies)
                if self._repair
                else packing.pack(bodies, overlap=self._overlap)
            )
            cells = packing.place_cells(packed, frames, repair=self._repair)
        score = clip.keypoint_score
        return clip.replace(
            keypoint=packing.follow(clip.keypoint, cells),
            keypoint_score=None if score is None else packing.follow(score, cells),
            fields=packing.follow_fields(clip, cells),
        )


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
