"""What the tests of the pose files share: people who are known, to be written in every format."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest


def _people(joints: int, *, persons: int = 2, frames: int = 6, seed: int = 0) -> np.ndarray:
    """Return x, y and score (M, T, V, 3) that float32 holds exactly.

    Nobody is in frame 1 and in the last one; the first person is alone in frame 2; a joint of
    each is missing.
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
def fill(tmp_path: Path) -> Callable[[Mapping[str, Any]], Path]:
    """Make a folder of files by their paths in it."""

    def make(files: Mapping[str, str | bytes]) -> Path:
        root = tmp_path / "root"
        root.mkdir(exist_ok=True)
        for path, content in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content if isinstance(content, bytes) else content.encode())
        return root

    return make
