"""Comparison with mmdet's own loop, on the real mmdet, with the same random weights."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from skelconv import PluginError, SkelconvError
from skelconv.plugin.use import use_plugin
from skelconv.testing import check_detector

pytestmark = pytest.mark.filterwarnings("ignore")

THRESHOLD = 0.3


def mmdet(**options: Any) -> Any:
    return use_plugin("detector", "mmdet", options).make()


def create(model: Any, **options: Any) -> Any:
    return mmdet(**{**model._asdict(), "min_score": THRESHOLD, **options})


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


def test_the_compared_scores_differ(
    boxes_by_loop: list[np.ndarray],
) -> None:
    scores = np.concatenate([boxes[:, 4] for boxes in boxes_by_loop])
    assert np.ptp(scores) > 0.2
    assert len(np.unique(scores.round(4))) > len(scores) // 2


def test_with_a_fixed_batch_no_bit_depends_on_what_else_is_in_it(
    random_detector: Any, frames: list[np.ndarray], boxes_by_loop: list[np.ndarray], device: str
) -> None:
    detector = create(random_detector, batch=8, fixed_batch=True, device=device)
    assert detector.across_clips
    together = detector.detect(frames)
    turned = detector.detect(frames[::-1])[::-1]
    alone = [boxes for frame in frames for boxes in detector.detect([frame])]
    for boxes, *others, reference in zip(together, turned, alone, boxes_by_loop, strict=True):
        np.testing.assert_allclose(boxes[:, :4], reference[:, :4], atol=0.05)
        for other in others:
            np.testing.assert_array_equal(other, boxes)


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
    """In half precision, boxes near the threshold or with similar overlaps may change."""
    found = create(random_detector, device=device, **way).detect(frames[:2])
    for boxes, reference in zip(found, boxes_by_loop, strict=False):
        assert abs(len(boxes) - len(reference)) <= len(reference) // 5
        apart = np.abs(boxes[:, None, :4] - reference[:, :4]).max(-1)
        near = (apart < px) & (np.abs(boxes[:, None, 4] - reference[:, 4]) < score)
        assert near.any(1).mean() > 0.8


def test_for_an_unknown_config_the_nearest_name_is_suggested() -> None:
    with pytest.raises(
        PluginError, match="did you mean 'faster-rcnn_r50-caffe_fpn_ms-1x_coco-person'"
    ):
        mmdet(config="faster-rcnn_r50-caffe_fpn_ms-1x_coco-persn", weights="a.pth")


def test_a_machine_that_cannot_compile_is_reported(
    random_detector: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compiler_is_missing(*_: object, **__: object) -> None:
        raise RuntimeError("No working C++ compiler found\nand much more")

    monkeypatch.setattr(torch, "compile", compiler_is_missing)
    with pytest.raises(
        PluginError, match=r"cannot compile here: No working C\+\+ compiler found\n"
    ):
        create(random_detector, device="cpu", compile=True)


def test_a_class_that_the_model_does_not_have_is_reported(random_detector: Any) -> None:
    with pytest.raises(PluginError, match="there is no class 1: it has 1"):
        create(random_detector, device="cpu", category=1)


def test_a_missing_operation_is_reported_at_once(
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
        ("", "it is not a config of a model"),
        ("model = 3", "it is not a config of a model"),
        ("model = dict(type='FasterRCNN')", "it has no pipeline for tests"),
        ("raise OSError('not today')", "it is not a config: .*not today"),
        ("a b", "it is not a config: "),
    ],
)
def test_files_that_are_not_configs_are_refused(config: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "own.py"
    path.write_text(config)
    with pytest.raises(PluginError, match=rf"own\.py: {reason}"):
        mmdet(config=str(path), weights="a.pth")


@pytest.mark.parametrize("name", ["*", "_base_/default_runtime", "default_runtime"])
def test_names_that_are_not_configs_are_refused(name: str) -> None:
    with pytest.raises(PluginError, match="mmdet has no config"):
        mmdet(config=name, weights="a.pth")


def test_a_missing_gpu_is_reported(random_detector: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SkelconvError, match="no GPU to use"):
        create(random_detector, device="cuda")
