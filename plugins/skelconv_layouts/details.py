"""Hands of 21 keypoints and faces of 68, which whole-body sets share."""

from __future__ import annotations

_FINGERS = ("thumb", "forefinger", "middle_finger", "ring_finger", "pinky_finger")

HAND = "hand_root " + " ".join(f"{finger}{knuckle}" for finger in _FINGERS for knuckle in "1234")
"""The joints of a hand, with spaces between them."""

HAND_PARENTS = {"hand_root": "wrist"} | {
    f"{finger}{knuckle}": f"{finger}{knuckle - 1}" if knuckle > 1 else "hand_root"
    for finger in _FINGERS
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
