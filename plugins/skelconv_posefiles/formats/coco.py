"""COCO's keypoint annotations: images and annotations of one or many clips in a JSON file.

``{"images": [{"id", "file_name", "width", "height"}], "annotations": [{"image_id", "keypoints":
[x, y, v, ...], "track_id"}]}``. Images may have their video and frame (``video_id`` or ``vid_id``,
``frame_id``), and a list ``videos`` the videos' names; ``categories`` may name the joints.
Annotations of COCO-WholeBody have further lists: ``foot_kpts``, ``face_kpts``, ``lefthand_kpts``
and ``righthand_kpts``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from skelconv import Array, ClipError
from skelconv.files import parse_json
from skelconv_posefiles.named import in_order, in_pairs, layout_in, order_of
from skelconv_posefiles.options import FRAME_PATTERN, FROM_FILE
from skelconv_posefiles.poses import PoseSequence, Skeleton
from skelconv_posefiles.values import each, integer, mapping, member, triples

# Longer names are refused: a pattern may take long on them.
_MAX_NAME = 1024


@dataclass(frozen=True)
class CocoFile:
    """What a file holds.

    Attributes
    ----------
    clips : mapping of str to PoseSequence
        By the clip's name.
    unused : tuple of str
        Lists of keypoints that it has and the layout does not.
    layout : str, optional
        The layout of the joints that its categories name, where it was asked for.
    """

    clips: Mapping[str, PoseSequence]
    unused: tuple[str, ...] = ()
    layout: str | None = None


@dataclass
class _Clip:
    frames: dict[int, int] = field(default_factory=dict)
    shapes: set[tuple[int, int]] = field(default_factory=set)
    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)


def parse(content: bytes, layout: str, pattern: str = FRAME_PATTERN) -> CocoFile:
    """Read all clips of a file.

    A person is identified by ``track_id`` where every annotation of the clip has one, else by the
    position in the frame. The third number of a keypoint is a flag, 0 for what is not labelled,
    or a confidence. Where a clip has only 0, 1 and 2, they are flags, and what is labelled has
    score 1. Where the file names its joints, they are put in the order of the layout.

    Parameters
    ----------
    content : bytes
        The file's content.
    layout : str
        The keypoints' layout; ``coco-wholebody133`` takes the further lists, too; ``from-file``
        is that of the joints that the categories name.
    pattern : str
        A regular expression with the groups ``clip`` and ``frame`` for file names, for images
        without a video. A clip's name may be ``""``.

    Returns
    -------
    CocoFile
        Its clips.

    Raises
    ------
    ClipError
        When the file is not in this format, or its joints are not those of the layout.
    """
    file = parse_json(content)
    videos = _videos(file)
    joints = _Joints(file, layout)
    named = joints.layout if layout == FROM_FILE else None
    clips: dict[str, _Clip] = {}
    where: dict[int, tuple[_Clip, int]] = {}
    for index, image in each(member(file, "images", "the file"), "images"):
        number = integer(member(image, "id", f"image {index}"), f"image {index}: id")
        name, frame = _place(image, videos, re.compile(pattern), f"image {number}")
        clip = clips.setdefault(name, _Clip())
        if number in where or frame in clip.frames:
            raise ClipError(f"image {number}: frame {frame} of {name!r} is there already")
        clip.frames[frame] = number
        where[number] = clip, frame
        if "width" in image and "height" in image:
            height, width = (integer(image[key], f"image {number}: {key}") for key in _SHAPE)
            if not (0 < height < 10**6 and 0 < width < 10**6):
                raise ClipError(f"image {number}: {height} x {width} pixels")
            clip.shapes.add((height, width))
    rows = member(file, "annotations", "the file")
    for index, row in each(rows, "annotations"):
        number = integer(member(row, "image_id", f"annotation {index}"), "image_id")
        if number not in where:
            raise ClipError(f"annotation {index}: there is no image {number}")
        if row.get("keypoints"):
            clip, frame = where[number]
            clip.rows.append((frame, row))
    return CocoFile(
        {name: replace(_poses(clip, name, joints), layout=named) for name, clip in clips.items()},
        unused=tuple(name for name in _FURTHER if name in joints.unused),
        layout=named,
    )


_SHAPE = ("height", "width")
_FURTHER = ("foot_kpts", "face_kpts", "lefthand_kpts", "righthand_kpts")
_BODY, _WHOLE_BODY = "coco17", "coco-wholebody133"


class _Joints:
    """The joints of annotations, by their categories.

    Attributes
    ----------
    layout : str
        Their layout.
    unused : set of str
        The further lists that annotations have and the layout does not.
    """

    def __init__(self, file: Any, layout: str) -> None:
        self.unused: set[str] = set()
        found: set[str] = set()
        self._named: dict[int, Any] = {}
        self._orders: dict[tuple[int, str, int], Array] = {}
        listed = file.get("categories") if isinstance(file, dict) else None
        for index, category in each(listed or [], "categories"):
            if mapping(category, f"category {index}").get("keypoints"):
                number = integer(member(category, "id", f"category {index}"), "category: id")
                self._named[number] = category["keypoints"]
                if layout == FROM_FILE:
                    found.add(_layout_of(category))
        if layout == FROM_FILE and len(found) != 1:
            raise ClipError(
                "categories name different joints (layout: from-file takes one layout)"
                if found
                else "no category names keypoints, as layout: from-file needs it"
            )
        self.layout = found.pop() if found else layout

    def of(self, row: Mapping[str, Any], what: str) -> tuple[Array, Array]:
        """Return the keypoints and scores of an annotation, in the order of the layout."""
        further = [name for name in _FURTHER if row.get(name)]
        whole = self.layout == _WHOLE_BODY and bool(further)
        keypoint, score = triples(row["keypoints"], f"{what}: keypoints")
        body = _BODY if whole else self.layout
        order = self._order(row.get("category_id"), body, len(score))
        if order is not None:
            keypoint, score = in_order(order, keypoint, score, what)
        if not whole:
            self.unused.update(further)
            return keypoint, score
        lists = [triples(member(row, name, what), f"{what}: {name}") for name in _FURTHER]
        return (
            np.concatenate([keypoint, *(keypoints for keypoints, _ in lists)]),
            np.concatenate([score, *(scores for _, scores in lists)]),
        )

    def _order(self, category: Any, layout: str, keypoints: int) -> Array | None:
        """Return the order of the keypoints of a category, if the file names them."""
        only = next(iter(self._named)) if len(self._named) == 1 else None
        number = category if isinstance(category, int) and category in self._named else only
        if number is None:
            return None
        key = number, layout, keypoints
        if key not in self._orders:
            names = self._named[number]
            # Human-Art names 21 keypoints, and has lists of the first 17 and of all.
            first = names[:keypoints] if isinstance(names, list) else names
            self._orders[key] = order_of(first, layout, "categories: keypoints")
        return self._orders[key]


def _layout_of(category: Mapping[str, Any]) -> str:
    """Return the layout of the joints that a category names, with its lines, counted from 1."""
    links = category.get("skeleton") or []
    limbs = [[end - 1 for end in link] for link in in_pairs(links, "category: skeleton")]
    name = category.get("name")
    return layout_in(category["keypoints"], limbs, name, "categories: keypoints")


def _videos(file: Any) -> dict[int, str]:
    listed = file.get("videos", []) if isinstance(file, dict) else []
    names = {}
    for index, video in each(listed, "videos"):
        what = f"video {index}"
        number = integer(member(video, "id", what), f"{what}: id")
        names[number] = str(video.get("name") or member(video, "file_name", what))
    return names


def _place(
    image: Mapping[str, Any], videos: Mapping[int, str], pattern: re.Pattern[str], what: str
) -> tuple[str, int]:
    video = image.get("video_id", image.get("vid_id"))
    if video is not None and "frame_id" in image:
        frame = integer(image["frame_id"], f"{what}: frame_id")
        name = videos.get(video, str(video)) if isinstance(video, int) else str(video)
        return name, frame
    name = member(image, "file_name", what)
    if not isinstance(name, str) or len(name) > _MAX_NAME:
        raise ClipError(f"{what}: its file_name is not a name")
    match = pattern.search(name)
    if match is None or not re.fullmatch(r"\d{1,9}", match["frame"] or "", re.ASCII):
        raise ClipError(f"{what}: {name[:100]!r} does not fit the pattern of clip and frame")
    return match["clip"] or "", int(match["frame"])


def _poses(clip: _Clip, name: str, joints: _Joints) -> PoseSequence:
    if len(clip.shapes) > 1:
        raise ClipError(f"{name}: images of different sizes")
    tracked = all(row.get("track_id") is not None for _, row in clip.rows)
    found: dict[int, int] = {}
    skeletons = []
    for frame, row in clip.rows:
        what = f"{name}, frame {frame}"
        keypoint, score = joints.of(row, what)
        position = found.get(frame, 0)
        found[frame] = position + 1
        person = integer(row["track_id"], f"{what}: track_id") if tracked else position
        skeletons.append(Skeleton(frame, person, keypoint, score))
    if all(np.isin(one.score, (0, 1, 2)).all() for one in skeletons):
        skeletons = [one._replace(score=np.minimum(one.score, 1)) for one in skeletons]
    for one in skeletons:
        one.keypoint[one.score == 0] = 0
    return PoseSequence(
        skeletons,
        frames=clip.frames,
        first_frame="first",
        img_shape=next(iter(clip.shapes), None),
    )
