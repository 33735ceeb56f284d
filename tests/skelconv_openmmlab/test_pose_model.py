"""Comparison with mmpose's own loop, on the real mmpose, with the same random weights."""

import importlib.util
import warnings
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from support.people import BOXES

from skelconv import PluginError
from skelconv.plugin.use import use_plugin
from skelconv.testing import check_pose_model

pytestmark = pytest.mark.filterwarnings("ignore")

MMPOSE = Path(importlib.util.find_spec("mmpose").origin).parent / ".mim" / "configs"


def create(model: Any, **options: Any) -> Any:
    given = {**model._asdict(), "device": "cpu", **options}
    return use_plugin("pose-model", "mmpose", given).make()


@pytest.mark.parametrize("batch", [1, 3])
def test_joints_are_those_of_the_plain_loop(
    batch: int,
    random_pose_model: Any,
    joints_by_loop: Callable[..., Any],
    frames: list[np.ndarray],
    device: str,
) -> None:
    model = create(random_pose_model, batch=batch, device=device)
    poses = check_pose_model(model, frames, BOXES)
    assert [pose.keypoint.shape for pose in poses] == [(n, 17, 2) for n in (2, 0, 1, 3, 1)]
    for pose, (joints, scores) in zip(poses, joints_by_loop(BOXES), strict=True):
        np.testing.assert_allclose(pose.keypoint, joints, atol=0.05)
        np.testing.assert_allclose(pose.keypoint_score, scores, atol=1e-3, rtol=1e-3)
        assert not len(joints) or np.ptp(pose.keypoint) > 10


def test_with_a_fixed_batch_no_bit_depends_on_what_else_is_in_it(
    random_pose_model: Any, frames: list[np.ndarray], device: str
) -> None:
    model = create(random_pose_model, batch=4, fixed_batch=True, device=device)
    assert model.across_clips
    together = model.estimate(frames, BOXES)
    turned = model.estimate(frames[::-1], BOXES[::-1])[::-1]
    alone = [model.estimate([one], [some])[0] for one, some in zip(frames, BOXES, strict=True)]
    for found, *others in zip(together, turned, alone, strict=True):
        for other in others:
            np.testing.assert_array_equal(other.keypoint, found.keypoint)
            np.testing.assert_array_equal(other.keypoint_score, found.keypoint_score)


@pytest.mark.parametrize("way", [{"precision": "half"}, {"channels_last": True}])
def test_faster_ways_find_nearly_the_same(
    way: dict[str, Any], random_pose_model: Any, frames: list[np.ndarray], device: str
) -> None:
    plain, fast = (
        create(random_pose_model, device=device, **extra).estimate(frames[:1], BOXES[2:3])
        for extra in ({}, way)
    )
    assert fast[0].keypoint_score.dtype == np.float32
    # Half precision keeps two to three digits.
    np.testing.assert_allclose(
        fast[0].keypoint_score, plain[0].keypoint_score, atol=0.03 * np.ptp(plain[0].keypoint_score)
    )


def test_checkpoints_of_mmpose_0_are_taken(
    random_pose_model: Any, frames: list[np.ndarray], tmp_path: Path
) -> None:
    """Their head has another name, as in those that made the published skeletons."""
    old = torch.load(random_pose_model.weights, weights_only=True)["state_dict"]
    renamed = OrderedDict((key.replace("head.", "keypoint_head.", 1), old[key]) for key in old)
    assert renamed.keys() != old.keys()
    torch.save({"state_dict": renamed, "meta": {"mmpose_version": "0.6.0"}}, tmp_path / "old.pth")
    here, there = (
        create(random_pose_model, weights=str(path))
        for path in (random_pose_model.weights, tmp_path / "old.pth")
    )
    (expected,), (found,) = (model.estimate(frames[:1], BOXES[:1]) for model in (here, there))
    np.testing.assert_array_equal(found.keypoint, expected.keypoint)
    np.testing.assert_array_equal(found.keypoint_score, expected.keypoint_score)


def test_making_a_model_warns_of_nothing(random_pose_model: Any) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        create(random_pose_model)
    assert [str(each.message) for each in caught if each.category is UserWarning] == []


def test_a_layout_with_other_joints_is_refused(random_pose_model: Any) -> None:
    with pytest.raises(
        PluginError, match="its model has 17 joints in 2D; the layout 'ntu25' needs 25"
    ):
        create(random_pose_model, layout="ntu25")


def test_models_that_regress_joints_are_supported(
    tmp_path: Path, make_model: Callable[..., Any], frames: list[np.ndarray]
) -> None:
    """Their heads do not say in the config how many joints they have."""
    from mmpose.registry import MODELS

    base = "body_2d_keypoint/topdown_regression/coco/td-reg_res50_8xb64-210e_coco-256x192.py"
    config = f"""
_base_ = {str(MMPOSE / base)!r}
model = dict(backbone=dict(depth=18), head=dict(in_channels=512))
"""
    model = make_model(tmp_path, "regression", config, "mmpose", MODELS)
    (pose,) = create(model).estimate(frames[:1], BOXES[:1])
    assert pose.keypoint.shape == (2, 17, 2)


def test_only_top_down_models_are_run(random_pose_model: Any) -> None:
    with pytest.raises(PluginError, match="only top-down models are run here"):
        create(random_pose_model, config="rtmo-s_8xb32-600e_coco-640x640")
