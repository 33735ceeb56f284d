"""MMPose's results, one JSON file per video.

The inferencer writes ``[{"frame_id": 0, "instances": [...]}, ...]``, the demo scripts
``{"meta_info": ..., "instance_info": [{"frame_id": 1, "instances": [...]}, ...]}``, in which
``meta_info`` names the joints. A list of the instances of each frame is what the inferencer returns
in memory.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from skelconv import Array, ClipError
from skelconv.files import parse_json
from skelconv_posefiles.named import in_order, order_of
from skelconv_posefiles.poses import PoseSequence, Skeleton
from skelconv_posefiles.values import each, integer, mapping, member, numbers, points, sequence


def parse(content: bytes, layout: str) -> PoseSequence:
    """Read a video.

    Every frame is listed, from 0 in the inferencer's files and from 1 in the demo's. A person is
    identified by ``track_id`` where every instance has one, else by the position in the frame.
    Keypoints may have two or three coordinates; where the file names its joints, they are put in
    the order of the layout.

    Parameters
    ----------
    content : bytes
        The file's content.
    layout : str
        The keypoints' layout.

    Returns
    -------
    PoseSequence
        The video.

    Raises
    ------
    ClipError
        When the file is not in this format, or its joints are not those of the layout.
    """
    file = parse_json(content)
    of_demo = isinstance(file, dict)
    frames = member(file, "instance_info", "the file") if of_demo else file
    order = _order(file.get("meta_info"), layout) if of_demo else None
    skeletons = []
    tracked = True
    listed = []
    for index, frame in each(frames, "the file"):
        number = index
        if isinstance(frame, dict):
            number = integer(member(frame, "frame_id", f"frame {index}"), "frame_id")
            frame = member(frame, "instances", f"frame {number}")
        listed.append(number)
        for position, instance in each(frame, f"frame {number}: instances"):
            what = f"frame {number}, person {position}"
            keypoint = points(member(instance, "keypoints", what), f"{what}: keypoints")
            score = _scores(instance.get("keypoint_scores"), len(keypoint), what)
            if order is not None:
                keypoint, score = in_order(order, keypoint, score, what)
            track = instance.get("track_id")
            tracked = tracked and track is not None
            person = integer(track, f"{what}: track_id") if tracked else position
            skeletons.append((number, position, person, keypoint, score))
    return PoseSequence(
        [Skeleton(n, who if tracked else at, xy, s) for n, at, who, xy, s in skeletons],
        frames=listed,
        first_frame="first",
    )


def _order(meta: Any, layout: str) -> Array | None:
    """Return the keypoints' order by their names, if the file has them."""
    named = meta.get("keypoint_id2name") if isinstance(meta, dict) else None
    if named is None:
        return None
    what = "meta_info: keypoint_id2name"
    rows = mapping(dict(enumerate(named)) if isinstance(named, list) else named, what)
    if not all(str(key).isdecimal() and len(str(key)) < 5 for key in rows):
        raise ClipError(f"{what}: a key is not a keypoint's number")
    names = [rows[key] for key in sorted(rows, key=int)]
    return order_of(names, layout, what)


def _scores(value: Any, joints: int, what: str) -> Any:
    if value is None:
        return np.ones(joints)
    score = numbers(sequence(value, f"{what}: keypoint_scores"), f"{what}: keypoint_scores")
    if len(score) != joints:
        raise ClipError(f"{what}: {joints} keypoints and {len(score)} scores")
    return score
