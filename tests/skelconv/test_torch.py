"""Datasets for training, with the real DataLoader."""

import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support.memory import clip, dataset
from torch.utils.data import DataLoader

import skelconv
from skelconv import Clip
from skelconv.torch import ClipDataset, collate


def numbered(frames: int) -> Clip:
    """A clip whose coordinates are the numbers of their frames."""
    number = np.broadcast_to(np.arange(frames)[None, :, None, None], (1, frames, 17, 2))
    return clip(frames=frames, score=False).replace(keypoint=number.astype(np.float16))


def drawn(total: int, **keywords: object) -> list[int]:
    sample = ClipDataset(dataset(numbered(total)), **keywords)[0]  # type: ignore[arg-type]
    return [int(x) for x in sample["keypoint"][0, :, 0, 0]]


@given(total=st.integers(1, 200), frames=st.integers(1, 100), random=st.booleans())
def test_uniform_takes_one_frame_of_each_part(total: int, frames: int, random: bool) -> None:
    numbers = drawn(total, frames=frames, random=random)
    assert len(numbers) == frames
    if total >= frames:
        for part, number in enumerate(numbers):
            assert part * total // frames <= number < (part + 1) * total // frames
    else:
        assert numbers == [number % total for number in range(frames)]


@given(total=st.integers(1, 200), frames=st.integers(1, 100), random=st.booleans())
def test_window_takes_frames_in_a_row(total: int, frames: int, random: bool) -> None:
    numbers = drawn(total, frames=frames, sampling="window", random=random)
    assert numbers == [(numbers[0] + step) % total for step in range(frames)]
    if total >= frames:
        assert numbers[-1] == numbers[0] + frames - 1
    if not random:
        assert numbers[0] == max(total - frames, 0) // 2


def test_samples() -> None:
    whole = clip("a", persons=2, frames=5, label=3)
    plain = ClipDataset(dataset(clip("x"), whole, splits={"val": [1]}), "val")
    (sample,) = [plain[index] for index in range(len(plain))]
    np.testing.assert_array_equal(sample["keypoint"].numpy(), whole.keypoint)
    np.testing.assert_array_equal(sample["keypoint_score"].numpy(), whole.keypoint_score)
    assert (sample["label"], sample["total_frames"], sample["id"]) == (3, 5, "a")
    assert sample["keypoint"].dtype == torch.float32


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"frames": 0}, "frames is 0: it must be at least 1, or None for all"),
        ({"frames": -1}, "frames is -1"),
        ({"sampling": "middle"}, "sampling is 'middle': it must be one of uniform, window"),
        ({"frames": 8, "sampling": None}, "sampling is None"),
    ],
)
def test_wrong_arguments_are_refused_at_once(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        ClipDataset(dataset(clip()), **wrong)  # type: ignore[arg-type]


def test_a_file_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.pkl"
    path.write_bytes(
        pickle.dumps([{"frame_dir": "a", "label": 3, "keypoint": np.ones((1, 2, 17, 2))}])
    )
    sample = ClipDataset(path)[0]
    assert (sample["id"], sample["label"]) == ("a", 3)


def test_a_clip_without_frames_cannot_be_sampled() -> None:
    with pytest.raises(ValueError, match="without frames"):
        drawn(0, frames=4)


@pytest.mark.parametrize("workers", [0, 2])
def test_batches_of_ragged_clips(workers: int) -> None:
    clips = [clip(f"c{n}", persons=n % 3, frames=n + 1, label=n, seed=n) for n in range(7)]
    loader = DataLoader(
        ClipDataset(dataset(*clips)),
        batch_size=4,
        collate_fn=collate,
        num_workers=workers,
        multiprocessing_context="spawn" if workers else None,
    )
    batches = list(loader)
    assert [batch["id"] for batch in batches] == [
        ["c0", "c1", "c2", "c3"],
        ["c4", "c5", "c6"],
    ]
    assert batches[0]["keypoint"].shape == (4, 2, 4, 17, 2)
    assert batches[1]["keypoint_score"].shape == (3, 2, 7, 17)
    for number, one in enumerate(clips):
        batch, row = batches[number // 4], number % 4
        persons, frames = int(batch["num_person"][row]), int(batch["num_frames"][row])
        assert (persons, frames) == one.keypoint.shape[:2]
        padded = batch["keypoint"][row].numpy()
        np.testing.assert_array_equal(padded[:persons, :frames], one.keypoint)
        assert not padded[persons:].any()
        assert not padded[:, frames:].any()
        assert int(batch["label"][row]) == number
        assert int(batch["total_frames"][row]) == frames


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_training_goes_on_while_its_dataset_is_built_again(tmp_path: Path, method: str) -> None:
    def build(value: float) -> str:
        ones = [
            {"frame_dir": f"c{n}", "label": n, "keypoint": np.full((1, 4, 17, 2), value, "f4")}
            for n in range(8)
        ]
        (tmp_path / "in.pkl").write_bytes(pickle.dumps(ones))
        skelconv.convert(tmp_path / "in.pkl", tmp_path / "out.pkl", fresh=True)
        return str(tmp_path / "out.pkl")

    loader = DataLoader(
        ClipDataset(build(1)), batch_size=2, num_workers=2, multiprocessing_context=method
    )
    for epoch in range(2):
        for batch in loader:
            assert batch["keypoint"].unique().tolist() == [1]
            build(2 + epoch)


def test_labels_that_are_not_single_numbers_stay_a_list() -> None:
    samples = ClipDataset(dataset(clip("a", label=(1, 2)), clip("b", label=None)))
    assert collate([samples[0], samples[1]])["label"] == [(1, 2), None]


def test_random_frames_differ_between_workers_and_epochs() -> None:
    torch.manual_seed(5)
    clips = [numbered(200).replace(id=f"c{n}") for n in range(2)]
    loader = DataLoader(
        ClipDataset(dataset(*clips), frames=8, random=True),
        batch_size=1,
        num_workers=2,
        multiprocessing_context="spawn",
    )
    drawn = {tuple(batch["keypoint"][0, 0, :, 0, 0].tolist()) for _ in range(2) for batch in loader}
    assert len(drawn) == 4


@pytest.mark.parametrize(
    "index", [torch.tensor([1, 3]), torch.tensor([False, True, False, True])], ids=["int", "bool"]
)
def test_a_tensor_chooses_a_part_of_a_dataset(index: torch.Tensor) -> None:
    whole = dataset(*(clip(f"c{n}") for n in range(4)))
    assert list(whole[index].ids) == ["c1", "c3"]
