"""Comparison of the two operations with simple arithmetic."""

import math
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from skelconv import PluginError
from skelconv_openmmlab import stack

WAYS = ["plain", *(["torchvision"] if stack._has_torchvision() else [])]


@pytest.fixture(autouse=True, params=WAYS)
def _way(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stack, "_torchvision", request.param == "torchvision")
        patch.setattr(stack, "_BLOCK", 7)
        yield


def overlap(one: np.ndarray, other: np.ndarray, offset: int) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0]) + offset
    height = min(one[3], other[3]) - max(one[1], other[1]) + offset
    shared = max(width, 0) * max(height, 0)
    areas = [(box[2] - box[0] + offset) * (box[3] - box[1] + offset) for box in (one, other)]
    return shared / (sum(areas) - shared)


@settings(deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(0, 40), offset=st.sampled_from([0, 1]))
def test_nms_keeps_boxes_that_overlap_no_better_one(seed: int, count: int, offset: int) -> None:
    rng = np.random.default_rng(seed)
    near = rng.integers(0, 60, (count, 2))
    boxes = np.concatenate([near, near + rng.integers(1, 50, (count, 2))], 1).astype(float)
    scores = rng.permutation(count).astype(float)
    expected: list[int] = []
    for index in np.argsort(-scores):
        if all(overlap(boxes[index], boxes[kept], offset) <= 0.5 for kept in expected):
            expected.append(int(index))
    kept = stack.nms(torch.tensor(boxes), torch.tensor(scores), iou_threshold=0.5, offset=offset)
    assert kept.tolist() == expected


def bilinear(image: np.ndarray, y: float, x: float) -> float:
    height, width = image.shape
    if not (-1 <= y <= height and -1 <= x <= width):
        return 0.0
    y, x = min(max(y, 0), height - 1), min(max(x, 0), width - 1)
    top, left = int(y), int(x)
    bottom, right = min(top + 1, height - 1), min(left + 1, width - 1)
    upper = image[top, left] * (1 - (x - left)) + image[top, right] * (x - left)
    lower = image[bottom, left] * (1 - (x - left)) + image[bottom, right] * (x - left)
    return float(upper * (1 - (y - top)) + lower * (y - top))


@pytest.mark.parametrize("aligned", [True, False])
@pytest.mark.parametrize("ratio", [0, 2])
def test_roi_align_is_the_mean_of_single_samples(aligned: bool, ratio: int) -> None:
    rng = np.random.default_rng(0)
    maps = rng.random((2, 3, 12, 17)).astype(np.float32)
    rois = np.array(
        [[0, 4, 5, 30, 28], [1, -6, -3, 20, 50], [0, 60, 40, 90, 70], [1, 10, 10, 10.5, 11]],
        np.float32,
    )
    output = torch.zeros(4, 3, 3, 2)
    stack.roi_align_forward(
        torch.tensor(maps),
        torch.tensor(rois),
        output,
        torch.zeros(0),
        torch.zeros(0),
        aligned_height=3,
        aligned_width=2,
        spatial_scale=0.25,
        sampling_ratio=ratio,
        pool_mode=1,
        aligned=aligned,
    )
    for n, (index, *box) in enumerate(rois):
        left, top, right, bottom = (np.array(box) * 0.25 - (0.5 if aligned else 0)).tolist()
        width, height = right - left, bottom - top
        if not aligned:
            width, height = max(width, 1), max(height, 1)
        cell = height / 3, width / 2
        samples = [ratio or math.ceil(side) for side in cell]
        for c, i, j in np.ndindex(3, 3, 2):
            values = [
                bilinear(
                    maps[int(index), c],
                    top + cell[0] * (i + (y + 0.5) / samples[0]),
                    left + cell[1] * (j + (x + 0.5) / samples[1]),
                )
                for y in range(samples[0])
                for x in range(samples[1])
            ]
            assert output[n, c, i, j] == pytest.approx(np.mean(values), abs=2e-5)


# Of mmcv's own operations, where this test is the first to import them.
@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
def test_other_operations_ask_for_a_compiled_mmcv() -> None:
    stack.prepare()
    from mmcv.ops import soft_nms  # it is missing only when it is called

    with pytest.raises(PluginError, match="the operation 'softnms' of a compiled MMCV"):
        soft_nms(torch.tensor([[0.0, 0, 1, 1]]), torch.tensor([0.5]))
