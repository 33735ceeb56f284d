"""The people in a video: three ways to a clip of boxes, or of skeletons at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol

import numpy as np

from skelconv import Clip
from skelconv.plugin import Poses
from skelconv.vision import appearance_of
from skelconv_video.between import fill_between
from skelconv_video.chunks import Frames
from skelconv_video.clips import (
    Bytes,
    Floats,
    are_people,
    clip_of_boxes,
    with_appearance,
    with_poses,
)
from skelconv_video.guarded import GuardedDetector, GuardedOneStage, GuardedPoseModel
from skelconv_video.pictures import Frame
from skelconv_video.together import Ask, Steps

if TYPE_CHECKING:
    from skelconv_video.box_files import ClipBoxes

GivenBoxes = Callable[[str, tuple[int, int]], "ClipBoxes"]
"""From a clip's id, and the height and width of its frames to its boxes."""


class Finder(Protocol):
    """Finds people in a clip.

    Attributes
    ----------
    across_clips : bool
        Whether what it asks of models may be asked in a call with what other clips ask.
    """

    @property
    def across_clips(self) -> bool:
        """Whether calls may hold frames of several clips."""
        ...

    def __call__(self, clip_id: str, label: int | None, frames: Frames) -> Steps[Clip]:
        """Find the people, in steps that ask models.

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
    detector : GuardedDetector
        Finds boxes.
    every : int
        n; 1 is every frame.
    appearance : bool
        Whether the clip also has what people look like in these frames.
    """

    detector: GuardedDetector
    every: int = 1
    appearance: bool = False

    @property
    def across_clips(self) -> bool:
        """Whether calls may hold frames of several clips."""
        return self.detector.across_clips

    def __call__(self, clip_id: str, label: int | None, frames: Frames) -> Steps[Clip]:
        """Find the people; see `Finder`."""
        keys: list[Floats] = []
        seen: dict[int, Bytes] = {}
        for chunk in frames.chunks(self.every):
            found = yield Ask(self.detector.detect, (chunk,))
            if self.appearance:
                seen |= _seen(chunk, found, len(keys), self.every)
            if self.every == 1:
                frames.found(len(keys), chunk, found)
            keys += found
        boxes = fill_between(keys, self.every, frames.total)
        clip = clip_of_boxes(clip_id, label, frames.shape, boxes)
        return with_appearance(clip, seen) if self.appearance else clip


@dataclass(frozen=True)
class ByBoxes:
    """The boxes are known already.

    Attributes
    ----------
    boxes : callable
        Returns them.
    appearance : bool
        Whether the clip also has what people look like.
    """

    boxes: GivenBoxes
    appearance: bool = False

    @property
    def across_clips(self) -> bool:
        """Whether calls may hold frames of several clips: there are none."""
        return True

    def __call__(self, clip_id: str, label: int | None, frames: Frames) -> Steps[Clip]:
        """Find the people; see `Finder`."""
        yield from ()  # it asks no model
        given = cache(lambda: self.boxes(clip_id, frames.shape))  # from the first frame on
        seen: dict[int, Bytes] = {}
        if self.appearance or frames.cuts:
            first = 0
            for chunk in frames.chunks():
                some = given().some(first, len(chunk))
                if self.appearance:
                    seen |= _seen(chunk, some, first)
                frames.found(first, chunk, some)
                first += len(chunk)
        else:
            for _ in frames.look():
                pass
        clip = clip_of_boxes(clip_id, label, frames.shape, given().all(frames.total))
        return with_appearance(clip, seen) if self.appearance else clip


@dataclass(frozen=True)
class ByPoseModel:
    """A pose model finds people and their joints at once.

    Attributes
    ----------
    model : GuardedOneStage or TwoStages
        Finds them.
    appearance : bool
        Whether the clip also has what people look like.
    """

    model: GuardedOneStage | TwoStages
    appearance: bool = False

    @property
    def across_clips(self) -> bool:
        """Whether calls may hold frames of several clips."""
        return self.model.across_clips

    def __call__(self, clip_id: str, label: int | None, frames: Frames) -> Steps[Clip]:
        """Find the people and their joints; see `Finder`."""
        boxes: list[Floats] = []
        poses: list[Poses] = []
        seen: dict[int, Bytes] = {}
        for chunk in frames.chunks():
            answers = yield Ask(self.model.find, (chunk,))
            if self.appearance:
                seen |= _seen(chunk, [found for found, _ in answers], len(boxes))
            for found, pose in answers:
                there = are_people(found)
                boxes.append(found[there])
                poses.append(Poses(pose.keypoint[there], pose.keypoint_score[there]))
        clip = clip_of_boxes(clip_id, label, frames.shape, boxes)
        if self.appearance:
            clip = with_appearance(clip, seen)
        return with_poses(clip, self.model.layout, poses)


class TwoStages:
    """A detector and a pose model as one that finds people and their joints at once.

    Where nobody chooses among the people, frames are looked at once, and need not be kept.

    Parameters
    ----------
    detector : GuardedDetector
        Finds boxes.
    model : GuardedPoseModel
        Finds joints.
    """

    def __init__(self, detector: GuardedDetector, model: GuardedPoseModel) -> None:
        self.layout = model.layout
        self.across_clips = detector.across_clips and model.across_clips
        self._detector = detector
        self._model = model

    def find(self, frames: Sequence[Frame]) -> list[tuple[Floats, Poses]]:
        """Find the people in each frame.

        Parameters
        ----------
        frames : sequence of ndarray of shape (H, W, 3)
            See `skelconv.plugin.OneStagePoseModel`.

        Returns
        -------
        list of (ndarray of shape (N, 5), Poses)
            For each frame its boxes and scores, and their skeletons.
        """
        found = [boxes[are_people(boxes)] for boxes in self._detector.detect(frames)]
        corners = [boxes[:, :4].astype(np.float32) for boxes in found]
        return list(zip(found, self._model.estimate(frames, corners), strict=True))


def _seen(
    chunk: Sequence[Frame], boxes: Sequence[Floats], before: int, every: int = 1
) -> dict[int, Bytes]:
    """Return what the people in some frames look like, by the frames' numbers in the clip."""
    return {
        (before + number) * every: appearance_of(frame, found[are_people(found)])
        for number, (frame, found) in enumerate(zip(chunk, boxes, strict=True))
    }
