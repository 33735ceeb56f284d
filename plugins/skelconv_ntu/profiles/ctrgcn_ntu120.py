"""What CTR-GCN's scripts for NTU120 (``data/ntu120``) make of a sample.

They do what those for NTU60 do (see `skelconv_ntu.profiles.ctrgcn`), with one difference: a single
person is written twice.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from skelconv import Clip
from skelconv_ntu.profiles import ctrgcn


def choose(
    clip: Clip, *, repair: bool = False
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.intp]]:
    """Choose the bodies of a sample, and centre them, as CTR-GCN does for NTU120.

    Parameters
    ----------
    clip : Clip
        As ``ntu-raw`` gives it.
    repair : bool
        See `skelconv_ntu.profiles.ctrgcn`.

    Returns
    -------
    ndarray of shape (2, T', 25, 3)
        The keypoints, in float32.
    ndarray of int, of shape (2, T')
        Where they come from.
    """
    keypoint, cells = ctrgcn.choose(clip, repair=repair)
    if len(keypoint) == 2:
        return keypoint, cells
    return np.repeat(keypoint, 2, axis=0), np.repeat(cells, 2, axis=0)
