"""NW-UCLA, as the JSON files that CTR-GCN reads: ``{"file_name", "skeletons", "label"}``.

Skeletons are T x 20 x 3.

Wang et al., Cross-view Action Modeling, Learning and Recognition (2014). Files, classes and the
split of views 1 and 2 against 3 are those of https://github.com/Uason-Chen/CTR-GCN,
feeders/feeder_ucla.py: the same numbers, before its random rotation.
"""

from __future__ import annotations

import re
from typing import Final

from skelconv.files import parse_json
from skelconv_datasets.checked import member, numbers
from skelconv_datasets.files import Form
from skelconv_datasets.poses import Poses

CLASSES: Final = {
    1: "pick up with one hand",
    2: "pick up with two hands",
    3: "drop trash",
    4: "walk around",
    5: "sit down",
    6: "stand up",
    8: "donning",
    9: "doffing",
    11: "throw",
    12: "carry",
}
"""By the number of the action, of which the dataset leaves out 7 and 10."""

_ACTION = re.compile(r"a(\d\d)_s\d\d_e\d\d_v\d\d\Z")


def parse(content: bytes) -> Poses:
    """Read a file.

    Parameters
    ----------
    content : bytes
        The file.

    Returns
    -------
    Poses
        One person, in metres.

    Raises
    ------
    ClipError
        When it is not in this form.
    """
    file = parse_json(content, nan=True)
    skeletons = numbers(member(file, "skeletons", list, "the file"), (None, 20, 3), "'skeletons'")
    # Counted from 1, and in all files of the dataset what their names say.
    label = member(file, "label", int, "the file") - 1 if "label" in file else None
    return Poses(skeletons[None], label=label)


def _label(path: str) -> int | None:
    match = _ACTION.search(path)
    number = int(match[1]) if match else 0
    return list(CLASSES).index(number) if number in CLASSES else None


FORM: Final = Form(
    re.compile(r"(?P<clip>(?:.*/)?[^/]+)\.json"),
    parse,
    "kinect20",
    _label,
    tuple(CLASSES.values()),
)
