"""What the tests of the NTU plugin share."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from skelconv import Clip
from skelconv_ntu.skeleton_file import parse_skeleton
from skelconv_ntu.tracks import to_clip

# A frame is a list of bodies, a body its ID and its joints (25, 3).
Frames = Sequence[Sequence[tuple[int, Any]]]


def _raw_bytes(frames: Frames, eol: str = "\r\n") -> bytes:
    lines = [str(len(frames))]
    for bodies in frames:
        lines.append(str(len(bodies)))
        for body_id, joints in bodies:
            lines += [f"{body_id} 0 1 1 1 1 0 0.1 -0.2 2", "25"]
            for x, y, z in np.asarray(joints, dtype=float).tolist():
                lines.append(f"{x!r} {y!r} {z!r} 250.5 210.25 NaN 500 0.5 0.1 0.2 0.3 2")
    return (eol.join(lines) + eol).encode()


@pytest.fixture(scope="session")
def raw_bytes() -> Callable[..., bytes]:
    """Write a raw file."""
    return _raw_bytes


@pytest.fixture(scope="session")
def tiny() -> bytes:
    """The smallest clip: one frame, one body."""
    return _raw_bytes([[(7, np.arange(75).reshape(25, 3) / 8)]])


@pytest.fixture
def fill(tmp_path: Path, tiny: bytes) -> Callable[..., Path]:
    """Make a folder of raw files by their paths in it."""

    def make(paths: Iterable[str], content: bytes = tiny, folder: str = "raw") -> Path:
        root = tmp_path / folder
        root.mkdir(exist_ok=True)
        for path in paths:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
        return root

    return make


_KINDS = [
    "person",
    "person",
    "person",
    "wide",
    "at times wide",
    "zero",
    "at times zero",
    "as the 1st",
]
# Two of them are the same as float64.
_IDS = [2**56 + 1, 2**56 + 2, 2**56 + 99, 7]


@st.composite
def _recordings(draw) -> list[list[tuple[int, np.ndarray]]]:
    """Frames of bodies, each an ID and joints on a grid on which float32 sums are exact."""
    total = draw(st.sampled_from([1, 11, 12, 13, 16, 24]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    bodies: list[tuple[int, np.ndarray, np.ndarray]] = []
    for body_id in draw(st.lists(st.sampled_from(_IDS), max_size=4)):
        joints = rng.integers(-32, 33, size=(total, 25, 3)) * [1, 2, 1] * rng.uniform(0.1, 1)
        joints = np.round(joints) / 32 + [0, 0, 3]
        kind = draw(st.sampled_from(_KINDS))
        at_times = rng.random(total) < rng.random()
        if kind == "wide":
            joints[..., 0] *= 8
        elif kind == "at times wide":
            joints[at_times, :, 0] *= 8
        elif kind == "zero":
            joints *= 0
        elif kind == "at times zero":
            joints[at_times] = 0
        elif kind == "as the 1st" and bodies:
            joints = bodies[0][1]
        first, last = sorted(draw(st.lists(st.integers(0, total), min_size=2, max_size=2)))
        here = np.zeros(total, bool)
        here[first:last] = True
        if draw(st.booleans()):
            here = ~here if draw(st.booleans()) else np.ones(total, bool)
        bodies.append((body_id, joints, here))
    frames = [[(i, joints[t]) for i, joints, here in bodies if here[t]] for t in range(total)]
    return [[bodies[k] for k in rng.permutation(len(bodies))] for bodies in frames]


@pytest.fixture(scope="session")
def recordings() -> st.SearchStrategy:
    return _recordings()


@pytest.fixture(scope="session")
def as_clip(raw_bytes) -> Callable[..., Clip]:
    """Go the way of a raw file."""

    def make(frames: list[list[tuple[int, np.ndarray]]]) -> Clip:
        return to_clip("x", 0, parse_skeleton(raw_bytes(frames)))

    return make
