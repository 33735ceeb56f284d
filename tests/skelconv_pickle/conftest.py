"""What the tests of the pickle plugin share."""

import numpy as np
import pytest

from skelconv import Clip


@pytest.fixture
def clip_3d() -> Clip:
    rng = np.random.default_rng(1)
    return Clip(
        "S001C002P003R002A013", rng.normal(size=(2, 7, 25, 3)).astype(np.float32), "ntu25", label=12
    )


@pytest.fixture
def clip_2d() -> Clip:
    rng = np.random.default_rng(2)
    return Clip(
        "v_Archery_g01_c07",
        rng.uniform(0, 320, size=(1, 9, 17, 2)).astype(np.float16),
        "coco17",
        label=2,
        keypoint_score=rng.uniform(size=(1, 9, 17)).astype(np.float16),
        img_shape=(240, 320),
        original_shape=(480, 640),
    )
