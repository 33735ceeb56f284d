"""What the tests of the NTU plugin share."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

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
