"""Comparison with a loop over frames on the real library, with the same random weights."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from support.people import BOXES
from transformers import AutoImageProcessor, VitPoseForPoseEstimation

from skelconv import PluginError
from skelconv.plugin.use import use_plugin
from skelconv.testing import check_pose_model


def create(folder: Path, **options: Any) -> Any:
    given = {"model": str(folder), "device": "cpu", **options}
    return use_plugin("pose-model", "vitpose", given).make()


def by_loop(
    folder: Path, frames: list[np.ndarray], **more: torch.Tensor
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Find joints as the library's documentation does; frames without boxes are skipped."""
    processor = AutoImageProcessor.from_pretrained(folder)
    model = VitPoseForPoseEstimation.from_pretrained(folder).eval()
    found = []
    for frame, boxes in zip(frames, BOXES, strict=True):
        if not len(boxes):
            found.append((np.zeros((0, 17, 2)), np.zeros((0, 17))))
            continue
        in_coco = np.column_stack([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]])
        inputs = processor(images=frame, boxes=[in_coco], return_tensors="pt")
        with torch.no_grad():
            given = model(**inputs, **more)
        (people,) = processor.post_process_pose_estimation(given, boxes=[in_coco])
        found.append(
            (
                np.stack([person["keypoints"].numpy() for person in people]),
                np.stack([person["scores"].numpy() for person in people]),
            )
        )
    return found


@pytest.mark.parametrize("batch", [1, 3])
def test_joints_are_those_of_the_plain_loop(
    batch: int, vitpose: Path, frames: list[np.ndarray]
) -> None:
    model = create(vitpose, batch=batch)
    assert model.layout == "coco17"
    poses = check_pose_model(model, frames, BOXES)
    for pose, (keypoint, score) in zip(poses, by_loop(vitpose, frames), strict=True):
        assert pose.keypoint.dtype == pose.keypoint_score.dtype == np.float32
        assert pose.keypoint.shape == keypoint.shape
        np.testing.assert_allclose(pose.keypoint, keypoint, atol=0.05)
        np.testing.assert_allclose(pose.keypoint_score, score, atol=1e-3)
        if len(keypoint):
            assert keypoint.std((0, 1)).min() > 10
            assert score.std() > 0.2


def test_a_frame_does_not_depend_on_other_frames(
    tmp_path: Path, make_vitpose: Callable[..., Path], frames: list[np.ndarray]
) -> None:
    """Not even in joints whose heatmap is empty, where the library uses a neighbour's."""
    model = create(make_vitpose(tmp_path, hidden=3), batch=1)
    together = model.estimate(frames, BOXES)
    assert all((pose.keypoint_score[:, :3] < 0).all() for pose in together)
    for frame, boxes, pose in zip(frames, BOXES, together, strict=True):
        (alone,) = model.estimate([frame], [boxes])
        np.testing.assert_array_equal(alone.keypoint, pose.keypoint)
        np.testing.assert_array_equal(alone.keypoint_score, pose.keypoint_score)


def test_with_a_fixed_batch_no_bit_depends_on_what_else_is_in_it(
    vitpose: Path, frames: list[np.ndarray]
) -> None:
    model = create(vitpose, batch=4, fixed_batch=True)
    assert model.across_clips
    together = model.estimate(frames, BOXES)
    turned = model.estimate(frames[::-1], BOXES[::-1])[::-1]
    alone = [model.estimate([one], [some])[0] for one, some in zip(frames, BOXES, strict=True)]
    for found, *others in zip(together, turned, alone, strict=True):
        for other in others:
            np.testing.assert_array_equal(other.keypoint, found.keypoint)
            np.testing.assert_array_equal(other.keypoint_score, found.keypoint_score)


def test_experts_are_chosen_by_dataset(
    tmp_path: Path, make_vitpose: Callable[..., Path], frames: list[np.ndarray]
) -> None:
    folder = make_vitpose(tmp_path, experts=3)
    found = [create(folder, dataset_index=n).estimate(frames, BOXES) for n in (0, 2)]
    for number, poses in zip((0, 2), found, strict=True):
        reference = by_loop(folder, frames, dataset_index=torch.tensor([number]))
        for pose, (keypoint, score) in zip(poses, reference, strict=True):
            np.testing.assert_allclose(pose.keypoint, keypoint, atol=0.05)
            np.testing.assert_allclose(pose.keypoint_score, score, atol=1e-3)
    assert np.abs(found[0][0].keypoint - found[1][0].keypoint).max() > 1
    with pytest.raises(PluginError, match="no dataset_index 3: it has 3"):
        create(folder, dataset_index=3)


def test_half_precision_gives_similar_scores(vitpose: Path, frames: list[np.ndarray]) -> None:
    whole = create(vitpose).estimate(frames, BOXES)
    half = create(vitpose, precision="half").estimate(frames, BOXES)
    for near, pose in zip(half, whole, strict=True):
        np.testing.assert_allclose(near.keypoint_score, pose.keypoint_score, atol=0.1)
    assert (half[0].keypoint_score != whole[0].keypoint_score).any()


def test_other_joints_are_refused(tmp_path: Path, make_vitpose: Callable[..., Path]) -> None:
    folder = make_vitpose(tmp_path, joints=21)
    with pytest.raises(PluginError, match="it has 21 joints; the layout 'coco17' has 17"):
        create(folder)
