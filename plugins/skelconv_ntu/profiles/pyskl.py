"""The bodies that PYSKL chooses (``tools/data/ntu_preproc.py``).

Bodies are followed by their ID, in float32, and empty frames are left out. Of several bodies, those
in 11 frames or fewer are removed first, then those too wide to be a person (see
`skelconv_ntu.filters`). If one is left, it alone is the clip, with the frames in which it is.
Otherwise bodies that follow one another in time share one of two tracks, the body that moves most
first; frames at either end with (almost) only zeros are cut off, and the tracks are swapped when
joint 1 of the first frame is at zero on the first and not on the second. At the end float32 is cast
to float16.

The faults of the script are kept:

- Every body is noise: the script stops. It also stops when the two tracks hold only zeros, and for
  a sample without a body it writes None instead of an annotation. Here that is an error of the
  clip.
- A body that leaves and returns is packed without its gap, and so out of step with the other
  body from there on.
- A track counts as taken from the first frame on it to the last, and the second always from frame
  0: a body that comes in between is lost.
- An ID that is twice in a frame makes one body of both, with more frames than there are.

With ``repair``, a filter that would remove every body is skipped, bodies stay at their frames, can
share a track when they share no frame, and are two when their ID is twice in a frame. Empty frames
at the ends are cut off. A sample without a body stays an error.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from skelconv import Array, Clip, ClipError
from skelconv_ntu.filters import Body, any_of, by_motion, lasting, not_wide, recorded_bodies
from skelconv_ntu.packing import occupied, pack, pack_by_frame, place, place_cells, stop_of

_EPSILON = 1e-3


def choose(
    clip: Clip, *, repair: bool = False
) -> tuple[npt.NDArray[np.float16], npt.NDArray[np.intp]]:
    """Choose the bodies of a sample as PYSKL does.

    Parameters
    ----------
    clip : Clip
        As ``ntu-raw`` gives it.
    repair : bool
        Whether to correct the faults of the script.

    Returns
    -------
    ndarray of shape (1 or 2, T', 25, 3)
        The keypoints, in float16.
    ndarray of int, of shape (1 or 2, T')
        Where they come from.

    Raises
    ------
    ClipError
        Where PYSKL's script stops, or gives no annotation.
    """
    bodies, _ = recorded_bodies(clip, merge=not repair)
    if not bodies:
        raise ClipError("there is no body in any frame; PYSKL has None for such a sample")
    if len(bodies) > 1:
        bodies = by_motion(body.moving() for body in bodies)
        bodies = any_of(
            lasting(bodies), bodies, "no body is in more than 11 frames: PYSKL stops", repair=repair
        )
    if len(bodies) > 1:
        fault = "every body is too wide to be a person: PYSKL stops"
        bodies = by_motion(any_of(not_wide(bodies), bodies, fault, repair=repair))
    if len(bodies) == 1:
        only = bodies[0]
        return only.keypoint[np.newaxis].astype(np.float16), only.cell[np.newaxis]
    tracks, cells = _repaired_tracks(bodies) if repair else _tracks(bodies)
    return tracks.astype(np.float16), cells


def _tracks(bodies: Sequence[Body]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.intp]]:
    packed = pack(bodies)
    total_frames = max(map(stop_of, bodies))
    keypoint = place(packed, total_frames, repair=False)
    cells = place_cells(packed, total_frames, repair=False)
    frames = range(keypoint.shape[1])
    start = next((t for t in frames if not _is_zero(keypoint[:, t])), None)
    if start is None:
        raise ClipError("all joints of all bodies are at zero: PYSKL stops")
    stop = next(t for t in reversed(frames) if not _is_zero(keypoint[:, t])) + 1
    keypoint, cells = keypoint[:, start:stop], cells[:, start:stop]
    begins = [not _is_zero(track[0, 1]) for track in keypoint]
    return (keypoint[::-1], cells[::-1]) if begins == [False, True] else (keypoint, cells)


def _repaired_tracks(
    bodies: Sequence[Body],
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.intp]]:
    total_frames = max(int(body.frame[-1]) for body in bodies) + 1
    packed = pack_by_frame(bodies)
    there = occupied(packed, total_frames)
    used = np.flatnonzero(there.any(axis=0))
    span = slice(used[0], used[-1] + 1)
    keypoint = place(packed, total_frames, repair=True)[:, span]
    cells = place_cells(packed, total_frames, repair=True)[:, span]
    return (keypoint, cells) if there[0, used[0]] else (keypoint[::-1], cells[::-1])


def _is_zero(joints: Array) -> bool:
    # As a float64, for float32 has no 0.001.
    return bool(float(np.sum(np.abs(joints))) < _EPSILON)
