"""Checks that plugin authors run on their own plugins, in their own tests.

Each raises AssertionError with what the contract in `skelconv.stages` asks for::

    from skelconv.testing import check_descriptor, check_source

    def test_source():
        check_source(AcmeSource(AcmeOptions(root="tests/data")))

Models are checked on small made-up frames unless others are given: a trained model sees nobody in
these, so give it frames with people in them.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from skelconv.clip import Array, Clip
from skelconv.hookspecs import Descriptor
from skelconv.registry import load_registry
from skelconv.stages import (
    Detector,
    OneStagePoseModel,
    PoseModel,
    Poses,
    Sink,
    Source,
    Split,
    Transform,
)

T = TypeVar("T")

# How far the answers to a frame may differ by what it comes with: batches round differently.
_PIXELS = 0.05
_SCORE = 1e-3


def check_descriptor(descriptor: Descriptor) -> None:
    """Check that a descriptor is complete: a summary, described options, a valid example."""
    assert descriptor.summary and "\n" not in descriptor.summary, "summary is not one line"
    for name, option in descriptor.options.model_fields.items():
        assert option.description, f"option {name!r} has no description"
    descriptor.options.model_validate(descriptor.example)


def check_source(source: Source, most: int = 20) -> list[Clip]:
    """Check a source on its inventory and the first clips of it.

    Parameters
    ----------
    source : Source
        The source, with items.
    most : int
        How many clips to load.

    Returns
    -------
    list of Clip
        The clips, to check further.
    """
    inventory = source.inventory()
    ids = [item.id for item in inventory.items]
    assert ids, "the inventory has no items to check"
    assert len(set(ids)) == len(ids), "an id stands twice in the inventory"
    assert ids == [item.id for item in source.inventory().items], "the order differs between runs"
    clips = []
    for item in inventory.items[:most]:
        assert pickle.loads(pickle.dumps(item)) == item, f"{item.id}: its ref is no plain data"  # noqa: S301
        clip = source.load(item)
        assert clip.frame_dir == item.id, f"{item.id}: the clip is called {clip.frame_dir!r}"
        assert_same_clip(clip, source.load(item))
        clips.append(clip)
    return clips


def check_transform(transform: Transform, clip: Clip) -> Clip:
    """Check that a transform gives a clip of the same name and leaves the one given as it was."""
    before = pickle.dumps(clip)
    result = transform(clip)
    assert isinstance(result, Clip), f"it gave a {type(result).__name__}"
    assert pickle.dumps(clip) == before, "it changed the clip that it was given"
    assert result.frame_dir == clip.frame_dir, "it renamed the clip"
    assert_same_clip(result, transform(clip))
    return result


def check_split(split: Split, frame_dirs: Sequence[str]) -> None:
    """Check that a split names only its own parts, and none twice for a clip."""
    for frame_dir in frame_dirs:
        names = list(split.assign(frame_dir))
        assert len(set(names)) == len(names), f"{frame_dir}: a part is named twice"
        assert set(names) <= set(split.names), f"{frame_dir}: {names} are not all in its names"


def check_sink(sink: Sink, clips: Sequence[Clip]) -> None:
    """Check that a sink encodes a clip to the same bytes each time."""
    for clip in clips:
        encoded = sink.encode(clip)
        assert isinstance(encoded, bytes), f"{clip.frame_dir}: encoded as {type(encoded).__name__}"
        assert encoded == sink.encode(clip), f"{clip.frame_dir}: encoded differently each time"


def check_detector(detector: Detector, frames: Sequence[Array] | None = None) -> list[Array]:
    """Check a detector on frames: all at once, each alone, one that is black, and none.

    Parameters
    ----------
    detector : Detector
        The detector.
    frames : sequence of ndarray of shape (H, W, 3), optional
        RGB, uint8, all of one size; by default `moving_shapes`.

    Returns
    -------
    list of ndarray of shape (N, 5)
        The boxes of each frame, to check further.
    """
    assert isinstance(detector, Detector), "it has no method detect"
    frames = moving_shapes() if frames is None else frames
    shown = _read_only(frames)

    def detect(frames: Sequence[Array], names: Sequence[str]) -> list[Array]:
        found = _one_each(detector.detect(frames), frames)
        for boxes, name in zip(found, names, strict=True):
            _check_boxes(boxes, name)
        return found

    names = _names(shown)
    found = detect(shown, names)
    for frame, boxes, name in zip(shown, found, names, strict=True):
        (alone,) = detect([frame], [name])
        _check_same_boxes(boxes, alone, name)
    detect([np.zeros_like(shown[0])], ["a black frame"])
    detect([], [])
    _check_unchanged(shown, frames, "frames")
    return found


def check_pose_model(
    model: PoseModel,
    frames: Sequence[Array] | None = None,
    boxes: Sequence[Array] | None = None,
) -> list[Poses]:
    """Check a pose model on frames: all at once, each alone, without boxes, and none.

    Parameters
    ----------
    model : PoseModel
        The pose model.
    frames : sequence of ndarray of shape (H, W, 3), optional
        RGB, uint8, all of one size; by default `moving_shapes`.
    boxes : sequence of ndarray of shape (N, 4), optional
        The boxes of each frame, float32; by default two, none, one and three by turns, some of
        them over the edges of the frame.

    Returns
    -------
    list of Poses
        The skeletons of each frame, to check further.
    """
    assert isinstance(model, PoseModel), "it has no method estimate, or no layout"
    joints = _joints(model.layout)
    frames = moving_shapes() if frames is None else frames
    shown = _read_only(frames)
    boxes = _some_boxes(frames) if boxes is None else boxes
    given = _read_only(boxes)

    def estimate(
        frames: Sequence[Array], boxes: Sequence[Array], names: Sequence[str]
    ) -> list[Poses]:
        found = _one_each(model.estimate(frames, boxes), frames)
        for poses, some, name in zip(found, boxes, names, strict=True):
            _check_poses(poses, len(some), joints, name)
        return found

    names = _names(shown)
    found = estimate(shown, given, names)
    for frame, some, poses, name in zip(shown, given, found, names, strict=True):
        (alone,) = estimate([frame], [some], [name])
        _check_same_poses(poses, alone, name)
        (turned,) = estimate([frame], [some[::-1]], [name])
        in_order = Poses(turned.keypoint[::-1], turned.keypoint_score[::-1])
        _check_same_poses(poses, in_order, f"{name}, its boxes in another order")
    estimate(shown, [some[:0] for some in given], [f"{name} without boxes" for name in names])
    estimate([], [], [])
    _check_unchanged(shown, frames, "frames")
    _check_unchanged(given, boxes, "boxes")
    return found


def check_one_stage(
    model: OneStagePoseModel, frames: Sequence[Array] | None = None
) -> list[tuple[Array, Poses]]:
    """Check a one-stage pose model on frames: all at once, each alone, a black one, and none.

    Parameters
    ----------
    model : OneStagePoseModel
        The pose model.
    frames : sequence of ndarray of shape (H, W, 3), optional
        RGB, uint8, all of one size; by default `moving_shapes`.

    Returns
    -------
    list of (ndarray of shape (N, 5), Poses)
        The boxes and skeletons of each frame, to check further.
    """
    assert isinstance(model, OneStagePoseModel), "it has no method find, or no layout"
    joints = _joints(model.layout)
    frames = moving_shapes() if frames is None else frames
    shown = _read_only(frames)

    def find(frames: Sequence[Array], names: Sequence[str]) -> list[tuple[Array, Poses]]:
        found = _one_each(model.find(frames), frames)
        for (boxes, poses), name in zip(found, names, strict=True):
            _check_boxes(boxes, name)
            _check_poses(poses, len(boxes), joints, name)
        return found

    names = _names(shown)
    found = find(shown, names)
    for frame, (boxes, poses), name in zip(shown, found, names, strict=True):
        ((boxes_alone, poses_alone),) = find([frame], [name])
        _check_same_boxes(boxes, boxes_alone, name)
        _check_same_poses(poses, poses_alone, name)
    find([np.zeros_like(shown[0])], ["a black frame"])
    find([], [])
    _check_unchanged(shown, frames, "frames")
    return found


def moving_shapes() -> list[Array]:
    """Make five frames of smooth waves and a darker rectangle that move: 160 x 120, RGB, uint8."""
    rows, columns = np.mgrid[:120, :160]
    made = []
    for t in range(5):
        waves = [np.sin(rows / (9 + c) + t) + np.cos(columns / (13 - c) - t / 2) for c in range(3)]
        frame = (np.stack(waves, -1) * 60 + 128).clip(0, 255).astype(np.uint8)
        frame[20 + 5 * t : 90, 30 + 10 * t : 70 + 10 * t] //= 3
        made.append(frame)
    return made


def assert_same_clip(one: Clip, other: Clip) -> None:
    """Check that two clips are equal to the bit, dtypes and fields too."""
    for name in ("frame_dir", "layout", "label", "img_shape", "original_shape"):
        first, second = getattr(one, name), getattr(other, name)
        assert first == second, f"{one.frame_dir}: {name} is {first!r} and {second!r}"
    arrays = {"keypoint": (one.keypoint, other.keypoint)}
    assert (one.keypoint_score is None) == (other.keypoint_score is None)
    if one.keypoint_score is not None and other.keypoint_score is not None:
        arrays["keypoint_score"] = (one.keypoint_score, other.keypoint_score)
    assert one.fields.keys() == other.fields.keys(), f"{one.frame_dir}: fields differ"
    for name, extra in one.fields.items():
        assert extra.axes == other.fields[name].axes, f"{one.frame_dir}: axes of {name} differ"
        arrays[name] = (extra.values, other.fields[name].values)
    for name, (first, second) in arrays.items():
        assert first.dtype == second.dtype, f"{one.frame_dir}: dtypes of {name} differ"
        np.testing.assert_array_equal(first, second, err_msg=f"{one.frame_dir}: {name}")


def _some_boxes(frames: Sequence[Array]) -> list[Array]:
    parts = np.array(
        [
            [0.06, 0.08, 0.38, 0.92],
            [0.44, 0.17, 0.81, 0.98],
            [0.19, 0.04, 0.56, 0.99],
            [0, 0, 1, 1],
            [-0.03, -0.06, 0.19, 0.5],
            [0.63, 0.42, 1.06, 1.08],
        ]
    )
    turns = (parts[:2], parts[:0], parts[2:3], parts[3:])
    height, width = frames[0].shape[:2]
    sides = (width, height, width, height)
    return [(turns[n % len(turns)] * sides).astype(np.float32) for n in range(len(frames))]


def _names(frames: Sequence[Array]) -> list[str]:
    return [f"frame {number}" for number in range(len(frames))]


def _joints(layout: str) -> int:
    return len(load_registry().layout(layout).joints)


def _read_only(arrays: Sequence[Array]) -> list[Array]:
    assert len(arrays), "there are no frames to check it on"
    copies = [array.copy() for array in arrays]
    for copy in copies:
        copy.flags.writeable = False
    return copies


def _check_unchanged(given: Sequence[Array], before: Sequence[Array], what: str) -> None:
    """Check what was given once more: native code may write where NumPy does not let it."""
    same = all(np.array_equal(one, other) for one, other in zip(given, before, strict=True))
    assert same, f"it changed the {what} that it was given"


def _one_each(found: Sequence[T], frames: Sequence[Array]) -> list[T]:
    assert len(found) == len(frames), f"it gave {len(found)} answers to {len(frames)} frames"
    return list(found)


def _check_array(array: Array, what: str) -> None:
    assert isinstance(array, np.ndarray), f"{what}: a {type(array).__name__}, not an array"
    assert array.dtype == np.float32, f"{what}: of {array.dtype}, not float32"
    assert np.isfinite(array).all(), f"{what}: not all of it is finite"


def _check_boxes(boxes: Array, name: str) -> None:
    what = f"{name}: boxes"
    _check_array(boxes, what)
    assert boxes.ndim == 2 and boxes.shape[1] == 5, f"{what}: of shape {boxes.shape}, not (N, 5)"
    assert (boxes[:, :2] <= boxes[:, 2:4]).all(), f"{what}: not left, top, right, bottom"
    assert (np.diff(boxes[:, 4]) <= 0).all(), f"{what}: the highest score is not first"


def _check_poses(poses: Poses, count: int, joints: int, name: str) -> None:
    assert isinstance(poses, Poses), f"{name}: a {type(poses).__name__}, not Poses"
    keypoint, score = poses
    _check_array(keypoint, f"{name}: keypoint")
    _check_array(score, f"{name}: keypoint_score")
    expected = (count, joints)
    assert keypoint.ndim == 3 and keypoint.shape[:2] == expected and keypoint.shape[2] in (2, 3), (
        f"{name}: keypoint of shape {keypoint.shape}, not ({count}, {joints}, 2 or 3)"
    )
    assert score.shape == expected, f"{name}: keypoint_score of shape {score.shape}, not {expected}"


def _check_same_boxes(boxes: Array, alone: Array, name: str) -> None:
    what = f"{name}: its boxes depend on what it comes with"
    assert boxes.shape == alone.shape, f"{what}: {len(alone)} alone, {len(boxes)} with the others"
    np.testing.assert_allclose(boxes[:, :4], alone[:, :4], 0, _PIXELS, err_msg=what)
    np.testing.assert_allclose(boxes[:, 4], alone[:, 4], 0, _SCORE, err_msg=what)


def _check_same_poses(poses: Poses, alone: Poses, name: str) -> None:
    what = f"{name}: its skeletons depend on what it comes with"
    np.testing.assert_allclose(poses.keypoint, alone.keypoint, 0, _PIXELS, err_msg=what)
    np.testing.assert_allclose(poses.keypoint_score, alone.keypoint_score, 0, _SCORE, err_msg=what)
