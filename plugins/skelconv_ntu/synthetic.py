"""Synthetic ``.skeleton`` files in the form of NTU's, for tests, benchmarks and samples.

A file is composed of printed poses. Each of a few people has a cycle of poses, which is printed
when it is first needed; a file takes people, and for each a place in the cycle and a pace.

Numbers are made of integers and printed with seven significant digits, as the recorder does. The
few operations on floats are those that IEEE 754 defines to the bit: a seed gives the same bytes
everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["MAX_BODIES", "QUIRKS", "synthetic_skeleton"]

MAX_BODIES: Final = 6
"""A Kinect v2 tracks no more."""

QUIRKS: Final = frozenset(
    {"close-ids", "come-and-go", "empty-frames", "nan", "swap-slots", "zero-joints"}
)
"""What `synthetic_skeleton` can add."""

_Integers = NDArray[np.int64]

_PEOPLE: Final = 24
_POSES: Final = 128
_PACES: Final = (1, -1, 2, -2, 3, -3)
_FIRST_ID: Final = 2**56  # From here to 2**57, float64 has every 16th integer.


def synthetic_skeleton(
    seed: int,
    *,
    frames: int = 100,
    bodies: int = 1,
    quirks: Collection[str] = (),
    line_end: str = "\r\n",
) -> bytes:
    r"""Make a ``.skeleton`` file.

    Parameters
    ----------
    seed : int
        The same seed gives the same file.
    frames : int, default 100
        Frames, at least 1. A frame takes about 2.6 kB for each body.
    bodies : int, default 1
        Bodies, 0 to `MAX_BODIES`.
    quirks : collection of str, optional
        Any of `QUIRKS`:

        ``close-ids``
            The ids of the bodies differ, but not as float64.
        ``come-and-go``
            The last body arrives late, is away for a while in mid-clip, and leaves early.
        ``empty-frames``
            Some frames have no body.
        ``nan``
            Some joints are NaN in the depth and colour images.
        ``swap-slots``
            In the middle third, the bodies of a frame are in reverse order.
        ``zero-joints``
            Some joints are at 0 0 0 for a while.
    line_end : str, default "\\r\\n"
        What ends a line; in a few of NTU's files it is ``"\n"``.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    ValueError
        If a parameter is out of its range.
    """
    if frames < 1:
        raise ValueError(f"frames is {frames}, expected at least 1")
    if not 0 <= bodies <= MAX_BODIES:
        raise ValueError(f"bodies is {bodies}, expected 0 to {MAX_BODIES}")
    if unknown := set(quirks) - QUIRKS:
        raise ValueError(f"unknown quirks {sorted(unknown)}, expected some of {sorted(QUIRKS)}")
    numbers = _numbers(seed)
    tracks = _tracks(numbers, frames, bodies, quirks)
    parts = [b"%d\n" % frames]
    for t, present in enumerate(_presence(numbers, frames, bodies, quirks)):
        parts.append(b"%d\n" % len(present))
        parts.extend([tracks[m][t] for m in present])
    return b"".join(parts).replace(b"\n", line_end.encode())


def _numbers(seed: int) -> Iterator[int]:
    """Yield numbers of SplitMix64, a random generator without costs to set up."""
    state = seed
    while True:
        state = (state + 0x9E3779B97F4A7C15) % 2**64
        mixed = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB % 2**64
        yield mixed ^ mixed >> 31


def _tracks(
    numbers: Iterator[int], frames: int, bodies: int, quirks: Collection[str]
) -> list[list[bytes]]:
    """Return the record of each body in each frame."""
    first_id = _FIRST_ID + 16 * (next(numbers) % 1000)
    first_person = next(numbers)
    tracks = []
    for m in range(bodies):
        body_id = b"%d" % (first_id + (m if "close-ids" in quirks else 1600 * m + 5))
        poses = _poses((first_person + 5 * m) % _PEOPLE)
        place, pace = next(numbers), _PACES[next(numbers) % len(_PACES)]
        track = [body_id + poses[(place + pace * t) % _POSES] for t in range(frames)]
        joint = next(numbers) % _JOINTS
        if "nan" in quirks:
            for t in range(next(numbers) % min(8, frames), frames, 8):
                track[t] = _overwrite(track[t], joint, slice(3, 7), b"NaN")
        if "zero-joints" in quirks:
            for t in range(frames // 4, frames // 2 + 1):
                track[t] = _overwrite(track[t], joint, slice(0, 3), b"0")
        tracks.append(track)
    return tracks


def _overwrite(record: bytes, joint: int, fields: slice, text: bytes) -> bytes:
    lines = record.split(b"\n")
    line = lines[2 + joint].split(b" ")
    line[fields] = [text] * len(line[fields])
    lines[2 + joint] = b" ".join(line)
    return b"\n".join(lines)


def _presence(
    numbers: Iterator[int], frames: int, bodies: int, quirks: Collection[str]
) -> list[Sequence[int]]:
    """Return the bodies in each frame, in the order of the file."""
    all_bodies = range(bodies)
    present: list[Sequence[int]] = [all_bodies] * frames
    if "swap-slots" in quirks:
        for t in range(frames // 3, 2 * frames // 3):
            present[t] = all_bodies[::-1]
    if "come-and-go" in quirks:
        edge, middle = 1 + frames // 8, frames // 2
        for t in range(frames):
            if t < edge or t >= frames - edge or middle <= t < middle + edge:
                present[t] = [m for m in present[t] if m != bodies - 1]
    if "empty-frames" in quirks:
        for _ in range(1 + frames // 16):
            present[next(numbers) % frames] = ()
    return present


# The rest pose in millimetres from the pelvis, to the body's left and up; the part of the body that
# the joint moves with, and how far out on it the joint is.
_TORSO, _LEFT_ARM, _RIGHT_ARM, _LEFT_LEG, _RIGHT_LEG = range(5)
_REST: Final = (
    (0, 0, _TORSO, 0),
    (0, 310, _TORSO, 1),
    (0, 610, _TORSO, 2),
    (0, 740, _TORSO, 2),
    (-170, 500, _LEFT_ARM, 1),
    (-260, 250, _LEFT_ARM, 3),
    (-290, 20, _LEFT_ARM, 6),
    (-300, -50, _LEFT_ARM, 7),
    (170, 500, _RIGHT_ARM, 1),
    (260, 250, _RIGHT_ARM, 3),
    (290, 20, _RIGHT_ARM, 6),
    (300, -50, _RIGHT_ARM, 7),
    (-75, -15, _LEFT_LEG, 0),
    (-100, -390, _LEFT_LEG, 1),
    (-110, -760, _LEFT_LEG, 2),
    (-115, -830, _LEFT_LEG, 2),
    (75, -15, _RIGHT_LEG, 0),
    (100, -390, _RIGHT_LEG, 1),
    (110, -760, _RIGHT_LEG, 2),
    (115, -830, _RIGHT_LEG, 2),
    (0, 535, _TORSO, 2),
    (-305, -130, _LEFT_ARM, 8),
    (-270, -80, _LEFT_ARM, 8),
    (305, -130, _RIGHT_ARM, 8),
    (270, -80, _RIGHT_ARM, 8),
)
_JOINTS: Final = len(_REST)
_PARTS: Final = 5
_NO_ORIENTATION: Final = (3, 15, 19, 21, 22, 23, 24)
_MM: Final = 10**5  # Lengths are in units of 10 nm.
_METRE: Final = 10**8
_RECORD: Final = " 0 1 1 1 1 0 %.7G %.7G 2\n" + f"{_JOINTS}\n" + ("%.7G " * 11 + "%d\n") * _JOINTS


@cache
def _poses(person: int) -> tuple[bytes, ...]:
    """Print a cycle of body records, without the id at their beginning."""
    draw = _Draw(person)
    joints = np.empty((_POSES, _JOINTS, 12))
    xyz = _motion(draw) / _METRE
    x, y, z = np.moveaxis(xyz, -1, 0)
    joints[..., :3] = xyz
    joints[..., 3] = 257 + 366 * x / z
    joints[..., 4] = 206 - 366 * y / z
    joints[..., 5] = 966 + 1064 * x / z
    joints[..., 6] = 539 - 1064 * y / z
    joints[..., 7:11] = _orientations(draw)
    joints[..., 11] = np.where(draw(0, 8, (_JOINTS,)) > 0, 2, 1)
    lean = _waves(draw, 2) / 10**5
    rows = np.concatenate((lean, joints.reshape(_POSES, -1)), axis=1)
    return tuple((_RECORD % tuple(row)).encode() for row in rows.tolist())


class _Draw:
    """Random integers from the raw bits, which no version of NumPy changes."""

    def __init__(self, seed: int) -> None:
        self._bits = np.random.PCG64(seed)

    def __call__(self, low: int, stop: int, shape: tuple[int, ...]) -> _Integers:
        raw = np.asarray(self._bits.random_raw(math.prod(shape)), np.uint64)
        return low + (raw % np.uint64(stop - low)).astype(np.int64).reshape(shape)


def _motion(draw: _Draw) -> _Integers:
    """Return positions over a cycle, (poses, joints, 3), in units of 10 nm."""
    rest = np.zeros((_JOINTS, 3), np.int64)
    rest[:, :2] = [joint[:2] for joint in _REST]
    part = [joint[2] for joint in _REST]
    reach = np.array([joint[3] for joint in _REST], np.int64)
    height = draw(85, 115, (1,))  # Per cent.
    where = np.concatenate((draw(-900, 900, (1,)), draw(-250, 100, (1,)), draw(2200, 4200, (1,))))
    sway = _waves(draw, 3) * draw(100, 1500, (3,))
    # A wave is 4096 high: at reach 8 a hand swings by up to 0.5 m.
    swing = _waves(draw, _PARTS * 3) * draw(100, 1500, (_PARTS * 3,))
    limbs = swing.reshape(_POSES, _PARTS, 3)[:, part] * reach[:, np.newaxis]
    noise = draw(-20_000, 20_000, (_POSES, _JOINTS, 3))
    positions: _Integers = (
        where * _MM + rest * (height * _MM // 100) + sway[:, np.newaxis] + limbs + noise
    )
    return positions


def _orientations(draw: _Draw) -> NDArray[np.float64]:
    """Return unit quaternions over a cycle, (poses, joints, 4)."""
    rough = draw(-(10**6), 10**6, (_JOINTS, 4))
    rough = rough + 30 * _waves(draw, _JOINTS * 4).reshape(_POSES, _JOINTS, 4)
    # Some close to zero, for which the recorder has the E notation.
    rough[draw(0, _POSES, (40,)), draw(0, _JOINTS, (40,)), 0] = 20
    w, x, y, z = np.moveaxis(rough.astype(np.float64), -1, 0)
    unit: NDArray[np.float64] = rough / np.sqrt(w * w + x * x + y * y + z * z)[..., np.newaxis]
    unit[:, _NO_ORIENTATION] = 0
    return unit


def _waves(draw: _Draw, count: int) -> _Integers:
    """Return smooth cycles, (poses, count), between -4096 and 4096: arcs of parabolas."""
    phase = np.arange(_POSES)[:, np.newaxis] * draw(1, 3, (count,))
    phase = (phase + draw(0, _POSES, (count,))) % _POSES
    half = _POSES // 2
    along = phase % half
    arc = 4 * along * (half - along)
    return np.where(phase < half, arc, -arc)
