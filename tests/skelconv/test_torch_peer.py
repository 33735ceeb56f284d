"""Samples beside those of MMAction2's own pipeline, and in its STGCN++."""

import copy
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from support.memory import clip, dataset
from torch.utils.data import DataLoader

import skelconv
from skelconv import Clip
from skelconv.torch import ClipDataset

# Warnings of the packages under it are theirs.
pytestmark = pytest.mark.filterwarnings("ignore")

LENGTHS = [1, 2, 7, 47, 48, 49, 60, 95, 96, 97, 99, 100, 101, 150, 199, 200, 201, 243, 300]


def body(number: int, *, persons: int, frames: int) -> Clip:
    made = clip(
        f"S001C001P{number:03}R001A001", persons=persons, frames=frames, joints=25, channels=3,
        label=number % 60, score=False, img_shape=None, layout="ntu25", seed=number,
    )  # fmt: skip
    return made.replace(keypoint=made.keypoint / 500 - np.float32(1))


@pytest.fixture
def numpys_seed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let our samples take the number that MMAction2's generator, NumPy's, is seeded with."""

    def numpys_seed(seed: int) -> None:
        np.random.seed(seed)
        monkeypatch.setattr(torch, "randint", lambda high, size: torch.tensor(seed))

    return numpys_seed


@pytest.mark.parametrize("length", [48, 100])
def test_frames_are_those_of_uniform_sample_frames(length: int, numpys_seed: Any) -> None:
    from mmaction.datasets.transforms import UniformSampleFrames

    for total in LENGTHS:
        numbers = np.broadcast_to(np.arange(total)[None, :, None, None], (1, total, 25, 3))
        numbered = body(0, persons=1, frames=total).replace(keypoint=numbers.astype(np.float32))
        for random in (False, True):
            theirs = UniformSampleFrames(length, test_mode=not random)
            ours = ClipDataset(dataset(numbered), frames=length, random=random)
            for seed in range(5):
                numpys_seed(seed)
                sample = ours[0]
                found = theirs.transform({"total_frames": total, "keypoint": numbered.keypoint})
                chosen = sample["keypoint"][0, :, 0, 0].numpy()
                np.testing.assert_array_equal(chosen, found["frame_inds"])


@pytest.mark.parametrize("random", [False, True])
def test_the_pipeline_of_stgcn_gives_the_same_bits(
    tmp_path: Path, random: bool, numpys_seed: Any
) -> None:
    from mmaction.datasets.transforms import (
        FormatGCNInput,
        GenSkeFeat,
        PoseDecode,
        PreNormalize3D,
        UniformSampleFrames,
    )

    pipeline = [
        PreNormalize3D(),
        GenSkeFeat(dataset="nturgb+d", feats=["j"]),
        UniformSampleFrames(clip_len=100, test_mode=not random),
        PoseDecode(),
        FormatGCNInput(num_person=2),
    ]
    clips = [body(n, persons=1 + n % 2, frames=LENGTHS[n]) for n in range(len(LENGTHS))]
    # A second body that is there longer, and frames without anyone.
    clips[-1].keypoint[0, 100:] = 0
    clips[-2].keypoint[:, 10:20] = 0
    annotations = [
        {"frame_dir": one.id, "label": one.label, "keypoint": one.keypoint} for one in clips
    ]
    (tmp_path / "given.pkl").write_bytes(pickle.dumps(annotations))
    skelconv.build(
        {
            "skelconv": 1,
            "name": "ready",
            "source": {"use": "stored", "with": {"paths": [str(tmp_path / "given.pkl")]}},
            "transforms": ["pre-normalize-3d"],
            "sink": {"use": "zarr", "with": {"path": str(tmp_path / "ready.zarr")}},
        },
        executor="serial",
    )
    ours = ClipDataset(tmp_path / "ready.zarr", persons=2, frames=100, random=random)
    for number, annotation in enumerate(annotations):
        numpys_seed(number)
        sample = ours[number]
        results = {**copy.deepcopy(annotation), "total_frames": annotation["keypoint"].shape[1]}
        for step in pipeline:
            results = step.transform(results)
        np.testing.assert_array_equal(
            sample["keypoint"].numpy(), results["keypoint"][0], strict=True
        )
        assert sample["label"] == results["label"]


def test_stgcn_trains_and_a_clips_logits_do_not_depend_on_its_neighbours(
    request: pytest.FixtureRequest,
) -> None:
    from support.mmaction_models import provide

    provide()
    from mmaction.models import STGCN, GCNHead

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    request.addfinalizer(lambda: torch.set_num_threads(threads))
    torch.manual_seed(0)
    net = torch.nn.Sequential(
        STGCN(
            graph_cfg={"layout": "nturgb+d", "mode": "spatial"},
            gcn_adaptive="init",
            gcn_with_res=True,
            tcn_type="mstcn",
        ),
        GCNHead(num_classes=60, in_channels=256),
    )
    clips = [body(n, persons=1 + n, frames=20 + 40 * n) for n in range(3)]
    samples = ClipDataset(dataset(*clips), persons=2, frames=32)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    losses = []
    for _ in range(2):
        for batch in DataLoader(samples, batch_size=4):
            loss = torch.nn.functional.cross_entropy(net(batch["keypoint"]), batch["label"])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    assert losses[-1] < losses[0]
    net.eval()
    with torch.no_grad():
        (together,) = (net(batch["keypoint"]) for batch in DataLoader(samples, batch_size=4))
        alone = torch.cat([net(batch["keypoint"]) for batch in DataLoader(samples)])
    # The same but for the order in which a batch's sums are made.
    torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-5)
