"""The names of classes in the files of this plugin, and beside those that cannot hold them."""

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from support.assembly import Encoded
from support.memory import clip

import skelconv
from skelconv import DatasetError
from skelconv_pickle.kpfiles import KpfilesSink
from skelconv_pickle.sink import PickleSink
from skelconv_pickle.source import PickleSource

NAMES = ("jump", "run", "", "über " + "x" * 2000)
CLIPS = [clip("a", label=0), clip("b", label=1), clip("c", label=3)]
SPLITS = {"train": [0, 1], "val": [2]}


def written(sink: Any, splits: Any = SPLITS, names: Any = NAMES) -> Path:
    sink.assemble(Encoded(sink, CLIPS, splits, names), sink.target)
    return sink.target


@pytest.mark.parametrize("sink", [PickleSink, KpfilesSink])
def test_names_are_beside_the_annotations_and_are_read_again(tmp_path: Path, sink: Any) -> None:
    target = written(sink(tmp_path / "a.pkl"))
    table = target / "annotations.pkl" if target.is_dir() else target
    content = pickle.loads(table.read_bytes())
    assert list(content) == ["split", "label_names", "annotations"]
    assert content["label_names"] == list(NAMES)
    assert tuple(skelconv.open(target).label_names) == NAMES
    inventory = PickleSource(str(target)).inventory()
    assert tuple(inventory.label_names) == NAMES
    assert list(inventory.labels or ()) == [0, 1, 3]


def test_all_else_is_as_it_was_without_names(tmp_path: Path) -> None:
    """What MMAction2's PoseDataset and PYSKL take out of a file is the same with names."""
    contents = []
    for name, names in (("a.pkl", NAMES), ("b.pkl", ())):
        path = written(PickleSink(tmp_path / name), names=names)
        content = pickle.loads(path.read_bytes())
        split, annotations = content["split"], content["annotations"]  # as both do
        identifier = "filename" if "filename" in annotations[0] else "frame_dir"
        chosen = [each for each in annotations if each[identifier] in set(split["train"])]
        contents.append((split, [each["keypoint"].tobytes() for each in chosen]))
        assert ("label_names" in content) == bool(names)
    assert contents[0] == contents[1]


def test_a_dataset_without_splits_stays_a_list(tmp_path: Path) -> None:
    path = written(PickleSink(tmp_path / "a.pkl"), splits={})
    assert isinstance(pickle.loads(path.read_bytes()), list)


@pytest.mark.parametrize("names", [{0: "jump"}, "jump", ["jump", 1], 7, [["jump"]]])
def test_an_entry_of_this_name_and_another_form_is_passed_over(tmp_path: Path, names: Any) -> None:
    path = written(PickleSink(tmp_path / "a.pkl"))
    content = pickle.loads(path.read_bytes())
    path.write_bytes(pickle.dumps({**content, "label_names": names}))
    dataset = skelconv.open(path)
    assert tuple(dataset.label_names) == ()
    assert dataset.info["passed_over"] == ["label_names"]
    assert tuple(PickleSource(str(path)).inventory().label_names) == ()


class TestWithoutSplits:
    """A list of annotations has no place for names: they are in the provenance beside it."""

    @pytest.fixture
    def built(self, tmp_path: Path) -> Path:
        written(PickleSink(tmp_path / "in.pkl"))
        recipe = {
            "name": "a",
            "source": {"use": "pickle", "with": {"path": str(tmp_path / "in.pkl")}},
            "sink": {"use": "pickle", "with": {"path": str(tmp_path / "out.pkl")}},
        }
        return skelconv.build(recipe, executor="serial").target

    def test_opening_it_takes_them_from_there(self, built: Path, tmp_path: Path) -> None:
        assert isinstance(pickle.loads(built.read_bytes()), list)
        assert tuple(skelconv.open(built).label_names) == NAMES
        assert tuple(skelconv.open(built)[1:].label_names) == NAMES
        skelconv.convert(built, tmp_path / "out.zarr")
        assert tuple(skelconv.open(tmp_path / "out.zarr").label_names) == NAMES
        assert [one.name for one in skelconv.stats(built).classes] == [NAMES[n] for n in (0, 1, 3)]

    def test_only_where_it_is_certain_that_they_are_its_own(self, built: Path) -> None:
        assert tuple(skelconv.open(built, verify="never").label_names) == ()
        beside = built.with_name("out.pkl.skelconv.json")
        content = json.loads(beside.read_text())
        for names in ("jump", [1], {"0": "jump"}, None):
            beside.write_text(json.dumps({**content, "label_names": names}))
            assert tuple(skelconv.open(built).label_names) == ()
        beside.write_text(json.dumps(content))
        built.write_bytes(built.read_bytes()[:-1] + b" .")
        with pytest.raises(DatasetError, match="it is not what its provenance describes"):
            skelconv.open(built)
        beside.unlink()
        built.write_bytes(built.read_bytes().replace(b" .", b"."))
        assert tuple(skelconv.open(built).label_names) == ()
