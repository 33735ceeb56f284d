"""BlazePose, with the weights of an old wheel."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from support.task_bundles import make_bundles


def test_a_video(video_to_pickle: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    make_bundles(tmp_path)
    options = {"model": str(tmp_path / "pose.task"), "min_score": 0, "people": 1}
    annotation = video_to_pickle(pose={"use": "mediapipe", "with": options})
    assert annotation["keypoint"].shape == (1, 5, 33, 2)
