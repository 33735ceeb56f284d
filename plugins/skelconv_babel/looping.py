"""The true length of segments that were looped to a fixed number of frames."""

from __future__ import annotations

import numpy as np

from skelconv import Array


def loop_length(frames: Array) -> int:
    """Return the length of one cycle of a loop.

    BABEL cuts segments into chunks of 150 frames, sets the frames that a short one lacks to zero,
    and pads them as 2s-AGCN pads NTU's empty frames: with the frames before them, from the first,
    repeatedly (`action_recognition/data_gen/preprocess.py`). What it does then depends on
    the frame and the first frame alone, so the copies are still equal to the bit.

    The length is the smallest p with frame t equal to frame t - p for all t from p on, bit for
    bit. So looping the first p frames always gives back all the frames: nothing that they hold
    is lost by trimming.

    What cannot be detected, since the frames are the same either way:

    - the length of a segment whose frames are all equal, of a person who does not move or of a
      single frame. It counts as not looped;
    - the length of a segment that repeats itself to the bit. The result is one cycle. One of full
      length whose last frames equal its first to the bit also becomes shorter, by these frames.

    Parameters
    ----------
    frames : ndarray of shape (T, ...)
        The frames.

    Returns
    -------
    int
        From 2 to T; T when the frames are not a loop.
    """
    count = len(frames)
    rows = np.ascontiguousarray(frames).reshape(count, -1).view(np.uint8)
    # A cycle begins where the first frame occurs again.
    for start in np.flatnonzero((rows[1:] == rows[0]).all(axis=1)) + 1:
        if np.array_equal(rows[start:], rows[:-start]):
            return count if start == 1 else int(start)
    return count
