"""Frames to check models on, and checks of the arrays that they give."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from skelconv.data.clip import Array


def moving_shapes() -> list[Array]:
    """Make five frames of smooth waves and a darker rectangle that move: 160 x 120, RGB, uint8."""
    rows, columns = np.mgrid[:120, :160]
    made = []
    for t in range(5):
        waves = [np.sin(rows / (9 + c) + t) + np.cos(columns / (13 - c) - t / 2) for c in range(3)]
        frame = (np.stack(waves, -1) * 60 + 128).clip(0, 255).astype(np.uint8)
        frame[20 + 5 * t : 90, 30 + 10 * t : 70 + 10 * t] //= 3
        made.append(frame)
    return made


def some_boxes(frames: Sequence[Array]) -> list[Array]:
    """Make boxes for frames: two, none, one, three, and again.

    Parameters
    ----------
    frames : sequence of ndarray of shape (H, W, 3)
        The frames.

    Returns
    -------
    list of ndarray of shape (N, 4)
        Float32; some of them are partly outside the frame.
    """
    parts = np.array(
        [
            [0.06, 0.08, 0.38, 0.92],
            [0.44, 0.17, 0.81, 0.98],
            [0.19, 0.04, 0.56, 0.99],
            [0, 0, 1, 1],
            [-0.03, -0.06, 0.19, 0.5],
            [0.63, 0.42, 1.06, 1.08],
        ]
    )
    turns = (parts[:2], parts[:0], parts[2:3], parts[3:])
    height, width = frames[0].shape[:2]
    sides = (width, height, width, height)
    return [(turns[n % len(turns)] * sides).astype(np.float32) for n in range(len(frames))]


def read_only(arrays: Sequence[Array]) -> list[Array]:
    """Copy arrays so that NumPy does not let them be changed.

    Parameters
    ----------
    arrays : sequence of ndarray
        At least one.

    Returns
    -------
    list of ndarray
        The copies.
    """
    assert len(arrays), "there are no frames to check it on"
    copies = [array.copy() for array in arrays]
    for copy in copies:
        copy.flags.writeable = False
    return copies


def check_unchanged(given: Sequence[Array], before: Sequence[Array], what: str) -> None:
    """Check that arrays are unchanged: native code can write where NumPy does not allow it.

    Parameters
    ----------
    given : sequence of ndarray
        What a plugin was given.
    before : sequence of ndarray
        What they were copied from.
    what : str
        What they are, in the plural.
    """
    same = all(np.array_equal(one, other) for one, other in zip(given, before, strict=True))
    assert same, f"it changed the {what} that it was given"


def check_array(array: Array, what: str) -> None:
    """Check that an array is of float32 and finite.

    Parameters
    ----------
    array : ndarray
        What a model gave.
    what : str
        What it is.
    """
    assert isinstance(array, np.ndarray), f"{what}: a {type(array).__name__}, not an array"
    assert array.dtype == np.float32, f"{what}: of {array.dtype}, not float32"
    assert np.isfinite(array).all(), f"{what}: not all of it is finite"
