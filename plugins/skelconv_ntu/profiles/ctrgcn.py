"""The bodies that CTR-GCN chooses, and their coordinates (``data/ntu``, its three scripts).

Bodies are followed by their ID, in float32, and frames with nobody are left out. Of several
bodies, those in 11 frames or fewer go first, then, in the order in which they appear and never
the last that is left, those too wide to be a person (see `skelconv_ntu.filters`). Bodies that are
there one after the other share one of two tracks, the body that moves most first. Frames that sum
to zero are then left out. At the end everything is moved so that joint 2, the middle of the spine,
of the first person is at zero in the first frame in which that person is. The third filter, by
motion, is in the scripts and not used.

What is a fault there is kept:

- No body is in more than 11 frames, nobody is in any frame, or all joints of the first person are
  at zero: the scripts stop. Here that is an error of the clip.
- A body that leaves and returns is packed without its gap, and so out of step with the other body
  from there on.
- A track counts as taken from the first frame on it to the last, and the second always from frame
  0: a body that comes in between is lost. Where two bodies share a track and one frame, the later
  body overwrites the other's joints.
- An ID that stands twice in a frame makes one body of both, with more frames than there are; if
  they reach beyond the end, the scripts stop.
- A frame counts as empty when its coordinates happen to sum to zero.

With ``mend``, a filter that would leave nobody is passed over, bodies stay at their frames, share a
track when they are never there together, and are two when their ID stands twice; a frame is empty
when nobody is in it. A sample without anybody, or with only zeros, stays an error.

Float32 has its own order of summation, and whether a sum is zero can hang on it: so every sum here
runs over an array of the same shape and memory order as there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from skelconv import Clip, ClipError
from skelconv_ntu.filters import (
    Body,
    any_of,
    lasting,
    narrow_enough,
    occupied,
    pack,
    pack_by_frame,
    place,
    recorded_bodies,
    stop_of,
)

_ORIGIN = slice(3, 6)
_PERSON = 75
_OVERLAP = 1
_Rows = npt.NDArray[np.float32]


def select_bodies(clip: Clip, *, mend: bool = False) -> Clip:
    """Choose the bodies of a sample, and centre them, as CTR-GCN does for NTU60.

    Parameters
    ----------
    clip : Clip
        With keypoints of shape (M, T, 25, 3), and the fields ``slot`` and ``body_id``.
    mend : bool
        Whether to mend what is a fault there.

    Returns
    -------
    Clip
        With keypoints of shape (1 or 2, T', 25, 3), float32, and no fields.

    Raises
    ------
    ClipError
        Where CTR-GCN's scripts stop.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        keypoint = _choose(clip, mend=mend)
    return clip.replace(keypoint=keypoint, fields={})


def _choose(clip: Clip, *, mend: bool) -> npt.NDArray[np.float32]:
    bodies, total_frames = recorded_bodies(clip, merge=not mend)
    if not bodies:
        raise ClipError("nobody is in any frame: CTR-GCN stops")
    alone = len(bodies) == 1
    if not alone:
        bodies = _denoised(bodies, mend=mend)
    if len(bodies) == 1:
        packed = [bodies]
    else:
        packed = pack_by_frame(bodies) if mend else pack(bodies, overlap=_OVERLAP)
    if not mend and any(stop_of(body) > total_frames for track in packed for body in track):
        raise ClipError(
            "an ID stands twice in a frame, so a body has more frames than there are: CTR-GCN "
            "stops; 'mend: true' would keep them apart"
        )
    tracks = place(packed, total_frames, mend=mend)
    # A row a frame, one person after the other.
    rows = tracks.transpose(1, 0, 2, 3).reshape(total_frames, -1)
    there = occupied(packed, total_frames)
    if not alone:
        full = there.any(axis=0) if mend else rows.sum(axis=1) != 0
        rows, there = rows[full], there[:, full]
    if not mend:
        there = np.array([person.sum(axis=1) != 0 for person in _persons(rows)])
    return _centred(rows, there).reshape(len(rows), -1, 25, 3).transpose(1, 0, 2, 3)


def _denoised(bodies: Sequence[Body], *, mend: bool) -> list[Body]:
    fault = "no body is in more than 11 frames: CTR-GCN stops"
    bodies = [body.moving() for body in any_of(lasting(bodies), bodies, fault, mend=mend)]
    left = len(bodies)
    kept = []
    for body in bodies:
        judged = narrow_enough(body) if left > 1 else body
        if judged is None:
            left -= 1
        else:
            kept.append(judged)
    return sorted(kept, key=lambda body: body.motion, reverse=True)


def _centred(rows: _Rows, there: npt.NDArray[np.bool_]) -> _Rows:
    """Move everything to the first person's first origin, but for persons who are not there."""
    real = (rows[:, :_PERSON] != 0).any(axis=1)
    if not real.any():
        raise ClipError("all joints of the first person are at zero: CTR-GCN stops")
    origin = rows[real.argmax(), _ORIGIN]
    centred = rows - np.tile(origin, rows.shape[1] // 3)
    # Of a person alone, what is at zero is moved too.
    if len(there) == 2:
        for person, present in zip(_persons(centred), there, strict=True):
            person[~present] = 0
    return centred


def _persons(rows: _Rows) -> list[_Rows]:
    """Return views of one or two persons."""
    return [rows[:, at : at + _PERSON] for at in range(0, rows.shape[1], _PERSON)]
