"""VideoPose3D's network with random weights, run here and by PyTorch itself."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from skelconv import Clip, ClipError, Field, PluginError
from skelconv.plugin.use import use_plugin
from skelconv.testing import check_transform

WIDTH, HEIGHT = 640, 360


class Temporal(nn.Module):
    """Dilated convolutions over time with residuals; each layer looks three times as far."""

    def __init__(self, layers: int = 3, channels: int = 24) -> None:
        super().__init__()
        self.first = nn.Conv1d(34, channels, 3)
        self.wide = nn.ModuleList(
            nn.Conv1d(channels, channels, 3, dilation=3**layer) for layer in range(1, layers)
        )
        self.narrow = nn.ModuleList(nn.Conv1d(channels, channels, 1) for _ in range(1, layers))
        self.last = nn.Conv1d(channels, 51, 1)

    def forward(self, joints: torch.Tensor) -> torch.Tensor:
        made = torch.relu(self.first(joints.flatten(2).transpose(1, 2)))
        for layer, (wide, narrow) in enumerate(zip(self.wide, self.narrow, strict=True), 1):
            kept = made[..., 3**layer : -(3**layer)]
            made = kept + torch.relu(narrow(torch.relu(wide(made))))
        return self.last(made).transpose(1, 2).unflatten(2, (17, 3))


AROUND = 13  # (3 ** 3 - 1) / 2


@pytest.fixture(scope="module")
def network() -> Temporal:
    torch.manual_seed(3)
    return Temporal().eval()


@pytest.fixture(scope="module")
def save(
    network: Temporal, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[int | None], Path]:
    """Return a function that exports the network for a number of frames, or for any."""

    def save(frames: int | None) -> Path:
        path = tmp_path_factory.mktemp("models") / "lift.onnx"
        some = torch.zeros(1, frames or 40, 17, 2)
        any_number = {} if frames else {"dynamic_axes": {"joints": {1: "frames"}}}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                network, (some,), path, dynamo=False, input_names=["joints"], **any_number
            )
        return path

    return save


def create(path: Path, **options: Any) -> Any:
    given = {"model": str(path), "device": "cpu", **options}
    return use_plugin("transform", "lift-3d", given).make()


def walk(frames: int, people: int = 2, layout: str = "coco17") -> Clip:
    rng = np.random.default_rng(frames)
    steps = rng.normal(0, 3, (people, frames, 17, 2)).cumsum(1)
    keypoint = (steps + rng.uniform(100, 260, (people, 1, 17, 2))).astype(np.float32)
    score = rng.uniform(0.2, 1, keypoint.shape[:3]).astype(np.float32)
    return Clip("a", keypoint, layout, 3, score, (HEIGHT, WIDTH), (HEIGHT, WIDTH))


def by_torch(network: Temporal, keypoint: np.ndarray) -> np.ndarray:
    """As VideoPose3D runs it: the whole of a person, with the first and the last frame repeated."""
    scaled = keypoint / WIDTH * 2 - np.array([1, HEIGHT / WIDTH])
    padded = np.pad(scaled, ((0, 0), (AROUND, AROUND), (0, 0), (0, 0)), mode="edge")
    with torch.inference_mode():
        return np.asarray(network(torch.from_numpy(padded.astype(np.float32))))


@pytest.mark.parametrize("frames", [1, 5, 60, 1000, 1001, 2017])
def test_a_model_of_any_length(
    frames: int, network: Temporal, save: Callable[[int | None], Path]
) -> None:
    clip = walk(frames)
    lifted = create(save(None))(clip)
    assert lifted.layout == "h36m17"
    assert lifted.keypoint.shape == (2, frames, 17, 3)
    assert lifted.keypoint.dtype == np.float32
    np.testing.assert_allclose(lifted.keypoint, by_torch(network, clip.keypoint), atol=2e-5)
    assert (lifted.id, lifted.label) == ("a", 3)


@pytest.mark.parametrize("length", [27, 40, 41])
@pytest.mark.parametrize("frames", [1, 14, 15, 61])
def test_a_model_of_one_length(
    length: int, frames: int, network: Temporal, save: Callable[[int | None], Path]
) -> None:
    """It makes one frame, 14 or 15 of what it is given."""
    clip = walk(frames)
    lifted = create(save(length))(clip)
    np.testing.assert_allclose(lifted.keypoint, by_torch(network, clip.keypoint), atol=2e-5)


def test_missing_joints_are_between_those_that_are_there(
    network: Temporal, save: Callable[[int | None], Path]
) -> None:
    whole = walk(30, people=1)
    even = whole.keypoint.copy()
    even[0, 10:15, 4] = np.linspace(even[0, 9, 4], even[0, 15, 4], 7)[1:-1]
    even[0, :3] = even[0, 3]
    gaps, score = even.copy(), whole.keypoint_score.copy()
    for where in ((0, slice(10, 15), 4), (0, slice(0, 3))):
        gaps[where], score[where] = 0, 0
    lifted = create(save(None))(whole.replace(keypoint=gaps, keypoint_score=score))
    expected = by_torch(network, even)
    assert not lifted.keypoint[0, :3].any()
    np.testing.assert_allclose(lifted.keypoint[0, 3:], expected[0, 3:], atol=2e-5)


def test_a_person_who_is_nowhere_stays_nowhere(save: Callable[[int | None], Path]) -> None:
    clip = walk(30)
    keypoint, score = clip.keypoint.copy(), clip.keypoint_score.copy()
    keypoint[1], score[1] = 0, 0
    lifted = create(save(None))(clip.replace(keypoint=keypoint, keypoint_score=score))
    assert lifted.keypoint[0].all()
    assert not lifted.keypoint[1].any()


def test_what_is_in_pixels_or_of_other_joints_is_left_out(
    save: Callable[[int | None], Path],
) -> None:
    clip = walk(8).replace(
        fields={
            "track_id": Field(np.arange(2), "M"),
            "depth": Field(np.zeros((2, 8, 17), np.float32), "MTV"),
        }
    )
    path = save(None)
    lifted = check_transform(create(path), clip)
    assert lifted.keypoint_score is None
    assert (lifted.img_shape, lifted.original_shape) == (None, None)
    assert set(lifted.fields) == {"track_id"}
    same = create(path, layout="h36m17")(walk(8, layout="h36m17"))
    assert same.keypoint_score is not None


def test_clips_that_cannot_be_lifted(save: Callable[[int | None], Path]) -> None:
    lift = create(save(None))
    clip = walk(8)
    with pytest.raises(ClipError, match="takes the layout coco17, and these keypoints are h36m17"):
        lift(walk(8, layout="h36m17"))
    with pytest.raises(ClipError, match="no img_shape"):
        lift(clip.replace(img_shape=None))
    with pytest.raises(ClipError, match="3D keypoints already"):
        lift(clip.replace(keypoint=np.zeros((2, 8, 17, 3), np.float32)))
    score = clip.keypoint_score.copy()
    score[1, :, 9] = 0
    with pytest.raises(ClipError, match="left_wrist of a person is missing in all frames"):
        lift(clip.replace(keypoint_score=score))


def test_other_models_are_refused(answer: Callable[..., Path], tmp_path: Path) -> None:
    path = answer({"output": np.zeros((1, 5, 5), np.float32)})
    with pytest.raises(PluginError, match="is expected"):
        create(path)
    with pytest.raises(PluginError, match="no such file"):
        use_plugin(
            "transform", "lift-3d", {"model": str(tmp_path / "none.onnx"), "device": "cpu"}
        ).make()
