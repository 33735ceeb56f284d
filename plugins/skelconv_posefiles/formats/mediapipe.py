"""MediaPipe's pose landmarks, one JSON or npy file per clip.

MediaPipe writes no files itself; this is the form in which its results are usually kept. In JSON
a list of frames; a frame is ``null`` or empty where there is no person, the 33 landmarks of one
person, or a list of persons; a landmark is ``{"x", "y", "z", "visibility"}`` or a list of these
numbers, the last of which may be absent. A frame may also be ``{"frame": 12, "landmarks": [...]}``,
and the whole ``{"frames": [...]}`` or an object in each line. In npy an array (T, 33, 3 or 4) or
(T, M, 33, 3 or 4), NaN where there is no person.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from skelconv import Array, ClipError
from skelconv.files import parse_json
from skelconv_posefiles.formats.npy import read_array
from skelconv_posefiles.poses import PoseSequence, Skeleton
from skelconv_posefiles.values import each, integer, member, points

LANDMARKS = 33
_NAMES = ("x", "y", "z")
# What a frame's number and landmarks are called, where it is an object.
_NUMBERS = ("frame", "frame_id", "frame_number", "frame_index")
_LANDMARKS = ("landmarks", "pose_landmarks")


def parser(suffix: str, channels: int) -> Callable[[bytes], PoseSequence]:
    """Make the function that reads a clip.

    A person is a position in the frame.

    Parameters
    ----------
    suffix : {".json", ".npy"}
        The file's ending.
    channels : {2, 3}
        Whether to keep x and y, or z too.

    Returns
    -------
    callable
        From a file's content to its `PoseSequence`; it raises ClipError when the file is not in
        this format.
    """
    frames_of = _json_frames if suffix == ".json" else _npy_frames

    def _parse(content: bytes) -> PoseSequence:
        frames = frames_of(content)
        skeletons = [
            Skeleton(number, position, person[:, :channels], _visibility(person))
            for number, persons in frames.items()
            for position, person in enumerate(persons)
        ]
        return PoseSequence(skeletons, frames=[*frames], first_frame=min(1, min(frames, default=0)))

    return _parse


def _visibility(person: Array) -> Array:
    return person[:, 3] if person.shape[1] == 4 else np.ones(len(person))


def _json_frames(content: bytes) -> dict[int, list[Array]]:
    frames: dict[int, list[Array]] = {}
    for index, frame in each(_listed(content), "the file"):
        number, what = index, f"frame {index}"
        if isinstance(frame, dict):
            key = next((key for key in _NUMBERS if key in frame), None)
            number = index if key is None else integer(frame[key], f"{what}: {key}")
            key = next((key for key in _LANDMARKS if key in frame), _LANDMARKS[0])
            frame = member(frame, key, what)
        if number in frames:
            raise ClipError(f"{what}: the frame {number} is there already")
        persons = [] if not frame else [frame] if _is_person(frame) else frame
        frames[number] = [_person(person, what) for _, person in each(persons, what)]
    return frames


def _listed(content: bytes) -> Any:
    """Return the frames, of a document or of one for each line."""
    lines = [line for line in content.splitlines() if line.strip()]
    # An object in each of several lines is no document, and a document is none in each line.
    if len(lines) > 1 and all(line.strip()[:1] + line.strip()[-1:] == b"{}" for line in lines):
        numbered = enumerate(content.splitlines(), 1)
        return [_line(line, number) for number, line in numbered if line.strip()]
    file = parse_json(content, nan=True)
    return member(file, "frames", "the file") if isinstance(file, dict) else file


def _line(content: bytes, number: int) -> Any:
    try:
        return parse_json(content, nan=True)
    except ClipError as error:
        raise ClipError(error.reason, line=number) from error


def _is_person(frame: Any) -> bool:
    first = frame[0] if isinstance(frame, list) else None
    return isinstance(first, dict) or (
        isinstance(first, list) and bool(first) and not isinstance(first[0], list | dict)
    )


def _person(value: Any, what: str) -> Array:
    rows = [_landmark(landmark, what) for _, landmark in each(value, what)]
    person = points(rows, what)
    if person.shape[1] not in (3, 4):
        raise ClipError(
            f"{what}: a landmark has {person.shape[1]} numbers, not x, y, z, visibility"
        )
    return person


def _landmark(value: Any, what: str) -> Any:
    if not isinstance(value, dict):
        return value
    visibility = [value["visibility"]] if "visibility" in value else []
    return [member(value, name, what) for name in _NAMES] + visibility


def _npy_frames(content: bytes) -> dict[int, list[Array]]:
    array = read_array(content)
    if array.ndim == 3:
        array = array[:, np.newaxis]
    if array.ndim != 4 or array.shape[2] != LANDMARKS or array.shape[3] not in (3, 4):
        raise ClipError(f"an array of shape {array.shape}, not (T, 33, 4) or (T, M, 33, 4)")
    return {
        number: [person for person in frame if not np.isnan(person).all()]
        for number, frame in enumerate(array)
    }
