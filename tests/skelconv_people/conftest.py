from collections.abc import Callable

import numpy as np
import pytest

from skelconv import Clip, Field

M, T, V = 3, 4, 17


def _random_clip(seed: int, *, boxes: bool, layout: str = "coco17") -> Clip:
    rng = np.random.default_rng(seed)
    body = rng.uniform(0, 100, (1, 1, V, 2)) * (1, 2)
    keypoint = body + rng.normal(0, 12, (M, T, V, 2))
    corners = rng.uniform(0, 50, (M, T, 2))
    fields = {}
    if boxes:
        table = np.concatenate([corners, corners + rng.uniform(50, 300, (M, T, 2))], -1)
        fields = {
            "bbox": Field(table.astype(np.float32), "MTB"),
            "bbox_score": Field(np.ones((M, T), np.float32), "MT"),
        }
    score = rng.uniform(0.1, 1, (M, T, V)) * (rng.random((M, T, V)) > 0.3)
    return Clip(
        id="a",
        keypoint=keypoint.astype(np.float32),
        keypoint_score=score.astype(np.float32),
        layout=layout,
        fields=fields,
    )


@pytest.fixture
def random_clip() -> Callable[..., Clip]:
    """Return what makes a clip of three people in four frames, who stand close together."""
    return _random_clip
