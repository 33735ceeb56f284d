"""ETRI-Activity3D: a csv file for each clip, ``A001_P001_G001_C001.csv``, a row for each body.

The columns are ``frameNum``, ``bodyindexID``, ``trackingID`` and, for the joints 1 to 25 of Kinect
v2, ``joint1_3dX``, ``joint1_3dY``, ``joint1_3dZ``, ... in metres, among others.

Jang et al., ETRI-Activity3D: A Large-Scale RGB-D Dataset for Robots to Recognize Daily Activities
of the Elderly (2020): 112,620 clips, 55 classes, 100 people. The classes are those of its page,
https://ai4robot.github.io/etri-activity3d-en.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from skelconv import ClipError
from skelconv.files import Budget, csv_rows, decode
from skelconv_datasets.files import Form
from skelconv_datasets.poses import Poses, follow

CLASSES: Final = (
    *("eating food with a fork", "pouring water into a cup", "taking medicine", "drinking water"),
    *("putting food in the fridge/taking food from the fridge", "trimming vegetables"),
    *("peeling fruit", "using a gas stove", "cutting vegetable on the cutting board"),
    *("brushing teeth", "washing hands", "washing face", "wiping face with a towel"),
    *("putting on cosmetics", "putting on lipstick", "brushing hair", "blow drying hair"),
    *("putting on a jacket", "taking off a jacket", "putting on/taking off shoes"),
    *("putting on/taking off glasses", "washing the dishes", "vacuuming the floor"),
    *("scrubbing the floor with a rag", "wiping off the dining table", "rubbing up furniture"),
    *("spreading bedding/folding bedding", "washing a towel by hands", "hanging out laundry"),
    *("looking around for something", "using a remote control", "reading a book"),
    *("reading a newspaper", "handwriting", "talking on the phone"),
    *("playing with a mobile phone", "using a computer", "smoking", "clapping"),
    *("rubbing face with hands", "doing freehand exercise", "doing neck roll exercise"),
    *("massaging a shoulder oneself", "taking a bow", "talking to each other", "handshaking"),
    *("hugging each other", "fighting each other", "waving a hand"),
    *("flapping a hand up and down (beckoning)", "pointing with a finger"),
    *("opening the door and walking in", "fallen on the floor", "sitting up/standing up"),
    "lying down",
)

_JOINTS = 25
_COLUMNS = tuple(f"joint{joint}_3d{axis}" for joint in range(1, _JOINTS + 1) for axis in "XYZ")
_FRAME, _BODY = "frameNum", ("trackingID", "bodyindexID")
_ROW = 1200
_NAME = re.compile(r"(?:.*/)?A(\d{3})_?P\d{3}_?G\d{3}_?C\d{3}\Z")
_MAX_FRAMES = 100_000


def parse(content: bytes) -> Poses:
    """Read a file.

    Parameters
    ----------
    content : bytes
        The file.

    Returns
    -------
    Poses
        Everybody, by the ids that the sensor gave, in metres; from the first frame that is there.

    Raises
    ------
    ClipError
        When it is not in this form.
    """
    table = csv_rows(decode(content))
    _, header = next(table, (1, []))
    names = [name.strip() for name in header]
    for name in (_FRAME, *_COLUMNS):
        if names.count(name) != 1:
            raise ClipError(f"its header must name the column {name!r} once", line=1)
    body = next((names.index(name) for name in _BODY if name in names), None)
    if body is None:
        raise ClipError("its header names neither trackingID nor bodyindexID", line=1)
    frame, columns = names.index(_FRAME), [names.index(name) for name in _COLUMNS]
    budget = Budget(len(content))
    found = []
    for line, row in table:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(names):
            raise ClipError(f"{len(row)} cells, where the header has {len(names)}", line=line)
        if not budget.take(_ROW):
            raise ClipError(budget.reason)
        try:
            joints = np.array([float(row[at]) for at in columns]).reshape(_JOINTS, 3)
            number = float(row[frame])
            if not number.is_integer():
                raise ValueError
            found.append((int(number), row[body].strip(), joints))
        except (ValueError, OverflowError):
            raise ClipError(
                "a frame is not a whole number, or a coordinate is not a number", line=line
            ) from None
    if not found:
        raise ClipError("it has no rows")
    found.sort(key=lambda one: one[0])
    first, total = found[0][0], found[-1][0] - found[0][0] + 1
    if total > _MAX_FRAMES:
        raise ClipError(f"its frames are from {first} to {first + total - 1}: not a recording")
    at, people, rows = zip(*found, strict=True)
    return Poses(follow([number - first for number in at], people, rows, total))


def _label(path: str) -> int | None:
    match = _NAME.fullmatch(path)
    number = int(match[1]) if match else 0
    return number - 1 if 1 <= number <= len(CLASSES) else None


FORM: Final = Form(re.compile(r"(?P<clip>(?:.*/)?[^/]+)\.csv"), parse, "ntu25", _label, CLASSES)
