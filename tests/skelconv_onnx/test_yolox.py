"""Comparison with rtmlib itself, and with simple arithmetic where the answer is known."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rtmlib

from skelconv import PluginError
from skelconv.plugin.use import use_plugin
from skelconv.testing import check_detector

SIZE = (64, 96)
CELLS = 8 * 12 + 4 * 6 + 2 * 3


def create(path: Path, **options: Any) -> Any:
    given = {"model": str(path), "device": "cpu", **options}
    return use_plugin("detector", "yolox", given).make()


def bgr(frame: np.ndarray) -> np.ndarray:
    return frame[..., ::-1].copy()


def test_boxes_of_a_model_with_suppression_are_those_of_rtmlib(
    random_model: Callable[..., Path], frames: list[np.ndarray]
) -> None:
    path = random_model(SIZE, {"dets": ((1, 20, 5), 0.3, [40, 30, 60, 50, 0.3])})
    detector = create(path, min_score=0.3)  # rtmlib has no other threshold here
    by_hand = rtmlib.YOLOX(str(path), model_input_size=SIZE)
    found = check_detector(detector, frames)
    for frame, boxes in zip(frames, found, strict=True):
        expected = by_hand(bgr(frame))
        assert boxes.dtype == np.float32
        assert 2 < len(expected) < 20
        assert (np.diff(boxes[:, 4]) <= 0).all()
        assert boxes[:, 4].min() > 0.3
        # rtmlib keeps the model's order.
        np.testing.assert_allclose(
            boxes[np.lexsort(boxes[:, :4].T), :4], expected[np.lexsort(expected.T)], atol=1e-3
        )
    assert np.abs(found[0][0] - found[4][0]).max() > 1e-3


@pytest.mark.parametrize("category", [0, 2])
def test_boxes_of_a_model_without_suppression_are_those_of_rtmlib(
    category: int, random_model: Callable[..., Path], frames: list[np.ndarray]
) -> None:
    path = random_model(
        SIZE,
        {
            "where": ((1, CELLS, 4), 0.2, [0, 0, 1.2, 1.4]),
            "scores": ((1, CELLS, 4), 0.6, [3, 0.5, 0, 0.5]),
        },
        sigmoid=["scores"],
    )
    path = joined(path, "where", "scores")
    by_hand = rtmlib.YOLOX(str(path), model_input_size=SIZE, score_thr=0.6, det_mode="multiclass")
    found = create(path, min_score=0.6, category=category).detect(frames)
    unsuppressed = rtmlib.YOLOX(
        str(path), model_input_size=SIZE, nms_thr=1, score_thr=0.6, det_mode="multiclass"
    )
    for frame, boxes in zip(frames, found, strict=True):
        expected, classes = by_hand(bgr(frame))
        expected = expected[classes == category]
        assert 2 < len(expected) < (unsuppressed(bgr(frame))[1] == category).sum() < CELLS
        np.testing.assert_allclose(boxes[:, :4], expected, atol=1e-3, rtol=1e-5)
        assert (np.diff(boxes[:, 4]) <= 0).all()
        assert boxes[:, 4].min() > 0.6


def joined(path: Path, *names: str) -> Path:
    """Concatenate outputs of a model into one."""
    import onnx

    model = onnx.load(path)
    model.graph.node.append(onnx.helper.make_node("Concat", names, ["output"], axis=2))
    del model.graph.output[:]
    model.graph.output.append(
        onnx.helper.make_tensor_value_info("output", onnx.TensorProto.FLOAT, None)
    )
    onnx.save(model, path)
    return path


def test_a_known_cell_is_a_known_box(answer: Callable[..., Path], frames: list[np.ndarray]) -> None:
    """The frame, 160 x 120, is scaled to 85 x 64 in the corner of the input."""
    cells = np.zeros((1, CELLS, 6), np.float32)
    # Column 5 of row 3 of the cells of 16 pixels, which come after the 96 of 8 pixels.
    cells[0, 96 + 3 * 6 + 5] = [0.25, -0.5, np.log(2), np.log(1.5), 0.9, 0.8]
    (boxes,) = create(answer({"output": cells}, SIZE)).detect(frames[:1])
    x, y, width, height = 5.25 * 16, 2.5 * 16, 2 * 16, 1.5 * 16
    corners = np.array([x - width / 2, y - height / 2, x + width / 2, y + height / 2])
    np.testing.assert_allclose(boxes, [[*(corners * 120 / 64), 0.72]], rtol=1e-5)


def test_boxes_of_other_classes_are_left_out(
    answer: Callable[..., Path], frames: list[np.ndarray]
) -> None:
    boxes = np.array([[[0, 0, 9, 9, 0.6], [1, 2, 8, 9, 0.9], [3, 3, 8, 8, 0.7]]], np.float32)
    path = answer({"dets": boxes, "labels": np.array([[0, 3, 0]])}, SIZE)
    (found,) = create(path).detect(frames[:1])
    np.testing.assert_allclose(found[:, 4], [0.7, 0.6])
    np.testing.assert_allclose(found[1, :4], boxes[0, 0, :4] * 120 / 64)
    (others,) = create(path, category=3).detect(frames[:1])
    np.testing.assert_allclose(others[:, 4], [0.9])


@pytest.mark.parametrize("count", [0, 4])
def test_a_frame_without_people_gives_no_boxes(
    count: int, answer: Callable[..., Path], frames: list[np.ndarray]
) -> None:
    path = answer({"dets": np.zeros((1, count, 5), np.float32)}, SIZE)
    assert [boxes.shape for boxes in create(path).detect(frames[:2])] == [(0, 5), (0, 5)]
    path = answer({"output": np.zeros((1, CELLS, 7), np.float32)}, SIZE)
    assert [boxes.shape for boxes in create(path).detect(frames[:2])] == [(0, 5), (0, 5)]


def test_frames_are_not_changed(answer: Callable[..., Path], frames: list[np.ndarray]) -> None:
    frame = frames[0].copy()
    frame.flags.writeable = False
    create(answer({"dets": np.ones((1, 2, 5), np.float32)}, (120, 160))).detect([frame])
    np.testing.assert_array_equal(frame, frames[0])


def test_a_model_of_another_kind_is_refused(answer: Callable[..., Path]) -> None:
    path = answer({"x": np.zeros((1, 17, 96), np.float32)}, SIZE)
    with pytest.raises(PluginError, match=r"its output is \(17, 96\), where \(126, 5 and classes"):
        create(path)
    path = answer({"x": np.zeros((1, 17), np.float32)}, SIZE)
    with pytest.raises(PluginError, match=r"its outputs are \(1, 17\), where"):
        create(path)
    path = answer({"output": np.zeros((1, CELLS, 7), np.float32)}, SIZE)
    with pytest.raises(PluginError, match="there is no class 2: it has 2"):
        create(path, category=2)
