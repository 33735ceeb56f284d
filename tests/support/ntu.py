"""Bodies and recordings for tests of NTU's filters and profiles."""

from collections.abc import Collection

import numpy as np

from skelconv_ntu.filters import Body


class UnclearError(Exception):
    """Rounding decides which of two bodies moves more."""


def recording(total: int, *bodies: tuple[int, np.ndarray, Collection[int]]):
    """Put bodies into frames: ID, joints in each frame of the clip, and frames where it is."""
    return [[(i, joints[t]) for i, joints, here in bodies if t in here] for t in range(total)]


def body(frame: Collection[int], person: int = 0, motion: float = 0) -> Body:
    """Make a body that is in these frames, with joints by chance."""
    rng = np.random.default_rng(person)
    keypoint = rng.normal(size=(len(frame), 25, 3)).astype(np.float32)
    frames = np.array(list(frame), np.intp)
    return Body(person, frames, keypoint, frames, np.float32(motion))
