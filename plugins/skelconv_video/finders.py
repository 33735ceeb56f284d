"""The people in a video: three ways to a clip of boxes, or of skeletons at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

from skelconv import Clip
from skelconv.plugin import Detector, OneStagePoseModel, Poses
from skelconv_video.between import fill_between
from skelconv_video.chunks import Frames, chunked
from skelconv_video.clips import (
    Floats,
    are_people,
    clip_of_boxes,
    with_poses,
)
from skelconv_video.decode import Frame

GivenBoxes = Callable[[str, int, tuple[int, int]], Sequence[Floats]]
"""From a clip's id, T, and the frames' height and width to the boxes (N, 5) of each frame."""


class Finder(Protocol):
    """Finds people in a clip."""

    def __call__(self, clip_id: str, label: int | None, frames: Frames) -> Clip:
        """Find the people.

        Parameters
        ----------
        clip_id : str
            The clip's id.
        label : int or None
            Its class.
        frames : Frames
            Its frames.

        Returns
        -------
        Clip
            As many rows as there are people in the frame with most people.
        """
        ...


@dataclass(frozen=True)
class ByDetector:
    """A detector finds people in every n-th frame.

    Attributes
    ----------
    detector : Detector
        Finds boxes.
    every : int
        n; 1 is every frame.
    """

    detector: Detector
    every: int = 1

    def __call__(self, clip_id: str, label: int | None, frames: Frames) -> Clip:
        """Find the people; see `Finder`."""
        keys: list[Floats] = []
        total, shape = 0, (0, 0)

        def _every_nth() -> Iterator[Frame]:
            nonlocal total, shape
            for frame in chain.from_iterable(frames):
                shape = frame.shape[:2]
                if total % self.every == 0:
                    yield frame
                total += 1

        for chunk in chunked(_every_nth()):
            keys += self.detector.detect(chunk)
        return clip_of_boxes(clip_id, label, shape, fill_between(keys, self.every, total))


@dataclass(frozen=True)
class ByBoxes:
    """The boxes are known already.

    Attributes
    ----------
    boxes : callable
        Returns them.
    """

    boxes: GivenBoxes

    def __call__(self, clip_id: str, label: int | None, frames: Frames) -> Clip:
        """Find the people; see `Finder`."""
        total, shape = 0, (0, 0)
        for chunk in frames:
            shape = chunk[0].shape[:2]
            total += len(chunk)
        return clip_of_boxes(clip_id, label, shape, self.boxes(clip_id, total, shape))


@dataclass(frozen=True)
class ByPoseModel:
    """A pose model finds people and their joints at once.

    Attributes
    ----------
    model : OneStagePoseModel
        Finds them.
    """

    model: OneStagePoseModel

    def __call__(self, clip_id: str, label: int | None, frames: Frames) -> Clip:
        """Find the people and their joints; see `Finder`."""
        boxes: list[Floats] = []
        poses: list[Poses] = []
        shape = (0, 0)
        for chunk in frames:
            shape = chunk[0].shape[:2]
            for found, pose in self.model.find(chunk):
                there = are_people(found)
                boxes.append(found[there])
                poses.append(Poses(pose.keypoint[there], pose.keypoint_score[there]))
        clip = clip_of_boxes(clip_id, label, shape, boxes)
        return with_poses(clip, self.model.layout, poses)
