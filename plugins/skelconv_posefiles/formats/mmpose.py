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
from skelconv_posefiles.named import in_order, in_pairs, layout_in, order_of
from skelconv_posefiles.options import FROM_FILE
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
        The keypoints' layout; ``from-file`` is that of the joints that the file names.

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
    meta = file.get("meta_info") if of_demo else None
    named = _layout_of(meta) if layout == FROM_FILE else None
    order = _order(meta, named or layout)
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
        layout=named,
    )


_NAMES = "meta_info: keypoint_id2name"


def _layout_of(meta: Any) -> str:
    """Return the layout of the joints that the file names, with its lines, counted from 0."""
    names = _names(meta)
    if names is None:
        raise ClipError(f"the file has no {_NAMES}, as layout: from-file needs it")
    links = in_pairs(meta.get("skeleton_links") or [], "meta_info: skeleton_links")
    return layout_in(names, links, meta.get("dataset_name"), _NAMES)


def _order(meta: Any, layout: str) -> Array | None:
    """Return the keypoints' order by their names, if the file has them."""
    names = _names(meta)
    return None if names is None else order_of(names, layout, _NAMES)


def _names(meta: Any) -> list[Any] | None:
    named = meta.get("keypoint_id2name") if isinstance(meta, dict) else None
    if named is None:
        return None
    what = _NAMES
    rows = mapping(dict(enumerate(named)) if isinstance(named, list) else named, what)
    if not all(str(key).isdecimal() and len(str(key)) < 5 for key in rows):
        raise ClipError(f"{what}: a key is not a keypoint's number")
    return [rows[key] for key in sorted(rows, key=int)]


def _scores(value: Any, joints: int, what: str) -> Any:
    if value is None:
        return np.ones(joints)
    score = numbers(sequence(value, f"{what}: keypoint_scores"), f"{what}: keypoint_scores")
    if len(score) != joints:
        raise ClipError(f"{what}: {joints} keypoints and {len(score)} scores")
    return score
