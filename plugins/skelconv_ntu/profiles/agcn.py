"""The bodies that 2s-AGCN chooses (``data_gen/ntu_gendata.py``), and so do MS-G3D and Shift-GCN.

MMAction2 has taken this choice from there (see `skelconv_ntu.profiles.mmaction2`): of the first
four positions in a frame the two with the highest energy. A position that sums to zero without
being all zero is kept here, and float64 is cast to float32 once. What is all zero is left out: in
the script's array it is as the frames behind a clip. What the script does then (it fills empty
frames, centres and turns all clips) is not part of the choice.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from skelconv import Clip
from skelconv_ntu.profiles.mmaction2 import of_most_energy


def choose(clip: Clip) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.intp]]:
    """Choose the bodies of a sample as 2s-AGCN does.

    Parameters
    ----------
    clip : Clip
        As ``ntu-raw`` gives it.

    Returns
    -------
    ndarray of shape (0 to 2, T, 25, 3)
        The keypoints, in float32.
    ndarray of int, of shape (0 to 2, T)
        Where they come from.
    """
    keypoint, cells = of_most_energy(clip, lambda body: bool(body.any()))
    return keypoint.astype(np.float32), cells
