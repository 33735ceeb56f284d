"""Faster R-CNN and HRNet, one from a file and one from a URL."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.openmmlab_models import save_detector, save_pose_model

# Warnings of the packages are theirs.
pytestmark = pytest.mark.filterwarnings("ignore")


def test_a_video(video_to_pickle: Callable[..., dict[str, Any]], url: str, tmp_path: Path) -> None:
    detector, pose = save_detector(tmp_path), save_pose_model(tmp_path)._asdict()
    annotation = video_to_pickle(
        detector={"use": "mmdet", "with": {**detector._asdict(), "min_score": 0.3}},
        pose={"use": "mmpose", "with": {**pose, "weights": f"{url}/pose.pth"}},
    )
    assert annotation["keypoint_score"].any()
