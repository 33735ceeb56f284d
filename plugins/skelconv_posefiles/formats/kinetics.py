"""ST-GCN's Kinetics-skeleton, one JSON file per clip.

``{"data": [{"frame_index": 1, "skeleton": [{"pose": [x, y, ...], "score": [...]}]}], "label": ...,
"label_index": ...}``, with coordinates as fractions of the image.

A frame's number occurs once. ST-GCN's own feeder takes the last of several frames with one number,
and loses the others without a word; where they are equal nothing is lost, and otherwise the file is
refused here.

Beside the folders of clips are ``kinetics_train_label.json`` and ``kinetics_val_label.json``,
``{id: {"has_skeleton": ..., "label": ..., "label_index": ...}}``: they say nothing that clips do
not.
"""

from __future__ import annotations

from typing import Any

from skelconv import ClipDropped, ClipError
from skelconv.files import parse_json
from skelconv_posefiles.poses import PoseSequence, Skeleton
from skelconv_posefiles.values import each, integer, member, numbers, sequence

# As scripts write a video that nobody has labelled; the first is `json_pack` of ST-GCN's demo.
_NO_LABEL = (("unknown", -1), ("", ""))


def parse(content: bytes) -> PoseSequence:
    """Read a clip. Frames are counted from 1; a person is a position in the frame.

    Parameters
    ----------
    content : bytes
        The file's content.

    Returns
    -------
    PoseSequence
        The clip.

    Raises
    ------
    ClipDropped
        When the file is the list of the labels of all clips.
    ClipError
        When the file is not in this format.
    """
    file = parse_json(content, nan=True)
    if _lists_labels(file):
        raise ClipDropped("a list of labels, which the clips have themselves")
    skeletons = []
    listed: dict[int, int] = {}
    frames = sequence(member(file, "data", "the file"), "data")
    for index, frame in enumerate(frames):
        number = integer(member(frame, "frame_index", f"data {index}"), "frame_index")
        first = listed.setdefault(number, index)
        if first != index:
            if frame == frames[first]:
                continue
            raise ClipError(
                f"frame {number} is listed twice, in data {first} and data {index}, which differ: "
                "one of them would be lost (give each frame a frame_index of its own)"
            )
        for position, person in each(
            member(frame, "skeleton", f"frame {number}"), f"frame {number}: skeleton"
        ):
            what = f"frame {number}, person {position}"
            flat = numbers(member(person, "pose", what), f"{what}: pose")
            score = numbers(member(person, "score", what), f"{what}: score")
            if len(flat) != 2 * len(score):
                raise ClipError(f"{what}: {len(flat)} coordinates and {len(score)} scores")
            if len(score):
                keypoint = flat.reshape(-1, 2)
                # What OpenPose did not find has score 0.
                keypoint[score == 0] = 0
                skeletons.append(Skeleton(number, position, keypoint, score))
    label = file.get("label_index")
    if (file.get("label"), label) in _NO_LABEL:
        label = None
    if label is not None:
        label = integer(label, "label_index")
        if not 0 <= label < 10**9:
            raise ClipError("label_index is not a class")
    return PoseSequence(skeletons, frames=listed, first_frame=1, label=label)


def _lists_labels(file: Any) -> bool:
    return (
        isinstance(file, dict)
        and len(file) > 0
        and all(isinstance(one, dict) and "has_skeleton" in one for one in file.values())
    )
