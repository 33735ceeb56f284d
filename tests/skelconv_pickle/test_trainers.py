"""MMAction2's own code reads what is built here, through the pipelines that it trains with."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.assembly import Encoded
from support.kinetics import table
from support.memory import clip

import skelconv
from skelconv_pickle.sink import PickleSink

# Warnings of the packages under it are theirs.
pytestmark = pytest.mark.filterwarnings("ignore")
RECIPE = Path(__file__).parents[2] / "recipes" / "sample.yaml"
SAMPLE = Path(__file__).parents[2] / "samples" / "ntu"

STGCN = [
    {"type": "PreNormalize3D"},
    {"type": "GenSkeFeat", "dataset": "nturgb+d", "feats": ["j"]},
    {"type": "UniformSampleFrames", "clip_len": 100, "test_mode": True},
    {"type": "PoseDecode"},
    {"type": "FormatGCNInput", "num_person": 2},
    {"type": "PackActionInputs"},
]
POSEC3D = [
    {"type": "UniformSampleFrames", "clip_len": 48, "test_mode": True},
    {"type": "PoseDecode"},
    {"type": "PoseCompact", "hw_ratio": 1.0, "allow_imgpad": True},
    {"type": "Resize", "scale": (-1, 64)},
    {"type": "CenterCrop", "crop_size": 64},
    {"type": "GeneratePoseTarget", "sigma": 0.6, "use_score": True, "with_kp": True},
    {"type": "FormatShape", "input_format": "NCTHW_Heatmap"},
    {"type": "PackActionInputs"},
]


@pytest.fixture(scope="module")
def pose_dataset() -> Any:
    from mmaction.datasets import PoseDataset
    from mmengine.registry import init_default_scope

    init_default_scope("mmaction")
    return PoseDataset


def test_an_ntu_build_through_the_pipeline_of_stgcn(pose_dataset: Any, tmp_path: Path) -> None:
    target = tmp_path / "sample.pkl"
    skelconv.build(
        RECIPE, [f"source.with.root={SAMPLE}", f"sink.with.path={target}"], executor="serial"
    )
    ours = skelconv.open(target)
    theirs = pose_dataset(ann_file=str(target), pipeline=STGCN, split="xsub_train")
    members = ours.split("xsub_train")
    assert len(theirs) == len(members) > 0
    for index, member in enumerate(members):
        packed = theirs[index]
        # clips, persons, frames, joints, coordinates
        assert packed["inputs"].shape == (1, 2, 100, 25, 3)
        assert packed["inputs"].isfinite().all()
        assert int(packed["data_samples"].gt_label) == member.label
        info = theirs.get_data_info(index)
        np.testing.assert_array_equal(info["keypoint"], member.keypoint)


def test_2d_clips_through_the_pipeline_of_posec3d(
    pose_dataset: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # MMAction2 is of the time of NumPy 1, which still had this name.
    monkeypatch.setattr(np, "Inf", np.inf, raising=False)
    sink = PickleSink(tmp_path / "out.pkl")
    clips = [
        clip(f"c{n}", persons=1 + n % 2, frames=20 + n, label=n, seed=n).replace(
            original_shape=(1080, 1920)
        )
        for n in range(4)
    ]
    sink.assemble(Encoded(sink, clips, {"train": [0, 2], "val": [1, 3]}), sink.target)
    theirs = pose_dataset(ann_file=str(sink.target), pipeline=POSEC3D, split="val")
    assert [theirs.get_data_info(index)["frame_dir"] for index in range(2)] == ["c1", "c3"]
    for index in range(2):
        packed = theirs[index]
        # clips, joints, frames, height, width: a heatmap a joint
        assert packed["inputs"].shape == (1, 17, 48, 64, 64)
        assert 0 < float(packed["inputs"].max()) <= 1


@pytest.mark.parametrize("middle", ["k400.zarr", "k400.pkl"])
def test_of_a_table_the_trainer_chooses_the_same_clips_and_persons(
    pose_dataset: Any, tmp_path: Path, middle: str
) -> None:
    from mmaction.datasets.transforms import DecompressPose

    given = table(tmp_path / "given")
    skelconv.convert(given, tmp_path / middle)
    skelconv.convert(tmp_path / middle, tmp_path / "back", sink="kpfiles")
    one, other = (
        pose_dataset(
            ann_file=str(folder / "annotations.pkl"),
            pipeline=[],
            split="train",
            valid_ratio=0.1,
            box_thr=0.8,
            data_prefix={"skeleton": str(folder / "kpfiles")},
        )
        for folder in (given, tmp_path / "back")
    )
    ids = [
        [theirs.get_data_info(n)["frame_dir"] for n in range(len(theirs))]
        for theirs in (one, other)
    ]
    assert ids[0] == ids[1]
    assert 0 < len(ids[0]) < 11
    for index in range(len(one)):
        before, after = (
            DecompressPose(max_person=3).transform(theirs.get_data_info(index))
            for theirs in (one, other)
        )
        for name in ("keypoint", "keypoint_score"):
            np.testing.assert_array_equal(after[name], before[name], strict=True)
        assert after["total_frames"] == before["total_frames"]
