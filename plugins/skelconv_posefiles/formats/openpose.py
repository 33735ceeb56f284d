"""OpenPose's JSON, one file per frame.

``{"people": [{"pose_keypoints_2d": [x, y, score, ...]}]}``, where a person may also have
``hand_left_keypoints_2d``, ``hand_right_keypoints_2d`` and ``face_keypoints_2d``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np

from skelconv import Array, ClipError
from skelconv.files import parse_json
from skelconv_posefiles.poses import PoseSequence, Skeleton
from skelconv_posefiles.values import each, integer, member, triples


class Person(NamedTuple):
    """A person in a frame.

    Attributes
    ----------
    position : int
        In the frame, from 0.
    track : int
        The id, or -1 where OpenPose did not track.
    keypoint : ndarray of shape (V, 2)
        Zeros for what was not found.
    score : ndarray of shape (V,)
        Confidence, 0 for what was not found.
    """

    position: int
    track: int
    keypoint: Array
    score: Array


FURTHER = {"hand_left": 21, "hand_right": 21, "face": 70}
"""What OpenPose finds beside the body, and the number of its keypoints."""


def parse_frame(content: bytes, further: Sequence[str] = ()) -> list[Person]:
    """Read one frame, of OpenPose 1.0 or later.

    A person without body keypoints, with only a face or a hand, is left out.

    Parameters
    ----------
    content : bytes
        The file's content.
    further : sequence of str
        Keys of `FURTHER`: what to read after the body, in this order. Where a person has none,
        its keypoints are missing.

    Returns
    -------
    list of Person
        In the order of the file.

    Raises
    ------
    ClipError
        When the file is not OpenPose's.
    """
    persons = []
    for position, person in each(_people(content), "people"):
        what = f"person {position}"
        key = _key("pose", person)
        keypoint, score = triples(member(person, key, what), f"{what}: {key}")
        ids = person.get("person_id") or [-1]
        track = integer(ids[0] if isinstance(ids, list) else ids, f"{what}: person_id")
        if len(score):
            parts = [(keypoint, score), *(_part(person, part, what) for part in further)]
            keypoint, score = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
            persons.append(Person(position, track, keypoint, score))
    return persons


def _people(content: bytes) -> Any:
    return member(parse_json(content, nan=True), "people", "the file")


def _key(part: str, person: Any) -> str:
    """Return what a list of keypoints is called; the first OpenPose wrote it without the ending."""
    old = isinstance(person, dict) and "pose_keypoints" in person
    return f"{part}_keypoints" if old else f"{part}_keypoints_2d"


def _part(person: Mapping[str, Any], part: str, what: str) -> tuple[Array, Array]:
    key = _key(part, person)
    keypoint, score = triples(person.get(key, []), f"{what}: {key}")
    number = FURTHER[part]
    if not len(score):
        return np.zeros((number, 2)), np.zeros(number)
    if len(score) != number:
        raise ClipError(f"{what}: {key} has {len(score)} keypoints, not {number}")
    return keypoint, score


class OpenposeFrames:
    """The frames of a video.

    A person is identified by ``person_id`` where OpenPose tracked, else by the position in the
    frame.

    Parameters
    ----------
    further : sequence of str
        See `parse_frame`.
    """

    def __init__(self, further: Sequence[str] = ()) -> None:
        self._further = further
        self._found: list[tuple[int, Person]] = []
        self._frames: list[int] = []

    def add(self, number: int, content: bytes) -> None:
        """Read a frame.

        Parameters
        ----------
        number : int
            Its number.
        content : bytes
            The content of its file.

        Raises
        ------
        ClipError
            When the file is not OpenPose's.
        """
        self._frames.append(number)
        self._found += [(number, one) for one in parse_frame(content, self._further)]

    def poses(self) -> PoseSequence:
        """Return the video.

        Returns
        -------
        PoseSequence
            All frames.
        """
        tracked = all(person.track >= 0 for _, person in self._found)
        skeletons = [
            Skeleton(frame, one.track if tracked else one.position, one.keypoint, one.score)
            for frame, one in self._found
        ]
        return PoseSequence(skeletons, frames=self._frames)


def further_in(content: bytes) -> list[str]:
    """Return what a frame has beside bodies.

    Parameters
    ----------
    content : bytes
        The file's content.

    Returns
    -------
    list of str
        Keys of `FURTHER`.

    Raises
    ------
    ClipError
        When the file is not OpenPose's.
    """
    people = [one for _, one in each(_people(content), "people")]
    return [
        part
        for part in FURTHER
        if any(isinstance(one, dict) and one.get(_key(part, one)) for one in people)
    ]


_WORDS = {"hand_left": "left hands", "hand_right": "right hands", "face": "faces"}


def unused_in(contents: Iterable[bytes], layout: str, further: Sequence[str]) -> list[str]:
    """Say what frames have and the layout does not.

    Parameters
    ----------
    contents : iterable of bytes
        Some frames.
    layout : str
        The keypoints' layout.
    further : sequence of str
        What it has beside the body.

    Returns
    -------
    list of str
        A note, or none.
    """
    seen: set[str] = set()
    for content in contents:
        with suppress(ClipError):  # it is told when the clip is loaded
            seen.update(further_in(content))
    unused = [_WORDS[part] for part in FURTHER if part in seen - set(further)]
    if not unused:
        return []
    return [
        f"the files have {', '.join(unused)} too, which {layout} leaves out (layout: openpose67 "
        "has hands, openpose137 hands and faces)"
    ]
