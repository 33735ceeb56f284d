"""Frames to check models on."""

from itertools import pairwise

import numpy as np

from skelconv.testing import moving_shapes


def test_frames_are_the_same_each_time_and_move() -> None:
    frames = moving_shapes()
    assert all(map(np.array_equal, frames, moving_shapes()))
    assert all((one != other).any() for one, other in pairwise(frames))
