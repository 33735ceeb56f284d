"""The bodies that CTR-GCN chooses, and their coordinates (``data/ntu``, its three scripts).

Bodies are followed by their ID, in float32, and empty frames are left out. Of several bodies, those
in 11 frames or fewer are removed first, then, in the order in which they appear and never the last
one, those too wide to be a person (see `skelconv_ntu.filters`). Bodies that follow one another in
time share one of two tracks, the body that moves most first. Frames that sum to zero are then left
out. At the end everything is moved so that joint 2, the middle of the spine, of the first person is
at zero in the first frame in which that person is. The third filter, by motion, is in the scripts
and not used.

The faults of the scripts are kept:

- No body is in more than 11 frames, there is no body at all, or all joints of the first person are
  at zero: the scripts stop. Here that is an error of the clip.
- A body that leaves and returns is packed without its gap, and so out of step with the other body
  from there on.
- A track counts as taken from the first frame on it to the last, and the second always from frame
  0: a body that comes in between is lost. Where two bodies share a track and one frame, the later
  body overwrites the other's joints.
- An ID that is twice in a frame makes one body of both, with more frames than there are; if they
  reach beyond the end, the scripts stop.
- A frame counts as empty when its coordinates happen to sum to zero.

With ``repair``, a filter that would remove every body is skipped, bodies stay at their frames, can
share a track when they share no frame, and are two when their ID is twice in a frame; a frame is
empty when no body is in it. A sample without a body, or with only zeros, stays an error.

Float32 sums depend on the order of summation, and whether a sum is zero can depend on it: so every
sum here is over an array of the same shape and memory order as there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from skelconv import Clip, ClipError
from skelconv_ntu.filters import Body, any_of, lasting, narrow_enough, recorded_bodies
from skelconv_ntu.packing import occupied, pack, pack_by_frame, place, place_cells, stop_of

_ORIGIN = slice(3, 6)
_PERSON = 75
_OVERLAP = 1
_Rows = npt.NDArray[np.float32]


def choose(
    clip: Clip, *, repair: bool = False
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.intp]]:
    """Choose the bodies of a sample, and centre them, as CTR-GCN does for NTU60.

    Parameters
    ----------
    clip : Clip
        As ``ntu-raw`` gives it.
    repair : bool
        Whether to correct the faults of the scripts.

    Returns
    -------
    ndarray of shape (1 or 2, T', 25, 3)
        The keypoints, in float32.
    ndarray of int, of shape (1 or 2, T')
        Where they come from.

    Raises
    ------
    ClipError
        Where CTR-GCN's scripts stop.
    """
    bodies, total_frames = recorded_bodies(clip, merge=not repair)
    if not bodies:
        raise ClipError("there is no body in any frame: CTR-GCN stops")
    alone = len(bodies) == 1
    if not alone:
        bodies = _denoised(bodies, repair=repair)
    if len(bodies) == 1:
        packed = [bodies]
    else:
        packed = pack_by_frame(bodies) if repair else pack(bodies, overlap=_OVERLAP)
    if not repair and any(stop_of(body) > total_frames for track in packed for body in track):
        raise ClipError(
            "an ID is twice in a frame, so a body has more frames than there are: CTR-GCN "
            "stops; 'repair: true' would keep them apart"
        )
    tracks = place(packed, total_frames, repair=repair)
    # A row for each frame, one person after the other.
    rows = tracks.transpose(1, 0, 2, 3).reshape(total_frames, -1)
    there = occupied(packed, total_frames)
    cells = place_cells(packed, total_frames, repair=repair)
    if not alone:
        full = there.any(axis=0) if repair else rows.sum(axis=1) != 0
        rows, there, cells = rows[full], there[:, full], cells[:, full]
    if not repair:
        there = np.array([person.sum(axis=1) != 0 for person in _persons(rows)])
    centred = _centred(rows, there).reshape(len(rows), -1, 25, 3).transpose(1, 0, 2, 3)
    return centred, cells


def _denoised(bodies: Sequence[Body], *, repair: bool) -> list[Body]:
    fault = "no body is in more than 11 frames: CTR-GCN stops"
    bodies = [body.moving() for body in any_of(lasting(bodies), bodies, fault, repair=repair)]
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
    """Move everything to the first person's first origin, except absent persons."""
    real = (rows[:, :_PERSON] != 0).any(axis=1)
    if not real.any():
        raise ClipError("all joints of the first person are at zero: CTR-GCN stops")
    origin = rows[real.argmax(), _ORIGIN]
    centred = rows - np.tile(origin, rows.shape[1] // 3)
    # With one person, joints at zero are moved too.
    if len(there) == 2:
        for person, present in zip(_persons(centred), there, strict=True):
            person[~present] = 0
    return centred


def _persons(rows: _Rows) -> list[_Rows]:
    """Return views of one or two persons."""
    return [rows[:, at : at + _PERSON] for at in range(0, rows.shape[1], _PERSON)]
