"""What detectors and pose models, which sources of videos call, must do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from skelconv.data.clip import Array


@runtime_checkable
class Detector(Protocol):
    """Finds people in frames of video. Sources of videos make and call it, on a worker.

    It may have an attribute ``across_clips``, which is true where the bits of a frame's boxes do
    not depend on what else is in the call, nor on how much that is. Sources may then put frames of
    several clips into one call.
    """

    def detect(self, frames: Sequence[Array]) -> Sequence[Array]:
        """Find the people in each frame.

        The boxes of a frame must depend on this frame alone, and not on the others in the call:
        how frames are grouped into calls must not change the result.

        Parameters
        ----------
        frames : sequence of ndarray of shape (H, W, 3)
            RGB, uint8, all of one size. They must not be changed.

        Returns
        -------
        sequence of ndarray of shape (N, 5)
            For each frame, float32: left, top, right and bottom in pixels of the frame, and the
            score; the highest score first. N differs between frames, and may be 0.

        Raises
        ------
        skelconv.ClipError
            When these frames cannot be used: the clip is quarantined.
        """
        ...


class Poses(NamedTuple):
    """The skeletons of the N people in one frame.

    Attributes
    ----------
    keypoint : ndarray of shape (N, V, C)
        Float32: x and y in pixels of the frame.
    keypoint_score : ndarray of shape (N, V)
        Confidence of each joint, float32.
    """

    keypoint: Array
    keypoint_score: Array


@runtime_checkable
class PoseModel(Protocol):
    """Finds the joints of people in boxes. Sources of videos make and call it, on a worker.

    It may have an attribute ``across_clips``, as a `Detector` has.

    Attributes
    ----------
    layout : str
        The name of the layout of its V joints, known once the model is loaded.
    """

    layout: str

    def estimate(self, frames: Sequence[Array], boxes: Sequence[Array]) -> Sequence[Poses]:
        """Find the joints of the people in each frame.

        As with `Detector.detect`, the result for a frame must depend on this frame and its boxes
        alone.

        Parameters
        ----------
        frames : sequence of ndarray of shape (H, W, 3)
            RGB, uint8, all of one size. They must not be changed.
        boxes : sequence of ndarray of shape (N, 4)
            For each frame, float32: left, top, right and bottom in pixels of the frame, with an
            area above 0. N differs between frames, and may be 0.

        Returns
        -------
        sequence of Poses
            For each frame, one skeleton for each box, in the order of the boxes.
        """
        ...


@runtime_checkable
class CuttingPoseModel(PoseModel, Protocol):
    """A pose model that cuts people out of a frame, and then needs the frame no more.

    ``estimate(frames, boxes)`` gives the same, to the bit, as ``estimate_cut(map(cut, frames,
    boxes))``. Sources cut people out while they have the frame, before they choose whose joints
    they want, and keep what is cut out in place of frames.

    Attributes
    ----------
    cut_bytes : int
        About how much memory it takes to keep one person who was cut out.
    """

    cut_bytes: int

    def cut(self, frame: Array, boxes: Array) -> Sequence[Any]:
        """Cut people out of a frame. It may be called from several threads.

        What is cut out for a box must depend on it and the frame alone, not on other boxes.

        Parameters
        ----------
        frame : ndarray of shape (H, W, 3)
            RGB, uint8. It must not be changed, nor kept.
        boxes : ndarray of shape (N, 4)
            Float32, as of `estimate`; N may be 0.

        Returns
        -------
        sequence
            For each box, what `estimate_cut` needs of it.
        """
        ...

    def estimate_cut(self, people: Sequence[Sequence[Any]]) -> Sequence[Poses]:
        """Find the joints of people who were cut out.

        Parameters
        ----------
        people : sequence of sequence
            For each frame what `cut` gave for each of its people; each is used once.

        Returns
        -------
        sequence of Poses
            As of `estimate`.
        """
        ...


@runtime_checkable
class OneStagePoseModel(Protocol):
    """Finds people and their joints at once, without boxes. Called as a `PoseModel`, on a worker.

    Its descriptor has ``one_stage=True``. It may have an attribute ``across_clips``, as a
    `Detector` has.

    Attributes
    ----------
    layout : str
        The name of the layout of its V joints, known once the model is loaded.
    """

    layout: str

    def find(self, frames: Sequence[Array]) -> Sequence[tuple[Array, Poses]]:
        """Find the people in each frame.

        As with `Detector.detect`, the result for a frame must depend on this frame alone.

        Parameters
        ----------
        frames : sequence of ndarray of shape (H, W, 3)
            RGB, uint8, all of one size. They must not be changed.

        Returns
        -------
        sequence of (ndarray of shape (N, 5), Poses)
            For each frame, the boxes with scores as in `Detector.detect`, and one skeleton for each
            box, in the order of the boxes.
        """
        ...
