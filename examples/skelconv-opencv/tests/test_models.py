"""skelconv's checks; OpenCV's own answer; and a network of which the answer is known."""

from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from skelconv_opencv import plugin
from skelconv_opencv.models import HeatmapModel, HogDetector
from skelconv_opencv.plugin import HeatmapOptions, HogOptions

from skelconv import PluginError
from skelconv.testing import (
    check_descriptor,
    check_detector,
    check_pose_model,
    check_recipes,
    installed_plugins,
    moving_shapes,
)


@pytest.fixture
def network(tmp_path: Path) -> str:
    """Heatmap j of 17 is the mean brightness of cells of 4 x 4 pixels, by 1 + j / 100."""
    weights = np.ones((17, 3, 4, 4), np.float32) / 480
    weights *= (1 + np.arange(17, dtype=np.float32) / 100)[:, None, None, None]
    node = helper.make_node(
        "Conv", ["image", "weights"], ["heat"], kernel_shape=[4, 4], strides=[4, 4]
    )
    graph = helper.make_graph(
        [node],
        "brightness",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 256, 192])],
        [helper.make_tensor_value_info("heat", TensorProto.FLOAT, [1, 17, 64, 48])],
        [numpy_helper.from_array(weights, "weights")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, tmp_path / "brightness.onnx")
    return str(tmp_path / "brightness.onnx")


def test_the_descriptors_are_complete() -> None:
    for descriptor in (*plugin.skelconv_detectors(), *plugin.skelconv_pose_models()):
        check_descriptor(descriptor)


def figure() -> np.ndarray:
    """A dark person on light ground: head, trunk, arms and legs."""
    frame = np.full((360, 480, 3), 200, np.uint8)
    black = (30, 30, 30)
    cv2.circle(frame, (240, 90), 18, black, -1)
    cv2.ellipse(frame, (240, 160), (26, 52), 0, 0, 360, black, -1)
    for x in (-1, 1):
        cv2.line(frame, (240 + 20 * x, 125), (240 + 34 * x, 200), black, 12)
        cv2.line(frame, (240 + 10 * x, 200), (240 + 18 * x, 295), black, 16)
    return frame


def test_it_finds_a_person() -> None:
    frame = figure()
    detector = HogDetector(HogOptions())
    first, *_ = check_detector(detector, [frame, np.roll(frame, 60, axis=1), frame[:, ::-1]])
    assert len(first) == 1
    left, top, right, bottom, score = first[0]
    assert left < 206
    assert right > 274
    assert top < 72
    assert bottom > 295
    hog = cv2.HOGDescriptor()
    hog.setSVMDetector(cv2.HOGDescriptor_getDefaultPeopleDetector())
    _, own = hog.detectMultiScale(frame[..., ::-1].copy(), winStride=(8, 8), groupThreshold=0)
    assert score == np.float32(np.max(own))


def test_a_frame_that_is_smaller_than_a_window() -> None:
    assert [len(boxes) for boxes in check_detector(HogDetector(HogOptions()))] == [0] * 5


def test_the_joint_is_where_the_light_is(network: str) -> None:
    model = HeatmapModel(HeatmapOptions(model=network))
    frame = np.zeros((480, 640, 3), np.uint8)
    frame[196:205, 296:305] = 255
    (poses,) = model.estimate([frame], [np.array([[220, 80, 380, 400]], np.float32)])
    # A cell of the heatmap is 6.25 pixels of the frame.
    np.testing.assert_allclose(poses.keypoint[0], np.full((17, 2), (300, 200)), atol=6.25)
    assert (np.diff(poses.keypoint_score[0]) >= 0).all()


def test_it_does_what_skelconv_asks_of_a_pose_model(network: str) -> None:
    found = check_pose_model(HeatmapModel(HeatmapOptions(model=network)), moving_shapes())
    assert [len(poses.keypoint) for poses in found] == [2, 0, 1, 3, 2]


def test_what_is_no_such_network(network: str, tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="not heatmaps of 25 joints"):
        HeatmapModel(HeatmapOptions(model=network, layout="ntu25"))
    (tmp_path / "bad.onnx").write_bytes(b"no network")
    with pytest.raises(PluginError, match="OpenCV cannot use it"):
        HeatmapModel(HeatmapOptions(model=str(tmp_path / "bad.onnx")))


def test_its_recipe_is_valid() -> None:
    (folder,) = plugin.skelconv_recipes()
    with installed_plugins(*plugin.skelconv_detectors(), *plugin.skelconv_pose_models()):
        (recipe,) = check_recipes(folder).values()
    options = recipe.resolved()["source"]["with"]
    assert options["detector"]["use"] == "opencv-hog"
    assert options["pose"]["use"] == "opencv-heatmaps"
