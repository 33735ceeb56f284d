"""Datasets as lazy sequences."""

import pickle
from pathlib import Path

import pytest
from memory import MemoryReader, clip

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
    assert [c.frame_dir for c in part] == ["c2", "c4", "c6"]
    assert dataset["c7"].frame_dir == dataset[7].frame_dir == dataset[-3].frame_dir == "c7"
    assert reader.reads == [2, 4, 6, 7, 7, 7]
    with pytest.raises(IndexError):
        dataset[10]


def test_parts_know_their_own_ids_labels_and_splits(reader: MemoryReader) -> None:
    dataset = Dataset(reader)
    val = dataset.split("val")
    assert list(val.frame_dirs) == ["c9", "c1"]
    assert list(val.labels) == [0, 1]
    assert val.splits == {"train": [], "val": [0, 1]}
    assert val["c1"].frame_dir == "c1"
    assert dataset[1:3].splits == {"train": [1], "val": [0]}
    assert repr(val) == "<skelconv dataset of 2 clips: train 0, val 2>"


def test_what_is_not_there(reader: MemoryReader, tmp_path: Path) -> None:
    dataset = Dataset(reader)
    with pytest.raises(DatasetError, match="no split 'test'; there are: train, val"):
        dataset.split("test")
    with pytest.raises(DatasetError, match="no clip 'c77'"):
        dataset["c77"]
    with pytest.raises(DatasetError, match="no such file"):
        skelconv.open(tmp_path / "nothing.pkl")
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(DatasetError, match="no plugin knows this format"):
        skelconv.open(tmp_path / "notes.txt")


def test_it_can_be_pickled(reader: MemoryReader) -> None:
    dataset = Dataset(reader)[3:]
    assert dataset.index_of("c4") == 1
    again = pickle.loads(pickle.dumps(dataset))
    assert list(again.frame_dirs) == list(dataset.frame_dirs)
    assert again["c4"].frame_dir == "c4"
