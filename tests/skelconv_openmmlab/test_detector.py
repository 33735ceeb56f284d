"""Against mmdet's own loop, on the real mmdet, with the same random weights."""

from typing import Any

import numpy as np
import pytest
import torch

from skelconv import Detector, PluginError, SkelconvError
from skelconv_openmmlab.plugin import MmdetOptions, create_mmdet

pytestmark = pytest.mark.filterwarnings("ignore")

THRESHOLD = 0.3


@pytest.fixture(scope="module")
def by_loop(random_detector: Any, frames: list[np.ndarray]) -> list[np.ndarray]:
    """What the plain loop of mmdet finds, frame by frame."""
    from mmdet.apis import inference_detector, init_detector
    from mmengine.config import Config
    from mmpose.utils import adapt_mmdet_pipeline

    config = adapt_mmdet_pipeline(Config.fromfile(random_detector.config))
    model = init_detector(config, random_detector.weights, device="cpu")
    found = []
    for frame in frames:
        people = inference_detector(model, frame[..., ::-1].copy()).pred_instances.numpy()
        boxes = np.concatenate([people.bboxes, people.scores[:, None]], 1)
        found.append(boxes[(people.labels == 0) & (people.scores > THRESHOLD)])
    return found


@pytest.mark.parametrize("batch", [1, 3])
def test_boxes_are_those_of_the_plain_loop(
    batch: int, random_detector: Any, frames: list[np.ndarray], by_loop: list[np.ndarray]
) -> None:
    options = MmdetOptions(
        config=random_detector.config,
        weights=random_detector.weights,
        batch=batch,
        device="cpu",
        min_score=THRESHOLD,
    )
    detector = create_mmdet(options)
    assert isinstance(detector, Detector)
    found = detector.detect(frames)
    assert [len(boxes) for boxes in found] == [len(boxes) for boxes in by_loop]
    assert min(len(boxes) for boxes in by_loop) > 3
    for boxes, reference in zip(found, by_loop, strict=True):
        assert boxes.dtype == np.float32
        assert (np.diff(boxes[:, 4]) <= 0).all()
        reference = reference[np.argsort(-reference[:, 4], kind="stable")]
        np.testing.assert_allclose(boxes[:, :4], reference[:, :4], atol=0.05)
        np.testing.assert_allclose(boxes[:, 4], reference[:, 4], atol=1e-3)


def test_scores_are_spread_so_that_the_comparison_means_something(
    by_loop: list[np.ndarray],
) -> None:
    scores = np.concatenate([boxes[:, 4] for boxes in by_loop])
    assert np.ptp(scores) > 0.2
    assert len(np.unique(scores.round(4))) > len(scores) // 2


@pytest.mark.parametrize("way", [{"half": True}, {"channels_last": True}])
def test_faster_ways_find_people_too(
    way: dict[str, bool], random_detector: Any, frames: list[np.ndarray]
) -> None:
    options = MmdetOptions(
        config=random_detector.config, weights=random_detector.weights, device="cpu", **way
    )
    found = create_mmdet(options).detect(frames[:2])
    assert [boxes.shape[1] for boxes in found] == [5, 5]


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


@pytest.mark.parametrize("name", ["*", "", "_base_/default_runtime", "default_runtime"])
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
