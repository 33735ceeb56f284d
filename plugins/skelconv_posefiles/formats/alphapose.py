"""AlphaPose's results, one JSON file per video.

``[{"image_id": "12.jpg", "keypoints": [x, y, score, ...], "score": 2.9, "idx": 1}, ...]``, one
element per detection.
"""

from __future__ import annotations

import re
from typing import Any

from skelconv import ClipError
from skelconv.files import parse_json
from skelconv_posefiles.poses import PoseSequence, Skeleton
from skelconv_posefiles.values import each, integer, mapping, member, triples

# Nine digits at most: a longer number is not a frame's.
_NUMBER = re.compile(r"(?<!\d)(\d{1,9})(?:\.[A-Za-z]\w*)?\Z", re.ASCII)


def parse(content: bytes) -> PoseSequence:
    """Read a video.

    The frame is the number that ``image_id`` ends in, from 0. A person is identified by ``idx``
    where every detection has one, else by the position in the frame. Without tracking AlphaPose
    gives all the same ``idx``, which has the same result as the position.

    Parameters
    ----------
    content : bytes
        The file's content.

    Returns
    -------
    PoseSequence
        The video.

    Raises
    ------
    ClipError
        When the file is not in this format.
    """
    skeletons = []
    found: dict[int, int] = {}
    rows = [mapping(row, f"detection {at}") for at, row in each(parse_json(content), "the file")]
    tracked = all(row.get("idx") is not None for row in rows)
    for index, row in enumerate(rows):
        what = f"detection {index}"
        frame = _frame(member(row, "image_id", what), what)
        keypoint, score = triples(member(row, "keypoints", what), f"{what}: keypoints")
        position = found.get(frame, 0)
        found[frame] = position + 1
        person = _track(row["idx"], what) if tracked else position
        skeletons.append(Skeleton(frame, person, keypoint, score))
    return PoseSequence(skeletons)


def _frame(value: Any, what: str) -> int:
    if not isinstance(value, str):
        return integer(value, f"{what}: image_id")
    match = _NUMBER.search(value)
    if match is None:
        raise ClipError(f"{what}: image_id {value[:100]!r} does not end in the frame's number")
    return int(match[1])


def _track(value: Any, what: str) -> int:
    # Some trackers give the id in a list.
    inner = value[0] if isinstance(value, list) and len(value) == 1 else value
    return integer(inner, f"{what}: idx")
