"""How PYSKL and CTR-GCN choose among the bodies of an NTU sample: by length, spread and motion.

Both use one method with the same thresholds, but in another order, which is in their profiles. A
sample with one body is never filtered.

Every result is the same to the last bit as with NumPy 1, which both are written for. That decides
the last bit of one comparison: there, 0.8 times a height in float32 is a float64.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from skelconv import Clip, ClipError

LONGER_THAN = 11
WIDTH = 0.8
SHARE = 0.69754
LEAST_MOTION = 0.089925
MOST_MOTION = 2.0

_UNKNOWN = np.float32(np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """A body and where it is.

    Attributes
    ----------
    person : int
        Its index among the clip's persons; the first one where it was merged from several.
    frame : ndarray of shape (n,)
        The frames in which it is, ascending.
    keypoint : ndarray of shape (n, 25, 3)
        Its joints in these frames, float32.
    cell : ndarray of int of shape (n,)
        Where these are in the clip: the person times T plus the frame.
    motion : float32
        See `motion_of`; NaN until it is computed.
    """

    person: int
    frame: npt.NDArray[np.intp]
    keypoint: npt.NDArray[np.float32]
    cell: npt.NDArray[np.intp]
    motion: np.float32 = _UNKNOWN

    def moving(self) -> Body:
        """Return the body with its motion."""
        return self.with_motion(motion_of(self.keypoint))

    def with_motion(self, motion: np.float32) -> Body:
        """Return the body with a known motion.

        Parameters
        ----------
        motion : float32
            In square metres.

        Returns
        -------
        Body
            The same body.
        """
        return replace(self, motion=motion)


def presence(clip: Clip) -> npt.NDArray[np.bool_]:
    """Return which persons are in which frames: by ``slot``, or by any joint that is there.

    Parameters
    ----------
    clip : Clip
        Any clip.

    Returns
    -------
    ndarray of bool, of shape (M, T)
        Whether a person is in a frame.
    """
    slot = clip.fields.get("slot")
    if slot is None or slot.axes != "MT":
        return np.asarray(clip.present().any(-1))
    return np.asarray(slot.values >= 0)


def persons_of(clip: Clip) -> list[Body]:
    """Return each person of a clip who is in any frame.

    Parameters
    ----------
    clip : Clip
        With 25 joints in three dimensions.

    Returns
    -------
    list of Body
        In the clip's order.
    """
    return [
        _body(clip, person, frame)
        for person, present in enumerate(presence(clip))
        if len(frame := present.nonzero()[0])
    ]


def recorded_bodies(clip: Clip, *, merge: bool) -> tuple[list[Body], int]:
    """Return the bodies of a raw file as if its empty frames were not there.

    Parameters
    ----------
    clip : Clip
        As ``ntu-raw`` gives it.
    merge : bool
        Whether an ID that is twice in a frame is one body, which then has both, in the order of
        the file; otherwise they are two bodies.

    Returns
    -------
    bodies : list of Body
        In the order in which they first appear.
    total_frames : int
        Frames with a body.
    """
    slot, ids = clip.fields["slot"].values, clip.fields["body_id"].values
    present = slot >= 0
    occupied_frames = present.any(axis=0)
    number = occupied_frames.cumsum() - 1
    if merge and len(set(ids.tolist())) < len(ids):
        found = (_merged(clip, np.flatnonzero(ids == i)) for i in dict.fromkeys(ids.tolist()))
    else:
        found = (_body(clip, person, here.nonzero()[0]) for person, here in enumerate(present))
    bodies = [replace(body, frame=number[body.frame]) for body in found if len(body.frame)]
    return bodies, int(occupied_frames.sum())


def _body(clip: Clip, person: int, frame: npt.NDArray[np.intp]) -> Body:
    rows = clip.keypoint[person]
    keypoint = (rows if len(frame) == len(rows) else rows[frame]).astype(np.float32)
    return Body(person, frame, keypoint, person * len(rows) + frame)


def _merged(clip: Clip, persons: npt.NDArray[np.intp]) -> Body:
    slot = clip.fields["slot"].values[persons].T
    frame, twin = np.nonzero(slot >= 0)
    in_file = np.lexsort((slot[frame, twin], frame))
    frame, twin = frame[in_file], twin[in_file]
    keypoint = clip.keypoint[persons[twin], frame].astype(np.float32)
    return Body(int(persons[0]), frame, keypoint, persons[twin] * clip.total_frames + frame)


def motion_of(keypoint: npt.NDArray[np.float32]) -> np.float32:
    """Return how much a body moves: the sum of the variances of x, y and z over all joints.

    Parameters
    ----------
    keypoint : ndarray of shape (n, 25, 3)
        The body's joints, in metres, float32.

    Returns
    -------
    float32
        In square metres; to the bit what ``np.sum(np.var(keypoint.reshape(-1, 3), axis=0))`` is.
        `np.var` adds up row by row here, and so does `np.add.accumulate`, in half the time.
    """
    rows = keypoint.reshape(-1, 3)
    count = np.float32(len(rows))
    deviation = rows - np.add.accumulate(rows, axis=0)[-1] / count
    deviation *= deviation
    motion: np.float32 = np.sum(np.add.accumulate(deviation, axis=0)[-1] / count)
    return motion


def are_narrow(keypoint: npt.NDArray[np.float32], width: float = WIDTH) -> npt.NDArray[np.bool_]:
    """Return in which frames a body is at most `width` times as wide (in x) as high (in y).

    Parameters
    ----------
    keypoint : ndarray of shape (n, 25, 3)
        The body's joints, float32.
    width : float
        The maximum of width over height.

    Returns
    -------
    ndarray of bool, of shape (n,)
        Whether the body is so narrow.
    """
    x, y = keypoint[:, :, 0], keypoint[:, :, 1]
    wide = (x.max(axis=1) - x.min(axis=1)).astype(np.float64)
    high = (y.max(axis=1) - y.min(axis=1)).astype(np.float64)
    return np.asarray(wide <= width * high)


def lasting(bodies: Iterable[Body], longer_than: int = LONGER_THAN) -> list[Body]:
    """Return the bodies that are in enough frames.

    Parameters
    ----------
    bodies : iterable of Body
        All bodies.
    longer_than : int
        Bodies that are in more frames than this are kept.

    Returns
    -------
    list of Body
        In the same order.
    """
    return [body for body in bodies if len(body.keypoint) > longer_than]


def narrow_enough(body: Body, width: float = WIDTH, share: float = SHARE) -> Body | None:
    """Judge one body by its spread: noise is wider than a person.

    Parameters
    ----------
    body : Body
        With its motion.
    width : float
        A frame is good when the body in it is at most this times as wide as high.
    share : float
        A body with at least this share of bad frames is noise.

    Returns
    -------
    Body or None
        None for noise. A body with some bad frames has the smaller of its motion and that over
        the good frames.
    """
    narrow = are_narrow(body.keypoint, width)
    count = len(narrow)
    bad = count - int(narrow.sum())
    if bad == 0:
        return body
    # PYSKL has 1 - good / count here, which is the same at its threshold for all lengths.
    if bad / count >= share:
        return None
    return body.with_motion(min(body.motion, motion_of(body.keypoint[narrow])))


def not_wide(bodies: Iterable[Body], width: float = WIDTH, share: float = SHARE) -> list[Body]:
    """Return the bodies that are `narrow_enough`.

    Parameters
    ----------
    bodies : iterable of Body
        With their motion.
    width, share : float
        See `narrow_enough`.

    Returns
    -------
    list of Body
        In the same order.
    """
    judged = (narrow_enough(body, width, share) for body in bodies)
    return [body for body in judged if body is not None]


def by_motion(bodies: Iterable[Body]) -> list[Body]:
    """Sort bodies by their motion.

    Parameters
    ----------
    bodies : iterable of Body
        With their motion.

    Returns
    -------
    list of Body
        The body that moves most first; those with the same motion stay in their order.
    """
    return sorted(bodies, key=lambda body: -body.motion)


def within_motion(
    bodies: Sequence[Body], least: float = LEAST_MOTION, most: float = MOST_MOTION
) -> list[Body]:
    """Return the first body and, of the others, those that move neither too little nor too much.

    Parameters
    ----------
    bodies : sequence of Body
        With their motion.
    least, most : float
        The limits, in square metres; both are included.

    Returns
    -------
    list of Body
        In the same order.
    """
    return [*bodies[:1], *(body for body in bodies[1:] if least <= float(body.motion) <= most)]


def any_of(kept: list[Body], before: Sequence[Body], fault: str, *, repair: bool) -> list[Body]:
    """Return what a filter kept, or with `repair` all bodies where it kept none.

    Parameters
    ----------
    kept, before : sequence of Body
        The bodies after and before the filter.
    fault : str
        What to say where it kept none.
    repair : bool
        Whether that is not an error.

    Returns
    -------
    list of Body
        At least one.

    Raises
    ------
    ClipError
        With `fault`, when the filter kept none, without `repair`.
    """
    if kept or repair:
        return kept or list(before)
    raise ClipError(f"{fault}; 'repair: true' would keep them")
