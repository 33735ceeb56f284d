"""The bodies that PYSKL chooses (``tools/data/ntu_preproc.py``).

Bodies are followed by their ID, in float32, and frames with nobody are left out. Of several
bodies, those in 11 frames or fewer go first, then those too wide to be a person (see
`skelconv_ntu.filters`). If one is left, it alone is the clip, with the frames in which it is.
Otherwise bodies that are there one after the other share one of two tracks, the body that moves
most first; frames at either end with (almost) only zeros are cut off, and the tracks are swapped
when joint 1 of the first frame is at zero on the first and not on the second. At the end float32 is
cast to float16.

What is a fault there is kept:

- Every body is noise: the script stops. So does it when the two tracks hold only zeros, and for
  a sample without anybody it writes None in the place of an annotation. Here that is an error of
  the clip.
- A body that leaves and returns is packed without its gap, and so out of step with the other
  body from there on.
- A track counts as taken from the first frame on it to the last, and the second always from frame
  0: a body that comes in between is lost.
- An ID that stands twice in a frame makes one body of both, with more frames than there are.

With ``mend``, a filter that would leave nobody is passed over, bodies stay at their frames, share a
track when they are never there together, and are two when their ID stands twice. The ends are cut
where nobody is. A sample without anybody stays an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from skelconv import Clip, ClipError
from skelconv_ntu.filters import (
    Body,
    any_of,
    by_motion,
    lasting,
    not_wide,
    occupied,
    pack,
    pack_by_frame,
    place,
    recorded_bodies,
    stop_of,
)

_EPSILON = 1e-3


def select_bodies(clip: Clip, *, mend: bool = False) -> Clip:
    """Choose the bodies of a sample as PYSKL does.

    Parameters
    ----------
    clip : Clip
        With keypoints of shape (M, T, 25, 3), and the fields ``slot`` and ``body_id``.
    mend : bool
        Whether to mend what is a fault there.

    Returns
    -------
    Clip
        With keypoints of shape (1 or 2, T', 25, 3), float16, and no fields.

    Raises
    ------
    ClipError
        Where PYSKL's script stops, or gives no annotation.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        keypoint = _choose(clip, mend=mend).astype(np.float16)
    return clip.replace(keypoint=keypoint, fields={})


def _choose(clip: Clip, *, mend: bool) -> npt.NDArray[np.float32]:
    bodies, _ = recorded_bodies(clip, merge=not mend)
    if not bodies:
        raise ClipError("nobody is in any frame; PYSKL has None for such a sample")
    if len(bodies) > 1:
        bodies = by_motion(body.moving() for body in bodies)
        bodies = any_of(
            lasting(bodies), bodies, "no body is in more than 11 frames: PYSKL stops", mend=mend
        )
    if len(bodies) > 1:
        fault = "every body is too wide to be a person: PYSKL stops"
        bodies = by_motion(any_of(not_wide(bodies), bodies, fault, mend=mend))
    if len(bodies) == 1:
        return bodies[0].keypoint[np.newaxis]
    return _mended_tracks(bodies) if mend else _tracks(bodies)


def _tracks(bodies: Sequence[Body]) -> npt.NDArray[np.float32]:
    keypoint = place(pack(bodies), max(map(stop_of, bodies)), mend=False)
    frames = range(keypoint.shape[1])
    start = next((t for t in frames if not _is_zero(keypoint[:, t])), None)
    if start is None:
        raise ClipError("all joints of all bodies are at zero: PYSKL stops")
    stop = next(t for t in reversed(frames) if not _is_zero(keypoint[:, t])) + 1
    keypoint = keypoint[:, start:stop]
    begins = [not _is_zero(track[0, 1]) for track in keypoint]
    return keypoint[::-1] if begins == [False, True] else keypoint


def _mended_tracks(bodies: Sequence[Body]) -> npt.NDArray[np.float32]:
    total_frames = max(int(body.frame[-1]) for body in bodies) + 1
    packed = pack_by_frame(bodies)
    there = occupied(packed, total_frames)
    used = np.flatnonzero(there.any(axis=0))
    keypoint = place(packed, total_frames, mend=True)[:, used[0] : used[-1] + 1]
    return keypoint if there[0, used[0]] else keypoint[::-1]


def _is_zero(joints: npt.NDArray[Any]) -> bool:
    # As a float64, for float32 has no 0.001.
    return bool(float(np.sum(np.abs(joints))) < _EPSILON)
