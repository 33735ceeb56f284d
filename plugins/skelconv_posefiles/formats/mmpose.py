"""MMPose's results, one JSON file per video.

The inferencer writes ``[{"frame_id": 0, "instances": [...]}, ...]``, the demo scripts
``{"meta_info": ..., "instance_info": [{"frame_id": 1, "instances": [...]}, ...]}``. A list of
the instances of each frame is what the inferencer returns in memory.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from skelconv import ClipError
from skelconv.files import parse_json
from skelconv_posefiles.poses import PoseSequence, Skeleton
from skelconv_posefiles.values import each, integer, member, numbers, points, sequence


def parse(content: bytes) -> PoseSequence:
    """Read a video.

    Frames are counted from 0 in the inferencer's files and from 1 in the demo's. A person is
    identified by ``track_id`` where every instance has one, else by the position in the frame.
    Keypoints may have two or three coordinates.

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
    file = parse_json(content)
    of_demo = isinstance(file, dict)
    frames = member(file, "instance_info", "the file") if of_demo else file
    skeletons = []
    tracked = True
    last = None
    for index, frame in each(frames, "the file"):
        number = index
        if isinstance(frame, dict):
            number = integer(member(frame, "frame_id", f"frame {index}"), "frame_id")
            frame = member(frame, "instances", f"frame {number}")
        last = number if last is None else max(last, number)
        for position, instance in each(frame, f"frame {number}: instances"):
            what = f"frame {number}, person {position}"
            keypoint = points(member(instance, "keypoints", what), f"{what}: keypoints")
            score = _scores(instance.get("keypoint_scores"), len(keypoint), what)
            track = instance.get("track_id")
            tracked = tracked and track is not None
            person = integer(track, f"{what}: track_id") if tracked else position
            skeletons.append((number, position, person, keypoint, score))
    return PoseSequence(
        [Skeleton(n, who if tracked else at, xy, s) for n, at, who, xy, s in skeletons],
        last_frame=last,
        first_frame=int(of_demo),
    )


def _scores(value: Any, joints: int, what: str) -> Any:
    if value is None:
        return np.ones(joints)
    score = numbers(sequence(value, f"{what}: keypoint_scores"), f"{what}: keypoint_scores")
    if len(score) != joints:
        raise ClipError(f"{what}: {joints} keypoints and {len(score)} scores")
    return score
