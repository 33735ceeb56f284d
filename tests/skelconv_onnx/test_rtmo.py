"""Comparison with rtmlib itself, and with simple arithmetic where the answer is known."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rtmlib

from skelconv import PluginError
from skelconv.plugin.use import use_plugin
from skelconv.testing import check_one_stage

SIZE = (64, 96)


def create(path: Path, **options: Any) -> Any:
    given = {"model": str(path), "device": "cpu", **options}
    return use_plugin("pose-model", "rtmo", given).make()


def test_people_are_those_of_rtmlib(
    random_model: Callable[..., Path], frames: list[np.ndarray]
) -> None:
    rng = np.random.default_rng(0)
    corners = rng.uniform(0, 60, (1, 30, 2))
    always = np.concatenate([corners, corners + 25, np.full((1, 30, 1), 0.5)], axis=2)
    path = random_model(
        SIZE,
        {"dets": ((1, 30, 5), 0.2, always), "keypoints": ((1, 30, 17, 3), 0.5, [40, 30, 0.5])},
    )
    model = create(path, min_score=0.4)
    assert model.layout == "coco17"
    by_hand = rtmlib.RTMO(str(path), model_input_size=SIZE, score_thr=0.4)
    found = check_one_stage(model, frames)
    for frame, (boxes, poses) in zip(frames, found, strict=True):
        keypoint, score = by_hand(frame[..., ::-1].copy())
        assert 2 < len(keypoint) < 30
        assert boxes.shape == (len(keypoint), 5)
        assert boxes.dtype == poses.keypoint.dtype == poses.keypoint_score.dtype == np.float32
        np.testing.assert_allclose(poses.keypoint, keypoint, atol=1e-3)
        np.testing.assert_allclose(poses.keypoint_score, score, atol=1e-5)
        assert (np.diff(boxes[:, 4]) <= 0).all()
        assert boxes[:, 4].min() > 0.4
    assert np.abs(found[0][1].keypoint[0] - found[4][1].keypoint[0]).max() > 1e-3


def test_a_known_output_gives_known_people(
    answer: Callable[..., Path], frames: list[np.ndarray]
) -> None:
    """The frame, 160 x 120, is scaled by 8 / 15; the second box overlaps a better one."""
    boxes = np.array(
        [[[8, 8, 40, 56, 0.6], [8, 8, 40, 55, 0.55], [48, 0, 80, 48, 0.9], [0, 0, 9, 9, 0.4]]],
        np.float32,
    )
    joints = np.zeros((1, 4, 17, 3), np.float32)
    joints[0, :, :, 0] = np.arange(4)[:, None] * 8
    joints[0, :, :, 1] = np.arange(17)
    joints[0, :, :, 2] = [[0.1], [0.2], [0.3], [0.4]]
    ((found, poses),) = create(answer({"dets": boxes, "keypoints": joints}, SIZE)).find(frames[:1])
    np.testing.assert_allclose(found[:, :4], boxes[0, [2, 0], :4] * 15 / 8, rtol=1e-5)
    np.testing.assert_allclose(found[:, 4], [0.9, 0.6])
    np.testing.assert_allclose(poses.keypoint[:, :, 0], [[30] * 17, [0] * 17], rtol=1e-5)
    np.testing.assert_allclose(poses.keypoint[0, :, 1], np.arange(17) * 15 / 8, rtol=1e-5)
    np.testing.assert_allclose(poses.keypoint_score, [[0.3] * 17, [0.1] * 17])


@pytest.mark.parametrize("count", [0, 3])
def test_a_frame_without_people_gives_empty_arrays(
    count: int, answer: Callable[..., Path], frames: list[np.ndarray]
) -> None:
    path = answer(
        {
            "dets": np.zeros((1, count, 5), np.float32),
            "keypoints": np.zeros((1, count, 17, 3), np.float32),
        },
        SIZE,
    )
    ((boxes, poses),) = create(path).find(frames[:1])
    assert boxes.shape == (0, 5)
    assert poses.keypoint.shape == (0, 17, 2)
    assert poses.keypoint_score.shape == (0, 17)


def test_a_model_of_another_kind_is_refused(answer: Callable[..., Path]) -> None:
    path = answer({"dets": np.zeros((1, 3, 5), np.float32)}, SIZE)
    with pytest.raises(PluginError, match=r"\(1, 3, 5\), where \(1, N, 5\) and \(1, N, V, 3\)"):
        create(path)
