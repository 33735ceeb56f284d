import gc
import os
import subprocess
import sys
import warnings
import weakref
from types import ModuleType

import numpy as np
import numpy.typing as npt
import pytest
import skimage.data
from skimage.feature import Cascade
from support.photograph import FACE, SIZE, Frame, astronaut, views

from skelconv import PluginError
from skelconv.plugin import Poses
from skelconv.plugin.loading import load_registry
from skelconv.testing import check_one_stage
from skelconv_mediapipe.pose_model import BlazePose

Found = tuple[npt.NDArray[np.float32], Poses]


@pytest.fixture(scope="module")
def model() -> BlazePose:
    return BlazePose()


@pytest.fixture(scope="module")
def photograph() -> Frame:
    return astronaut()


def same(one: Found, other: Found) -> bool:
    (boxes, poses), (other_boxes, other_poses) = one, other
    arrays = zip((boxes, *poses), (other_boxes, *other_poses), strict=True)
    return all(first.tobytes() == second.tobytes() for first, second in arrays)


def test_one_person_has_a_box_and_33_joints(model: BlazePose, photograph: Frame) -> None:
    ((boxes, poses),) = model.find([photograph])
    assert boxes.shape == (1, 5)
    assert poses.keypoint.shape == (1, 33, 2)
    assert poses.keypoint_score.shape == (1, 33)
    assert {boxes.dtype, poses.keypoint.dtype, poses.keypoint_score.dtype} == {np.dtype("float32")}
    assert len(load_registry().layout(model.layout).joints) == 33


def test_an_empty_frame_gives_empty_arrays(model: BlazePose) -> None:
    ((boxes, poses),) = model.find([np.zeros((48, 64, 3), np.uint8)])
    assert boxes.shape == (0, 5)
    assert boxes.dtype == np.float32
    assert poses.keypoint.shape == (0, 33, 2)
    assert poses.keypoint_score.shape == (0, 33)


def test_no_frames_give_nothing(model: BlazePose) -> None:
    assert model.find([]) == []


def test_the_face_is_where_a_face_detector_sees_it(model: BlazePose, photograph: Frame) -> None:
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


def test_joints_of_wide_frames_are_in_pixels(model: BlazePose, photograph: Frame) -> None:
    wide = np.zeros((SIZE, 3 * SIZE, 3), np.uint8)
    wide[:, SIZE : 2 * SIZE] = photograph
    ((_, alone),), ((_, beside),) = model.find([photograph]), model.find([wide])
    moved = alone.keypoint[0, FACE] + np.array((SIZE, 0))
    assert np.linalg.norm(beside.keypoint[0, FACE] - moved, axis=1).max() < 8


def test_hidden_joints_score_low(model: BlazePose, photograph: Frame) -> None:
    """The photograph ends at the waist."""
    ((boxes, poses),) = model.find([photograph])
    score = poses.keypoint_score[0]
    legs = slice(25, 33)
    assert score[FACE].min() > 0.9 > 0.5 > score[legs].max()
    assert poses.keypoint[0, legs, 1].min() > SIZE
    assert boxes[0, 4] == pytest.approx(score.mean())


def test_the_box_spans_the_joints_in_the_frame(model: BlazePose, photograph: Frame) -> None:
    ((boxes, poses),) = model.find([photograph])
    left, top, right, bottom = boxes[0, :4]
    assert 0 <= left < right <= SIZE
    assert 0 <= top < bottom <= SIZE
    inside = ((poses.keypoint[0] >= 0) & (poses.keypoint[0] <= SIZE)).all(1)
    joints = poses.keypoint[0, inside]
    assert inside.sum() > 11
    assert ((joints >= (left, top)) & (joints <= (right, bottom))).all()


def test_a_frame_does_not_depend_on_other_frames(model: BlazePose, photograph: Frame) -> None:
    """It would, if MediaPipe followed the person."""
    frames = [view.show(photograph) for view in views()[::8]]
    frames.insert(1, np.zeros_like(photograph))
    together = check_one_stage(model, frames)
    backwards = model.find(frames[::-1])[::-1]
    alone = [BlazePose().find([frame])[0] for frame in frames]
    assert all(map(same, together, backwards))
    assert all(map(same, together, alone))


def test_another_process_gives_the_same_bits(model: BlazePose, photograph: Frame) -> None:
    code = (
        "import sys, skimage.data; from skelconv_mediapipe.pose_model import BlazePose;"
        "boxes, poses = BlazePose().find([skimage.data.astronaut()])[0];"
        "sys.stdout.buffer.write(b''.join(map(bytes, (boxes, *poses))))"
    )
    found = subprocess.check_output([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    ((boxes, poses),) = model.find([photograph])
    assert found == boxes.tobytes() + poses.keypoint.tobytes() + poses.keypoint_score.tobytes()


def test_frames_in_any_memory_order_are_taken_and_not_changed(
    model: BlazePose, photograph: Frame
) -> None:
    turned = np.asfortranarray(photograph)
    turned.flags.writeable = False
    assert same(model.find([turned])[0], model.find([photograph])[0])
    assert np.array_equal(turned, skimage.data.astronaut())


def test_min_score_is_that_of_the_detector(photograph: Frame) -> None:
    ((boxes, _),) = BlazePose(min_score=1).find([photograph])
    assert len(boxes) == 0


def test_the_model_is_closed_when_it_is_deleted(photograph: Frame) -> None:
    model = BlazePose()
    closed = model.close
    assert isinstance(closed, weakref.finalize)
    assert closed.alive
    del model
    gc.collect()
    assert not closed.alive


def test_making_a_model_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        BlazePose()
    os.write(2, b"stderr is back")
    assert capfd.readouterr() == ("", "stderr is back")


@pytest.mark.parametrize("version", ["a later one without Solutions", "one that does not load"])
def test_for_an_unusable_mediapipe_the_right_version_is_named(
    version: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    without: ModuleType | None = None
    if version.startswith("a later"):
        without = ModuleType("mediapipe")
    monkeypatch.setitem(sys.modules, "mediapipe", without)
    with pytest.raises(PluginError, match=r"mediapipe==0\.10\.21"):
        BlazePose()
    os.write(2, b"stderr is back")
    assert capfd.readouterr().err == "stderr is back"
