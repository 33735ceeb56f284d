"""YOLOX and RTMPose, one from a file and one from a URL."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any


def test_a_video(video_to_pickle: Callable[..., dict[str, Any]], url: str, tmp_path: Path) -> None:
    # Written by make_models.py.
    models = Path(os.environ["SKELCONV_TEST_MODELS"])
    shutil.copy(models / "rtmpose.onnx", tmp_path)
    annotation = video_to_pickle(
        detector={"use": "yolox", "with": {"model": str(models / "yolox.onnx")}},
        pose={"use": "rtmpose", "with": {"model": f"{url}/rtmpose.onnx"}},
    )
    assert annotation["keypoint"].shape[0] == 2
    assert (annotation["keypoint_score"] > 0.7).all()
