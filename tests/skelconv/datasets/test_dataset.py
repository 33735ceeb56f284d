"""Datasets as lazy sequences."""

import pickle
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.memory import MemoryReader, clip

import skelconv
from skelconv import Dataset, DatasetError


@pytest.fixture
def reader() -> MemoryReader:
    clips = [clip(f"c{n}", label=n % 3, seed=n) for n in range(10)]
    return MemoryReader(clips, {"train": [0, 2, 4, 6, 8], "val": [9, 1]}, label_names=("x", "y"))


def test_it_is_a_sequence_and_reads_what_is_asked_for(reader: MemoryReader) -> None:
    dataset = Dataset(reader)
    assert len(dataset) == 10
    part = dataset[2:8][::-1].split("train")
    assert reader.reads == []
    assert [c.id for c in part] == ["c2", "c4", "c6"]
    assert dataset["c7"].id == dataset[7].id == dataset[-3].id == dataset[np.int64(7)].id == "c7"
    assert reader.reads == [2, 4, 6, 7, 7, 7, 7]


@pytest.mark.parametrize(
    "index",
    [
        [1, 3, -1],
        (1, 3, 9),
        ["c1", "c3", "c9"],
        [1, "c3", np.int64(9)],
        np.array([1, 3, 9]),
        np.array(["c1", "c3", "c9"]),
        [n in (1, 3, 9) for n in range(10)],
        np.isin(np.arange(10), (1, 3, 9)),
        list(np.isin(np.arange(10), (1, 3, 9))),
        (n for n in (1, 3, 9)),
    ],
    ids=lambda index: type(index).__name__,
)
def test_a_part_is_chosen_by_many_kinds_of_list(reader: MemoryReader, index: Any) -> None:
    part = Dataset(reader)[index]
    assert reader.reads == []
    assert list(part.ids) == ["c1", "c3", "c9"]
    assert part[-1].id == "c9"
    assert list(part[[2, 0]].ids) == ["c9", "c1"]
    assert part.splits == {"train": (), "val": (2, 0)}


@pytest.mark.parametrize(
    ("index", "error", "words"),
    [
        (10, IndexError, "index 10 is out of range: there are 10 clips"),
        (-11, IndexError, "index -11 is out of range"),
        ([0, 10], IndexError, "index 10 is out of range"),
        (np.array([-11]), IndexError, "index -11 is out of range"),
        ([True] * 9, IndexError, "a mask of 9 for a dataset of 10 clips"),
        (np.array([[0, 1]]), TypeError, "integer"),
        (1.5, TypeError, "a dataset takes an index, an id, a slice or a list, not 1.5"),
        (None, TypeError, "a dataset takes an index"),
        ([0.5], TypeError, "integer"),
        ([0, "c77"], KeyError, "there is no clip 'c77'"),
    ],
)
def test_what_is_not_an_index(
    reader: MemoryReader, index: Any, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        Dataset(reader)[index]
    assert reader.reads == []


def test_an_empty_part(reader: MemoryReader) -> None:
    empty = Dataset(reader)[[]]
    assert list(empty) == list(empty.ids) == list(empty.labels) == []
    assert repr(empty) == "<skelconv dataset of 0 clips: train 0, val 0>"
    with pytest.raises(IndexError, match="index 0 is out of range: there are 0 clips"):
        empty[0]


def test_whether_a_clip_is_in_it(reader: MemoryReader) -> None:
    dataset = Dataset(reader)[1:]
    assert "c1" in dataset
    assert "c0" not in dataset
    assert 3 not in dataset
    assert reader.reads == []
    assert clip("c1", label=1, seed=1) in dataset
    assert clip("c1", label=1, seed=2) not in dataset
    assert clip("c0", label=0, seed=0) not in dataset


def test_the_index_of_a_clip(reader: MemoryReader) -> None:
    dataset = Dataset(reader)[1:]
    assert dataset.index("c3") == dataset.index_of("c3") == 2
    assert reader.reads == []
    assert dataset.index(dataset[2]) == 2
    assert dataset.index("c3", 2, 3) == dataset.index("c3", -7) == 2
    for absent in ("c0", clip("c3"), 3):
        with pytest.raises(ValueError, match="is not in the dataset"):
            dataset.index(absent)
    with pytest.raises(ValueError, match="is not in the dataset"):
        dataset.index("c3", 3)


def test_the_first_of_clips_with_one_id_is_the_one_that_it_means() -> None:
    dataset = Dataset(MemoryReader([clip("a", label=1), clip("b"), clip("a", label=2)]))
    assert dataset.index("a") == 0
    assert dataset["a"].label == 1


def test_parts_know_their_own_ids_labels_and_splits(reader: MemoryReader) -> None:
    dataset = Dataset(reader)
    val = dataset.split("val")
    assert list(val.ids) == ["c9", "c1"]
    assert list(val.labels) == [0, 1]
    assert val.splits == {"train": (), "val": (0, 1)}
    assert val["c1"].id == "c1"
    assert dataset[1:3].splits == {"train": (1,), "val": (0,)}
    assert repr(val) == "<skelconv dataset of 2 clips: train 0, val 2>"


def test_a_repr_stays_short() -> None:
    splits = {f"split{n}": [0] for n in range(100)}
    text = repr(Dataset(MemoryReader([clip()], splits)))
    assert text.startswith("<skelconv dataset of 1 clip: split0 1, split1 1, ")
    assert len(text) < 120


class Counting(MemoryReader):
    """Counts how often its labels and splits are asked for."""

    asked: list[str]

    def __getattribute__(self, name: str) -> Any:
        if name in ("labels", "splits"):
            self.asked.append(name)
        return super().__getattribute__(name)


CHANGES: list[Callable[[Dataset], object]] = [
    lambda dataset: dataset.ids.append("x"),  # type: ignore[attr-defined]
    lambda dataset: dataset.labels.append(3),  # type: ignore[attr-defined]
    lambda dataset: dataset.labels.__setitem__(0, 3),  # type: ignore[attr-defined]
    lambda dataset: dataset.splits.update(x=()),  # type: ignore[attr-defined]
    lambda dataset: dataset.splits["train"].append(3),  # type: ignore[attr-defined]
    lambda dataset: dataset.info.update(x=1),  # type: ignore[attr-defined]
    lambda dataset: dataset.label_names.append("x"),  # type: ignore[attr-defined]
    lambda dataset: setattr(dataset, "labels", ()),
]


def same(dataset: Dataset) -> Iterable[Dataset]:
    """Give a dataset as it is, as a part, and after pickling."""
    yield dataset
    yield dataset[1:]
    yield pickle.loads(pickle.dumps(dataset))
    yield pickle.loads(pickle.dumps(dataset[1:]))


@pytest.mark.parametrize("change", CHANGES)
def test_what_it_says_cannot_be_changed(
    reader: MemoryReader, change: Callable[[Dataset], object]
) -> None:
    for dataset in same(Dataset(reader)):
        before = dataset.ids, dataset.labels, dict(dataset.splits)
        with pytest.raises(AttributeError):
            change(dataset)
        assert before == (dataset.ids, dataset.labels, dict(dataset.splits))


def test_labels_and_splits_are_asked_for_once() -> None:
    Counting.asked = []
    reader = Counting([clip("a"), clip("b", label=1)], {"train": [0, 1]})
    Counting.asked.clear()
    for dataset in (Dataset(reader), Dataset(reader)[1:]):
        for _ in range(3):
            assert len(dataset.labels) == len(dataset.splits["train"]) == len(dataset)
        assert dataset.labels is dataset.labels
    assert sorted(Counting.asked) == ["labels"] * 2 + ["splits"] * 2


def test_an_unknown_id_is_a_key_error_with_the_nearest(reader: MemoryReader) -> None:
    dataset = Dataset(reader)
    for kind in (KeyError, DatasetError):
        with pytest.raises(kind) as caught:
            dataset["c77"]
        assert str(caught.value) == "there is no clip 'c77': did you mean 'c7'?"
        assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_what_cannot_be_opened(reader: MemoryReader, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no split 'test'; there are: train, val"):
        Dataset(reader).split("test")
    with pytest.raises(DatasetError, match="no such file"):
        skelconv.open(tmp_path / "nothing.pkl")
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(DatasetError, match="no plugin knows this format"):
        skelconv.open(tmp_path / "notes.txt")


def test_it_can_be_pickled(reader: MemoryReader) -> None:
    dataset = Dataset(reader)[3:]
    assert dataset.index_of("c4") == 1
    again = pickle.loads(pickle.dumps(dataset))
    assert list(again.ids) == list(dataset.ids)
    assert again["c4"].id == "c4"


def test_functions_take_paths_and_open_datasets(tmp_path: Path) -> None:
    """From a pickle of some script to Zarr and back, and what is in them."""
    paths = []
    for name in ("a", "b"):
        annotation = {"frame_dir": name, "label": 0, "keypoint": np.ones((1, 2, 17, 2))}
        paths.append(tmp_path / f"{name}.pkl")
        paths[-1].write_bytes(pickle.dumps([annotation]))
    assert skelconv.convert(str(paths[0]), tmp_path / "a.zarr").target == tmp_path / "a.zarr"
    assert skelconv.merge(paths, tmp_path / "both.zarr").target == tmp_path / "both.zarr"
    for both in (tmp_path / "both.zarr", skelconv.open(tmp_path / "both.zarr")):
        assert skelconv.verify(both, select=["SK1", "SK2", "SK3"]).sound
        assert skelconv.stats(both).clips == 2
        comparison = skelconv.diff(both, paths[0])
        assert (comparison.only_a, comparison.only_b, comparison.fields) == (["b"], [], {})
    assert skelconv.diff(str(tmp_path / "a.zarr"), skelconv.open(paths[0])).equal


def run(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout


def test_the_names_of_the_package() -> None:
    names = dir(skelconv)
    assert {"open", "build", "Clip", "Dataset", "RecipeError", "__version__"} <= set(names)
    assert all(hasattr(skelconv, name) for name in names)


def test_a_star_import_leaves_pythons_open() -> None:
    code = "import builtins\nfrom skelconv import *\n"
    assert run(f"{code}print(open is builtins.open, Clip.__name__, convert.__name__)") == (
        "True Clip convert\n"
    )


def test_importing_the_package_imports_nothing_heavy() -> None:
    assert run("import sys, skelconv\nprint({'numpy', 'pydantic'} & set(sys.modules))") == "set()\n"
