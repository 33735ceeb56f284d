"""COCO's keypoint annotations: images and annotations of one or many clips in a JSON file.

``{"images": [{"id", "file_name", "width", "height"}], "annotations": [{"image_id", "keypoints":
[x, y, v, ...], "track_id"}]}``. Images may have their video and frame (``video_id`` or ``vid_id``,
``frame_id``), and a list ``videos`` the videos' names; ``categories`` may name the joints.
Annotations of COCO-WholeBody have further lists: ``foot_kpts``, ``face_kpts``, ``lefthand_kpts``
and ``righthand_kpts``. CVAT keeps tracks in ``attributes``: ``{"track_id": 1}``.

A file is read twice: `read_index` finds the clips and where their annotations are, and
`CocoFile.poses` reads those of one clip.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from skelconv import Array, ClipError
from skelconv.files import JsonFile, parse_json
from skelconv_posefiles.named import in_order, in_pairs, layout_in, order_of
from skelconv_posefiles.options import FRAME_PATTERN, FROM_FILE
from skelconv_posefiles.poses import PoseSequence
from skelconv_posefiles.skeletons import Skeletons
from skelconv_posefiles.values import each, integer, mapping, member, triples

# Of so many categories, an annotation is tried before the build.
_MAX_CATEGORIES = 100
# Longer names are refused: a pattern may take long on them.
_MAX_NAME = 1024
_FRAME = re.compile(r"0*\d{1,9}", re.ASCII)

_LISTS = ("images", "annotations")
_FURTHER = ("foot_kpts", "face_kpts", "lefthand_kpts", "righthand_kpts")
_BODY, _WHOLE_BODY = "coco17", "coco-wholebody133"


def read_index(document: JsonFile, layout: str, pattern: str = FRAME_PATTERN) -> CocoFile:
    """Find all clips of a file.

    Parameters
    ----------
    document : JsonFile
        The file.
    layout : str
        The keypoints' layout; ``coco-wholebody133`` takes the further lists, too; ``from-file``
        is that of the joints that the categories name.
    pattern : str
        A regular expression with the group ``clip``, and maybe ``frame``, for file names, for
        images without a video. A clip's name may be ``""``.

    Returns
    -------
    CocoFile
        Where everything is.

    Raises
    ------
    ClipError
        When the file is not in this format, or its joints are not those of the layout.
    """
    images, rows = _Images(re.compile(pattern)), _Rows()
    lists: dict[str, Any] = {}
    for path, value, start, stop in document.parts(_enter):
        match path:
            case ("images", int() as index):
                images.add(index, value)
            case ("annotations", int() as index):
                rows.add(index, value, start, stop)
            case (str() as key,) if key in (*_LISTS, "categories", "videos"):
                if key in _LISTS and value is not list:
                    raise ClipError(f"{key} is not a list")
                lists[key] = value
    for key in _LISTS:
        if key not in lists:
            raise ClipError(f"the file has no {key!r}")
    joints = _Joints(lists.get("categories") or [], layout)
    return CocoFile(images, rows, joints, _videos(lists.get("videos") or []))


def _enter(path: tuple[str | int, ...]) -> bool:
    return not path or (len(path) == 1 and path[0] in _LISTS)


def _videos(listed: Any) -> dict[int, str]:
    names = {}
    for index, video in each(listed, "videos"):
        what = f"video {index}"
        number = integer(member(video, "id", what), f"{what}: id")
        names[number] = str(video.get("name") or member(video, "file_name", what))
    return names


def _whole(value: Any, what: str) -> int:
    number = integer(value, what)
    if not -(2**62) < number < 2**62:
        raise ClipError(f"{what} is too large")
    return number


class _Images:
    """The images of a file: their ids, clips, frames, heights and widths.

    Parameters
    ----------
    pattern : re.Pattern
        See `read_index`.
    """

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._pattern = pattern
        # A clip's name, or a video's id.
        self.clips: dict[str | tuple[int], int] = {}
        self.table = array("q")

    def add(self, index: int, image: Any) -> None:
        """Take an image."""
        number = _whole(member(image, "id", f"image {index}"), f"image {index}: id")
        what = f"image {number}"
        clip, frame = self._place(image, what)
        height = width = 0
        if "width" in image and "height" in image:
            height, width = (integer(image[key], f"{what}: {key}") for key in ("height", "width"))
            if not (0 < height < 10**6 and 0 < width < 10**6):
                raise ClipError(f"{what}: {height} x {width} pixels")
        at = self.clips.setdefault(clip, len(self.clips))
        self.table.extend((number, at, frame, height, width))

    def _place(self, image: Mapping[str, Any], what: str) -> tuple[str | tuple[int], int]:
        video = image.get("video_id", image.get("vid_id"))
        if video is not None and "frame_id" in image:
            frame = _whole(image["frame_id"], f"{what}: frame_id")
            return (video,) if isinstance(video, int) else str(video), frame
        name = member(image, "file_name", what)
        if not isinstance(name, str) or len(name) > _MAX_NAME:
            raise ClipError(f"{what}: its file_name is not a name")
        match = self._pattern.search(name)
        groups = match.groupdict("") if match else {}
        number = groups.get("frame", "0")
        if match is None or not _FRAME.fullmatch(number):
            raise ClipError(f"{what}: {name[:100]!r} does not fit the pattern of clip and frame")
        return groups["clip"], int(number)


class _Rows:
    """The annotations of a file: their images, where they are in it, and those to try."""

    def __init__(self) -> None:
        self.table = array("q")
        self.further: set[str] = set()
        self.first: dict[int, tuple[str, Any]] = {}

    def add(self, index: int, row: Any, start: int, stop: int) -> None:
        """Take an annotation; one without keypoints is nothing."""
        what = f"annotation {index}"
        image = _whole(member(row, "image_id", what), f"{what}: image_id")
        keypoints = row.get("keypoints")
        self.table.extend((image, start if keypoints else stop, stop))
        if keypoints:
            self.further.update(key for key in _FURTHER if row.get(key))
            category = row.get("category_id")
            if len(self.first) < _MAX_CATEGORIES:
                self.first.setdefault(category if isinstance(category, int) else -1, (what, row))


class CocoFile:
    """What a file holds, and where.

    Parameters
    ----------
    images : _Images
        Its images.
    rows : _Rows
        Its annotations.
    joints : _Joints
        Its categories.
    videos : mapping of int to str
        The names of videos, by their ids.

    Attributes
    ----------
    clips : dict of str to int
        The clips' names, and their numbers, from 0.
    unused : tuple of str
        Lists of keypoints that it has and the layout does not.
    layout : str, optional
        The layout of the joints that its categories name, where it was asked for.

    Raises
    ------
    ClipError
        When an image or a frame is there twice, an annotation has no image, or the first one of a
        category does not have its joints.
    """

    def __init__(
        self, images: _Images, rows: _Rows, joints: _Joints, videos: Mapping[int, str]
    ) -> None:
        self._joints = joints
        self.layout = joints.layout if joints.of_file else None
        self.unused = tuple(one for one in _FURTHER if one in rows.further and not joints.whole)
        for what, row in rows.first.values():
            joints.of(row, what)
        table = np.frombuffer(images.table, np.int64).reshape(-1, 5)
        found = np.frombuffer(rows.table, np.int64).reshape(-1, 3)
        names = [
            videos.get(key[0], str(key[0])) if isinstance(key, tuple) else key
            for key in images.clips
        ]
        self.clips: dict[str, int] = {}
        for clip, name in enumerate(names):
            self.clips.setdefault(name, clip)
        table[:, 1] = np.array([self.clips[name] for name in names], np.int64)[table[:, 1]]
        _check_once(table, names)
        if len(found) and not len(table):
            raise ClipError("it has annotations, and its list of images is empty")
        # Of each annotation the image, and by it the clip.
        table = table[np.argsort(table[:, 0], kind="stable")]
        at = np.searchsorted(table[:, 0], found[:, 0])
        lost = (at == len(table)) | (table[:, 0].take(at, mode="clip") != found[:, 0])
        if lost.any():
            index = int(lost.argmax())
            raise ClipError(f"annotation {index}: there is no image {found[index, 0]}")
        found = np.column_stack((table[at, 1], table[at, 2], found[:, 1:]))
        self._rows = found[np.argsort(found[:, 0], kind="stable")]
        self._images = table[np.argsort(table[:, 1], kind="stable")]

    def poses(self, name: str, file: BinaryIO, dtype: npt.DTypeLike = np.float32) -> PoseSequence:
        """Read a clip.

        A person is identified by ``track_id``, of the annotation or among its ``attributes``,
        where every annotation of the clip has one, else by the position in the frame. The third
        number of a keypoint is a flag, 0 for what is not labelled, or a confidence. Where a clip
        has only 0, 1 and 2, they are flags, and what is labelled has score 1. Where the file names
        its joints, they are put in the order of the layout.

        Parameters
        ----------
        name : str
            One of `clips`.
        file : binary file
            The file, as it was when it was searched.
        dtype : {float32, float64}
            See `skelconv_posefiles.poses.Form`.

        Returns
        -------
        PoseSequence
            The clip.

        Raises
        ------
        ClipError
            When the clip is not in this format, or its joints are not those of the layout.
        """
        images = _of_clip(self._images, 1, self.clips[name])
        shapes = np.unique(images[(images[:, 3:] > 0).all(1), 3:], axis=0).tolist()
        if len(shapes) > 1:
            raise ClipError(f"{name}: images of different sizes")
        skeletons, flags = Skeletons(dtype=dtype), True
        for _, frame, start, stop in _of_clip(self._rows, 0, self.clips[name]).tolist():
            if start == stop:
                continue
            what = f"{name}, frame {frame}"
            file.seek(start)
            row = mapping(parse_json(file.read(stop - start), nan=True), what)
            keypoint, score = self._joints.of(row, what)
            flags = flags and bool(np.isin(score, (0, 1, 2)).all())
            skeletons.add(frame, keypoint, score, _track(row, what))
        values = skeletons.values
        if flags:
            np.minimum(values[..., -1], 1, out=values[..., -1])
        values[values[..., -1] == 0] = 0
        return PoseSequence(
            skeletons,
            frames=images[:, 2].tolist(),
            first_frame="first",
            img_shape=tuple(shapes[0]) if shapes else None,
            layout=self.layout,
        )


def _of_clip(table: Array, column: int, clip: int) -> Array:
    start, stop = np.searchsorted(table[:, column], (clip, clip + 1))
    return table[start:stop]


def _check_once(table: Array, names: list[str]) -> None:
    """Refuse an image, or a frame of a clip, that is there twice."""
    for columns in ((0,), (1, 2)):
        keys = table[:, columns]
        order = np.lexsort(keys.T[::-1])
        same = (keys[order[1:]] == keys[order[:-1]]).all(1)
        if same.any():
            number, clip, frame = table[order[1:][same].min(), :3].tolist()
            raise ClipError(f"image {number}: frame {frame} of {names[clip]!r} is there already")


def _track(row: Mapping[str, Any], what: str) -> int | None:
    attributes = row.get("attributes")
    track = row.get("track_id")
    if track is None and isinstance(attributes, dict):
        track = attributes.get("track_id")
    return None if track is None else integer(track, f"{what}: track_id")


class _Joints:
    """The joints of annotations, by their categories.

    Attributes
    ----------
    layout : str
        Their layout.
    of_file : bool
        Whether it is that of the joints that the file names.
    whole : bool
        Whether it takes the further lists.
    """

    def __init__(self, listed: Any, layout: str) -> None:
        found: set[str] = set()
        self._named: dict[int, Any] = {}
        self._orders: dict[tuple[int, str, int], Array] = {}
        for index, category in each(listed, "categories"):
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
        self.of_file = layout == FROM_FILE
        self.whole = self.layout == _WHOLE_BODY

    def of(self, row: Mapping[str, Any], what: str) -> tuple[Array, Array]:
        """Return the keypoints and scores of an annotation, in the order of the layout."""
        further = [name for name in _FURTHER if row.get(name)]
        whole = self.whole and bool(further)
        keypoint, score = triples(row["keypoints"], f"{what}: keypoints")
        body = _BODY if whole else self.layout
        order = self._order(row.get("category_id"), body, len(score))
        if order is not None:
            keypoint, score = in_order(order, keypoint, score, what)
        if not whole:
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
