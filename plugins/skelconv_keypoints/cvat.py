"""CVAT's annotations of videos, "CVAT for video 1.1": tracks of skeletons in XML.

The form is that of CVAT's manual, XML annotation format, version 1.1: `track`, in which each frame
has a `skeleton` of `points` with a label, and `meta` with the tasks, their frames and sizes, and
the labels, of which a skeleton's has a drawing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

import numpy as np

from skelconv import ClipError
from skelconv.files import Budget, read
from skelconv.text import shown
from skelconv_keypoints.tracks import MAX_FRAMES, Tracks, empty

_LINE = re.compile(r'data-node-from="(\d{1,9})"[^>]*data-node-to="(\d{1,9})"')
_NODE = re.compile(r'data-node-id="(\d{1,9})"[^>]*data-label-name="([^"]*)"')
_STEP = re.compile(r"step=([1-9]\d{0,5})\Z")
_POINT = re.compile(r"(-?\d{1,9}(?:\.\d{1,20})?),(-?\d{1,9}(?:\.\d{1,20})?)\Z")
# A skeleton in a frame, and a point of it.
_SKELETON, _ONE_POINT = 400, 200
_MAX_DEPTH = 30


@dataclass
class _Task:
    """A video: which frames it has, and their size."""

    said: dict[str, str] = field(default_factory=dict)
    tracks: list[_Track] = field(default_factory=list)

    def number(self, name: str, default: int) -> int:
        text = self.said.get(name, "")
        return int(text) if text.isdecimal() and len(text) < 10 else default

    @property
    def name(self) -> str:
        return self.said.get("name") or self.said.get("id", "")

    @property
    def img_shape(self) -> tuple[int, int] | None:
        shape = self.number("height", 0), self.number("width", 0)
        return shape if all(shape) else None


@dataclass
class _Track:
    """A person: by frame the joints that are in it."""

    label: str
    frames: dict[int, dict[str, tuple[float, float]]] = field(default_factory=dict)


def clips_in(path: str, max_bytes: int) -> Sequence[str]:
    """Return the names of the videos in a file.

    Parameters
    ----------
    path : str
        The file.
    max_bytes : int
        The largest file that is read.

    Returns
    -------
    sequence of str
        Nothing but ``""`` where it is of one video.

    Raises
    ------
    ClipError
        As of `read_cvat`.
    """
    tasks = _parsed(path, max_bytes).tasks
    return [""] if len(tasks) == 1 else [*_by_name(tasks)]


def read_cvat(path: str, clip: str, label: str | None, max_bytes: int) -> Tracks:
    """Read a video of a file.

    Parameters
    ----------
    path : str
        The file.
    clip : str
        One of `clips_in`.
    label : str or None
        The label of skeletons that are persons; None where all have the same joints.
    max_bytes : int
        The largest file that is read.

    Returns
    -------
    Tracks
        A person for each track, from the first frame of the task to its last.

    Raises
    ------
    ClipError
        With the line, when it is not such a file; and when it has skeletons of several kinds.
    """
    file = _parsed(path, max_bytes)
    tasks = _by_name(file.tasks)
    if clip and clip not in tasks:
        raise ClipError("the file has changed: the clip is gone")
    task = tasks[clip] if clip else next(iter(tasks.values()))
    joints, labels = file.joints(label)
    tracks = [track for track in task.tracks if track.label in labels]
    step = _STEP.match(task.said.get("frame_filter", ""))
    every = int(step[1]) if step else 1
    numbers = [frame for track in tracks for frame in track.frames]
    first = task.number("start_frame", min(numbers, default=0))
    last = max([task.number("stop_frame", first), *numbers])
    if min(numbers, default=first) < first or last - first >= MAX_FRAMES * every:
        raise ClipError(f"it has frames from {min(numbers)} to {last} in a task from {first} on")
    shape = len(tracks), (last - first) // every + 1, len(joints)
    keypoint, _ = empty(shape, 2, file.budget)
    at = {name: place for place, name in enumerate(joints)}
    for person, track in enumerate(tracks):
        for frame, points in track.frames.items():
            if (frame - first) % every:
                raise ClipError(f"frame {frame} is not one of those that the task has ({step})")
            for name, point in points.items():
                keypoint[person, (frame - first) // every, at[name]] = point
    return Tracks(keypoint, None, joints, file.limbs(labels, joints), task.img_shape)


def _by_name(tasks: Mapping[str, _Task]) -> dict[str, _Task]:
    named = {task.name: task for task in tasks.values()}
    if len(named) == len(tasks):
        return named
    return {f"{task.name}-{key}": task for key, task in tasks.items()}


def _parsed(path: str, max_bytes: int) -> _File:
    content = read(path, max_bytes, "max_file_mb")
    file = _File(Budget(len(content)))
    file.parse(content)
    return file


class _File:
    """What is in a file, as it is read."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.tasks: dict[str, _Task] = {}
        self._drawings: dict[str, str] = {}
        self._children: dict[str, dict[str, None]] = {}
        self._open: list[str] = []
        self._text: list[str] = []
        self._task = self._task_of_track = _Task()
        self._label: dict[str, str] = {}
        self._track: _Track | None = None
        self._points: dict[str, tuple[float, float]] | None = None
        self._images = False
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text.append

    def parse(self, content: bytes) -> None:
        """Read the content of the file."""
        try:
            self._parser.Parse(content, True)
        except expat.ExpatError as error:
            reason = f"is not valid XML: {expat.ErrorString(error.code)}"
            raise ClipError(reason, line=error.lineno) from None
        except (ValueError, LookupError) as error:  # of an encoding that is not known
            raise ClipError(f"is not valid XML: {error}") from None
        if not any(task.tracks for task in self.tasks.values()):
            hint = "tracks of skeletons" if not self._images else "tracks, but images"
            raise ClipError(
                f"it has no {hint}: export the video as 'CVAT for video 1.1' with skeletons, or "
                "as COCO Keypoints for the source coco-keypoints"
            )

    def joints(self, label: str | None) -> tuple[list[str], set[str]]:
        """Return the joints of skeletons, and the labels of these."""
        seen: dict[str, dict[str, None]] = {}
        for task in self.tasks.values():
            for track in task.tracks:
                names = seen.setdefault(track.label, dict(self._children.get(track.label, {})))
                for points in track.frames.values():
                    names.update(dict.fromkeys(points))
        chosen = [label] if label is not None else [*seen]
        if label is not None and label not in seen:
            there = ", ".join(map(shown, seen))
            raise ClipError(f"it has no skeletons of {label!r}, but of {there} (option label)")
        joints = [*seen[chosen[0]]]
        others = [one for one in chosen if set(seen[one]) != set(joints)]
        if others:
            raise ClipError(
                f"the skeletons of {shown(chosen[0])} and {shown(others[0])} have different joints "
                "(option label)"
            )
        return joints, {*chosen}

    def limbs(self, labels: set[str], joints: Sequence[str]) -> list[tuple[int, int]]:
        """Return the lines of a drawing."""
        drawing = next((self._drawings[one] for one in sorted(labels) if one in self._drawings), "")
        named = dict(_NODE.findall(drawing))
        at = {name: place for place, name in enumerate(joints)}
        ends = [(named.get(one), named.get(other)) for one, other in _LINE.findall(drawing)]
        pairs = [(at[a], at[b]) for a, b in ends if a in at and b in at and a != b]
        return [*dict.fromkeys((min(pair), max(pair)) for pair in pairs)]

    def _error(self, reason: str) -> ClipError:
        return ClipError(reason, line=self._parser.CurrentLineNumber)

    def _doctype(self, *_: object) -> None:
        raise self._error("has a document type, which annotations do not have")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= _MAX_DEPTH:
            raise self._error("is nested too deeply")
        self._open.append(name)
        self._text.clear()
        match name:
            case "annotations" | "meta" if len(self._open) > 2:
                raise self._error(f"has {name!r} within {self._open[-2]!r}")
            case _ if len(self._open) == 1 and name != "annotations":
                raise self._error(f"is not of CVAT: it begins with {shown(name)!r:.40}")
            case "task" | "job":
                self._task = _Task()
            case "image":
                self._images = True
            case "track":
                self._track = _Track(attributes.get("label", ""))
                key = attributes.get("task_id", self._task.said.get("id", ""))
                self._task_of_track = self.tasks.setdefault(key, _Task({"id": key}))
            case "skeleton" if self._track is not None:
                frame = self._frame(attributes)
                if frame in self._track.frames:
                    raise self._error(f"the track has frame {frame} already")
                if not self.budget.take(_SKELETON):
                    raise self._error(self.budget.reason)
                self._points = self._track.frames[frame] = {}
            case "points" if self._points is not None:
                self._point(attributes)

    def _frame(self, attributes: Mapping[str, str]) -> int:
        text = attributes.get("frame", "")
        if not (text.isdecimal() and len(text) < 10):
            raise self._error(f"{shown(text)!r:.40} is not a frame's number")
        return int(text)

    def _point(self, attributes: Mapping[str, str]) -> None:
        assert self._points is not None  # noqa: S101 (the caller has looked)
        label = attributes.get("label", "")
        if not label or label in self._points:
            what = f"has {shown(label)!r:.60} twice" if label else "has a point without a label"
            raise self._error(f"the skeleton {what}")
        match = _POINT.match(attributes.get("points", ""))
        if not match:
            raise self._error(f"{shown(attributes.get('points', ''))!r:.60} is not a point: x,y")
        if not self.budget.take(_ONE_POINT):
            raise self._error(self.budget.reason)
        there = attributes.get("outside") != "1"
        self._points[label] = (float(match[1]), float(match[2])) if there else (np.nan, np.nan)

    def _end(self, name: str) -> None:
        self._open.pop()
        text = "".join(self._text).strip()
        self._text.clear()
        parent = self._open[-1] if self._open else ""
        if name == "skeleton":
            self._points = None
        elif name == "track" and self._track is not None:
            if self._track.frames:  # not of boxes
                self._task_of_track.tracks.append(self._track)
            self._track = None
        elif name in ("task", "job"):
            self.tasks[self._task.said.get("id", "")] = self._task
        elif name == "label":
            self._end_label()
        elif parent == "label":
            self._label[name] = text
        elif parent in ("task", "job", "original_size"):
            self._task.said.setdefault(name, text)

    def _end_label(self) -> None:
        name, of = self._label.get("name", ""), self._label.get("parent")
        if of is not None:
            self._children.setdefault(of, {})[name] = None
        if self._label.get("type") == "skeleton":
            self._drawings[name] = self._label.get("svg", "")
        self._label = {}
