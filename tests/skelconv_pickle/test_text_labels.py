"""Annotation pickles whose labels are text: read by the reader, and by the source."""

import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import skelconv
from skelconv import DatasetError
from skelconv_pickle.source import PickleSource


def written(path: Path, labels: Sequence[Any], names: Sequence[str] = ()) -> Path:
    annotations = [
        {
            "frame_dir": f"clip{n}",
            "label": label,
            "total_frames": 2,
            "img_shape": (4, 5),
            "keypoint": np.ones((1, 2, 17, 2), np.float32),
        }
        for n, label in enumerate(labels)
    ]
    content = {"split": {"train": ["clip0"]}, "annotations": annotations}
    path.write_bytes(pickle.dumps({**content, "label_names": list(names)} if names else content))
    return path


@pytest.mark.parametrize(
    ("labels", "names", "numbers", "known"),
    [
        (["run", "jump", "run"], (), [1, 0, 1], ("jump", "run")),
        (["run", "jump"], ("walk", "run", "jump"), [1, 2], ("walk", "run", "jump")),
        (["10", "9", "10"], (), [10, 9, 10], ()),
        (["3", "b"], (), [0, 1], ("3", "b")),
        (["run", None], (), [0, None], ("run",)),
        ([b"run", "jump"], (), [1, 0], ("jump", "run")),
        (["x" * 3000, "a"], (), [1, 0], ("a", "x" * 3000)),
        ([np.str_("run")], (), [0], ("run",)),
    ],
)
def test_they_are_numbered(tmp_path, labels, names, numbers, known):
    path = written(tmp_path / "a.pkl", labels, names)
    dataset = skelconv.open(path)
    assert list(dataset.labels) == numbers
    assert [dataset[n].label for n in range(len(labels))] == numbers
    assert tuple(dataset.label_names) == known
    inventory = PickleSource(str(path)).inventory()
    assert list(inventory.labels or ()) == numbers
    assert tuple(inventory.label_names) == known


def test_they_are_written_as_numbers_and_their_names(tmp_path):
    skelconv.convert(written(tmp_path / "a.pkl", ["run", "jump"]), tmp_path / "b.pkl")
    content = pickle.loads((tmp_path / "b.pkl").read_bytes())
    assert [clip["label"] for clip in content["annotations"]] == [1, 0]
    assert content["label_names"] == ["jump", "run"]


@pytest.mark.parametrize(
    ("labels", "names", "message"),
    [
        (["run", 1], (), "annotation 1 has a label that is no text, and others have text"),
        (["run", "fly"], ("run",), "annotation 1 has the label 'fly', which is none of the 1"),
    ],
)
def test_what_cannot_be_numbered_is_refused(tmp_path, labels, names, message):
    with pytest.raises(DatasetError, match=message):
        skelconv.open(written(tmp_path / "a.pkl", labels, names))
