"""BlazePose, with the weights of an old wheel."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from support.task_bundles import make_bundles


def test_a_video(video_to_pickle: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    make_bundles(tmp_path)
    options = {"model": str(tmp_path / "pose.task"), "min_score": 0, "people": 1}
    annotation = video_to_pickle(pose={"use": "mediapipe", "with": options})
    assert annotation["keypoint"].shape == (1, 5, 33, 2)


def test_own_videos(own_dataset: Callable[..., dict[str, Any]], url: str, tmp_path: Path) -> None:
    make_bundles(tmp_path)
    options = {"model": f"{url}/pose.task", "min_score": 0, "people": 1}
    made = own_dataset("video_folder_mediapipe", f"source.with.pose.with={json.dumps(options)}")
    assert len(made["annotations"]) == 10
    for annotation in made["annotations"]:
        assert annotation["keypoint"].shape[2:] == (17, 2)
    assert f"  {url}/pose.task\n" in (tmp_path / "video_folder_mediapipe.lock").read_text()
