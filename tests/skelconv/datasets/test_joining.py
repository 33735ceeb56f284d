"""Datasets are merged only where the same number means the same class, or by names."""

import json
import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import skelconv
from skelconv import BuildError, DatasetError, merge
from skelconv.cli.app import run
from skelconv.datasets.joining import Part, join


def dataset(
    path: Path, labels: Mapping[str, Any], names: Sequence[str] = (), *, splits: bool = True
) -> Path:
    """Write an annotation pickle, as any program does."""
    annotations = [
        {
            "frame_dir": clip_id,
            "label": label,
            "total_frames": 2,
            "img_shape": (4, 5),
            "keypoint": np.ones((1, 2, 17, 2), np.float32),
            "keypoint_score": np.ones((1, 2, 17), np.float32),
        }
        for clip_id, label in labels.items()
    ]
    content: Any = annotations
    if splits:
        content = {"split": {"train": [*labels]}, "annotations": annotations}
        if names:
            content["label_names"] = list(names)
    path.write_bytes(pickle.dumps(content))
    return path


@pytest.fixture
def two(tmp_path: Path) -> list[Path]:
    return [
        dataset(tmp_path / "a.pkl", {"a0": 0, "a1": 1}, ["jump", "wave"]),
        dataset(tmp_path / "b.pkl", {"b0": 0, "b1": 1}, ["run", "wave"]),
    ]


def by_class(path: Path) -> dict[str, Any]:
    found = skelconv.open(path)
    return {
        name: tuple(found.label_names[one] for one in label)
        if isinstance(label, tuple)
        else found.label_names[label]
        for name, label in zip(found.ids, found.labels, strict=True)
    }


def test_other_classes_are_refused_with_both_lists(
    two: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["merge", *map(str, two), str(tmp_path / "c.pkl")]
    assert run(command) == 1
    said = capsys.readouterr().err
    assert f"{two[0]}: jump, wave\n" in said
    assert f"{two[1]}: run, wave\n" in said
    assert "--classes union" in said
    assert not (tmp_path / "c.pkl").exists()
    assert run([*command, "--classes", "union"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert f"note: {two[1]}: run 0 -> 2" in said
    assert by_class(tmp_path / "c.pkl") == {"a0": "jump", "a1": "wave", "b0": "run", "b1": "wave"}
    notes = json.loads((tmp_path / "c.pkl.skelconv.json").read_text())["report"]["notes"]
    assert notes == [f"{two[1]}: run 0 -> 2"]
    assert pickle.loads((tmp_path / "c.pkl").read_bytes())["label_names"] == ["jump", "wave", "run"]


def test_the_same_names_in_another_order_are_other_classes(tmp_path: Path) -> None:
    parts = [
        dataset(tmp_path / "a.pkl", {"a": 0}, ["jump", "run"]),
        dataset(tmp_path / "b.pkl", {"b": (0, 1), "c": None}, ["run", "jump"]),
    ]
    with pytest.raises(DatasetError, match="differ in their classes"):
        merge(parts, tmp_path / "c.zarr")
    merge(parts, tmp_path / "c.zarr", classes="union")
    found = skelconv.open(tmp_path / "c.zarr")
    assert list(found.labels) == [0, (1, 0), None]
    assert list(found.label_names) == ["jump", "run"]


def test_the_same_classes_are_merged_as_they_are(tmp_path: Path) -> None:
    names = ["jump", "run"]
    parts = [dataset(tmp_path / f"{name}.pkl", {name: 1}, names) for name in "ab"]
    assert merge(parts, tmp_path / "c.pkl").notes == ()
    assert by_class(tmp_path / "c.pkl") == {"a": "run", "b": "run"}


def test_labels_without_names_beside_names_are_told_or_refused(tmp_path: Path) -> None:
    named = dataset(tmp_path / "a.pkl", {"a": 1}, ["jump", "run"])
    plain = dataset(tmp_path / "b.pkl", {"b": 0})
    report = merge([plain, named], tmp_path / "c.pkl")
    assert report.notes == (
        f"the labels of {plain} have no names of classes: they are taken to be those of {named}",
    )
    assert by_class(tmp_path / "c.pkl") == {"b": "jump", "a": "run"}
    with pytest.raises(DatasetError, match="the label 0 is of no class with a name"):
        merge([plain, named], tmp_path / "d.pkl", classes="union")
    beyond = dataset(tmp_path / "e.pkl", {"e": 2})
    with pytest.raises(DatasetError, match=r"e\.pkl: its labels have no names.*2 is none of the 2"):
        merge([named, beyond], tmp_path / "d.pkl")
    unlabelled = dataset(tmp_path / "f.pkl", {"f": None})
    for classes in ("same", "union"):
        assert merge([named, unlabelled], tmp_path / f"{classes}.pkl", classes=classes).notes == ()


def test_no_names_at_all_are_merged_by_number(tmp_path: Path) -> None:
    parts = [dataset(tmp_path / f"{name}.pkl", {name: 7}, splits=False) for name in "ab"]
    assert merge(parts, tmp_path / "c.pkl").notes == ()
    assert list(skelconv.open(tmp_path / "c.pkl").labels) == [7, 7]


def test_what_union_cannot_join(tmp_path: Path) -> None:
    twice = dataset(tmp_path / "a.pkl", {"a": 0}, ["run", "run"])
    other = dataset(tmp_path / "b.pkl", {"b": 5}, ["jump"])
    with pytest.raises(DatasetError, match=r"two of its classes are called 'run'"):
        merge(
            [twice, dataset(tmp_path / "c.pkl", {"c": 0}, ["hop"])],
            tmp_path / "d.pkl",
            classes="union",
        )
    with pytest.raises(DatasetError, match=r"b\.pkl: the label 5 is of no class"):
        merge(
            [other, dataset(tmp_path / "e.pkl", {"e": 0}, ["hop"])],
            tmp_path / "d.pkl",
            classes="union",
        )
    with pytest.raises(BuildError, match="classes is 'all', not one of: same, union"):
        merge([twice, other], tmp_path / "d.pkl", classes="all")  # type: ignore[arg-type]


NAMES = st.lists(st.sampled_from("abcdef"), unique=True, min_size=1)


@given(parts=st.lists(NAMES, min_size=1, max_size=4), data=st.data())
def test_union_keeps_the_class_of_every_label(parts, data):
    labels = [data.draw(st.lists(st.integers(0, len(names) - 1), max_size=5)) for names in parts]
    given_ = [Part(str(n), *each) for n, each in enumerate(zip(parts, labels, strict=True))]
    joined = join(given_, "union")
    assert list(joined.names) == [*dict.fromkeys(name for names in parts for name in names)]
    for names, numbers, some in zip(parts, joined.numbers, labels, strict=True):
        assert [joined.names[numbers[label]] for label in some] == [names[label] for label in some]
    if all(names == parts[0] for names in parts):
        assert join(given_, "same").names == parts[0]
    else:
        with pytest.raises(DatasetError):
            join(given_, "same")
