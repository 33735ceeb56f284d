"""How PYSKL and CTR-GCN put the bodies of an NTU sample on two tracks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from skelconv import Array, Clip, Field
from skelconv_ntu.filters import Body


def pack(bodies: Sequence[Body], *, tracks: int = 2, overlap: int = 0) -> list[list[Body]]:
    """Put bodies that follow one another in time on the same track, by their intervals.

    A body takes as many frames from its first one on as it is in, as if it had never been away.
    The first track is taken from the first frame of its bodies to the last, any other one from
    frame 0. In turn, a body is put on the first track that is free there, or left out.

    Parameters
    ----------
    bodies : sequence of Body
        In the order in which they are placed.
    tracks : int
        The number of tracks.
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
    """Put bodies that share no frame on the same track.

    In turn, a body is put on the first track on which all of its frames are free, or left out.

    Parameters
    ----------
    bodies : sequence of Body
        In the order in which they are placed.
    tracks : int
        The number of tracks.

    Returns
    -------
    list of list of Body
        The bodies on each track.
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


def place_of(body: Body, *, repair: bool) -> slice | npt.NDArray[np.intp]:
    """Return where a body is on its track.

    Parameters
    ----------
    body : Body
        The body.
    repair : bool
        Whether it stays at its frames, as `pack_by_frame` places it, and does not fill its gaps.

    Returns
    -------
    slice or ndarray of int
        Frames.
    """
    return body.frame if repair else slice(*_interval(body))


def place(
    packed: Sequence[Sequence[Body]], total_frames: int, *, repair: bool
) -> npt.NDArray[np.float32]:
    """Return tracks with the bodies on them.

    Parameters
    ----------
    packed : sequence of sequence of Body
        The bodies on each track.
    total_frames : int
        T.
    repair : bool
        See `place_of`.

    Returns
    -------
    ndarray of shape (M, T, 25, 3)
        In float32, with zeros where a track is empty.
    """
    keypoint = np.zeros((len(packed), total_frames, 25, 3), np.float32)
    for track, bodies in zip(keypoint, packed, strict=True):
        for body in bodies:
            track[place_of(body, repair=repair)] = body.keypoint
    return keypoint


def place_cells(
    packed: Sequence[Sequence[Body]], total_frames: int, *, repair: bool
) -> npt.NDArray[np.intp]:
    """Return where in the clip what is on the tracks comes from.

    Parameters
    ----------
    packed : sequence of sequence of Body
        The bodies on each track.
    total_frames : int
        T.
    repair : bool
        See `place_of`.

    Returns
    -------
    ndarray of int, of shape (M, T)
        `Body.cell`, and -1 where a track is empty.
    """
    cells = np.full((len(packed), total_frames), -1, np.intp)
    for track, bodies in zip(cells, packed, strict=True):
        for body in bodies:
            track[place_of(body, repair=repair)] = body.cell
    return cells


def follow(values: Array, cells: npt.NDArray[np.intp]) -> Array:
    """Return an array of a clip for bodies that were chosen.

    Parameters
    ----------
    values : ndarray of shape (M, T, ...)
        As in the clip.
    cells : ndarray of int, of shape (M', T')
        Where they come from; see `place_cells`.

    Returns
    -------
    ndarray of shape (M', T', ...)
        With zeros where nobody is.
    """
    taken: Array = values.reshape(-1, *values.shape[2:])[cells]  # a copy, -1 being the last one
    taken[cells < 0] = 0
    return taken


def follow_fields(clip: Clip, cells: npt.NDArray[np.intp]) -> dict[str, Field]:
    """Return the fields of bodies in frames for bodies that were chosen.

    Parameters
    ----------
    clip : Clip
        With the fields.
    cells : ndarray of int, of shape (M', T')
        See `follow`.

    Returns
    -------
    dict of str to Field
        All that begin with ``MT``, but ``slot``, which is of the file's own tracks.
    """
    return {
        name: Field(follow(extra.values, cells), extra.axes)
        for name, extra in clip.fields.items()
        if extra.axes[:2] == "MT" and name != "slot"
    }


def occupied(packed: Sequence[Sequence[Body]], total_frames: int) -> npt.NDArray[np.bool_]:
    """Return which tracks have a body in which frames.

    Parameters
    ----------
    packed : sequence of sequence of Body
        The bodies on each track.
    total_frames : int
        T.

    Returns
    -------
    ndarray of bool, of shape (M, T)
        Whether there is a body.
    """
    there = np.zeros((len(packed), total_frames), np.bool_)
    for track, bodies in zip(there, packed, strict=True):
        for body in bodies:
            track[body.frame] = True
    return there


def stop_of(body: Body) -> int:
    """Return the first frame after those that a body takes from its first one on.

    Parameters
    ----------
    body : Body
        The body.

    Returns
    -------
    int
        A frame.
    """
    return _interval(body)[1]


def _interval(body: Body) -> tuple[int, int]:
    start = int(body.frame[0])
    return start, start + len(body.keypoint)
