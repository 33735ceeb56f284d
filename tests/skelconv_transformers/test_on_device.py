"""What is prepared on a model's device, held to the library's own image processors."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from support.people import BOXES
from transformers.models.rt_detr.image_processing_pil_rt_detr import RTDetrImageProcessorPil
from transformers.models.vitpose.image_processing_pil_vitpose import VitPoseImageProcessorPil

from skelconv import PluginError
from skelconv.plugin.use import use_plugin
from skelconv.testing import check_detector, check_pose_model
from skelconv_transformers.on_device import cut_out, normal, resized, sent

CPU = torch.device("cpu")
SIDES = st.integers(2, 150)


def create(kind: str, name: str, folder: Path, **options: Any) -> Any:
    given = {"model": str(folder), "device": "cpu", "prepare": "device", **options}
    return use_plugin(kind, name, given).make()


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(height * width).integers(0, 256, (height, width, 3), np.uint8)


@settings(deadline=None)
@given(height=SIDES, width=SIDES, to_height=SIDES, to_width=SIDES)
def test_images_are_resized_as_pillow_does_but_for_its_rounding(
    height: int, width: int, to_height: int, to_width: int
) -> None:
    """In noise, where neighbours differ most."""
    frame = noise(height, width)
    size = {"height": to_height, "width": to_width}
    processor = RTDetrImageProcessorPil(size=size, do_normalize=True)
    exact = processor(images=[frame], input_data_format="channels_last", return_tensors="pt")
    found = normal(resized(sent(frame, CPU), processor.size), processor)
    assert found.shape == exact.pixel_values.shape
    std = torch.tensor(processor.image_std).view(-1, 1, 1)
    levels = 255 * std * (found - exact.pixel_values)
    # Pillow may round first what is rounded last here, and a half otherwise.
    assert levels.abs().max() < 2.01
    assert (levels.abs() > 0.01).float().mean() < 0.5


def test_of_a_video_in_landscape_hardly_a_number_differs() -> None:
    frame = noise(270, 480)
    processor = RTDetrImageProcessorPil(size={"height": 160, "width": 160})
    exact = processor(images=[frame], input_data_format="channels_last", return_tensors="pt")
    found = normal(resized(sent(frame, CPU), processor.size), processor)
    differ = (255 * (found - exact.pixel_values)).abs() > 0.01
    assert differ.float().mean() < 0.01


@settings(deadline=None)
@given(
    height=st.integers(5, 150),  # below, the image processor takes rows for colours
    width=st.integers(5, 150),
    box=st.tuples(*[st.floats(-40, 140)] * 2, *[st.floats(1, 160)] * 2),
)
def test_people_are_cut_out_as_the_image_processor_does(
    height: int, width: int, box: tuple[float, ...]
) -> None:
    """Also where a box goes over the edge of the frame."""
    frame = noise(height, width)
    processor = VitPoseImageProcessorPil(size={"height": 64, "width": 48})
    exact = processor(
        images=[frame], boxes=[[list(box)]], input_data_format="channels_last", return_tensors="pt"
    ).pixel_values
    cut = cut_out(sent(frame, CPU), np.array([box]), processor.size)
    assert cut.dtype == torch.uint8
    std = torch.tensor(processor.image_std).view(-1, 1, 1)
    levels = (255 * std * (normal(cut, processor) - exact)).abs()
    # A row or column that is on the edge to the last bit may be on either side of it.
    assert (levels > 1.01).float().mean() < 4 / 48


def test_a_detector_finds_the_same_boxes_where_nothing_is_to_be_resized(
    rt_detr: Path, frames: list[np.ndarray]
) -> None:
    """Where something is, a net of random weights may find anything."""
    on_device = create("detector", "rt-detr", rt_detr, min_score=0)
    check_detector(on_device, frames)
    fitting = [frame[:96, :128] for frame in frames]
    exact = create("detector", "rt-detr", rt_detr, min_score=0, prepare="exact").detect(fitting)
    assert min(map(len, exact)) > 5
    for boxes, other in zip(on_device.detect(fitting), exact, strict=True):
        np.testing.assert_allclose(boxes[:, :4], other[:, :4], atol=0.05)
        np.testing.assert_allclose(boxes[:, 4], other[:, 4], atol=1e-3)


def test_a_pose_model_finds_nearly_the_same_joints(vitpose: Path, frames: list[np.ndarray]) -> None:
    on_device = create("pose-model", "vitpose", vitpose)
    exact = create("pose-model", "vitpose", vitpose, prepare="exact")
    assert exact.cut_bytes == 4 * on_device.cut_bytes
    found = check_pose_model(on_device, frames, BOXES)
    for poses, other in zip(found, exact.estimate(frames, BOXES), strict=True):
        np.testing.assert_allclose(poses.keypoint_score, other.keypoint_score, atol=0.05)
        if len(poses.keypoint):
            moved = np.abs(poses.keypoint - other.keypoint).max(-1)
            assert np.median(moved) < 0.5


def test_with_a_fixed_batch_no_bit_depends_on_what_else_is_in_it(
    rt_detr: Path, vitpose: Path, frames: list[np.ndarray]
) -> None:
    detector = create("detector", "rt-detr", rt_detr, batch=8, fixed_batch=True, min_score=0)
    model = create("pose-model", "vitpose", vitpose, batch=4, fixed_batch=True)
    boxes = detector.detect(frames)
    poses = model.estimate(frames, BOXES)
    for frame, some, found, pose in zip(frames, BOXES, boxes, poses, strict=True):
        np.testing.assert_array_equal(detector.detect([frame])[0], found)
        (alone,) = model.estimate([frame], [some])
        np.testing.assert_array_equal(alone.keypoint, pose.keypoint)
        np.testing.assert_array_equal(alone.keypoint_score, pose.keypoint_score)


@pytest.mark.parametrize("change", [{"resample": 3}, {"do_pad": True}, {"do_resize": False}])
def test_image_processors_that_do_something_else_are_refused(
    change: dict[str, Any],
    tmp_path: Path,
    rt_detr: Path,
    copied: Callable[[Path, Path], Path],
) -> None:
    folder = copied(rt_detr, tmp_path / "other")
    processor = RTDetrImageProcessorPil(
        **{
            "size": {"height": 96, "width": 128},
            "pad_size": {"height": 200, "width": 200},
            **change,
        }
    )
    processor.save_pretrained(folder)
    with pytest.raises(PluginError, match="does not resize bilinearly") as caught:
        create("detector", "rt-detr", folder)
    assert caught.value.hint == "set `prepare` to exact"


def test_a_pose_model_that_does_not_cut_is_refused(
    tmp_path: Path, vitpose: Path, copied: Callable[[Path, Path], Path]
) -> None:
    folder = copied(vitpose, tmp_path / "other")
    VitPoseImageProcessorPil(do_affine_transform=False).save_pretrained(folder)
    with pytest.raises(PluginError, match="does not cut people out"):
        create("pose-model", "vitpose", folder)
