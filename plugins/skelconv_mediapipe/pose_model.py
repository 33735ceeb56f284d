"""The pose models ``mediapipe``, ``blazepose`` and ``mediapipe-holistic``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from skelconv.plugin import Poses
from skelconv.vision import iou
from skelconv_mediapipe.landmarkers import Landmarker, in_pixels

if TYPE_CHECKING:
    from skelconv_mediapipe.options import BlazePoseOptions, HolisticOptions, MediapipeOptions

BODY = 33
HAND = 21

_MARGIN = 1.25  # of a cut to the longer side of the box
_IN_A_CUT = 3  # people who are looked for in a box; the one whom the box fits best is taken


class Mediapipe:
    """Finds people and their joints with MediaPipe's ``PoseLandmarker``, frame by frame.

    Bazarevsky et al., BlazePose (2020). Its detector is made for people near the camera: where
    many are small, `BlazePose` behind another detector finds more.

    Parameters
    ----------
    options : MediapipeOptions
        The bundle, and how many people to find.

    Raises
    ------
    SkelconvError
        When MediaPipe or the bundle cannot be used.
    """

    layout = "blazepose33"

    def __init__(self, options: MediapipeOptions) -> None:
        self._landmarker = _pose_landmarker(options, options.people)

    def find(
        self, frames: Sequence[npt.NDArray[np.uint8]]
    ) -> list[tuple[npt.NDArray[np.float32], Poses]]:
        """Find the people in each frame, and their joints.

        The score of a joint is its visibility: how sure the model is that it is in the frame and
        not hidden. Joints outside the frame are guessed, and score low. The score of a person is
        the mean score of the joints, and the box is the extent of the joints within the frame.

        Parameters
        ----------
        frames : sequence of ndarray of shape (H, W, 3)
            RGB, uint8.

        Returns
        -------
        list of (ndarray of shape (N, 5), Poses)
            For each frame, left, top, right, bottom and score of each person, the highest score
            first, and their joints.
        """
        return [
            _people(in_pixels(self._landmarker(frame).pose_landmarks, frame.shape, BODY), frame)
            for frame in frames
        ]


class BlazePose:
    """Finds the joints of people in boxes with MediaPipe's ``PoseLandmarker``.

    Each person is cut out, with a margin, and MediaPipe looks for people in the cut: so people who
    are small or far are found too. Of several in a cut, the one whom the box fits best is taken.

    Parameters
    ----------
    options : BlazePoseOptions
        The bundle.

    Raises
    ------
    SkelconvError
        When MediaPipe or the bundle cannot be used.
    """

    layout = "blazepose33"

    def __init__(self, options: BlazePoseOptions) -> None:
        self._landmarker = _pose_landmarker(options, _IN_A_CUT)

    def estimate(
        self, frames: Sequence[npt.NDArray[np.uint8]], boxes: Sequence[npt.NDArray[np.float32]]
    ) -> list[Poses]:
        """Find the joints of the people in each frame.

        Parameters
        ----------
        frames : sequence of ndarray of shape (H, W, 3)
            RGB, uint8.
        boxes : sequence of ndarray of shape (N, 4)
            For each frame, left, top, right and bottom of each person in pixels, float32.

        Returns
        -------
        list of Poses
            For each frame, the joints of its N people; zeros for a person whom MediaPipe does not
            find in the box.
        """
        estimated = []
        for frame, some in zip(frames, boxes, strict=True):
            table = np.zeros((len(some), BODY, 3), np.float32)
            for number, box in enumerate(some):
                table[number] = self._in_box(frame, box)
            estimated.append(_poses(table))
        return estimated

    def _in_box(
        self, frame: npt.NDArray[np.uint8], box: npt.NDArray[np.float32]
    ) -> npt.NDArray[np.float32]:
        height, width = frame.shape[:2]
        seen = box.clip(0, np.array((width, height, width, height), np.float32))
        sides = seen[2:] - seen[:2]
        if not (sides >= 1).all():
            return np.zeros((BODY, 3), np.float32)
        cut, corner = _cut_out(frame, seen)
        found = in_pixels(self._landmarker(cut).pose_landmarks, cut.shape, BODY)
        if not len(found):
            return np.zeros((BODY, 3), np.float32)
        found[..., :2] += corner
        fits = iou(seen[np.newaxis], _extent(found, frame))[0]
        best: npt.NDArray[np.float32] = found[np.argmax(fits)]
        return best


class Holistic:
    """Finds the most prominent person with MediaPipe's ``HolisticLandmarker``: body and hands.

    Parameters
    ----------
    options : HolisticOptions
        The bundle.

    Raises
    ------
    SkelconvError
        When MediaPipe or the bundle cannot be used.
    """

    layout = "blazepose75"

    def __init__(self, options: HolisticOptions) -> None:
        score = options.min_score

        def _make(vision: Any, base: Any) -> Any:
            return vision.HolisticLandmarker.create_from_options(
                vision.HolisticLandmarkerOptions(
                    base, vision.RunningMode.IMAGE, min_pose_detection_confidence=score
                )
            )

        # Also in its mode for images it smooths over time, and looks where the person was before.
        self._landmarker = Landmarker(options, _make, forgets=False)

    def find(
        self, frames: Sequence[npt.NDArray[np.uint8]]
    ) -> list[tuple[npt.NDArray[np.float32], Poses]]:
        """Find the person in each frame, and the joints.

        Scores of the body are as of `Mediapipe.find`. A hand that MediaPipe finds scores 1, and one
        that it does not find 0, with zeros as its joints.

        Parameters
        ----------
        frames : sequence of ndarray of shape (H, W, 3)
            RGB, uint8.

        Returns
        -------
        list of (ndarray of shape (N, 5), Poses)
            For each frame, the box and the score of the body, and the joints; N is 0 or 1.
        """
        return [self._find(frame) for frame in frames]

    def _find(self, frame: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.float32], Poses]:
        found = self._landmarker(frame)
        body = _one(found.pose_landmarks, frame, BODY)
        hands = [
            _one(hand, frame, HAND)
            for hand in (found.left_hand_landmarks, found.right_hand_landmarks)
        ]
        boxes, _ = _people(body, frame)
        table = np.zeros((len(body), BODY + 2 * HAND, 3), np.float32)
        table[:, :BODY] = body
        for number, hand in enumerate(hands):
            start = BODY + number * HAND
            if len(hand):
                table[:, start : start + HAND] = hand
        return boxes, _poses(table)


def _pose_landmarker(options: MediapipeOptions | BlazePoseOptions, people: int) -> Landmarker:
    score = options.min_score

    def _make(vision: Any, base: Any) -> Any:
        return vision.PoseLandmarker.create_from_options(
            vision.PoseLandmarkerOptions(
                base,
                vision.RunningMode.IMAGE,
                num_poses=people,
                min_pose_detection_confidence=score,
            )
        )

    return Landmarker(options, _make)


def _one(
    landmarks: list[Any], frame: npt.NDArray[np.uint8], joints: int
) -> npt.NDArray[np.float32]:
    return in_pixels([landmarks] if landmarks else [], frame.shape, joints)


def _people(
    table: npt.NDArray[np.float32], frame: npt.NDArray[np.uint8]
) -> tuple[npt.NDArray[np.float32], Poses]:
    score = table[..., 2].mean(1)
    order = np.argsort(-score, kind="stable")
    boxes = np.column_stack((_extent(table, frame), score))
    return boxes[order], _poses(table[order])


def _poses(table: npt.NDArray[np.float32]) -> Poses:
    return Poses(table[..., :2].copy(), table[..., 2].copy())


def _extent(
    table: npt.NDArray[np.float32], frame: npt.NDArray[np.uint8]
) -> npt.NDArray[np.float32]:
    """Return the boxes (N, 4) that span the joints within the frame."""
    inside = table[..., :2].clip(0, np.array((frame.shape[1], frame.shape[0]), np.float32))
    return np.column_stack((inside.min(1), inside.max(1)))


def _cut_out(
    frame: npt.NDArray[np.uint8], box: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]:
    """Return a square around a box, black outside the frame, and its left top corner (x, y)."""
    centre = (box[:2] + box[2:]) / 2
    side = int(np.ceil(_MARGIN * (box[2:] - box[:2]).max()))
    left, top = (int(start) for start in np.floor(centre - side / 2))
    cut = np.zeros((side, side, 3), np.uint8)
    height, width = frame.shape[:2]
    x, y = max(left, 0), max(top, 0)
    seen = frame[y : min(top + side, height), x : min(left + side, width)]
    cut[y - top : y - top + seen.shape[0], x - left : x - left + seen.shape[1]] = seen
    return cut, np.array((left, top), np.float32)
