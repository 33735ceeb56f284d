"""BlazePose, whose weights are in its wheel."""

from collections.abc import Callable
from typing import Any


def test_a_video(video_to_pickle: Callable[..., dict[str, Any]]) -> None:
    annotation = video_to_pickle(pose={"use": "mediapipe", "with": {"min_score": 0}})
    assert annotation["keypoint"].shape == (1, 5, 33, 2)
