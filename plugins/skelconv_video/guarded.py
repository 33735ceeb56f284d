"""The other plugins that a source of video calls, with errors that name them.

Whatever such a plugin raises or returns that its interface does not promise is an error of its
own, not of the source's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, Self, TypeVar, cast

import numpy as np

from skelconv import Array, Clip, ClipDropped, ClipError, PluginError
from skelconv.plugin import (
    CuttingPoseModel,
    Detector,
    OneStagePoseModel,
    PoseModel,
    Poses,
    Split,
    Transform,
    UseDetector,
    UsePoseModel,
    UseSplit,
    UseTransform,
    call,
)

T = TypeVar("T")
M = TypeVar("M", bound=PoseModel | OneStagePoseModel)


class _Guarded(Generic[T]):
    """A plugin that another one uses.

    Parameters
    ----------
    who : str
        The plugin, for errors: ``the detector 'mmdet'``.
    plugin : Any
        What it made.
    """

    def __init__(self, who: str, plugin: T) -> None:
        self.who = who
        self._plugin = plugin

    @property
    def across_clips(self) -> bool:
        """Whether it says that calls may hold frames of several clips."""
        return bool(getattr(self._plugin, "across_clips", False))

    @classmethod
    def made(cls, use: UseDetector | UsePoseModel | UseTransform | UseSplit) -> Self:
        """Make what a plugin offers.

        Parameters
        ----------
        use : UseDetector, UsePoseModel, UseTransform or UseSplit
            The plugin and its options.

        Returns
        -------
        _Guarded
            What it made.

        Raises
        ------
        PluginError
            When it cannot be made.
        """
        return cls(use.who, use.make())


class GuardedDetector(_Guarded[Detector]):
    """A detector."""

    def detect(self, frames: Sequence[Array]) -> Sequence[Array]:
        """Find the people in each frame.

        Parameters
        ----------
        frames : sequence of ndarray of shape (H, W, 3)
            See `skelconv.plugin.Detector`.

        Returns
        -------
        sequence of ndarray of shape (N, 5)
            For each frame its boxes and scores.

        Raises
        ------
        PluginError
            When it does not return this.
        ClipError
            When a number is not finite.
        """
        found: Sequence[Array] = _answers(self.who, self._plugin.detect, frames)
        for boxes in found:
            _check_boxes(self.who, boxes)
        return found


class _GuardedModel(_Guarded[M]):
    """A pose model that another plugin uses."""

    def __init__(self, who: str, plugin: M) -> None:
        super().__init__(who, plugin)
        self.layout = plugin.layout


class GuardedPoseModel(_GuardedModel[PoseModel]):
    """A pose model for people whose boxes are known."""

    def estimate(self, frames: Sequence[Array], boxes: Sequence[Array]) -> Sequence[Poses]:
        """Find the joints of the people in each frame.

        Parameters
        ----------
        frames : sequence of ndarray of shape (H, W, 3)
            See `skelconv.plugin.PoseModel`.
        boxes : sequence of ndarray of shape (N, 4)
            The boxes of each frame.

        Returns
        -------
        sequence of Poses
            For each frame one skeleton per box.

        Raises
        ------
        PluginError
            When it does not return this.
        ClipError
            When a number is not finite.
        """
        poses: Sequence[Poses] = _answers(self.who, self._plugin.estimate, frames, boxes)
        for one, people in zip(poses, boxes, strict=True):
            _check_poses(self.who, one, len(people))
        return poses

    @property
    def cuts(self) -> bool:
        """Whether it can cut people out of a frame, and then needs the frame no more."""
        return isinstance(self._plugin, CuttingPoseModel)

    @property
    def _cutting(self) -> CuttingPoseModel:
        return cast("CuttingPoseModel", self._plugin)

    @property
    def cut_bytes(self) -> int:
        """About how much memory it takes to keep a person who was cut out."""
        return self._cutting.cut_bytes

    def cut(self, frame: Array, boxes: Array) -> Sequence[Any]:
        """Cut people out of a frame.

        Parameters
        ----------
        frame : ndarray of shape (H, W, 3)
            See `skelconv.plugin.CuttingPoseModel`.
        boxes : ndarray of shape (N, 4)
            The boxes of the people.

        Returns
        -------
        sequence
            For each box what was cut out.

        Raises
        ------
        PluginError
            When it does not return this.
        """
        passing = (ClipError,)
        given = call(self.who, self._cutting.cut, frame, boxes, gives=Sequence, passing=passing)
        people: Sequence[Any] = given
        if len(people) != len(boxes):
            raise PluginError(f"{self.who} cut {len(people)} people out of {len(boxes)} boxes")
        return people

    def estimate_cut(self, people: Sequence[Sequence[Any]]) -> Sequence[Poses]:
        """Find the joints of people who were cut out.

        Parameters
        ----------
        people : sequence of sequence
            For each frame what `cut` gave.

        Returns
        -------
        sequence of Poses
            For each frame one skeleton for each of its people.

        Raises
        ------
        PluginError
            When it does not return this.
        ClipError
            When a number is not finite.
        """
        poses: Sequence[Poses] = _answers(self.who, self._cutting.estimate_cut, people)
        for one, in_frame in zip(poses, people, strict=True):
            _check_poses(self.who, one, len(in_frame))
        return poses


class GuardedOneStage(_GuardedModel[OneStagePoseModel]):
    """A pose model that finds people too."""

    def find(self, frames: Sequence[Array]) -> Sequence[tuple[Array, Poses]]:
        """Find the people in each frame.

        Parameters
        ----------
        frames : sequence of ndarray of shape (H, W, 3)
            See `skelconv.plugin.OneStagePoseModel`.

        Returns
        -------
        sequence of (ndarray of shape (N, 5), Poses)
            For each frame its boxes and scores, and their skeletons.

        Raises
        ------
        PluginError
            When it does not return this.
        ClipError
            When a number is not finite.
        """
        found: Sequence[tuple[Array, Poses]] = _answers(self.who, self._plugin.find, frames)
        for one in found:
            if not (isinstance(one, tuple) and len(one) == 2):
                raise PluginError(
                    f"{self.who} failed: for a frame it gave {_kind(one)}, not a pair"
                )
            _check_boxes(self.who, one[0])
            _check_poses(self.who, one[1], len(one[0]))
        return found


class GuardedTransform(_Guarded[Transform]):
    """A transform."""

    def __call__(self, clip: Clip) -> Clip:
        """Transform one clip.

        Parameters
        ----------
        clip : Clip
            The clip.

        Returns
        -------
        Clip
            The clip, transformed.

        Raises
        ------
        PluginError
            When it does not return a clip.
        ClipError
            When this clip cannot be transformed.
        ClipDropped
            When it is to be left out.
        """
        given: Clip = call(
            self.who, self._plugin, clip, gives=Clip, passing=(ClipError, ClipDropped)
        )
        return given


class GuardedSplit(_Guarded[Split]):
    """A split."""

    def has(self, clip_id: str) -> bool:
        """Return whether a clip is in one of the parts.

        Parameters
        ----------
        clip_id : str
            The clip's id.

        Returns
        -------
        bool
            Whether it is.
        """
        return bool(call(self.who, lambda: set(self._plugin.assign(clip_id))))


def _answers(who: str, function: Callable[..., Any], frames: Sequence[Any], *more: Any) -> Any:
    """Ask a model about frames: it must give one answer for each."""
    answers = call(who, function, frames, *more, gives=Sequence, passing=(ClipError,))
    if len(answers) != len(frames):  # everything after it would be another frame's
        raise PluginError(f"{who} gave {len(answers)} answers for {len(frames)} frames")
    return answers


def _check_boxes(who: str, boxes: Any) -> None:
    if not (isinstance(boxes, np.ndarray) and boxes.ndim == 2 and boxes.shape[1] == 5):
        raise PluginError(f"{who} failed: for a frame it gave {_kind(boxes)}, not boxes (N, 5)")
    _check_finite(who, boxes)


def _check_poses(who: str, poses: Any, people: int) -> None:
    if not isinstance(poses, Poses):
        raise PluginError(f"{who} failed: for a frame it gave {_kind(poses)}, not Poses")
    keypoint, score = poses
    if not (
        isinstance(keypoint, np.ndarray)
        and isinstance(score, np.ndarray)
        and keypoint.ndim == 3
        and keypoint.shape[:2] == score.shape
        and len(keypoint) == people
    ):
        raise PluginError(
            f"{who} failed: for a frame with {people} boxes it gave {_kind(keypoint)} and "
            f"{_kind(score)}, not keypoints (N, V, C) and scores (N, V)"
        )
    _check_finite(who, keypoint, score)


def _check_finite(who: str, *arrays: Array) -> None:
    if not all(np.isfinite(array).all() for array in arrays):
        raise ClipError(
            f"{who} gave numbers that are not finite: its weights are damaged, or beyond what its "
            "precision holds"
        )


def _kind(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    return f"a value of type {type(value).__name__}"
