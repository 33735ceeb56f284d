"""What every extra of models has: videos and URLs. The tests' toy stands in for a model."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import support


def test_a_video_with_boxes_behind_a_url(
    video_to_pickle: Callable[..., dict[str, Any]],
    url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(support.__file__).with_name("toy")))
    (tmp_path / "boxes.json").write_text(json.dumps({"a": {"1": [[10, 20, 90, 110]]}}))
    boxes = {"from": "json", "path": f"{url}/boxes.json"}
    annotation = video_to_pickle(boxes=boxes, pose="toy-pose")
    assert annotation["keypoint"][0, 1, -1].tolist() == [90, 110]
