"""Against mmdet's own loop, on the real mmdet, with the same random weights."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from skelconv import PluginError, SkelconvError
from skelconv.testing import check_detector
from skelconv_openmmlab.plugin import MmdetOptions, create_mmdet

pytestmark = pytest.mark.filterwarnings("ignore")

THRESHOLD = 0.3


def create(model: Any, **options: Any) -> Any:
    return create_mmdet(
        MmdetOptions(
            config=model.config, weights=model.weights, **{"min_score": THRESHOLD, **options}
        )
    )


@pytest.mark.parametrize("batch", [1, 3])
def test_boxes_are_those_of_the_plain_loop(
    batch: int,
    random_detector: Any,
    frames: list[np.ndarray],
    boxes_by_loop: list[np.ndarray],
    device: str,
) -> None:
    detector = create(random_detector, batch=batch, device=device)
    found = check_detector(detector, frames)
    assert [len(boxes) for boxes in found] == [len(boxes) for boxes in boxes_by_loop]
    assert min(len(boxes) for boxes in found) > 3
    for boxes, reference in zip(found, boxes_by_loop, strict=True):
        assert boxes.dtype == np.float32
        assert (np.diff(boxes[:, 4]) <= 0).all()
        np.testing.assert_allclose(boxes[:, :4], reference[:, :4], atol=0.05)
        np.testing.assert_allclose(boxes[:, 4], reference[:, 4], atol=1e-3)


def test_scores_are_spread_so_that_the_comparison_means_something(
    boxes_by_loop: list[np.ndarray],
) -> None:
    scores = np.concatenate([boxes[:, 4] for boxes in boxes_by_loop])
    assert np.ptp(scores) > 0.2
    assert len(np.unique(scores.round(4))) > len(scores) // 2


@pytest.mark.parametrize(
    ("way", "px", "score"),
    [({"precision": "half"}, 10, 0.05), ({"channels_last": True}, 0.05, 1e-3)],
)
def test_faster_ways_find_nearly_the_same(
    way: dict[str, Any],
    px: float,
    score: float,
    random_detector: Any,
    frames: list[np.ndarray],
    boxes_by_loop: list[np.ndarray],
    device: str,
) -> None:
    """In half precision those near the threshold come and go, and many overlap alike."""
    found = create(random_detector, device=device, **way).detect(frames[:2])
    for boxes, reference in zip(found, boxes_by_loop, strict=False):
        assert abs(len(boxes) - len(reference)) <= len(reference) // 5
        apart = np.abs(boxes[:, None, :4] - reference[:, :4]).max(-1)
        near = (apart < px) & (np.abs(boxes[:, None, 4] - reference[:, 4]) < score)
        assert near.any(1).mean() > 0.8


def test_an_unknown_config_is_told_with_the_nearest() -> None:
    options = MmdetOptions(config="faster-rcnn_r50-caffe_fpn_ms-1x_coco-persn", weights="a.pth")
    with pytest.raises(
        PluginError, match="did you mean 'faster-rcnn_r50-caffe_fpn_ms-1x_coco-person'"
    ):
        create_mmdet(options)


def test_a_machine_that_cannot_compile_is_told(
    random_detector: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compiler_is_missing(*_: object, **__: object) -> None:
        raise RuntimeError("No working C++ compiler found\nand much more")

    monkeypatch.setattr(torch, "compile", compiler_is_missing)
    options = MmdetOptions(
        config=random_detector.config, weights=random_detector.weights, device="cpu", compile=True
    )
    with pytest.raises(
        PluginError, match=r"cannot compile here: No working C\+\+ compiler found\n"
    ):
        create_mmdet(options)


def test_a_class_that_the_model_does_not_have_is_told(random_detector: Any) -> None:
    with pytest.raises(PluginError, match="there is no class 1: it has 1"):
        create(random_detector, device="cpu", category=1)


def test_what_a_model_needs_and_is_not_there_is_told_at_once(
    tmp_path: Path, make_model: Callable[..., Any], random_detector: Any
) -> None:
    """Deformable convolutions are an operation of a compiled MMCV."""
    from mmdet.registry import MODELS

    config = f"""
_base_ = {random_detector.config!r}
model = dict(
    backbone=dict(
        depth=50,
        dcn=dict(type='DCN', deform_groups=1, fallback_on_stride=False),
        stage_with_dcn=(False, True, False, False)),
    neck=dict(in_channels=[256, 512, 1024, 2048]))
"""
    model = make_model(tmp_path, "dcn", config, "mmdet", MODELS)
    with pytest.raises(PluginError, match="the operation 'deform_conv_forward'"):
        create(model, device="cpu")


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ("", "it is no config of a model"),
        ("model = 3", "it is no config of a model"),
        ("model = dict(type='FasterRCNN')", "it has no pipeline for tests"),
        ("raise OSError('not today')", "it is no config: .*not today"),
        ("a b", "it is no config: "),
    ],
)
def test_what_is_no_config_is_told(config: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "own.py"
    path.write_text(config)
    with pytest.raises(PluginError, match=rf"own\.py: {reason}"):
        create_mmdet(MmdetOptions(config=str(path), weights="a.pth"))


@pytest.mark.parametrize("name", ["*", "_base_/default_runtime", "default_runtime"])
def test_what_is_no_name_of_a_config_is_refused(name: str) -> None:
    with pytest.raises(PluginError, match="mmdet has no config"):
        create_mmdet(MmdetOptions(config=name, weights="a.pth"))


def test_a_gpu_that_is_not_there_is_told(
    random_detector: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    options = MmdetOptions(
        config=random_detector.config, weights=random_detector.weights, device="cuda"
    )
    with pytest.raises(SkelconvError, match="no GPU to use"):
        create_mmdet(options)
