"""PKU-MMD: recordings as text, ``XXXX-V.txt``, of 150 numbers a line: 2 people, 25 joints, x, y, z.

Joints are Kinect v2's, in metres; somebody who is not there has zeros. Beside the recordings are
files of the same names with a line ``label,start,end,confidence`` for each action: the frames
``start`` to ``end - 1``, counted from 0, as those who train on it take them.

Liu et al., PKU-MMD: A Large Scale Benchmark for Continuous Multi-Modal Human Action Understanding
(2017), and https://github.com/ECHO960/PKU-MMD: 1,076 recordings of 364 scenes in three views (L, M
and R), 21,545 actions, 51 classes, 66 people.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from skelconv import ClipError
from skelconv.files import decode
from skelconv_datasets.files import Form
from skelconv_datasets.forms.rows import read_rows
from skelconv_datasets.poses import Poses

PEOPLE: Final = 2
JOINTS: Final = 25
CLASSES: Final = (
    *("bow", "brushing hair", "brushing teeth", "check time (from watch)", "cheer up"),
    *("clapping", "cross hands in front (say stop)", "drink water", "drop", "eat meal/snack"),
    *("falling", "giving something to other person", "hand waving", "handshaking"),
    *("hopping (one foot jumping)", "hugging other person", "jump up", "kicking other person"),
    *("kicking something", "make a phone call/answer phone", "pat on back of other person"),
    *("pickup", "playing with phone/tablet", "point finger at the other person"),
    *("pointing to something with finger", "punching/slapping other person"),
    *("pushing other person", "put on a hat/cap", "put something inside pocket", "reading"),
    *("rub two hands together", "salute", "sitting down", "standing up", "take off a hat/cap"),
    *("take off glasses", "take off jacket", "take out something from pocket"),
    *("taking a selfie", "tear up paper", "throw", "touch back (backache)"),
    *("touch chest (stomachache/heart pain)", "touch head (headache)", "touch neck (neckache)"),
    *("typing on a keyboard", "use a fan (with hand or paper)/feeling warm", "wear jacket"),
    *("wear on glasses", "wipe face", "writing"),
)


class Action(NamedTuple):
    """An action in a recording.

    Attributes
    ----------
    label : int
        The class, from 0.
    start, stop : int
        Its first frame, from 0, and the one behind its last.
    """

    label: int
    start: int
    stop: int


def parse(content: bytes) -> Poses:
    """Read a recording, or some of its lines.

    Parameters
    ----------
    content : bytes
        The file.

    Returns
    -------
    Poses
        Up to two people, in metres.

    Raises
    ------
    ClipError
        When it is not in this form.
    """
    rows = read_rows(content, PEOPLE * JOINTS * 3)
    return Poses(rows.reshape(-1, PEOPLE, JOINTS, 3).transpose(1, 0, 2, 3))


def read_actions(content: bytes) -> list[Action]:
    """Read the actions of a recording.

    Parameters
    ----------
    content : bytes
        The file.

    Returns
    -------
    list of Action
        In the order of the file.

    Raises
    ------
    ClipError
        With the line, when one is none.
    """
    actions = []
    for line, text in enumerate(decode(content).splitlines(), 1):
        if not text.strip():
            continue
        fields = [field.strip() for field in text.split(",")]
        if len(fields) not in (3, 4) or not all(re.fullmatch(r"\d{1,9}", one) for one in fields):
            raise ClipError(f"{text[:60]!r} is not label,start,end,confidence", line=line)
        label, start, stop = map(int, fields[:3])
        if not 1 <= label <= len(CLASSES) or stop <= start:
            raise ClipError(f"{text[:60]!r} is no action of the 51 classes", line=line)
        actions.append(Action(label - 1, start, stop))
    return actions


FORM: Final = Form(re.compile(r"(?P<clip>(?:.*/)?[^/]+)\.(?:txt|skeleton)"), parse, "ntu25")
