"""What Ultralytics' pose models give: a file per frame, or one JSON file per video.

``save_txt`` writes a line per person: class, x, y, width and height of the box, and the keypoints
as x, y and confidence, or x and y alone, all in fractions of the image; then the confidence of the
box, with ``save_conf``, and the track's id, where it tracked (`Results.save_txt` in its
``engine/results.py``). Labels for training have the same form, with a flag (0, 1, 2) in place of
the confidence. A frame without anybody has no file. `Results.to_json` gives ``[{"name", "class",
"confidence", "box", "track_id", "keypoints": {"x": [...], "y": [...], "visible": [...]}}]``, in
pixels unless it was told to normalize, and `Results.to_csv` the same as a table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from skelconv import Array, ClipError
from skelconv.files import JsonFile, csv_rows, decode, parse_json
from skelconv_posefiles.poses import PoseSequence
from skelconv_posefiles.skeletons import Skeletons
from skelconv_posefiles.values import each, integer, mapping, member, numbers

_BOX = 5
_MAX_LINE = 100_000

Person = tuple[Array, Array, list[float]]
"""Keypoints (V, 2), scores (V,), and the numbers after them: a confidence, a track, or both."""


class UltralyticsFrames:
    """The frames of a video, as they come.

    A person is identified by the track's id where all have one, else by the position in the frame.
    Where all confidences are 0, 1 or 2, they are flags, and what is labelled has score 1. A
    keypoint at (0, 0) was not found. Frames are numbered from 1, or from 0 where one has it.

    Parameters
    ----------
    form : {"txt", "json", "csv"}
        The files' form.
    joints : int
        V.
    dtype : {float32, float64}
        See `skelconv_posefiles.poses.Form`.
    """

    def __init__(
        self,
        form: Literal["txt", "json", "csv"],
        joints: int,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        self._read: Callable[[bytes, int], Iterator[Person]] = {
            "txt": _of_txt,
            "json": _of_json,
            "csv": _of_csv,
        }[form]
        self._joints, self._dtype = joints, dtype
        self._frames: list[int] = []
        self._persons: list[tuple[int, Person]] = []

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
            With the line, when the file is not in this form.
        """
        self._frames.append(number)
        self._persons += [(number, person) for person in self._read(content, self._joints)]

    def add_value(self, number: int, detections: Any) -> None:
        """Take a frame of a JSON document.

        Parameters
        ----------
        number : int
            Its number.
        detections : Any
            What should be a list of detections.

        Raises
        ------
        ClipError
            When it is something else.
        """
        self._frames.append(number)
        self._persons += [(number, one) for one in _detections(detections, f"frame {number}: ")]

    def poses(self) -> PoseSequence:
        """Return the video.

        Returns
        -------
        PoseSequence
            All frames.
        """
        skeletons = Skeletons(dtype=self._dtype)
        single = [more[0] for _, (*_, more) in self._persons if len(more) == 1]
        # One number is the track's id where it is whole everywhere, and else a confidence.
        ids = all(number.is_integer() for number in single)
        flags = all(np.isin(score, (0, 1, 2)).all() for _, (_, score, _) in self._persons)
        for frame, (keypoint, score, more) in self._persons:
            tracked = len(more) == 2 or (len(more) == 1 and ids)
            if tracked and not more[-1].is_integer():
                raise ClipError(f"frame {frame}: a track's id is {more[-1]:g}, not an integer")
            track = int(more[-1]) if tracked else None
            score = np.minimum(score, 1) if flags else score
            gone = (score == 0) | (keypoint == 0).all(1)
            keypoint, score = np.where(gone[:, np.newaxis], 0, keypoint), np.where(gone, 0, score)
            skeletons.add(frame, keypoint, score, track)
        return PoseSequence(
            skeletons, frames=self._frames, first_frame=min(1, min(self._frames, default=1))
        )


def parse_video(document: JsonFile, dtype: npt.DTypeLike = np.float32) -> PoseSequence:
    """Read a video: a list with the list of detections of each frame.

    Parameters
    ----------
    document : JsonFile
        The file.
    dtype : {float32, float64}
        See `skelconv_posefiles.poses.Form`.

    Returns
    -------
    PoseSequence
        Its frames, numbered from 0.

    Raises
    ------
    ClipError
        When the file is not in this form.
    """
    frames = UltralyticsFrames("json", 0, dtype)
    for path, value, *_ in document.parts(lambda path: not path):
        match path:
            case () if value is not list:
                raise ClipError("the file is not a list of frames")
            case (int() as number,):
                frames.add_value(number, value)
    return frames.poses()


def _of_txt(content: bytes, joints: int) -> Iterator[Person]:
    for line, text in enumerate(decode(content).splitlines(), 1):
        if not text.strip():
            continue
        if len(text) > _MAX_LINE:
            raise ClipError(f"has more than {_MAX_LINE:,} characters", line=line)
        try:
            row = np.array([float(word) for word in text.split()])
        except ValueError:
            raise ClipError("is not a row of numbers", line=line) from None
        for width in (3, 2):
            more = len(row) - _BOX - width * joints
            if 0 <= more <= 2:
                break
        else:
            raise ClipError(
                f"{len(row)} numbers, where a row of {joints} keypoints has {_BOX + 3 * joints}, "
                f"or {_BOX + 2 * joints} without confidences, and up to 2 more (option layout)",
                line=line,
            )
        points = row[_BOX : _BOX + width * joints].reshape(joints, width)
        score = points[:, 2] if width == 3 else np.ones(joints)
        yield points[:, :2], score, row[_BOX + width * joints :].tolist()


def _of_json(content: bytes, joints: int) -> Iterator[Person]:
    yield from _detections(parse_json(content, nan=True), "")


def _detections(value: Any, place: str) -> Iterator[Person]:
    for index, detection in each(value, f"{place}the list of detections"):
        what = f"{place}detection {index}"
        points = member(detection, "keypoints", what)
        yield _person(points, detection.get("track_id"), f"{what}: keypoints")


def _of_csv(content: bytes, joints: int) -> Iterator[Person]:
    at: dict[str, int] | None = None
    for line, row in csv_rows(decode(content)):
        if not any(row):
            continue
        if at is None:
            at = {name.strip(): index for index, name in enumerate(row)}
            if "keypoints" not in at:
                raise ClipError("its header does not name the column 'keypoints'", line=line)
            continue
        try:
            if len(row) != len(at):
                raise ClipError(f"{len(row)} cells, where the header has {len(at)}")
            # Python's form of a mapping, which has no other quotes in it.
            cell = row[at["keypoints"]].replace("'", '"').replace("None", "null")
            cell = cell.replace("nan", "NaN")
            track = row[at["track_id"]].strip() if "track_id" in at else ""
            number = parse_json(track.encode()) if track else None
            yield _person(parse_json(cell.encode(), nan=True), number, "keypoints")
        except ClipError as error:
            raise ClipError(error.reason, line=line) from error


def _person(points: Any, track: Any, what: str) -> Person:
    points = mapping(points, what)
    x, y = (numbers(member(points, axis, what), f"{what}: {axis}") for axis in "xy")
    visible = points.get("visible")
    score = np.ones(len(x)) if visible is None else numbers(visible, f"{what}: visible")
    if not len(x) == len(y) == len(score):
        raise ClipError(f"{what}: {len(x)} x, {len(y)} y and {len(score)} visible")
    more = [] if track is None else [1.0, float(integer(track, "track_id"))]
    return np.column_stack((x, y)), score, more
