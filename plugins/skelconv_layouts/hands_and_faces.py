"""Hands of 21 keypoints and faces of 68, which whole-body sets share."""

from __future__ import annotations

from itertools import pairwise

FINGERS = ("thumb", "forefinger", "middle_finger", "ring_finger", "pinky_finger")
"""The fingers, from the thumb on."""

HAND = "hand_root " + " ".join(f"{finger}{knuckle}" for finger in FINGERS for knuckle in "1234")
"""The joints of a hand, with spaces between them."""

HAND_PARENTS = {"hand_root": "wrist"} | {
    f"{finger}{knuckle}": f"{finger}{knuckle - 1}" if knuckle > 1 else "hand_root"
    for finger in FINGERS
    for knuckle in (1, 2, 3, 4)
}
"""The parent of each, on either side."""

FACE = tuple(f"face_{number}" for number in range(68))
"""The 68 points of the face (iBUG's)."""

# The point on the right of each on the person's left.
_MIRROR = (
    {16 - number: number for number in range(8)}  # the jaw
    | {26 - number: 17 + number for number in range(5)}  # brows
    | {35: 31, 34: 32}  # nostrils
    | {42: 39, 43: 38, 44: 37, 45: 36, 46: 41, 47: 40}  # eyes
    | {54: 48, 53: 49, 52: 50, 55: 59, 56: 58}  # the lips' outer line
    | {64: 60, 63: 61, 65: 67}  # the lips' inner line
)
FACE_PAIRS = tuple((f"face_{left}", f"face_{right}") for left, right in _MIRROR.items())
"""Pairs of a point on the person's left and one on the right."""

# From each point to the next: the jaw, brows, the nose's bridge, nostrils; closed: eyes and lips.
_OPEN = ((0, 16), (17, 21), (22, 26), (27, 30), (31, 35))
_CLOSED = ((36, 41), (42, 47), (48, 59), (60, 67))
FACE_LINES = (
    *(line for first, last in (*_OPEN, *_CLOSED) for line in pairwise(FACE[first : last + 1])),
    *((FACE[last], FACE[first]) for first, last in _CLOSED),
)
"""The lines with which a face is drawn."""
