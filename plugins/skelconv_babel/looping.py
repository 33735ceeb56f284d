"""The true length of segments that were looped to a fixed number of frames."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def loop_length(frames: npt.NDArray[Any]) -> int:
    """Return the length of one turn of a loop.

    BABEL cuts segments into chunks of 150 frames, sets the frames that a short one lacks to zero,
    and pads them as 2s-AGCN pads NTU's empty frames: with the frames before them, from the first,
    again and again (`action_recognition/data_gen/preprocess.py`). What it does then depends on
    the frame and the first frame alone, so the copies are still equal to the bit.

    The length is the smallest p with frame t equal to frame t - p for all t from p on, bit for
    bit. So looping the first p frames always gives back all the frames: nothing that they hold
    is lost by trimming.

    What cannot be detected, since the frames are the same either way:

    - the length of a segment whose frames are all equal, be it a person who stands still or a
      single frame. It counts as not looped;
    - the length of a segment that repeats itself to the bit. It comes out as one turn. So does
      one of full length whose last frames equal its first to the bit, which comes out shorter
      by these.

    Parameters
    ----------
    frames : ndarray of shape (T, ...)
        The frames.

    Returns
    -------
    int
        From 2 to T; T when the frames are no loop.
    """
    count = len(frames)
    rows = np.ascontiguousarray(frames).reshape(count, -1).view(np.uint8)
    # A turn begins where the first frame comes again.
    for start in np.flatnonzero((rows[1:] == rows[0]).all(axis=1)) + 1:
        if np.array_equal(rows[start:], rows[:-start]):
            return count if start == 1 else int(start)
    return count
