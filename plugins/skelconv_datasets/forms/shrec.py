"""SHREC'17 and DHG-14/28: a hand as text, 22 joints a line, in folders that say the gesture.

``gesture_G/finger_F/subject_S/essai_E/skeletons_world.txt`` (DHG: ``skeleton_world.txt``) has x, y,
z in metres, ``skeletons_image.txt`` x and y in pixels of the depth image of 640 x 480.

De Smedt et al., SHREC'17 Track: 3D Hand Gesture Recognition Using a Depth and Skeletal Dataset
(2017), and Skeleton-Based Dynamic Hand Gesture Recognition (2016): the gestures, in their order,
done with one finger or with the whole hand; classes 28 are 2 (G - 1) + F - 1.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Final, Literal

from skelconv_datasets.files import Form
from skelconv_datasets.forms.rows import read_rows
from skelconv_datasets.poses import Poses

GESTURES: Final = (
    *("grab", "tap", "expand", "pinch", "rotation clockwise", "rotation counter clockwise"),
    *("swipe right", "swipe left", "swipe up", "swipe down", "swipe X", "swipe +", "swipe V"),
    "shake",
)
HANDS: Final = ("one finger", "whole hand")
IMG_SHAPE: Final = (480, 640)

_NAMES: Final = re.compile(r"(?:.*/)?gesture_(\d+)/finger_(\d+)/subject_\d+/essai_\d+")


def form(classes: Literal[14, 28], coordinates: Literal["2d", "3d"]) -> Form:
    """Return the form of the files.

    Parameters
    ----------
    classes : {14, 28}
        Gestures, or gestures by what they are done with.
    coordinates : {"2d", "3d"}
        Whether to read the files of pixels or those of metres.

    Returns
    -------
    Form
        The form.
    """
    name = "skeletons?_(?:world)" if coordinates == "3d" else "skeletons?_(?:image)"
    names: tuple[str, ...] = GESTURES
    if classes == 28:
        names = tuple(f"{gesture}, {hand}" for gesture in GESTURES for hand in HANDS)
    return Form(
        re.compile(rf"(?P<clip>.+)/{name}\.txt"),
        partial(_parse, channels=int(coordinates[0])),
        "shrec22",
        partial(_label, classes=classes),
        names,
    )


def _parse(content: bytes, channels: int) -> Poses:
    rows = read_rows(content, 22 * channels)
    return Poses(rows.reshape(1, -1, 22, channels), None, IMG_SHAPE if channels == 2 else None)


def _label(path: str, classes: int) -> int | None:
    match = _NAMES.fullmatch(path)
    if not match:
        return None
    gesture, hand = int(match[1]) - 1, int(match[2]) - 1
    if not (0 <= gesture < len(GESTURES) and 0 <= hand < len(HANDS)):
        return None
    return gesture if classes == 14 else len(HANDS) * gesture + hand
