"""The joints of a hand, in the order of the benchmark's files."""

from __future__ import annotations

from skelconv import Layout

_FINGERS = ("thumb", "index", "middle", "ring", "little")
_ABOVE_KNUCKLE = ("pip", "dip", "tip")

# The wrist, the knuckle of each finger, and then what is above it, finger by finger.
_JOINTS = (
    "wrist",
    *(f"{finger}_mcp" for finger in _FINGERS),
    *(f"{finger}_{part}" for finger in _FINGERS for part in _ABOVE_KNUCKLE),
)
_PARENTS = {f"{finger}_mcp": "wrist" for finger in _FINGERS} | {
    f"{finger}_{part}": f"{finger}_{below}"
    for finger in _FINGERS
    for below, part in zip(("mcp", *_ABOVE_KNUCKLE), _ABOVE_KNUCKLE, strict=False)
}

FPHA21 = Layout(
    name="fpha21",
    summary="One hand of the First-Person Hand Action benchmark, from magnetic sensors",
    joints=_JOINTS,
    bones=tuple((_JOINTS.index(one), _JOINTS.index(parent)) for one, parent in _PARENTS.items()),
    origin="Garcia-Hernando et al., First-Person Hand Action Benchmark (2018), its README",
)
