"""Toyota Smarthome, trimmed: LCR-Net's skeletons as JSON, ``{"frames": [[{"pose2d", "pose3d"}]]}``.

A file is called ``ACTION_pSS_rRR_vVV_cCC.json``; a frame is a list of people, of whom each has 13
joints: first all x, then all y, then all z.

Das et al., Toyota Smarthome: Real-World Activities of Daily Living (2019). Classes and splits are
those of https://github.com/YangDi666/UNIK, data_gen/smarthome_gendata.py: 16,115 videos, of 640 x
480 pixels.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Final, Literal

from skelconv import ClipError
from skelconv.files import parse_json
from skelconv_datasets.checked import member, numbers
from skelconv_datasets.files import Form
from skelconv_datasets.poses import Poses, follow

CLASSES: Final = (
    *("Cook.Cleandishes", "Cook.Cleanup", "Cook.Cut", "Cook.Stir", "Cook.Usestove", "Cutbread"),
    *("Drink.Frombottle", "Drink.Fromcan", "Drink.Fromcup", "Drink.Fromglass", "Eat.Attable"),
    *("Eat.Snack", "Enter", "Getup", "Laydown", "Leave", "Makecoffee.Pourgrains"),
    *("Makecoffee.Pourwater", "Maketea.Boilwater", "Maketea.Insertteabag", "Pour.Frombottle"),
    *("Pour.Fromcan", "Pour.Fromkettle", "Readbook", "Sitdown", "Takepills", "Uselaptop"),
    *("Usetelephone", "Usetablet", "Walk", "WatchTV"),
)
IMG_SHAPE: Final = (480, 640)

_JOINTS = 13
_ACTION = re.compile(r"(?:.*/)?([^/_]+)_p\d+_r\d+_v\d+_c\d+\Z")


def form(coordinates: Literal["2d", "3d"]) -> Form:
    """Return the form of the files.

    Parameters
    ----------
    coordinates : {"2d", "3d"}
        Whether to read ``pose2d``, in pixels, or ``pose3d``, in metres.

    Returns
    -------
    Form
        The form.
    """
    return Form(
        re.compile(r"(?P<clip>(?:.*/)?[^/]+)\.json"),
        partial(_parse, channels=int(coordinates[0])),
        "smarthome13",
        _label,
        CLASSES,
    )


def _parse(content: bytes, channels: int) -> Poses:
    key = f"pose{channels}d"
    frames = member(parse_json(content, nan=True), "frames", list, "the file")
    if not frames:
        raise ClipError("'frames' is empty")
    at, people, rows = [], [], []
    for frame, bodies in enumerate(frames):
        if not isinstance(bodies, list):
            raise ClipError(f"frame {frame}: its people are not a list")
        for person, body in enumerate(bodies):
            what = f"frame {frame}, person {person}"
            flat = numbers(member(body, key, list, what), (_JOINTS * channels,), f"{what}: {key!r}")
            at.append(frame)
            people.append(person)
            rows.append(flat.reshape(channels, _JOINTS).T)
    return Poses(follow(at, people, rows, len(frames)), None, IMG_SHAPE if channels == 2 else None)


def _label(path: str) -> int | None:
    match = _ACTION.fullmatch(path)
    return CLASSES.index(match[1]) if match and match[1] in CLASSES else None
