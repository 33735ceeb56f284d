"""Comparison with rtmlib itself, and with simple arithmetic where the answer is known."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rtmlib
from support.people import BOXES

from skelconv import PluginError
from skelconv.plugin.use import use_plugin
from skelconv.testing import check_pose_model

HEIGHT, WIDTH = 64, 48


def create(path: Path, **options: Any) -> Any:
    given = {"model": str(path), "device": "cpu", **options}
    return use_plugin("pose-model", "rtmpose", given).make()


def simcc(joints: int, bins: int, at: np.ndarray | int, score: float) -> np.ndarray:
    made = np.zeros((1, joints, bins), np.float32)
    made[0, np.arange(joints), at] = score
    return made


@pytest.mark.parametrize("channels", ["rgb", "bgr"])
@pytest.mark.parametrize(("batch", "together"), [(1, "batch"), (3, "batch"), (8, 1), (8, 4)])
def test_joints_are_those_of_rtmlib(
    batch: int,
    together: int | str,
    channels: str,
    random_model: Callable[..., Path],
    frames: list[np.ndarray],
) -> None:
    """With each batch, and with files that take any batch or only a fixed one."""
    outputs = {
        "simcc_x": ((1, 17, 2 * WIDTH), 0.3, 0.2),
        "simcc_y": ((1, 17, 2 * HEIGHT), 0.3, 0.2),
    }
    path = random_model((HEIGHT, WIDTH), outputs, together=together)
    model = create(path, batch=batch, channels=channels)
    assert model.layout == "coco17"
    poses = check_pose_model(model, frames, BOXES)
    # rtmlib runs one person at a time.
    by_hand = rtmlib.RTMPose(
        str(random_model((HEIGHT, WIDTH), outputs)), model_input_size=(WIDTH, HEIGHT)
    )
    for frame, boxes, pose in zip(frames, BOXES, poses, strict=True):
        assert pose.keypoint.dtype == pose.keypoint_score.dtype == np.float32
        assert pose.keypoint.shape == (len(boxes), 17, 2)
        assert pose.keypoint_score.shape == (len(boxes), 17)
        if not len(boxes):
            continue
        image = frame if channels == "rgb" else frame[..., ::-1].copy()
        keypoint, score = by_hand(image, boxes)
        np.testing.assert_allclose(pose.keypoint, keypoint, atol=1e-3)
        np.testing.assert_allclose(pose.keypoint_score, score, atol=1e-5)
        assert keypoint.std((0, 1)).min() > 10
    # The results of different people differ.
    assert np.ptp(poses[3].keypoint_score, axis=0).max() > 0.1


def test_a_known_bin_is_a_known_pixel(
    answer: Callable[..., Path], frames: list[np.ndarray]
) -> None:
    """The box, scaled by 1.25 and widened to 3 : 4, is mapped to the input, 48 x 64."""
    x, y = np.arange(17) * 5 + 3, np.arange(17) * 7 + 2
    path = answer(
        {"x": simcc(17, 2 * WIDTH, x, 0.9), "y": simcc(17, 2 * HEIGHT, y, 0.5)}, (HEIGHT, WIDTH)
    )
    model = create(path)
    # 40 x 80 becomes 50 x 100, then 75 x 100 around (60, 60), its corner at (22.5, 10).
    # 120 x 40 becomes 150 x 50, then 150 x 200 around (80, 60), its corner at (5, -40).
    boxes = np.array([[40, 20, 80, 100], [20, 40, 140, 80]], np.float32)
    (pose,) = model.estimate(frames[:1], [boxes])
    for keypoint, (left, top, scale) in zip(
        pose.keypoint, [(22.5, 10, 75 / WIDTH), (5, -40, 150 / WIDTH)], strict=True
    ):
        np.testing.assert_allclose(keypoint[:, 0], left + x / 2 * scale, atol=1e-3)
        np.testing.assert_allclose(keypoint[:, 1], top + y / 2 * scale, atol=1e-3)
    np.testing.assert_allclose(pose.keypoint_score, 0.7, atol=1e-6)


@pytest.mark.parametrize(
    ("joints", "layout"), [(17, "coco17"), (26, "halpe26"), (133, "coco-wholebody133")]
)
def test_the_layout_follows_from_the_number_of_joints(
    joints: int, layout: str, answer: Callable[..., Path]
) -> None:
    path = answer(
        {"x": simcc(joints, 2 * WIDTH, 1, 1), "y": simcc(joints, 2 * HEIGHT, 1, 1)}, (HEIGHT, WIDTH)
    )
    assert create(path).layout == layout


def test_other_layouts_are_set_by_an_option(answer: Callable[..., Path]) -> None:
    path = answer(
        {"x": simcc(25, 2 * WIDTH, 1, 1), "y": simcc(25, 2 * HEIGHT, 1, 1)}, (HEIGHT, WIDTH)
    )
    assert create(path, layout="openpose25").layout == "openpose25"
    with pytest.raises(PluginError, match="it has 25 joints; the layout 'coco17' has 17"):
        create(path, layout="coco17")
    with pytest.raises(PluginError, match="it has 25 joints, and there is no default layout"):
        create(path)


def test_a_model_of_another_kind_is_refused(answer: Callable[..., Path]) -> None:
    path = answer({"dets": np.zeros((1, 3, 5), np.float32)}, (HEIGHT, WIDTH))
    with pytest.raises(PluginError, match=r"outputs are \(1, 3, 5\), where \(1, V, 96\) and"):
        create(path)
    path = answer(
        {"x": simcc(17, 3 * WIDTH, 1, 1), "y": simcc(17, 3 * HEIGHT, 1, 1)}, (HEIGHT, WIDTH)
    )
    with pytest.raises(PluginError, match=r"\(1, 17, 144\) and \(1, 17, 192\), where"):
        create(path)
