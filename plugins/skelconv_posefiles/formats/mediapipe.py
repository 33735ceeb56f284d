"""MediaPipe's pose landmarks, a JSON or npy file a clip.

MediaPipe writes no files of its own; this is the form in which its results are usually kept. In
JSON a list of frames; a frame is ``null`` or empty when nobody was seen, the 33 landmarks of one
person, or a list of persons; a landmark is ``{"x", "y", "z", "visibility"}`` or a list of these
numbers, the last of which may be absent. In npy an array (T, 33, 3 or 4) or (T, M, 33, 3 or 4),
NaN where nobody was seen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from skelconv import ClipError
from skelconv_posefiles.formats.npy import read_array
from skelconv_posefiles.poses import Poses, Skeleton
from skelconv_posefiles.values import each, member, parse_json, points

LANDMARKS = 33
_NAMES = ("x", "y", "z")


def parser(suffix: str, channels: int, *, fractions: bool) -> Callable[[bytes], Poses]:
    """Make the function that reads a clip.

    A person is a position in the frame.

    Parameters
    ----------
    suffix : {".json", ".npy"}
        Of the file.
    channels : int
        How many of x, y, z to keep.
    fractions : bool
        Whether coordinates are fractions of the image (landmarks) or metres (world landmarks).
    """
    frames_of = _json_frames if suffix == ".json" else _npy_frames

    def parse(content: bytes) -> Poses:
        frames = frames_of(content)
        skeletons = [
            Skeleton(number, position, person[:, :channels], _visibility(person))
            for number, persons in enumerate(frames)
            for position, person in enumerate(persons)
        ]
        return Poses(skeletons, last_frame=len(frames) - 1, fractions=fractions)

    return parse


def _visibility(person: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return person[:, 3] if person.shape[1] == 4 else np.ones(len(person))


def _json_frames(content: bytes) -> list[list[npt.NDArray[Any]]]:
    frames = []
    for number, frame in each(parse_json(content), "the file"):
        persons = [] if not frame else [frame] if _is_person(frame) else frame
        frames.append(
            [_person(person, f"frame {number}") for _, person in each(persons, f"frame {number}")]
        )
    return frames


def _is_person(frame: Any) -> bool:
    first = frame[0] if isinstance(frame, list) else None
    return isinstance(first, dict) or (
        isinstance(first, list) and bool(first) and not isinstance(first[0], list | dict)
    )


def _person(value: Any, what: str) -> npt.NDArray[Any]:
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


def _npy_frames(content: bytes) -> list[list[npt.NDArray[Any]]]:
    array = read_array(content)
    if array.ndim == 3:
        array = array[:, np.newaxis]
    if array.ndim != 4 or array.shape[2] != LANDMARKS or array.shape[3] not in (3, 4):
        raise ClipError(f"an array of shape {array.shape}, not (T, 33, 4) or (T, M, 33, 4)")
    return [[person for person in frame if not np.isnan(person).all()] for frame in array]
