"""An annotation pickle through a trainer's arrays and back, equal in all that the form holds.

The pickles are written and read by `pickle`, as MMAction2 does it, and so are the arrays.
"""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from skelconv import convert

NAMES = ["S001C001P001R001A001", "b", "c", "d"]


def annotation(name: str, joints: int, coordinates: int, seed: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    persons, frames = int(rng.integers(1, 3)), int(rng.integers(1, 12))
    keypoint = rng.normal(size=(persons, frames, joints, coordinates)).astype(np.float32)
    keypoint[:, frames // 2, : joints // 2] = 0
    made = {
        "frame_dir": name,
        "label": int(rng.integers(5)),
        "keypoint": keypoint,
        "total_frames": frames,
    }
    if coordinates == 2:
        score = rng.uniform(0.1, 1, keypoint.shape[:3]).astype(np.float32)
        score[:, frames // 2, : joints // 2] = 0
        made |= {"keypoint_score": score, "img_shape": (480, 640), "original_shape": (480, 640)}
    return made


@pytest.fixture(params=[(25, 3), (17, 2)], ids=["ntu25", "coco17"])
def original(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    annotations = [annotation(name, *request.param, seed) for seed, name in enumerate(NAMES)]
    split = {"train": NAMES[:3], "val": NAMES[3:]}
    path = tmp_path / "a.pkl"
    path.write_bytes(pickle.dumps({"split": split, "annotations": annotations}))
    return path


def loaded(path: Path) -> Any:
    return pickle.loads(path.read_bytes())


def assert_same_poses(first: dict[str, Any], other: dict[str, Any], *keys: str) -> None:
    assert first["label"] == other["label"]
    assert first["total_frames"] == other["total_frames"]
    for key in keys:
        assert (key in first) == (key in other)
        if key in first:
            assert first[key].dtype == other[key].dtype
            assert first[key].shape == other[key].shape
            assert first[key].tobytes() == other[key].tobytes()


def test_through_the_arrays_of_ctr_gcn(original: Path, tmp_path: Path) -> None:
    ids = tmp_path / "ids.txt"
    ids.write_text("".join(f"{name}\n" for name in NAMES))
    report = convert(original, tmp_path / "b.npz", options={"frames": 20})
    convert(tmp_path / "b.npz", tmp_path / "c.pkl", reader={"ids": str(ids)})
    before, after = loaded(original), loaded(tmp_path / "c.pkl")
    # What it does not hold is told.
    scored = "keypoint_score" in before["annotations"][0]
    assert ("keypoint_score" in dict(report.not_kept)) == scored
    # The archive calls its second part x_test, whatever the split is called.
    assert after["split"] == {"train": NAMES[:3], "test": NAMES[3:]}
    assert [one["frame_dir"] for one in after["annotations"]] == NAMES
    for one, other in zip(before["annotations"], after["annotations"], strict=True):
        assert_same_poses(one, other, "keypoint")


def test_through_the_arrays_of_2s_agcn(original: Path, tmp_path: Path) -> None:
    options = {"frames": 20}
    convert(original, tmp_path / "b", sink="npy", options=options)
    convert(tmp_path / "b", tmp_path / "c.pkl")
    convert(tmp_path / "c.pkl", tmp_path / "d", sink="npy", options=options)
    before, after = loaded(original), loaded(tmp_path / "c.pkl")
    assert after["split"] == before["split"]
    for one, other in zip(before["annotations"], after["annotations"], strict=True):
        assert one["frame_dir"] == other["frame_dir"]
        assert_same_poses(one, other, "keypoint", "keypoint_score")
    files = sorted(path.name for path in (tmp_path / "b").iterdir())
    assert files == sorted(path.name for path in (tmp_path / "d").iterdir())
    for name in files:
        assert (tmp_path / "b" / name).read_bytes() == (tmp_path / "d" / name).read_bytes()
