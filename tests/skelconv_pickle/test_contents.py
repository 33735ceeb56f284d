import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from skelconv import DatasetError
from skelconv_pickle.contents import read_contents

ONE = {"frame_dir": "a", "label": 1, "keypoint": np.zeros((1, 2, 25, 3), np.float32)}
TWO = {"frame_dir": "b", "label": 2, "keypoint": np.zeros((2, 3, 25, 3), np.float32)}


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def read(value: Any) -> Any:
        path = tmp_path / "some.pkl"
        path.write_bytes(pickle.dumps(value))
        return read_contents(path)

    return read


def test_a_dict_with_splits(read: Any) -> None:
    contents = read({"split": {"train": ["b"], "val": ("a", "x")}, "annotations": [ONE, TWO]})
    assert contents.ids == ["a", "b"]
    assert contents.splits == {"train": [1], "val": [0]}
    assert contents.unknown == {"val": ["x"]}
    assert [annotation["label"] for annotation in contents.annotations] == [1, 2]
    assert contents.file.size == contents.file.path.stat().st_size


NAMES = ["v_10", "b", "vélo", "a"]


@pytest.mark.parametrize(
    ("stored", "names"),
    [
        (set(NAMES), sorted(NAMES)),
        (frozenset(NAMES), sorted(NAMES)),
        (np.array(NAMES), NAMES),
        (np.array(NAMES * 200)[::-1], NAMES[::-1] * 200),
        (np.array(NAMES, dtype=">U9"), NAMES),
        (np.array([name.encode() for name in NAMES]), NAMES),
        (np.array(NAMES, dtype=object), NAMES),
        ([np.str_(name) for name in NAMES], NAMES),
        ([name.encode() for name in NAMES], NAMES),
        (np.array([], dtype="U1"), []),
        (set(), []),
    ],
)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_splits_that_are_no_lists(tmp_path: Path, stored: Any, names: Any, protocol: int) -> None:
    path = tmp_path / "some.pkl"
    others = [{**ONE, "frame_dir": name} for name in NAMES if name != "a"]
    content = {"split": {"train": stored}, "annotations": [ONE, *others]}
    path.write_bytes(pickle.dumps(content, protocol))
    contents = read_contents(path)
    assert [contents.ids[place] for place in contents.splits["train"]] == names
    assert contents.unknown == {}


def test_one_array_in_many_splits_does_not_fill_the_memory(read: Any) -> None:
    names = np.array(["a"] * 500_000)
    with pytest.raises(DatasetError, match="too much for a file"):
        read({"split": {f"s{n}": names for n in range(999)}, "annotations": [ONE]})


def test_annotations_in_an_array(read: Any) -> None:
    annotations = np.array([ONE, TWO], dtype=object)
    assert read(annotations).ids == ["a", "b"]
    contents = read({"split": {"x": ["b"]}, "annotations": annotations})
    assert (contents.ids, contents.splits) == (["a", "b"], {"x": [1]})


def test_a_bare_list(read: Any) -> None:
    contents = read([ONE, TWO])
    assert contents.ids == ["a", "b"]
    assert contents.splits == {}


def test_a_single_annotation(read: Any) -> None:
    assert read(ONE).ids == ["a"]


def test_a_dict_without_splits(read: Any) -> None:
    assert read({"annotations": [TWO]}).splits == {}


def test_names_of_videos_come_first(read: Any) -> None:
    assert read([{**ONE, "filename": "a.mp4"}, {**TWO, "filename": "b.mp4"}]).ids == [
        "a.mp4",
        "b.mp4",
    ]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"clip": 1}, r"some.pkl: the pickle holds a dict of 1 keys, not annotations"),
        (7, "the pickle holds 7, not annotations"),
        (np.zeros(3), "the pickle holds an array, not annotations"),
        ({"annotations": {"a": ONE}}, "the pickle holds a dict of 1 keys, not annotations"),
        ([ONE, "text"], "annotation 1: it is 'text', not a dict"),
        ([ONE, {"label": 3}], "annotation 1: it has no 'frame_dir'"),
        ([{**ONE, "frame_dir": 5}], "annotation 0: its 'frame_dir' is 5, not a name"),
        ([{**ONE, "frame_dir": ""}], "annotation 0: its 'frame_dir' is '', not a name"),
        ([{**ONE, "frame_dir": [[]]}], "its 'frame_dir' is a list of 1, not a name"),
        ({"split": ["a"], "annotations": [ONE]}, "'split' is a list of 1, not a dict"),
        ({"split": {"train": "a"}, "annotations": [ONE]}, "the split 'train' is not a list"),
        ({"split": {1: ["a"]}, "annotations": [ONE]}, "the split 1 is not a list of names"),
        ({"split": {"train": [3]}, "annotations": [ONE]}, "the split 'train' names 3"),
        ({"split": {"x": np.arange(3)}, "annotations": [ONE]}, "the split 'x' is not a list"),
        ({"split": {"x": np.array([["a"]])}, "annotations": [ONE]}, "'x' is not a list"),
        ({"split": {"x": np.array([b"\xff"])}, "annotations": [ONE]}, "'x' is not a list"),
        ({"split": {"x": {"a", 3}}, "annotations": [ONE]}, "the split 'x' names 3"),
        ({"split": {"x": [b"\xff"]}, "annotations": [ONE]}, "the split 'x' names bytes"),
    ],
)
def test_other_contents_are_errors(read: Any, value: Any, reason: str) -> None:
    with pytest.raises(DatasetError, match=reason):
        read(value)
