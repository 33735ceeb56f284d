"""The similarity of poses against MMPose's own function."""

import ast
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any, Optional

import numpy as np
import pytest

from skelconv import Clip
from skelconv_people.similarity import ByJoints


@pytest.fixture(scope="module")
def oks_iou() -> Callable[..., np.ndarray]:
    """Return MMPose's function from its file, since the package needs COCO's tools."""
    package = Path(importlib.util.find_spec("mmpose").origin).parent
    tree = ast.parse((package / "evaluation/functional/nms.py").read_text())
    tree.body = [node for node in tree.body if getattr(node, "name", "") == "oks_iou"]
    names: dict[str, Any] = {"np": np, "Optional": Optional}
    exec(compile(tree, "nms.py", "exec"), names)  # a package's own file
    return names["oks_iou"]


@pytest.mark.parametrize("boxes", [True, False])
@pytest.mark.parametrize("seed", range(5))
def test_oks_is_that_of_mmpose(
    seed: int,
    boxes: bool,
    random_clip: Callable[..., Clip],
    oks_iou: Callable[..., np.ndarray],
) -> None:
    clip = random_clip(seed, boxes=boxes)
    similarity = ByJoints(clip)
    persons, frames = clip.keypoint.shape[:2]
    some = [(m, 0) for m in range(persons)]
    others = [(m, t) for m in range(persons) for t in range(1, frames)]
    found = similarity(some, others)

    def area(place: tuple[int, int]) -> float:
        if boxes:
            left, top, right, bottom = clip.fields["bbox"].values[place].astype(float)
            return (right - left) * (bottom - top)
        seen = clip.keypoint[place][clip.keypoint_score[place] > 0].astype(float)
        width, height = seen.max(0) - seen.min(0)
        return width * height

    def flat(place: tuple[int, int]) -> np.ndarray:
        columns = [clip.keypoint[place], clip.keypoint_score[place][:, None]]
        return np.concatenate(columns, 1).astype(float).ravel()

    for i, one in enumerate(some):
        expected = oks_iou(
            flat(one),
            np.stack([flat(other) for other in others]),
            area(one),
            np.array([area(other) for other in others]),
            vis_thr=0,
        )
        np.testing.assert_allclose(found[i], expected, rtol=1e-5)
    assert 0.1 < found.mean() < 0.9
