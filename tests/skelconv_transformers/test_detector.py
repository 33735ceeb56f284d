"""Comparison with a loop over frames on the real library, with the same random weights."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import (
    AutoImageProcessor,
    AutoModelForObjectDetection,
    RTDetrForObjectDetection,
)

from skelconv import PluginError
from skelconv.plugin.use import use_plugin
from skelconv.testing import check_detector

THRESHOLD = 0.86
PERSON = 1


def create(folder: Path, **options: Any) -> Any:
    given = {"model": str(folder), "device": "cpu", **options}
    return use_plugin("detector", "rt-detr", given).make()


def loop(folder: Path, frames: list[np.ndarray]) -> list[dict[str, np.ndarray]]:
    """Find boxes of all classes and scores as the library's documentation does."""
    processor = AutoImageProcessor.from_pretrained(folder)
    model = AutoModelForObjectDetection.from_pretrained(folder).eval()
    found = []
    for frame in frames:
        with torch.no_grad():
            given = model(**processor(images=frame, return_tensors="pt"))
        (result,) = processor.post_process_object_detection(
            given, threshold=0, target_sizes=torch.tensor([frame.shape[:2]])
        )
        found.append({name: value.numpy() for name, value in result.items()})
    return found


@pytest.fixture(scope="module")
def by_loop(rt_detr: Path, frames: list[np.ndarray]) -> list[dict[str, np.ndarray]]:
    return loop(rt_detr, frames)


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("threshold", [0.0, THRESHOLD])
def test_boxes_are_those_of_the_plain_loop(
    batch: int,
    threshold: float,
    rt_detr: Path,
    frames: list[np.ndarray],
    by_loop: list[dict[str, np.ndarray]],
) -> None:
    detector = create(rt_detr, batch=batch, min_score=threshold)
    found = check_detector(detector, frames)
    for boxes, result in zip(found, by_loop, strict=True):
        wanted = (result["labels"] == PERSON) & (result["scores"] > threshold)
        assert boxes.dtype == np.float32
        assert boxes.shape == (wanted.sum(), 5)
        np.testing.assert_allclose(boxes[:, :4], result["boxes"][wanted], atol=0.05)
        np.testing.assert_allclose(boxes[:, 4], result["scores"][wanted], atol=1e-3)
        assert (np.diff(boxes[:, 4]) <= 0).all()


def test_the_compared_boxes_differ(by_loop: list[dict[str, np.ndarray]]) -> None:
    """Several boxes have a high score, and they differ."""
    for result in by_loop:
        assert ((result["labels"] == PERSON) & (result["scores"] > THRESHOLD)).sum() > 2
    assert np.concatenate([result["boxes"] for result in by_loop]).std(0).min() > 10


def test_the_second_version_is_supported(rt_detr_v2: Path, frames: list[np.ndarray]) -> None:
    found = create(rt_detr_v2, min_score=0).detect(frames)
    for boxes, result in zip(found, loop(rt_detr_v2, frames), strict=True):
        wanted = result["labels"] == PERSON
        assert wanted.any()
        np.testing.assert_allclose(boxes[:, :4], result["boxes"][wanted], atol=0.05)
        np.testing.assert_allclose(boxes[:, 4], result["scores"][wanted], atol=1e-3)


def test_no_frames_give_no_boxes(rt_detr: Path) -> None:
    assert create(rt_detr).detect([]) == []


def test_with_a_fixed_batch_no_bit_depends_on_what_else_is_in_it(
    rt_detr: Path, frames: list[np.ndarray]
) -> None:
    detector = create(rt_detr, batch=8, fixed_batch=True, min_score=0)
    assert detector.across_clips
    together = detector.detect(frames)
    turned = detector.detect(frames[::-1])[::-1]
    alone = [boxes for frame in frames for boxes in detector.detect([frame])]
    for boxes, *others in zip(together, turned, alone, strict=True):
        for other in others:
            np.testing.assert_array_equal(other, boxes)


def test_where_bits_depend_on_the_place_in_a_batch_it_is_refused(
    rt_detr: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = RTDetrForObjectDetection.forward

    def forward(self: Any, *args: Any, **more: Any) -> Any:
        given = before(self, *args, **more)
        given.logits[-1] = torch.nextafter(given.logits[-1], torch.tensor(torch.inf))
        return given

    monkeypatch.setattr(RTDetrForObjectDetection, "forward", forward)
    create(rt_detr, batch=8)
    with pytest.raises(PluginError, match="depends on the place in a batch of 8"):
        create(rt_detr, batch=8, fixed_batch=True)


def test_the_class_is_found_by_name_or_number(rt_detr: Path, frames: list[np.ndarray]) -> None:
    dogs = create(rt_detr, category="dog").detect(frames[:1])[0]
    people = create(rt_detr).detect(frames[:1])[0]
    np.testing.assert_array_equal(create(rt_detr, category=2).detect(frames[:1])[0], dogs)
    assert len(dogs) != len(people) or (dogs != people).any()
    with pytest.raises(
        PluginError, match="no class 'horse'; its 3 classes begin with 0 car, 1 person"
    ):
        create(rt_detr, category="horse")


def test_half_precision_gives_similar_boxes(rt_detr: Path, frames: list[np.ndarray]) -> None:
    whole = create(rt_detr, min_score=0).detect(frames)
    half = create(rt_detr, min_score=0, precision="half").detect(frames)
    best = [np.stack([boxes[0] for boxes in found]) for found in (whole, half)]
    np.testing.assert_allclose(best[1][:, 4], best[0][:, 4], atol=0.1)
    assert (best[1] != best[0]).any()


def test_channels_last_changes_only_the_rounding(rt_detr: Path, frames: list[np.ndarray]) -> None:
    plain = create(rt_detr, min_score=THRESHOLD).detect(frames)
    last = create(rt_detr, min_score=THRESHOLD, channels_last=True).detect(frames)
    for boxes, reference in zip(last, plain, strict=True):
        np.testing.assert_allclose(boxes, reference, atol=0.05)
