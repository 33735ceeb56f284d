"""A source of any format that holds clips: here texts, of which each line is a clip."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from support.folders import fill

from skelconv import BuildError, Clip, ClipError
from skelconv.files import Catalog, ClipFiles, ClipFormat, LabelOptions
from skelconv.testing import check_source


def lines(path: str) -> list[str]:
    text = Path(path).read_text()
    if "!" in text:
        raise ClipError("it shouts", line=1)
    return text.split()


def load(path: str, name: str) -> Clip:
    if name == "bad":
        raise ClipError("it is bad", line=2)
    joints, layout = (17, "coco17") if name == "coco" else (25, "ntu25")
    return Clip("", np.full((1, 2, joints, 3), len(name or "x"), np.float32), layout, 7)


def source(root: Path, labels: dict | None = None) -> ClipFiles:
    rule = LabelOptions.model_validate(labels).rule() if labels else None
    formats = {".txt": ClipFormat(load, lines), ".one": ClipFormat(load)}
    return ClipFiles(str(root), Catalog(labels=rule), formats)


def test_files_are_clips_or_hold_them(tmp_path):
    root = fill(
        tmp_path / "r",
        {"a.one": "", "b/C.TXT": "x yy", "d.txt": "!", "e.txt": "", "f.csv": "", "._a.one": ""},
    )
    made = source(root)
    inventory = made.inventory()
    assert [item.id for item in inventory.items] == ["a", "b/C/x", "b/C/yy"]
    assert [(one.id, one.reason) for one in inventory.rejected] == [("d", "it shouts")]
    assert inventory.rejected[0].path.endswith("d.txt:1")
    assert [os.path.basename(one) for one in inventory.strays] == ["._a.one", "e.txt", "f.csv"]
    assert inventory.layout == "ntu25"
    clips = [made.load(item) for item in inventory.items]
    assert [clip.keypoint[0, 0, 0, 0] for clip in clips] == [1, 1, 2]
    assert [clip.id for clip in clips] == ["a", "b/C/x", "b/C/yy"]
    assert {clip.label for clip in clips} == {7}
    assert made.stamp(inventory.items[1])[0] == 4


def test_it_is_a_source(tmp_path):
    made = source(fill(tmp_path / "r", {"a.one": "", "b.one": ""}))
    check_source(made)


def test_a_file_alone(tmp_path):
    root = fill(tmp_path / "r", {"a.one": "", "b.one": ""})
    made = source(root / "b.one")
    (item,) = made.inventory().items
    assert item.id == "b"
    assert made.load(item).total_frames == 2


def test_labels_of_the_options_are_before_those_of_files(tmp_path):
    root = fill(tmp_path / "r", {"walk/a.one": "", "run/b.one": ""})
    made = source(root, {"folder": True})
    inventory = made.inventory()
    assert inventory.label_names == ("run", "walk")
    assert [made.load(item).label for item in inventory.items] == [0, 1]


def test_errors_name_the_file_and_the_line(tmp_path):
    made = source(fill(tmp_path / "r", {"b.txt": "bad good"}))
    bad, good = made.inventory().items
    with pytest.raises(ClipError) as raised:
        made.load(bad)
    assert str(raised.value) == f"{tmp_path}/r/b.txt:2: it is bad"
    assert made.load(good).id == "b/good"
    # The first clip cannot say it, and the next one can.
    assert made.inventory().layout == "ntu25"
    (failing,) = made.inventory().failing
    assert (failing.id, failing.path) == (bad.id, f"{tmp_path}/r/b.txt:2")


def test_nothing_is_an_error(tmp_path):
    with pytest.raises(BuildError, match="no file of this form"):
        source(fill(tmp_path / "r", {"a.csv": ""})).inventory()
    with pytest.raises(BuildError, match="cannot be listed"):
        source(tmp_path / "none").inventory()


def test_items_are_plain(tmp_path):
    (item,) = source(fill(tmp_path / "r", {"a.one": ""})).inventory().items
    found = ["a.one", "", "ntu25"]
    assert json.loads(json.dumps(item.ref)) == [found, None, None]


def test_clips_of_other_joints_than_the_first_are_errors(tmp_path):
    made = source(fill(tmp_path / "r", {"a.one": "", "b.txt": "coco good"}))
    first, other, good = made.inventory().items
    assert made.load(first).layout == made.load(good).layout == "ntu25"
    with pytest.raises(ClipError, match="not those of the first clip: its layout is coco17 and"):
        made.load(other)
