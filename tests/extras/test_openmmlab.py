"""Faster R-CNN and HRNet, as checkpoints behind URLs: from nothing to a dataset."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.openmmlab_models import save_detector, save_pose_model

# Warnings of the packages are theirs.
pytestmark = pytest.mark.filterwarnings("ignore")


def test_own_videos(own_dataset: Callable[..., dict[str, Any]], url: str, tmp_path: Path) -> None:
    detector, pose = save_detector(tmp_path), save_pose_model(tmp_path)
    made = own_dataset(
        "video_folder_published",
        given("source.with.detector", detector, url),
        given("source.with.pose", pose, url),
    )
    assert len(made["annotations"]) == 10
    assert any(annotation["keypoint_score"].any() for annotation in made["annotations"])


def given(stage: str, model: Any, url: str) -> str:
    """Return the change of a recipe that names a small model in place of the published one."""
    options = {
        **model._asdict(),
        "weights": f"{url}/{Path(model.weights).name}",
        "sha256": hashlib.sha256(Path(model.weights).read_bytes()).hexdigest()[:8],
    }
    if "detector" in stage:
        options["min_score"] = 0.3
    return f"{stage}.with={json.dumps(options)}"
