"""Penn Action: a MATLAB file for each video, ``labels/0001.mat``, with 13 joints in pixels.

``x``, ``y`` and ``visibility`` are (T, 13), ``dimensions`` are height, width and T, ``action`` is
the class, and ``train`` is 1 for training and -1 for testing. Annotators placed hidden joints too;
those that they did not place are at (1, 1).

Zhang et al., From Actemes to Action: A Strongly-supervised Representation for Detailed Action
Understanding (2013), and the README of its archive: 2,326 videos, 1,258 of them for training.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

import numpy as np

from skelconv import Array, ClipError
from skelconv.files import read_mat
from skelconv_datasets.poses import Poses

CLASSES: Final = (
    *("baseball_pitch", "baseball_swing", "bench_press", "bowl", "clean_and_jerk", "golf_swing"),
    *("jump_rope", "jumping_jacks", "pullup", "pushup", "situp", "squat", "strum_guitar"),
    *("tennis_forehand", "tennis_serve"),
)
LAYOUT: Final = "penn-action13"

_JOINTS = 13
_MAX = 10**6


class Video(NamedTuple):
    """What a file says of its video.

    Attributes
    ----------
    part : {"train", "test"}
        Of the official split.
    label : int
        The class.
    """

    part: str
    label: int


def parse(content: bytes, *, hidden: Literal["keep", "missing"] = "keep") -> Poses:
    """Read a file.

    Parameters
    ----------
    content : bytes
        The file.
    hidden : {"keep", "missing"}
        Whether joints that were placed where they cannot be seen are kept.

    Returns
    -------
    Poses
        One person, in pixels, with score 1, or 0 for a joint that is missing.

    Raises
    ------
    ClipError
        When it is not in this form.
    """
    variables = read_mat(content)
    x, y, visibility = (_frames(variables, name) for name in ("x", "y", "visibility"))
    if not x.shape == y.shape == visibility.shape:
        raise ClipError(
            f"x, y and visibility are of shapes {x.shape}, {y.shape}, {visibility.shape}"
        )
    size = variables.get("dimensions")
    if not isinstance(size, np.ndarray) or size.size != 3 or not ((size > 0) & (size < _MAX)).all():
        raise ClipError("'dimensions' are not height, width and number of frames")
    height, width, _ = (int(length) for length in size.ravel())
    missing = ((x == 1) & (y == 1)) if hidden == "keep" else visibility == 0
    keypoint = np.stack([x, y], -1).astype(np.float64)
    return Poses(keypoint[None], (~missing).astype(np.float64)[None], (height, width))


def video(content: bytes) -> Video:
    """Read what a file says of its video.

    Parameters
    ----------
    content : bytes
        The file.

    Returns
    -------
    Video
        Its part and class.

    Raises
    ------
    ClipError
        When it does not say them.
    """
    variables = read_mat(content)
    action, train = variables.get("action"), variables.get("train")
    if not isinstance(action, str) or action not in CLASSES:
        raise ClipError(f"'action' is {action!r:.40}, none of the classes")
    if not isinstance(train, np.ndarray) or train.size != 1 or train.item() not in (1, -1, 0):
        raise ClipError("'train' is neither 1 nor -1")
    return Video("train" if train.item() == 1 else "test", CLASSES.index(action))


def _frames(variables: dict[str, Array | str], name: str) -> Array:
    array = variables.get(name)
    if not isinstance(array, np.ndarray) or array.ndim != 2 or array.shape[1] != _JOINTS:
        raise ClipError(f"{name!r} is not an array of {_JOINTS} joints in each frame")
    return array
