"""From a video to a pickle with both packages, compared with plain loops over its frames."""

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.videos import write_video

import skelconv

pytestmark = pytest.mark.filterwarnings("ignore")


def test_a_build_gives_the_results_of_the_plain_loops(
    random_detector: Any,
    random_pose_model: Any,
    frames: list[np.ndarray],
    boxes_by_loop: list[np.ndarray],
    joints_by_loop: Callable[..., Any],
    device: str,
    tmp_path: Path,
) -> None:
    frames, boxes_by_loop = frames[:2], boxes_by_loop[:2]
    (tmp_path / "videos").mkdir()
    write_video(tmp_path / "videos" / "a.mkv", frames)  # the encoding is lossless
    recipe = {
        "skelconv": 1,
        "name": "loop",
        "source": {
            "use": "video-pose",
            "with": {
                "root": str(tmp_path / "videos"),
                "detector": {
                    "use": "mmdet",
                    "with": {
                        **random_detector._asdict(),
                        "batch": 2,
                        "min_score": 0.3,
                        "device": device,
                    },
                },
                "pose": {
                    "use": "mmpose",
                    "with": {**random_pose_model._asdict(), "batch": 4, "device": device},
                },
                "keep_boxes": True,
            },
        },
        "sink": {"use": "pickle", "with": {"path": str(tmp_path / "out.pkl")}},
    }
    (tmp_path / "recipe.yaml").write_text(json.dumps(recipe))
    report = skelconv.build(tmp_path / "recipe.yaml", executor="serial")
    assert report.clips == 1
    (clip,) = pickle.loads((tmp_path / "out.pkl").read_bytes())
    most = max(map(len, boxes_by_loop))
    assert clip["keypoint"].shape == (most, len(frames), 17, 2)
    found = zip(boxes_by_loop, joints_by_loop(boxes_by_loop), strict=True)
    for t, (boxes, (joints, scores)) in enumerate(found):
        there = slice(len(boxes))
        np.testing.assert_allclose(clip["bbox"][there, t], boxes[:, :4], atol=0.05)
        np.testing.assert_allclose(clip["bbox_score"][there, t], boxes[:, 4], atol=1e-3)
        np.testing.assert_allclose(clip["keypoint"][there, t], joints, atol=0.05)
        np.testing.assert_allclose(clip["keypoint_score"][there, t], scores, atol=1e-3, rtol=1e-3)
        assert not clip["bbox_score"][len(boxes) :, t].any()
