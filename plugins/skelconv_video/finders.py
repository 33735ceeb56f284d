"""Who is in a video: three ways to a clip of boxes, or of skeletons at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

from skelconv import Clip, Detector, OneStagePoseModel, Poses
from skelconv_video.between import fill_between
from skelconv_video.chunks import Frames, chunked
from skelconv_video.decode import Frame
from skelconv_video.people import (
    Floats,
    clip_of_boxes,
    is_somebody,
    one_each,
    with_poses,
)

GivenBoxes = Callable[[str, int, tuple[int, int]], Sequence[Floats]]
"""From a clip's id, T, and the frames' height and width to the boxes (N, 5) of each frame."""


class Finder(Protocol):
    """Finds people in a clip."""

    def __call__(self, frame_dir: str, label: int | None, frames: Frames) -> Clip:
        """Return a clip of whoever is there, one row for each of the most people in a frame."""
        ...


@dataclass(frozen=True)
class ByDetector:
    """A detector looks at every so manyth frame.

    Attributes
    ----------
    detector : Detector
        Finds boxes.
    every : int
        1 is every frame.
    """

    detector: Detector
    every: int = 1

    def __call__(self, frame_dir: str, label: int | None, frames: Frames) -> Clip:
        """Return a clip of boxes."""
        keys: list[Floats] = []
        total, shape = 0, (0, 0)

        def looked_at() -> Iterator[Frame]:
            nonlocal total, shape
            for frame in chain.from_iterable(frames):
                shape = frame.shape[:2]
                if total % self.every == 0:
                    yield frame
                total += 1

        for chunk in chunked(looked_at()):
            keys += one_each(self.detector.detect(chunk), chunk)
        return clip_of_boxes(frame_dir, label, shape, fill_between(keys, self.every, total))


@dataclass(frozen=True)
class ByBoxes:
    """The boxes are known already.

    Attributes
    ----------
    boxes : callable
        Gives them.
    """

    boxes: GivenBoxes

    def __call__(self, frame_dir: str, label: int | None, frames: Frames) -> Clip:
        """Return a clip of boxes."""
        total, shape = 0, (0, 0)
        for chunk in frames:
            shape = chunk[0].shape[:2]
            total += len(chunk)
        return clip_of_boxes(frame_dir, label, shape, self.boxes(frame_dir, total, shape))


@dataclass(frozen=True)
class ByPoseModel:
    """A pose model finds people and their joints at once.

    Attributes
    ----------
    model : OneStagePoseModel
        Finds them.
    """

    model: OneStagePoseModel

    def __call__(self, frame_dir: str, label: int | None, frames: Frames) -> Clip:
        """Return a clip of skeletons and their boxes."""
        boxes: list[Floats] = []
        poses: list[Poses] = []
        shape = (0, 0)
        for chunk in frames:
            shape = chunk[0].shape[:2]
            for found, pose in one_each(self.model.find(chunk), chunk):
                there = is_somebody(found)
                boxes.append(found[there])
                poses.append(Poses(pose.keypoint[there], pose.keypoint_score[there]))
        clip = clip_of_boxes(frame_dir, label, shape, boxes)
        return with_poses(clip, self.model.layout, poses)
