"""MMPose's results, one JSON file per video.

The inferencer writes ``[{"frame_id": 0, "instances": [...]}, ...]``, the demo scripts
``{"meta_info": ..., "instance_info": [{"frame_id": 1, "instances": [...]}, ...]}``, in which
``meta_info`` names the joints. A list of the instances of each frame is what the inferencer returns
in memory.
"""

from __future__ import annotations

from array import array
from typing import Any

import numpy as np
import numpy.typing as npt

from skelconv import Array, ClipError
from skelconv.files import JsonFile, parse_json
from skelconv_posefiles.named import in_order, in_pairs, layout_in, order_of
from skelconv_posefiles.options import FROM_FILE
from skelconv_posefiles.poses import PoseSequence
from skelconv_posefiles.skeletons import Skeletons
from skelconv_posefiles.values import each, integer, mapping, member, numbers, points, sequence

_MAX_FRAME = 2**60


def parse(document: JsonFile, layout: str, dtype: npt.DTypeLike = np.float32) -> PoseSequence:
    """Read a video.

    Every frame is listed, from 0 in the inferencer's files and from 1 in the demo's. A person is
    identified by ``track_id`` where every instance has one, else by the position in the frame.
    Keypoints may have two or three coordinates; where the file names its joints, they are put in
    the order of the layout.

    Parameters
    ----------
    document : JsonFile
        The file.
    layout : str
        The keypoints' layout; ``from-file`` is that of the joints that the file names.
    dtype : {float32, float64}
        See `skelconv_posefiles.poses.Form`.

    Returns
    -------
    PoseSequence
        The video.

    Raises
    ------
    ClipError
        When the file is not in this format, its joints are not those of the layout, or it names
        them after the frames.
    """
    video = _Video(layout, dtype)
    of_demo = listed = False
    for path, value, *_ in document.parts(_enter):
        match path:
            case ():
                of_demo, listed = value is dict, value is list
                if not (of_demo or listed):
                    raise ClipError("the file is not a list of frames")
            case ("meta_info",):
                if listed and _names(value) is not None:
                    raise ClipError("meta_info comes after the frames, whose joints it names")
                video.name(value)
            case ("instance_info",):
                listed = value is list
                if not listed:
                    raise ClipError("instance_info is not a list")
            case (int() as index,) | ("instance_info", int() as index):
                video.add(index, value)
    if not listed:
        raise ClipError("the file has no 'instance_info'")
    return video.poses()


class ImageFrames:
    """The frames of a video of which each image has a file, of the inferencer or the demo.

    A file is a list of instances, or the demo's ``{"meta_info": ..., "instance_info": [...]}``.

    Parameters
    ----------
    layout, dtype : str, {float32, float64}
        See `parse`.
    """

    def __init__(self, layout: str, dtype: npt.DTypeLike = np.float32) -> None:
        self._video = _Video(layout, dtype)

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
            When the file is not in this format, or its joints are not those of the layout.
        """
        file = parse_json(content, nan=True)
        if isinstance(file, dict):
            self._video.name(file.get("meta_info"))
            file = member(file, "instance_info", "the file")
        self._video.add(number, sequence(file, "the file"))

    def poses(self) -> PoseSequence:
        """Return the video.

        Returns
        -------
        PoseSequence
            All frames.
        """
        return self._video.poses()


def _enter(path: tuple[str | int, ...]) -> bool:
    return not path or path == ("instance_info",)


class _Video:
    """The frames of a video, as they come.

    Parameters
    ----------
    layout, dtype : str, {float32, float64}
        See `parse`.
    """

    def __init__(self, layout: str, dtype: npt.DTypeLike) -> None:
        self._layout, self._named = layout, ""
        self._order: Array | None = None
        self._found, self._frames = Skeletons(dtype=dtype), array("q")
        self._seen: set[int] = set()

    def name(self, meta: Any) -> None:
        """Take the names of joints."""
        if self._layout == FROM_FILE:
            self._named = _layout_of(meta)
        self._order = _order(meta, self._named or self._layout)

    def add(self, index: int, frame: Any) -> None:
        """Add a frame."""
        if self._layout == FROM_FILE and not self._named:
            _layout_of(None)
        number = index
        if isinstance(frame, dict):
            number = integer(member(frame, "frame_id", f"frame {index}"), "frame_id")
            frame = member(frame, "instances", f"frame {number}")
        if number in self._seen:
            raise ClipError(f"frame {index}: the frame {number} is there already")
        self._seen.add(number)
        self._frames.append(max(-_MAX_FRAME, min(number, _MAX_FRAME)))
        for position, instance in each(frame, f"frame {number}: instances"):
            what = f"frame {number}, person {position}"
            keypoint = points(member(instance, "keypoints", what), f"{what}: keypoints")
            score = _scores(instance.get("keypoint_scores"), len(keypoint), what)
            if self._order is not None:
                keypoint, score = in_order(self._order, keypoint, score, what)
            track = instance.get("track_id")
            track = None if track is None else integer(track, f"{what}: track_id")
            self._found.add(number, keypoint, score, track)

    def poses(self) -> PoseSequence:
        """Return all frames."""
        if self._layout == FROM_FILE and not self._named:
            _layout_of(None)
        return PoseSequence(
            self._found,
            frames=self._frames,
            first_frame="first",
            layout=self._named or None,
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
