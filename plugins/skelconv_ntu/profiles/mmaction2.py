"""The bodies that MMAction2 chooses (``tools/data/skeleton/gen_ntu_rgbd_raw.py`` of 1.x).

A body is a *position in the frame* there, whichever person it holds: of the first four positions
the two with the highest energy are kept, the higher first. The energy is the sum of the standard
deviations of x, of y and of z, over all joints of the frames whose coordinates do not sum to
zero. What is all zero, or sums to zero, is not kept. Empty frames stay, and float64 is cast to
float16 once.

The result is the same to the last bit. So every sum here is over an array of the same shape and
memory order as there, in the order of NumPy 1 (see `skelconv_ntu.sums`), for the order of summation
decides the last bit, and that bit can decide whether a sum is zero or which of two energies is
higher. Of equal energies the later position comes
first: the script turns round what `argsort` gives, and in the NumPy that it was written with (1.24
and before) that sorts 16 numbers or fewer by insertion, which leaves equal ones in their order. A
later NumPy sorts otherwise on some processors. A coordinate beyond the range of float16 (65,504)
becomes infinite, as there.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from skelconv import Array, Clip
from skelconv_ntu.sums import deviation, total

MAX_BODY = 4
KEPT = 2

_EPSILON = float(np.finfo(np.float64).eps)
_IN_ORDER = np.array([[0], [1]])
_SQUARED_IS_FINITE = 1e100


def choose(clip: Clip) -> tuple[npt.NDArray[np.float16], npt.NDArray[np.intp]]:
    """Choose the bodies of a sample as MMAction2 does.

    Parameters
    ----------
    clip : Clip
        As ``ntu-raw`` gives it.

    Returns
    -------
    ndarray of shape (0 to 2, T, 25, 3)
        The keypoints, in float16.
    ndarray of int, of shape (0 to 2, T)
        Where they come from.
    """
    keypoint, cells = of_most_energy(clip, lambda body: bool(total(body) != 0))
    return keypoint.astype(np.float16), cells


def of_most_energy(
    clip: Clip, counts: Callable[[Array], bool]
) -> tuple[Array, npt.NDArray[np.intp]]:
    """Choose the two positions with the highest energy.

    Parameters
    ----------
    clip : Clip
        As ``ntu-raw`` gives it.
    counts : callable
        Whether one of the two, of shape (T, 25, 3), is kept; it is where it does not sum to zero.

    Returns
    -------
    ndarray of shape (0 to 2, T, 25, 3)
        The keypoints, in float64.
    ndarray of int, of shape (0 to 2, T)
        Where they come from.
    """
    tracks, slot = clip.keypoint, clip.fields["slot"].values
    if len(tracks) == 1 and not slot.any() and _is_surely_kept(tracks[0]):
        return tracks, np.arange(tracks.shape[1])[np.newaxis]
    if len(tracks) == 2 and (slot == _IN_ORDER).all() and (turn := _sure_order(tracks)):
        cells = np.arange(slot.size).reshape(slot.shape)
        return tracks[::turn], cells[::turn]
    bodies = np.zeros((MAX_BODY, *tracks.shape[1:]))
    occupied = np.zeros((MAX_BODY, tracks.shape[1]), dtype=np.bool_)
    track, frame = np.nonzero((slot >= 0) & (slot < MAX_BODY))
    position = slot[track, frame]
    bodies[position, frame] = tracks[track, frame]
    occupied[position, frame] = True
    cells = np.full(occupied.shape, -1, np.intp)
    cells[position, frame] = track * tracks.shape[1] + frame
    # Frames without a body sum to zero and do not count: they need not be summed.
    energy = np.array([_energy(body[there]) for body, there in zip(bodies, occupied, strict=True)])
    order = energy.argsort(kind="stable")[::-1][:KEPT]
    chosen: Array = bodies[order]
    kept = np.array([counts(body) for body in chosen], bool)
    return chosen[kept], cells[order][kept]


def _energy(body: Array) -> float:
    """Sum up the standard deviations of x, y and z of one body (T, 25, 3)."""
    if len(body) and not _are_surely_not_zero(body.sum((1, 2)), body[0].size, _largest(body)):
        body = body[body.sum(-1).sum(-1) != 0]
    if not len(body):
        return 0.0
    x, y, z = (deviation(body[:, :, axis]) for axis in range(3))
    energy: float = x + y + z
    return energy


def _is_surely_kept(body: Array) -> bool:
    """Return whether a single body that is in every frame is kept however sums are rounded.

    It is if its sum is not zero, and neither is its energy, so that it comes before the three
    empty positions. Most clips are decided here at a fraction of the cost. The first frame alone
    gives an energy if it counts (its sum is not zero) and its x differ by enough for the square
    of their deviations not to vanish.
    """
    if not len(body):
        return False
    first = body[0].ravel().tolist()
    x = first[::3]
    largest = _largest(body)
    return (
        max(x) - min(x) > 1e-100
        and abs(sum(first)) > _error_of_sum(len(first), largest)
        and abs(float(body.sum())) > _error_of_sum(body.size, largest)
    )


def _sure_order(bodies: Array) -> int:
    """Return 1 where the first of two bodies has the higher energy, -1 where it is the second.

    It is 0 where that, or whether both are kept, could depend on how sums are rounded.

    The variance of n numbers of at most L is computed in one pass here. In whatever order numbers
    are added, it and that of the script differ by less than 6 * n * epsilon * L**2, and their
    square roots by less than the root of that. An energy is the sum of three, and two energies are
    compared: less than 15 * L times the root of n * epsilon.
    """
    largest = _largest(bodies) if bodies.size else 0.0
    if not 0 < largest < _SQUARED_IS_FINITE:
        return 0
    # Summed up over the frames first: NumPy adds whole rows much faster than single points.
    frames = bodies.reshape(2, -1, 75)
    sums = frames.sum(1)
    if not (
        _are_surely_not_zero(frames.sum(2), 75, largest)
        and _are_surely_not_zero(sums.sum(1), bodies[0].size, largest)
    ):
        return 0
    count = bodies[0].size // 3
    mean = sums.reshape(2, -1, 3).sum(1) / count
    squares = np.einsum("mij,mij->mj", frames, frames).reshape(2, -1, 3).sum(1)
    variance = squares / count - mean * mean
    one, other = np.sqrt(variance.clip(0)).sum(1).tolist()
    error = 20 * largest * math.sqrt(count * _EPSILON)
    if min(one, other) > error and abs(one - other) > error:
        return 1 if one > other else -1
    return 0


def _largest(body: Array) -> float:
    return max(float(body.max()), -float(body.min()))


def _error_of_sum(count: int, largest: float) -> float:
    """Return more than the error of a sum of so many numbers, in whatever order they are added.

    It is less than n * n * epsilon / 2 times the largest. What is returned is twice that, since the
    sum that it is compared with has an error too.
    """
    return count**2 * _EPSILON * largest


def _are_surely_not_zero(sums: Array, count: int, largest: float) -> bool:
    """Return whether sums of so many numbers are other than zero, in whatever order they are added.

    The largest number has the magnitude `largest`.
    """
    return bool((np.abs(sums) > _error_of_sum(count, largest)).all())
