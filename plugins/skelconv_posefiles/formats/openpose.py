"""OpenPose's JSON, one file per frame.

``{"people": [{"pose_keypoints_2d": [x, y, score, ...]}]}``
"""

from __future__ import annotations

from typing import NamedTuple

from skelconv import Array
from skelconv.files import parse_json
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
        In pixels.
    score : ndarray of shape (V,)
        Confidence, 0 for what was not found.
    """

    position: int
    track: int
    keypoint: Array
    score: Array


def parse_frame(content: bytes) -> list[Person]:
    """Read one frame, of OpenPose 1.0 or later.

    A person without body keypoints, with only a face or a hand, is left out.

    Parameters
    ----------
    content : bytes
        The file's content.

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
    for position, person in each(member(parse_json(content), "people", "the file"), "people"):
        what = f"person {position}"
        old = "pose_keypoints" in person if isinstance(person, dict) else False
        key = "pose_keypoints" if old else "pose_keypoints_2d"
        keypoint, score = triples(member(person, key, what), f"{what}: {key}")
        ids = person.get("person_id") or [-1]
        track = integer(ids[0] if isinstance(ids, list) else ids, f"{what}: person_id")
        if len(score):
            persons.append(Person(position, track, keypoint, score))
    return persons
