"""Models of Ultralytics' form: with known outputs, or that show what the model was given."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from skelconv import PluginError
from skelconv.plugin.use import use_plugin
from skelconv.testing import check_detector, check_one_stage

GREY = np.float32(114 / 255)


def detector(path: Path, **options: Any) -> Any:
    return use_plugin("detector", "yolo", {"model": str(path), "device": "cpu", **options}).make()


def pose_model(path: Path, **options: Any) -> Any:
    given = {"model": str(path), "device": "cpu", **options}
    return use_plugin("pose-model", "yolo-pose", given).make()


def mirror(path: Path, size: tuple[int, int], fixed: bool = True) -> Path:
    """Save a model that finds a person of one pixel in each pixel; its red is the score."""
    height, width = size
    y, x = np.mgrid[:height, :width]
    ones = np.ones(height * width)
    boxes = np.stack([x.ravel() + 0.5, y.ravel() + 0.5, ones, ones])[np.newaxis]
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["images", "first"], ["red"], axis=1),
            helper.make_node("Reshape", ["red", "row"], ["score"]),
            helper.make_node("Concat", ["boxes", "score"], ["output0"], axis=1),
        ],
        "mirror",
        [
            helper.make_tensor_value_info(
                "images", TensorProto.FLOAT, [1, 3, *(size if fixed else ("height", "width"))]
            )
        ],
        [helper.make_tensor_value_info("output0", TensorProto.FLOAT, None)],
        [
            numpy_helper.from_array(np.array([0]), "first"),
            numpy_helper.from_array(np.array([1, 1, height * width]), "row"),
            numpy_helper.from_array(boxes.astype(np.float32), "boxes"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, path)
    return path


@pytest.mark.parametrize(
    ("frame", "inner"),
    [((24, 32), (12, 16)), ((10, 40), (4, 16)), ((60, 10), (12, 2)), ((1, 300), (1, 16))],
)
def test_the_frame_lies_in_the_middle_with_grey_around_it(
    frame: tuple[int, int], inner: tuple[int, int], tmp_path: Path
) -> None:
    model = detector(mirror(tmp_path / "a.onnx", (12, 16)), min_score=0, overlap=1)
    (found,) = model.detect([np.full((*frame, 3), (255, 0, 0), np.uint8)])
    assert len(found) == 12 * 16
    red, grey = found[found[:, 4] == 1], found[found[:, 4] == GREY]
    assert len(red) == inner[0] * inner[1]
    assert len(red) + len(grey) == len(found)
    # Together the boxes of the pixels are the frame.
    areas = (red[:, 2] - red[:, 0]) * (red[:, 3] - red[:, 1])
    assert areas.sum() == pytest.approx(frame[0] * frame[1], rel=1e-4)
    np.testing.assert_allclose(red[:, :2].min(0), 0, atol=1e-4)
    np.testing.assert_allclose(red[:, 2:4].max(0), frame[::-1], rtol=1e-4)


def test_an_input_of_any_size_gets_as_little_grey_as_can_be(tmp_path: Path) -> None:
    """96 x 96 with a frame of half the height is 64 x 96: a multiple of 32."""
    path = mirror(tmp_path / "a.onnx", (64, 96), fixed=False)
    with pytest.raises(PluginError, match="what size of image") as caught:
        detector(path)
    assert "input_size" in str(caught.value.hint)
    graph = onnx.load(path)
    # Boxes for 96 x 96 would not fit: the model itself says that it was given 64 x 96.
    helper.set_model_props(graph, {"imgsz": "[64, 96]"})
    onnx.save(graph, path)
    (found,) = detector(path, min_score=0, overlap=1).detect([np.full((48, 96, 3), 255, np.uint8)])
    assert len(found) == 300
    (found,) = detector(path, min_score=0.5, overlap=1).detect(
        [np.full((128, 192, 3), 255, np.uint8)]
    )
    assert (found[:, 4] == 1).all()


def raw(people: list[tuple[float, ...]], classes: int, joints: int = 0) -> dict[str, np.ndarray]:
    """Centre x, centre y, width, height, and the score of each class."""
    # Real models have thousands of rows, of which most are nobody.
    made = np.zeros((1, 4 + classes + 3 * joints, 100), np.float32)
    made[0, : 4 + classes, : len(people)] = np.array(people).T
    for joint in range(joints):
        start = 4 + classes + 3 * joint
        made[0, start : start + 3] = [[8 + joint], [24 + joint], [0.25]]
    return {"output0": made}


def test_boxes_that_overlap_are_left_out(answer: Callable[..., Path]) -> None:
    people = [
        (16, 32, 16, 16, 0.6, 0.1),
        (16, 34, 16, 16, 0.5, 0.1),  # 14 of 18 rows are common: 0.78
        (16, 37, 16, 16, 0.4, 0.1),  # 11 of 21 rows: 0.52; 0.68 with the second, which is out
        (48, 32, 16, 16, 0.9, 0.1),
        (48, 32, 16, 16, 0.3, 0.95),  # another class is likelier
        (32, 32, 8, 8, 0.25, 0.1),
    ]
    path = answer(raw(people, 2))
    (found,) = detector(path).detect([np.zeros((128, 128, 3), np.uint8)])
    expected = [[80, 48, 112, 80, 0.9], [16, 48, 48, 80, 0.6], [16, 58, 48, 90, 0.4]]
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    (found,) = detector(path, overlap=0.5).detect([np.zeros((128, 128, 3), np.uint8)])
    np.testing.assert_allclose(found, expected[:2], rtol=1e-5)
    (found,) = detector(path, category=1).detect([np.zeros((128, 128, 3), np.uint8)])
    np.testing.assert_allclose(found, [[80, 48, 112, 80, 0.95]], rtol=1e-5)


def test_a_model_that_ends_in_boxes(answer: Callable[..., Path]) -> None:
    rows = np.array(
        [[[8, 16, 24, 48, 0.9, 0], [8, 16, 24, 48, 0.8, 0], [0, 0, 9, 9, 0.9, 5]]], np.float32
    )
    path = answer({"output0": np.concatenate([rows, np.zeros((1, 297, 6), np.float32)], axis=1)})
    (found,) = detector(path).detect([np.zeros((128, 128, 3), np.uint8)])
    np.testing.assert_allclose(found, [[16, 32, 48, 96, 0.9], [16, 32, 48, 96, 0.8]])


@pytest.mark.parametrize("ends_in_boxes", [False, True])
def test_joints_are_in_the_frame(answer: Callable[..., Path], ends_in_boxes: bool) -> None:
    """A frame of 128 x 64 is scaled by a half, with 16 rows of grey above it."""
    if ends_in_boxes:
        made = np.zeros((1, 300, 57), np.float32)
        made[0, 0, :5] = (8, 24, 24, 40, 0.9)
        made[0, 0, 6:] = np.array([(8 + joint, 24 + joint, 0.25) for joint in range(17)]).ravel()
        outputs = {"output0": made}
    else:
        outputs = raw([(16, 32, 16, 16, 0.9)], 1, 17)
    model = pose_model(answer(outputs))
    assert model.layout == "coco17"
    ((boxes, poses),) = model.find([np.zeros((64, 128, 3), np.uint8)])
    np.testing.assert_allclose(boxes, [[16, 16, 48, 48, 0.9]], rtol=1e-5)
    x = 16 + 2 * np.arange(17)
    np.testing.assert_allclose(poses.keypoint[0], np.column_stack([x, x]), rtol=1e-5)
    np.testing.assert_allclose(poses.keypoint_score, np.full((1, 17), 0.25))


def test_nobody(answer: Callable[..., Path]) -> None:
    frames = [np.zeros((64, 128, 3), np.uint8)]
    (boxes,) = detector(answer(raw([(16, 32, 16, 16, 0.1)], 1))).detect(frames)
    assert boxes.shape == (0, 5)
    ((boxes, poses),) = pose_model(answer(raw([(16, 32, 16, 16, 0.1)], 1, 17))).find(frames)
    assert (boxes.shape, poses.keypoint.shape, poses.keypoint_score.shape) == (
        (0, 5),
        (0, 17, 2),
        (0, 17),
    )


def test_the_file_says_how_many_joints_it_has(answer: Callable[..., Path], tmp_path: Path) -> None:
    made = np.zeros((1, 5 + 26 * 2, 1), np.float32)
    made[0, :5, 0] = (16, 32, 16, 16, 0.9)
    path = answer({"output0": made})
    graph = onnx.load(path)
    helper.set_model_props(graph, {"kpt_shape": "[26, 2]"})
    onnx.save(graph, path)
    model = pose_model(path)
    assert model.layout == "halpe26"
    ((_, poses),) = model.find([np.zeros((64, 64, 3), np.uint8)])
    # It has no score of its own.
    np.testing.assert_allclose(poses.keypoint_score, np.full((1, 26), 0.9))


@pytest.mark.parametrize("shape", [(1, 4, 10), (1, 54, 10), (1, 5)])
def test_other_models_are_refused(answer: Callable[..., Path], shape: tuple[int, ...]) -> None:
    path = answer({"output0": np.zeros(shape, np.float32)})
    with pytest.raises(PluginError, match=r"a\.onnx"):
        pose_model(path)


def test_a_class_that_is_not_there(answer: Callable[..., Path]) -> None:
    with pytest.raises(PluginError, match="there is no class 2: it has 2"):
        detector(answer(raw([(16, 32, 16, 16, 0.6, 0.1)], 2)), category=2)


def test_each_frame_for_itself(tmp_path: Path, random_model: Callable[..., Path]) -> None:
    rng = np.random.default_rng(0)
    centres = rng.uniform(10, 50, (1, 2, 30))
    always = np.concatenate([centres, np.full((1, 2, 30), 12), np.full((1, 52, 30), 0.5)], axis=1)
    path = random_model((64, 96), {"output0": ((1, 56, 30), 0.1, always)}, together=1)
    found = check_one_stage(pose_model(path, min_score=0.4))
    assert any(2 < len(boxes) < 30 for boxes, _ in found)
    always = always[:, :5]
    path = random_model((64, 96), {"output0": ((1, 5, 30), 0.1, always)}, together=1)
    check_detector(detector(path, min_score=0.4))
