"""Small made-up data for the recipe of a new plugin, so that it can be built at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

# Of three people, who have numbers as in the ids S01_walk_1.
_CLASSES, _SUBJECTS, _FRAMES = ("walk", "wave"), (1, 2, 5), 4
_COCO17 = [
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
]
_UPPER_BODY = ["pelvis", "neck", "head", "left_hand", "right_hand"]
_VIDEO = 32, 24


def made_up(kind: str, name: str, package: str) -> Iterator[tuple[str, bytes]]:
    """Make the data that the recipe of a kind of plugin reads.

    Parameters
    ----------
    kind : str
        The kind; an executor and a trainer have no recipe, and no data.
    name, package : str
        The names of the plugin and of its package.

    Yields
    ------
    (str, bytes)
        The path of a file within the folder of the distribution, and its content.
    """
    if kind == "source":
        for label, subject in _clips():
            path = f"data/recordings/{_CLASSES[label]}/S{subject:02}.json"
            frames = [_pose(label, subject, frame, len(_COCO17)) for frame in range(_FRAMES)]
            yield path, f"{json.dumps({'size': [480, 640], 'frames': frames})}\n".encode()
    elif kind == "reader":
        yield f"data/{package}.jsonl", "".join(_lines(name)).encode()
    elif kind == "layout":
        yield "data/poses.csv", _table(_UPPER_BODY).encode()
    elif kind in ("split", "sink", "transform"):
        yield "data/poses.csv", _table(_COCO17).encode()
    elif kind in ("detector", "pose-model"):
        for label, subject in _clips():
            yield f"data/videos/{_CLASSES[label]}/S{subject:02}.y4m", _video(label, subject)


def _clips() -> Iterator[tuple[int, int]]:
    for label in range(len(_CLASSES)):
        for subject in _SUBJECTS:
            yield label, subject


def _id(label: int, subject: int) -> str:
    return f"S{subject:02}_{_CLASSES[label]}"


def _pose(label: int, subject: int, frame: int, joints: int) -> list[list[float]]:
    """Return x, y and score of each joint; every seventh one is unsure."""
    return [
        [
            100.0 + 20 * subject + 5 * frame + 3 * (joint % 5),
            80.0 + 20 * joint + 4 * frame * label,
            0.2 if (joint + frame) % 7 == 6 else 0.9,
        ]
        for joint in range(joints)
    ]


def _table(joints: Sequence[str]) -> str:
    """Return a table with a row for each frame, which has all joints."""
    columns = [f"{joint}_{value}" for joint in joints for value in ("x", "y", "score")]
    rows = [["id", "label", "frame", *columns]]
    for label, subject in _clips():
        for frame in range(_FRAMES):
            pose = _pose(label, subject, frame, len(joints))
            numbers = [f"{number:g}" for values in pose for number in values]
            rows.append([_id(label, subject), _CLASSES[label], str(frame), *numbers])
    return "".join(f"{','.join(row)}\n" for row in rows)


def _lines(name: str) -> Iterator[str]:
    """Yield the lines of a dataset in the form of the reader's template."""
    ids = [_id(*clip) for clip in _clips()]
    val = [one for one in ids if one.startswith("S05")]
    splits = {"train": [one for one in ids if one not in val], "val": val}
    head = {"format": f"{name} 1", "splits": splits, "label_names": _CLASSES}
    yield f"{json.dumps(head)}\n"
    for clip_id, (label, subject) in zip(ids, _clips(), strict=True):
        poses = [_pose(label, subject, frame, len(_COCO17)) for frame in range(_FRAMES)]
        keypoint = [[joint[:2] for joint in pose] for pose in poses]
        line = {"id": clip_id, "label": label, "layout": "coco17", "keypoint": [keypoint]}
        yield f"{json.dumps(line)}\n"


def _video(label: int, subject: int) -> bytes:
    """Return a dark video in which a bright box moves, in grey without compression."""
    width, height = _VIDEO
    content = b"YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420jpeg\n" % (width, height)
    for frame in range(_FRAMES):
        left = 4 + subject + frame
        row = bytes(235 if left <= x < left + 8 else 16 for x in range(width))
        inside = range(4 + label * frame, 18 + label * frame)
        rows = [row if y in inside else bytes([16]) * width for y in range(height)]
        content += b"FRAME\n" + b"".join(rows) + bytes([128]) * (width * height // 2)
    return content
