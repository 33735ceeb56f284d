import gc
import os
import subprocess
import sys
import warnings
import weakref
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import skimage.data
from skimage.feature import Cascade
from support.photograph import FACE, SIZE, Frame, View, astronaut, views

from skelconv import PluginError, SkelconvError
from skelconv.plugin import Poses
from skelconv.plugin.loading import load_registry
from skelconv.testing import check_one_stage, check_pose_model
from skelconv_mediapipe.options import BlazePoseOptions, HolisticOptions, MediapipeOptions
from skelconv_mediapipe.pose_model import BlazePose, Holistic, Mediapipe

Found = tuple[npt.NDArray[np.float32], Poses]


@pytest.fixture(scope="module")
def make(bundles: Path) -> Callable[..., Mediapipe]:
    """Return what makes a model with the bundle in place of those that would be fetched."""

    def make(**options: Any) -> Mediapipe:
        return Mediapipe(MediapipeOptions(model=str(bundles / "pose.task"), **options))

    return make


@pytest.fixture(scope="module")
def model(make: Callable[..., Mediapipe]) -> Mediapipe:
    return make()


@pytest.fixture(scope="module")
def in_boxes(bundles: Path) -> BlazePose:
    return BlazePose(BlazePoseOptions(model=str(bundles / "pose.task")))


@pytest.fixture(scope="module")
def photograph() -> Frame:
    return astronaut()


def same(one: Found, other: Found) -> bool:
    (boxes, poses), (other_boxes, other_poses) = one, other
    arrays = zip((boxes, *poses), (other_boxes, *other_poses), strict=True)
    return all(first.tobytes() == second.tobytes() for first, second in arrays)


def test_one_person_has_a_box_and_33_joints(model: Mediapipe, photograph: Frame) -> None:
    ((boxes, poses),) = model.find([photograph])
    assert boxes.shape == (1, 5)
    assert poses.keypoint.shape == (1, 33, 2)
    assert poses.keypoint_score.shape == (1, 33)
    assert {boxes.dtype, poses.keypoint.dtype, poses.keypoint_score.dtype} == {np.dtype("float32")}
    assert len(load_registry().layout(model.layout).joints) == 33


def test_an_empty_frame_gives_empty_arrays(model: Mediapipe) -> None:
    ((boxes, poses),) = model.find([np.zeros((48, 64, 3), np.uint8)])
    assert boxes.shape == (0, 5)
    assert boxes.dtype == np.float32
    assert poses.keypoint.shape == (0, 33, 2)
    assert poses.keypoint_score.shape == (0, 33)


def test_no_frames_give_nothing(model: Mediapipe) -> None:
    assert model.find([]) == []


def test_the_face_is_where_a_face_detector_sees_it(model: Mediapipe, photograph: Frame) -> None:
    """In pixels, x first; the left eye of the person is on the right of the picture."""
    cascade = Cascade(skimage.data.lbp_frontal_face_cascade_filename())
    (face,) = cascade.detect_multi_scale(
        img=photograph, scale_factor=1.2, step_ratio=1, min_size=(60, 60), max_size=(200, 200)
    )
    ((_, poses),) = model.find([photograph])
    joints = dict(zip(load_registry().layout(model.layout).joints, poses.keypoint[0], strict=True))
    for name in ("nose", "left_eye", "right_eye", "left_mouth", "right_mouth"):
        x, y = joints[name]
        assert face["c"] < x < face["c"] + face["width"]
        assert face["r"] < y < face["r"] + face["height"]
    assert joints["right_eye"][0] < joints["nose"][0] < joints["left_eye"][0]
    assert joints["left_eye"][1] < joints["nose"][1] < joints["left_mouth"][1]


def test_joints_of_wide_frames_are_in_pixels(model: Mediapipe, photograph: Frame) -> None:
    wide = np.zeros((SIZE, 3 * SIZE, 3), np.uint8)
    wide[:, SIZE : 2 * SIZE] = photograph
    ((_, alone),), ((_, beside),) = model.find([photograph]), model.find([wide])
    moved = alone.keypoint[0, FACE] + np.array((SIZE, 0))
    assert np.linalg.norm(beside.keypoint[0, FACE] - moved, axis=1).max() < 8


def test_hidden_joints_score_low(model: Mediapipe, photograph: Frame) -> None:
    """The photograph ends at the waist."""
    ((boxes, poses),) = model.find([photograph])
    score = poses.keypoint_score[0]
    legs = slice(25, 33)
    assert score[FACE].min() > 0.9 > 0.5 > score[legs].max()
    assert poses.keypoint[0, legs, 1].min() > SIZE
    assert boxes[0, 4] == pytest.approx(score.mean())


def test_the_box_spans_the_joints_in_the_frame(model: Mediapipe, photograph: Frame) -> None:
    ((boxes, poses),) = model.find([photograph])
    left, top, right, bottom = boxes[0, :4]
    assert 0 <= left < right <= SIZE
    assert 0 <= top < bottom <= SIZE
    inside = ((poses.keypoint[0] >= 0) & (poses.keypoint[0] <= SIZE)).all(1)
    joints = poses.keypoint[0, inside]
    assert inside.sum() > 11
    assert ((joints >= (left, top)) & (joints <= (right, bottom))).all()


def test_a_frame_does_not_depend_on_other_frames(
    model: Mediapipe, make: Callable[..., Mediapipe], photograph: Frame
) -> None:
    """It would, if MediaPipe followed the person."""
    frames = [view.show(photograph) for view in views()[::8]]
    frames.insert(1, np.zeros_like(photograph))
    together = check_one_stage(model, frames)
    backwards = model.find(frames[::-1])[::-1]
    alone = [make().find([frame])[0] for frame in frames]
    assert all(map(same, together, backwards))
    assert all(map(same, together, alone))


def test_another_process_gives_the_same_bits_and_prints_nothing_else(
    model: Mediapipe, bundles: Path, photograph: Frame
) -> None:
    code = (
        "import sys, skimage.data; from skelconv_mediapipe.pose_model import Mediapipe;"
        "from skelconv_mediapipe.options import MediapipeOptions;"
        "model = Mediapipe(MediapipeOptions(model=sys.argv[1]));"
        "boxes, poses = model.find([skimage.data.astronaut()])[0];"
        "sys.stdout.buffer.write(b''.join(map(bytes, (boxes, *poses))))"
    )
    command = [sys.executable, "-c", code, str(bundles / "pose.task")]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stderr == b""
    found = done.stdout
    ((boxes, poses),) = model.find([photograph])
    assert found == boxes.tobytes() + poses.keypoint.tobytes() + poses.keypoint_score.tobytes()


def test_frames_in_any_memory_order_are_taken_and_not_changed(
    model: Mediapipe, photograph: Frame
) -> None:
    turned = np.asfortranarray(photograph)
    turned.flags.writeable = False
    assert same(model.find([turned])[0], model.find([photograph])[0])
    assert np.array_equal(turned, skimage.data.astronaut())


def test_min_score_is_that_of_the_detector(
    make: Callable[..., Mediapipe], photograph: Frame
) -> None:
    ((boxes, _),) = make(min_score=1).find([photograph])
    assert len(boxes) == 0


@pytest.fixture(scope="module")
def two(photograph: Frame) -> Frame:
    """The photograph at the left top, and again at the right bottom."""
    frame = np.zeros((2 * SIZE, 2 * SIZE, 3), np.uint8)
    frame[:SIZE, :SIZE] = photograph
    frame[SIZE:, SIZE:] = photograph
    return frame


def test_several_people_are_found(
    make: Callable[..., Mediapipe], model: Mediapipe, photograph: Frame, two: Frame
) -> None:
    ((boxes, poses),) = model.find([two])
    ((_, alone),) = model.find([photograph])
    assert len(boxes) == 2
    assert (np.diff(boxes[:, 4]) <= 0).all()
    left = poses.keypoint[np.argsort(boxes[:, 0]), :][:, FACE]
    for person, corner in zip(left, (0, SIZE), strict=True):
        assert np.linalg.norm(person - (alone.keypoint[0, FACE] + corner), axis=1).max() < 12
    ((one, _),) = make(people=1).find([two])
    assert len(one) == 1


def test_a_box_says_who_is_meant(
    in_boxes: BlazePose, model: Mediapipe, photograph: Frame, two: Frame
) -> None:
    ((_, alone),) = model.find([photograph])
    boxes = np.array([(SIZE, SIZE, 2 * SIZE, 2 * SIZE), (0, 0, SIZE, SIZE)], np.float32)
    (poses,) = in_boxes.estimate([two], [boxes])
    for person, corner in zip(poses.keypoint[:, FACE], (SIZE, 0), strict=True):
        assert np.linalg.norm(person - (alone.keypoint[0, FACE] + corner), axis=1).max() < 12
    assert (poses.keypoint_score[:, FACE] > 0.9).all()


def test_someone_small_is_found_in_a_box(
    in_boxes: BlazePose, model: Mediapipe, photograph: Frame
) -> None:
    """MediaPipe's own detector does not see a person who is a sixteenth of the frame high."""
    small = View(0, 0, 4 * SIZE).show(photograph)[: SIZE // 4, : SIZE // 4]
    frame = np.zeros((4 * SIZE, 4 * SIZE, 3), np.uint8)
    frame[1000 : 1000 + SIZE // 4, 1300 : 1300 + SIZE // 4] = small
    ((boxes, _),) = model.find([frame])
    assert len(boxes) == 0
    box = np.array([(1300, 1000, 1300 + SIZE / 4, 1000 + SIZE / 4)], np.float32)
    (poses,) = in_boxes.estimate([frame], [box])
    ((_, alone),) = model.find([photograph])
    expected = alone.keypoint[0, FACE] / 4 + (1300, 1000)
    assert np.linalg.norm(poses.keypoint[0, FACE] - expected, axis=1).max() < 4


@pytest.mark.parametrize(
    "box", [(10, 10, 60, 60), (-50, -50, -10, -10), (0, 0, 0.5, 40), (-1e9, -1e9, 1e9, 1e9)]
)
def test_a_box_without_a_person_has_no_joints(in_boxes: BlazePose, box: tuple[float, ...]) -> None:
    (poses,) = in_boxes.estimate([np.zeros((96, 128, 3), np.uint8)], [np.array([box], np.float32)])
    assert poses.keypoint.shape == (1, 33, 2)
    assert not poses.keypoint.any()
    assert not poses.keypoint_score.any()


def test_a_box_alone_gives_what_it_gives_among_others(
    in_boxes: BlazePose, photograph: Frame
) -> None:
    frames = [view.show(photograph) for view in views()[::12]]
    check_pose_model(in_boxes, frames)


@pytest.fixture(scope="module")
def holistic(bundles: Path) -> Holistic:
    return Holistic(HolisticOptions(model=str(bundles / "holistic.task")))


def test_holistic_has_the_body_of_blazepose_and_two_hands(
    holistic: Holistic, model: Mediapipe, photograph: Frame
) -> None:
    ((boxes, poses),) = holistic.find([photograph])
    ((_, body),) = model.find([photograph])
    assert poses.keypoint.shape == (1, 75, 2)
    assert boxes.shape == (1, 5)
    joints = load_registry().layout(holistic.layout).joints
    assert joints[:33] == load_registry().layout("blazepose33").joints
    assert (joints[33], joints[41], joints[54]) == (
        "left_hand_root",
        "left_forefinger4",
        "right_hand_root",
    )
    off = np.linalg.norm(poses.keypoint[0, FACE] - body.keypoint[0, FACE], axis=1)
    assert off.max() < 8
    # Her hands are not in the picture.
    assert not poses.keypoint_score[0, 33:].any()
    assert not poses.keypoint[0, 33:].any()


def test_holistic_on_any_frame(holistic: Holistic, photograph: Frame) -> None:
    frames = [view.show(photograph) for view in views()[::12]]
    check_one_stage(holistic, frames)


@pytest.mark.parametrize("content", [b"", b"no bundle", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_bundle_is_refused(
    content: bytes, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.task").write_bytes(content)
    with pytest.raises(PluginError, match=r"a\.task"):
        Mediapipe(MediapipeOptions(model=str(tmp_path / "a.task")))
    assert capfd.readouterr() == ("", "")


def test_a_bundle_of_another_model_is_refused(bundles: Path) -> None:
    with pytest.raises(PluginError, match="not a bundle for this model"):
        Holistic(HolisticOptions(model=str(bundles / "pose.task")))


def test_a_bundle_must_have_its_digest(bundles: Path) -> None:
    path = str(bundles / "pose.task")
    with pytest.raises(SkelconvError, match="another file"):
        Mediapipe(MediapipeOptions(model=path, sha256="0" * 64))


def test_a_misspelt_name_is_no_file() -> None:
    with pytest.raises(PluginError, match="no such file"):
        Mediapipe(MediapipeOptions(model="ful"))


def test_the_model_is_closed_when_it_is_deleted(make: Callable[..., Mediapipe]) -> None:
    model = make()
    closed = model._landmarker.close
    assert isinstance(closed, weakref.finalize)
    assert closed.alive
    del model
    gc.collect()
    assert not closed.alive


def test_nothing_is_printed(
    make: Callable[..., Mediapipe], photograph: Frame, capfd: pytest.CaptureFixture[str]
) -> None:
    """MediaPipe writes lines when it is loaded, when it runs, and when it is closed."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = make()
        model.find([photograph])
        model._landmarker.close()
    os.write(2, b"stderr is back")
    assert capfd.readouterr() == ("", "stderr is back")


@pytest.mark.parametrize("version", ["an early one without tasks", "one that does not load"])
def test_for_an_unusable_mediapipe_the_right_one_is_named(
    version: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    without: ModuleType | None = None
    if version.startswith("an early"):
        without = ModuleType("mediapipe")
    monkeypatch.setitem(sys.modules, "mediapipe", without)
    with pytest.raises(PluginError) as caught:
        Mediapipe(MediapipeOptions())
    assert "skelconv[mediapipe]" in str(caught.value.hint)
    os.write(2, b"stderr is back")
    assert capfd.readouterr().err == "stderr is back"
