"""Heatmaps are, to the bit, those that MMAction2 trains PoseConv3D on."""

from typing import Any

import numpy as np
import pytest

import skelconv
from skelconv.plugin.loading import load_registry

pytestmark = pytest.mark.filterwarnings("ignore")
LIMBS = load_registry().layout("coco17").limbs


@pytest.fixture(scope="module")
def transforms() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        # MMAction2 is of the time of NumPy 1, which still had this name.
        patch.setattr(np, "Inf", np.inf, raising=False)
        from mmaction.datasets import transforms

        yield transforms


def some_clip(seed: int) -> skelconv.Clip:
    """People of the size that they have in videos, some of whose keypoints are missing."""
    rng = np.random.default_rng(seed)
    persons, frames = int(rng.integers(1, 4)), int(rng.integers(1, 49))
    height, width = (int(side) for side in rng.integers(90, 1100, 2))
    middle = rng.uniform(0, 1, (persons, 1, 1, 2)) * [width, height]
    size = rng.choice([2, 30, 120])
    keypoint = middle + rng.normal(0, size, (persons, frames, 17, 2))
    score = rng.uniform(0, 1, keypoint.shape[:3])
    score[rng.random(score.shape) < 0.1] = 0
    keypoint[rng.random(score.shape) < 0.05] = 0
    if seed % 7 == 0:
        keypoint[rng.random(score.shape) < 0.02] = np.nan
        score[np.isnan(keypoint[..., 0])] = 0
    dtype = np.float16 if seed % 2 else np.float32
    return skelconv.Clip(
        f"clip{seed}",
        keypoint.astype(dtype),
        "coco17",
        keypoint_score=None if seed % 5 == 0 else score.astype(dtype),
        img_shape=(height, width),
    )


def theirs(transforms: Any, clip: skelconv.Clip, size: int | None, **target: Any) -> Any:
    results: dict[str, Any] = {
        "keypoint": np.array(clip.keypoint),
        "img_shape": clip.img_shape,
        "total_frames": clip.total_frames,
        "modality": "Pose",
    }
    if clip.keypoint_score is not None:
        results["keypoint_score"] = np.array(clip.keypoint_score)
    pipeline = [transforms.PoseDecode()]
    if size is not None:
        pipeline.append(transforms.PoseCompact(hw_ratio=1.0, allow_imgpad=True))
        pipeline.append(transforms.Resize(scale=(-1, size)))
        pipeline.append(transforms.CenterCrop(crop_size=size))
    pipeline.append(transforms.GeneratePoseTarget(skeletons=LIMBS, **target))
    for transform in pipeline:
        results = transform(results)
    return results["imgs"].swapaxes(0, 1)


@pytest.mark.parametrize("kind", ["keypoint", "limb"])
@pytest.mark.parametrize("seed", range(40))
def test_as_posec3d_is_trained(transforms: Any, kind: str, seed: int) -> None:
    clip = some_clip(seed)
    expected = theirs(transforms, clip, 64, with_kp=kind == "keypoint", with_limb=kind == "limb")
    found = skelconv.heatmaps(clip, kind)
    assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
    assert found.tobytes() == expected.tobytes()


@pytest.mark.parametrize("kind", ["keypoint", "limb"])
@pytest.mark.parametrize(
    ("seed", "size", "sigma", "use_score"),
    [(1, 48, 1.0, True), (2, 96, 0.3, False), (3, 56, 2.5, True), (4, None, 3.0, True)],
)
def test_with_other_options(
    transforms: Any, kind: str, seed: int, size: int | None, sigma: float, use_score: bool
) -> None:
    clip = some_clip(seed).take("T", slice(12))
    expected = theirs(
        transforms,
        clip,
        size,
        sigma=sigma,
        use_score=use_score,
        with_kp=kind == "keypoint",
        with_limb=kind == "limb",
    )
    found = skelconv.heatmaps(clip, kind, size=size, sigma=sigma, use_score=use_score)
    assert found.tobytes() == expected.tobytes()
