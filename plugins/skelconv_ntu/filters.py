"""How PYSKL and CTR-GCN choose among the bodies of an NTU sample: by length, spread and motion.

Both go back to one method and share its thresholds, but not its order, which is in their
profiles. A sample with one body is never filtered.

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
        The clip's person that it is, the first of them if it is several.
    frame : ndarray of shape (n,)
        The frames in which it is, ascending.
    keypoint : ndarray of shape (n, 25, 3)
        Its joints in these frames, float32.
    motion : float32
        See `motion_of`; NaN until it is asked for.
    """

    person: int
    frame: npt.NDArray[np.intp]
    keypoint: npt.NDArray[np.float32]
    motion: np.float32 = _UNKNOWN

    def moving(self) -> Body:
        """Return the body with its motion."""
        return self.with_motion(motion_of(self.keypoint))

    def with_motion(self, motion: np.float32) -> Body:
        """Return the body with a motion that is known."""
        return replace(self, motion=motion)


def presence(clip: Clip) -> npt.NDArray[np.bool_]:
    """Say which persons are in which frames, (M, T): by ``slot``, or by not being all zero."""
    slot = clip.fields.get("slot")
    if slot is None or slot.axes != "MT":
        return np.asarray((clip.keypoint != 0).any(axis=(2, 3)))
    return np.asarray(slot.values >= 0)


def persons_of(clip: Clip) -> list[Body]:
    """Return each person of a clip who is in any frame."""
    return [
        _body(clip, person, frame)
        for person, present in enumerate(presence(clip))
        if len(frame := present.nonzero()[0])
    ]


def recorded_bodies(clip: Clip, *, merge: bool) -> tuple[list[Body], int]:
    """Return the bodies of a raw file as if the frames with nobody were not in it.

    Parameters
    ----------
    clip : Clip
        As ``ntu-raw`` gives it.
    merge : bool
        Whether an ID that stands twice in a frame is one body, which then has both, in the order
        of the file; otherwise they are two bodies.

    Returns
    -------
    bodies : list of Body
        In the order in which they first appear.
    total_frames : int
        Frames with anybody.
    """
    slot, ids = clip.fields["slot"].values, clip.fields["body_id"].values
    present = slot >= 0
    anybody = present.any(axis=0)
    number = anybody.cumsum() - 1
    if merge and len(set(ids.tolist())) < len(ids):
        found = (_merged(clip, np.flatnonzero(ids == i)) for i in dict.fromkeys(ids.tolist()))
    else:
        found = (_body(clip, person, here.nonzero()[0]) for person, here in enumerate(present))
    bodies = [replace(body, frame=number[body.frame]) for body in found if len(body.frame)]
    return bodies, int(anybody.sum())


def _body(clip: Clip, person: int, frame: npt.NDArray[np.intp]) -> Body:
    rows = clip.keypoint[person]
    return Body(
        person, frame, (rows if len(frame) == len(rows) else rows[frame]).astype(np.float32)
    )


def _merged(clip: Clip, persons: npt.NDArray[np.intp]) -> Body:
    slot = clip.fields["slot"].values[persons].T
    frame, twin = np.nonzero(slot >= 0)
    in_file = np.lexsort((slot[frame, twin], frame))
    frame, twin = frame[in_file], twin[in_file]
    keypoint = clip.keypoint[persons[twin], frame].astype(np.float32)
    return Body(int(persons[0]), frame, keypoint)


# ------------------------------------------------------------------------------------ the filters


def motion_of(keypoint: npt.NDArray[np.float32]) -> np.float32:
    """Return how much a body moves: the variances of x, y and z over all joints, summed up.

    To the bit what ``np.sum(np.var(keypoint.reshape(-1, 3), axis=0))`` is. `np.var` adds up row
    by row here, and so does `np.add.accumulate`, in half the time.
    """
    rows = keypoint.reshape(-1, 3)
    count = np.float32(len(rows))
    deviation = rows - np.add.accumulate(rows, axis=0)[-1] / count
    deviation *= deviation
    motion: np.float32 = np.sum(np.add.accumulate(deviation, axis=0)[-1] / count)
    return motion


def are_narrow(keypoint: npt.NDArray[np.float32], width: float = WIDTH) -> npt.NDArray[np.bool_]:
    """Say in which frames a body is at most `width` times as wide (in x) as high (in y)."""
    x, y = keypoint[:, :, 0], keypoint[:, :, 1]
    wide = (x.max(axis=1) - x.min(axis=1)).astype(np.float64)
    high = (y.max(axis=1) - y.min(axis=1)).astype(np.float64)
    return np.asarray(wide <= width * high)


def lasting(bodies: Iterable[Body], longer_than: int = LONGER_THAN) -> list[Body]:
    """Return the bodies that are in more frames than so many."""
    return [body for body in bodies if len(body.keypoint) > longer_than]


def narrow_enough(body: Body, width: float = WIDTH, share: float = SHARE) -> Body | None:
    """Judge one body by its spread: noise is wider than a person.

    Parameters
    ----------
    body : Body
        With its motion.
    width : float
        A frame is good when the body is at most so many times as wide as high in it.
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
    """Return the bodies that are `narrow_enough`."""
    judged = (narrow_enough(body, width, share) for body in bodies)
    return [body for body in judged if body is not None]


def by_motion(bodies: Iterable[Body]) -> list[Body]:
    """Put the body that moves most first; those that move the same stay in their order."""
    return sorted(bodies, key=lambda body: -body.motion)


def within_motion(
    bodies: Sequence[Body], least: float = LEAST_MOTION, most: float = MOST_MOTION
) -> list[Body]:
    """Return the first body and, of the others, those that move neither too little nor too much."""
    return [*bodies[:1], *(body for body in bodies[1:] if least <= float(body.motion) <= most)]


def any_of(kept: list[Body], before: Sequence[Body], fault: str, *, mend: bool) -> list[Body]:
    """Return what a filter kept or, if that is nobody and `mend` says so, what there was.

    Raises
    ------
    ClipError
        With `fault`, when a filter kept nobody.
    """
    if kept or mend:
        return kept or list(before)
    raise ClipError(f"{fault}; 'mend: true' would keep them")


# ------------------------------------------------------------------------------------ the packing


def pack(bodies: Sequence[Body], *, tracks: int = 2, overlap: int = 0) -> list[list[Body]]:
    """Put bodies that are there one after the other on the same track, by their intervals.

    A body takes as many frames from its first one on as it is in, as if it had never been away.
    A track is taken from the first frame of all on it (but for the first track, from frame 0) to
    the last. In turn, a body goes to the first track that is free there, or nowhere.

    Parameters
    ----------
    bodies : sequence of Body
        In the order in which they choose.
    tracks : int
        How many tracks there are.
    overlap : int
        By how many frames it may overlap with what is taken; later bodies overwrite earlier ones.

    Returns
    -------
    list of list of Body
        The bodies on each track.
    """
    packed: list[list[Body]] = [[] for _ in range(tracks)]
    taken: list[tuple[int, int] | None] = [None, *[(0, 0)] * (tracks - 1)]
    for body in bodies:
        start, stop = _interval(body)
        for track, span in enumerate(taken):
            first, last = span or (start, start)
            if min(last, stop) - max(first, start) <= overlap:
                packed[track].append(body)
                taken[track] = min(first, start), max(last, stop)
                break
    return packed


def pack_by_frame(bodies: Sequence[Body], *, tracks: int = 2) -> list[list[Body]]:
    """Put bodies that are never there together on the same track.

    In turn, a body goes to the first track on which all of its frames are free, or nowhere.
    """
    packed: list[list[Body]] = [[] for _ in range(tracks)]
    taken: list[set[int]] = [set() for _ in range(tracks)]
    for body in bodies:
        frames = set(body.frame.tolist())
        for track, others in enumerate(taken):
            if frames.isdisjoint(others):
                packed[track].append(body)
                others |= frames
                break
    return packed


def place_of(body: Body, *, mend: bool) -> slice | npt.NDArray[np.intp]:
    """Return where a body is put on its track: from its first frame on, or (mend) at its frames."""
    return body.frame if mend else slice(*_interval(body))


def place(
    packed: Sequence[Sequence[Body]], total_frames: int, *, mend: bool
) -> npt.NDArray[np.float32]:
    """Return tracks (M, T, 25, 3) with the bodies on them, zeros where nobody is."""
    keypoint = np.zeros((len(packed), total_frames, 25, 3), np.float32)
    for track, bodies in zip(keypoint, packed, strict=True):
        for body in bodies:
            track[place_of(body, mend=mend)] = body.keypoint
    return keypoint


def occupied(packed: Sequence[Sequence[Body]], total_frames: int) -> npt.NDArray[np.bool_]:
    """Say which tracks have somebody in which frames, (M, T)."""
    there = np.zeros((len(packed), total_frames), np.bool_)
    for track, bodies in zip(there, packed, strict=True):
        for body in bodies:
            track[body.frame] = True
    return there


def stop_of(body: Body) -> int:
    """Return the first frame after those that a body takes from its first one on."""
    return _interval(body)[1]


def _interval(body: Body) -> tuple[int, int]:
    start = int(body.frame[0])
    return start, start + len(body.keypoint)
