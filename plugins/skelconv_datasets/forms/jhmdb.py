"""JHMDB: a MATLAB file for each video, ``CLASS/VIDEO/joint_positions.mat``, 15 joints in pixels.

``pos_img`` is (2, 15, T); MATLAB counts pixels from 1, and so do these.

Jhuang et al., Towards Understanding Action Recognition (2013), http://jhmdb.is.tue.mpg.de: 928
videos of 320 x 240 pixels and 21 classes; its three splits are in HMDB51's form.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from skelconv import ClipError
from skelconv.files import read_mat
from skelconv_datasets.files import Form
from skelconv_datasets.poses import Poses

CLASSES: Final = (
    *("brush_hair", "catch", "clap", "climb_stairs", "golf", "jump", "kick_ball", "pick", "pour"),
    *("pullup", "push", "run", "shoot_ball", "shoot_bow", "shoot_gun", "sit", "stand"),
    *("swing_baseball", "throw", "walk", "wave"),
)
IMG_SHAPE: Final = (240, 320)

_JOINTS = 15


def parse(content: bytes) -> Poses:
    """Read a file.

    Parameters
    ----------
    content : bytes
        The file.

    Returns
    -------
    Poses
        One person, in pixels that count from 0.

    Raises
    ------
    ClipError
        When it is not in this form.
    """
    array = read_mat(content).get("pos_img")
    if not isinstance(array, np.ndarray) or array.ndim != 3 or array.shape[:2] != (2, _JOINTS):
        raise ClipError(f"'pos_img' is not an array of 2 x {_JOINTS} x frames")
    if not array.shape[2]:
        raise ClipError("it has no frames")
    keypoint = array.transpose(2, 1, 0).astype(np.float64) - 1
    return Poses(keypoint[None], np.ones((1, *keypoint.shape[:2])), IMG_SHAPE)


def _label(path: str) -> int | None:
    name = path.rpartition("/")[0].rpartition("/")[2]
    return CLASSES.index(name) if name in CLASSES else None


FORM: Final = Form(
    re.compile(r"(?P<clip>.+)/joint_positions\.mat"), parse, "jhmdb15", _label, CLASSES
)
