"""RT-DETR and ViTPose."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from support.transformers_models import save_rt_detr, save_vitpose


def test_a_video(video_to_pickle: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    detector, pose = save_rt_detr(tmp_path / "rt-detr"), save_vitpose(tmp_path / "vitpose")
    annotation = video_to_pickle(
        detector={"use": "rt-detr", "with": {"model": str(detector), "min_score": 0.3}},
        pose={"use": "vitpose", "with": {"model": str(pose)}},
    )
    assert annotation["keypoint_score"].any()
