"""What CTR-GCN's scripts for NTU120 (``data/ntu120``) make of a sample.

It is what those for NTU60 do (see `skelconv_ntu.profiles.ctrgcn`), but for one thing: a person who
is alone is both persons.
"""

from __future__ import annotations

import numpy as np

from skelconv import Clip
from skelconv_ntu.profiles import ctrgcn


def select_bodies(clip: Clip, *, mend: bool = False) -> Clip:
    """Choose the bodies of a sample, and centre them, as CTR-GCN does for NTU120.

    Parameters
    ----------
    clip : Clip
        With keypoints of shape (M, T, 25, 3), and the fields ``slot`` and ``body_id``.
    mend : bool
        Whether to mend what is a fault there.

    Returns
    -------
    Clip
        With keypoints of shape (2, T', 25, 3), float32, and no fields.

    Raises
    ------
    ClipError
        Where CTR-GCN's scripts stop.
    """
    chosen = ctrgcn.select_bodies(clip, mend=mend)
    if chosen.num_person == 2:
        return chosen
    return chosen.replace(keypoint=np.repeat(chosen.keypoint, 2, axis=0))
