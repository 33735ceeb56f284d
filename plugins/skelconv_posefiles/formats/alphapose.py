"""AlphaPose's results, one JSON file per video.

``[{"image_id": "12.jpg", "keypoints": [x, y, score, ...], "score": 2.9, "idx": 1}, ...]``, one
element per detection. With ``--format open`` and ``--format cmu`` it is ``{"12.jpg": {"version":
..., "people": [{"pose_keypoints_2d": [...]}]}}`` or ``{"bodies": [{"joints": [...]}]}``, of 18
keypoints in OpenPose's order (`write_json` in its ``alphapose/utils/pPose_nms.py``). PoseFlow
writes ``{"12.jpg": [{"keypoints": [...], "idx": 1}]}``, and detectors of anomalies, such as
STG-NF, keep ``{"1": {"12": {"keypoints": [...]}}}``, by the person's id and the frame.
"""

from __future__ import annotations

import re
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from skelconv import ClipError
from skelconv.files import JsonFile
from skelconv_posefiles.poses import PoseSequence
from skelconv_posefiles.skeletons import Skeletons
from skelconv_posefiles.values import each, integer, mapping, member, triples

# Nine digits at most: a longer number is not a frame's.
_NUMBER = re.compile(r"(?<!\d)(\d{1,9})(?:\.[A-Za-z]\w*)?\Z", re.ASCII)
# A number with a fraction, which is seconds, as in clip.17.738369.png.
_SECONDS = re.compile(r"(?<!\d)\d+\.\d+(?:\.[A-Za-z]\w*)?\Z", re.ASCII)
# The two forms by image, what is in them of a person, and what is not looked at.
_PEOPLE = {"people": "pose_keypoints_2d", "bodies": "joints"}
_UNUSED = ("version",)


def parse(
    document: JsonFile,
    frames: Literal["numbers", "order"] = "numbers",
    dtype: npt.DTypeLike = np.float32,
) -> PoseSequence:
    """Read a video.

    A person is identified by ``idx`` where every detection has one, else by the position in the
    frame. Without tracking AlphaPose gives all the same ``idx``, which has the same result as the
    position; where it joins boxes, it gives a list of them, of which the first counts.

    Parameters
    ----------
    document : JsonFile
        The file.
    frames : {"numbers", "order"}
        Whether a frame is the number that its image's name ends in, or images are numbered from 0
        as they first appear.
    dtype : {float32, float64}
        See `skelconv_posefiles.poses.Form`.

    Returns
    -------
    PoseSequence
        The video.

    Raises
    ------
    ClipError
        When the file is not in this format.
    """
    rows = _Rows(frames, dtype)
    for path, value, *_ in document.parts(_enter):
        if value in (list, dict):
            continue
        match path:
            case ():
                raise ClipError("the file is not a list of detections, or by image or person")
            case (int() as index,):
                row = mapping(value, f"detection {index}")
                rows.add(row, member(row, "image_id", f"detection {index}"), f"detection {index}")
            case (str() as image, int() as index):
                rows.add(mapping(value, f"{image}[{index}]"), image, f"{image}[{index}]")
            case (str() as image, str() as key) if key in _PEOPLE:
                for index, person in each(value, f"{image}: {key}"):
                    what = f"{image}: {key}[{index}]"
                    rows.add(mapping(person, what), image, what, _PEOPLE[key])
            case (str() as person, str() as frame) if frame not in _UNUSED:
                what = f"person {person}, frame {frame}"
                number = _whole(person, f"{what}: the person")
                rows.add({**mapping(value, what), "idx": number}, frame, what)
            case (str() as key,):
                raise ClipError(f"{key[:100]!r} is neither an image nor a person's id")
    return PoseSequence(rows.found)


def _enter(path: tuple[str | int, ...]) -> bool:
    return not path or (len(path) == 1 and isinstance(path[0], str))


class _Rows:
    """The detections of a video, as they come."""

    def __init__(self, frames: Literal["numbers", "order"], dtype: npt.DTypeLike) -> None:
        self.found = Skeletons(dtype=dtype)
        self._order: dict[Any, int] | None = {} if frames == "order" else None
        self._name: str | None = None

    def add(self, row: dict[str, Any], image: Any, what: str, key: str = "keypoints") -> None:
        keypoint, score = triples(member(row, key, what), f"{what}: {key}")
        track = row.get("idx")
        number = None if track is None else _track(track, what)
        self.found.add(self._frame(image, what), keypoint, score, number)

    def _frame(self, image: Any, what: str) -> int:
        if not isinstance(image, str):
            image = integer(image, f"{what}: image_id")
        if self._order is not None:
            return self._order.setdefault(image, len(self._order))
        if isinstance(image, int):
            return image
        match = _NUMBER.search(image)
        if match is None:
            raise ClipError(f"{what}: image_id {image[:100]!r} does not end in the frame's number")
        if _SECONDS.search(image):
            raise ClipError(
                f"{what}: image_id {image[:100]!r} ends in a time, not in the frame's number "
                "(option frames: order numbers images as they appear)"
            )
        name = image[: match.start()]
        if self._name not in (None, name):
            raise ClipError(
                f"{what}: image_id {image[:100]!r} is of another name than {self._name[:100]!r}: "
                "a file is one video (option frames: order numbers images as they appear)"
            )
        self._name = name
        return int(match[1])


def _track(value: Any, what: str) -> int:
    inner = value
    while isinstance(inner, list) and inner:
        inner = inner[0]
    return integer(inner, f"{what}: idx")


def _whole(text: str, what: str) -> int:
    if not re.fullmatch(r"-?\d{1,18}", text, re.ASCII):
        raise ClipError(f"{what} is not an integer")
    return int(text)
