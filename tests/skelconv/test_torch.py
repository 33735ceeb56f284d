"""Datasets for training, with the real DataLoader."""

import functools
import pickle
from itertools import pairwise
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
def test_uniform_takes_frames_from_all_over_the_clip(total: int, frames: int, random: bool) -> None:
    numbers = drawn(total, frames=frames, random=random)
    assert len(numbers) == frames
    if total >= 2 * frames:
        for part, number in enumerate(numbers):
            assert part * total // frames <= number < (part + 1) * total // frames
    elif total >= frames:
        assert {one - other for one, other in pairwise([-1, *numbers, total])} <= {-1, -2}
    else:
        assert numbers == [(numbers[0] + step) % total for step in range(frames)]
        assert random or numbers[0] == 0


@given(total=st.integers(0, 50), frames=st.integers(1, 60), persons=st.integers(1, 4))
def test_pad_takes_all_frames_and_zeros_after_them(total: int, frames: int, persons: int) -> None:
    given = clip("a", persons=2, frames=total)
    samples = ClipDataset(dataset(given), persons=persons, frames=frames, sampling="pad")
    if total > frames:
        with pytest.raises(ValueError, match=f"'a' has {total} frames, more than {frames}"):
            samples[0]
        return
    sample = samples[0]
    kept = min(persons, 2)
    expected = np.zeros((persons, frames, 17, 2), np.float32)
    expected[:kept, :total] = given.keypoint[:kept]
    np.testing.assert_array_equal(sample["keypoint"].numpy(), expected, strict=True)
    assert given.keypoint_score is not None
    np.testing.assert_array_equal(
        sample["keypoint_score"][:kept, :total].numpy(), given.keypoint_score[:kept]
    )
    counts = (sample["num_person"], sample["num_frames"], sample["total_frames"])
    assert counts == (2, total, total)


@pytest.mark.parametrize("sampling", ["uniform", "window", "pad"])
def test_with_persons_and_frames_a_sample_does_not_depend_on_its_batch(sampling: str) -> None:
    clips = [clip(f"c{n}", persons=n % 4, frames=3 + 9 * n, seed=n) for n in range(6)]
    samples = ClipDataset(dataset(*clips), persons=2, frames=48, sampling=sampling)
    # A net of a fixed number of persons and frames.
    torch.manual_seed(1)
    net = torch.nn.Linear(2 * 48 * 17 * 2, 5).double()
    found = {}
    for size in (1, 2, 3, 6):
        for collate_fn in (collate, None):
            for batch in DataLoader(samples, batch_size=size, collate_fn=collate_fn):
                assert batch["keypoint"].shape == (size, 2, 48, 17, 2)
                assert batch["keypoint_score"].shape == (size, 2, 48, 17)
                logits = net(batch["keypoint"].double().flatten(1))
                for row, name in enumerate(batch["id"]):
                    tensors = (batch["keypoint"][row], batch["keypoint_score"][row])
                    known = found.setdefault(name, (*tensors, logits[row]))
                    assert torch.equal(known[0], tensors[0])
                    assert torch.equal(known[1], tensors[1])
                    torch.testing.assert_close(known[2], logits[row])
                    assert batch["label"][row] == 0
    assert len(found) == 6


def test_of_more_persons_the_first_are_taken() -> None:
    given = clip("a", persons=3)
    few, many = (ClipDataset(dataset(given), persons=persons)[0] for persons in (2, 5))
    np.testing.assert_array_equal(few["keypoint"].numpy(), given.keypoint[:2], strict=True)
    np.testing.assert_array_equal(many["keypoint"][:3].numpy(), given.keypoint)
    assert not many["keypoint"][3:].any()
    assert not many["keypoint_score"][3:].any()
    assert (few["num_person"], many["num_person"]) == (3, 3)


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
        ({"persons": 0}, "persons is 0: it must be at least 1, or None for all"),
        ({"sampling": "middle"}, "sampling is 'middle': it must be one of uniform, window, pad"),
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


def test_what_labels_are_depends_on_the_dataset_and_not_on_the_batch() -> None:
    labels = [(1, 2), 3, None]
    clips = [clip(f"c{n}", label=label) for n, label in enumerate(labels)]  # type: ignore[arg-type]
    whole = dataset(*clips, splits={"one": [1], "none": [2]})
    samples = ClipDataset(whole)
    assert collate([samples[n] for n in range(3)])["label"] == [(1, 2), (3,), ()]
    assert collate([ClipDataset(whole, "one")[0]])["label"] == [(3,)]
    assert collate([ClipDataset(whole, "none")[0]])["label"] == [()]
    single = ClipDataset(dataset(*clips[1:]))
    batch = collate([single[0], single[1]])
    assert batch["label"].tolist() == [3, -1]
    assert collate([single[1]])["label"].tolist() == [-1]


def test_clips_with_scores_and_without_are_not_put_together() -> None:
    samples = ClipDataset(dataset(clip("a"), clip("b", score=False)))
    for batch in ([samples[0], samples[1]], [samples[1], samples[0]]):
        with pytest.raises(ValueError, match="some clips of the batch have scores"):
            collate(batch)


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


@pytest.mark.parametrize("workers", [0, 2])
def test_with_the_same_seed_a_run_is_the_same_again(workers: int) -> None:
    clips = [numbered(200).replace(id=f"c{n}") for n in range(4)]

    def epochs() -> list[list[float]]:
        torch.manual_seed(5)
        loader = DataLoader(
            ClipDataset(dataset(*clips), frames=8, random=True),
            batch_size=2,
            shuffle=True,
            num_workers=workers,
            multiprocessing_context="spawn" if workers else None,
        )
        return [batch["keypoint"][:, 0, :, 0, 0].tolist() for _ in range(2) for batch in loader]

    assert epochs() == epochs()


def test_frames_that_are_not_random_depend_on_nothing_but_the_clip() -> None:
    samples = ClipDataset(dataset(numbered(150)), frames=100)
    found = set()
    for seed in range(3):
        torch.manual_seed(seed)
        np.random.seed(seed)
        found.add(tuple(samples[0]["keypoint"][0, :, 0, 0].tolist()))
    assert len(found) == 1


@pytest.mark.parametrize(
    "index", [torch.tensor([1, 3]), torch.tensor([False, True, False, True])], ids=["int", "bool"]
)
def test_a_tensor_chooses_a_part_of_a_dataset(index: torch.Tensor) -> None:
    whole = dataset(*(clip(f"c{n}") for n in range(4)))
    assert list(whole[index].ids) == ["c1", "c3"]


@pytest.mark.parametrize("kind", ["keypoint", "limb"])
def test_heatmaps_in_place_of_keypoints(kind: str) -> None:
    clips = [clip(str(n), persons=1 + n, frames=20 + n, seed=n) for n in range(4)]
    loader = DataLoader(
        ClipDataset(
            dataset(*clips), frames=8, heatmaps=functools.partial(skelconv.heatmaps, kind=kind)
        ),
        batch_size=2,
        num_workers=2,
        collate_fn=collate,
    )
    batches = list(loader)
    assert [batch["heatmap"].shape for batch in batches] == [(2, 17, 8, 64, 64)] * 2
    assert "keypoint" not in batches[0]
    chosen = ClipDataset(dataset(*clips), frames=8)
    for number, one in enumerate(clips):
        frames = chosen[number]["keypoint"]
        truth = skelconv.heatmaps(
            one.replace(
                keypoint=frames.numpy(), keypoint_score=chosen[number]["keypoint_score"].numpy()
            ),
            kind,
        )
        assert np.array_equal(batches[number // 2]["heatmap"][number % 2], truth)


@pytest.mark.parametrize("wrong", [{"persons": 2}, {"frames": 9, "sampling": "pad"}])
def test_what_heatmaps_do_not_go_with(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="heatmaps are of all persons"):
        ClipDataset(dataset(clip()), heatmaps=skelconv.heatmaps, **wrong)  # type: ignore[arg-type]
