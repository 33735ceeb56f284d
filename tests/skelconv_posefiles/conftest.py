"""People with known joints, to be written in every format of pose files."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from support import folders


def _people(joints: int, *, persons: int = 2, frames: int = 6, seed: int = 0) -> np.ndarray:
    """Return x, y and score (M, T, V, 3) that float32 holds exactly.

    Frame 1 and the last one are empty; the first person is alone in frame 2; a joint of each is
    missing.
    """
    drawn = np.random.default_rng(seed).integers(1, 1000, (persons, frames, joints, 3))
    people = np.concatenate((drawn[..., :2] / 4, drawn[..., 2:] / 1024), -1)
    people[:, [1, frames - 1]] = 0
    people[1:, 2] = 0
    people[:, :, 3] = 0
    return people


@pytest.fixture(scope="session")
def people() -> Callable[..., np.ndarray]:
    """Make people."""
    return _people


@pytest.fixture
def fill(tmp_path: Path) -> Callable[[Mapping[str, str | bytes]], Path]:
    """Make a folder of files by their paths in it."""
    return lambda files: folders.fill(tmp_path / "root", files)
