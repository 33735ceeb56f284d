import json

import numpy as np
import pytest

from skelconv import ClipError


def _file(name: str, skeletons: object, label: int | None = 1) -> str:
    more = {} if label is None else {"label": label}
    return json.dumps({"file_name": name, "skeletons": skeletons} | more)


def test_clips_have_the_numbers_of_the_files_and_the_classes_in_their_order(
    fill, clips, make, drawn
):
    # By the action in the name, as CTR-GCN's list of files has them, counted from 1.
    labels = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 8: 7, 9: 8, 11: 9, 12: 10}
    names = {f"a{action:02}_s01_e00_v0{action % 3 + 1}": label for action, label in labels.items()}
    truth = {name: drawn(4 + label, 20, 3, seed=label) for name, label in names.items()}
    root = fill(
        {f"{name}.json": _file(name, value.tolist(), names[name]) for name, value in truth.items()}
    )
    found = clips("nw-ucla", root=str(root))
    assert found.keys() == names.keys()
    for name, clip in found.items():
        # What the feeder holds: np.array(json_file["skeletons"]).
        assert clip.keypoint.dtype == np.float64
        assert clip.keypoint[0].tobytes() == truth[name].tobytes()
        assert (clip.label, clip.layout) == (names[name] - 1, "kinect20")
    inventory = make("nw-ucla", root=str(root)).inventory()
    assert inventory.label_names[6] == "donning"
    assert inventory.labels == [label - 1 for _, label in sorted(names.items())]


def test_other_names_are_told(fill, make):
    zeros = np.ones((1, 20, 3)).tolist()
    root = fill(
        {
            f"{name}.json": _file(name, zeros)
            for name in ("a07_s01_e00_v01", "walk", "a01_s01_e00_v01")
        }
        | {"._a01_s01_e00_v01.json": "", "readme.txt": ""}
    )
    inventory = make("nw-ucla", root=str(root)).inventory()
    assert [item.id for item in inventory.items] == ["a01_s01_e00_v01"]
    assert {one.id for one in inventory.rejected} == {"a07_s01_e00_v01", "walk"}
    assert all("does not say a class" in one.reason for one in inventory.rejected)
    assert len(inventory.strays) == 2


def test_a_label_that_is_not_what_the_name_says(fill, make):
    one = np.ones((1, 20, 3)).tolist()
    root = fill(
        {
            "a05_s01_e00_v01.json": _file("a05_s01_e00_v01", one, 5),
            "a05_s01_e01_v01.json": _file("a05_s01_e01_v01", one, None),
            "a08_s01_e00_v01.json": _file("a08_s01_e00_v01", one, 8),
            "a09_s01_e00_v01.json": _file("a09_s01_e00_v01", one, 99),
        }
    )
    source = make("nw-ucla", root=str(root))
    right, without, other, none = source.inventory().items
    assert source.load(right).label == source.load(without).label == 4
    with pytest.raises(ClipError, match="name says 'donning', and the file says 'doffing'"):
        source.load(other)
    with pytest.raises(ClipError, match="the file says a class that is not there"):
        source.load(none)
    own = make("nw-ucla", root=str(root), labels={"pattern": r"s(?P<label>\d\d)_"})
    assert {own.load(item).label for item in own.inventory().items} == {0}


def test_labels_of_the_users_own(fill, clips):
    root = fill({"walk/x1.json": _file("x1", np.ones((1, 20, 3)).tolist())})
    found = clips("nw-ucla", root=str(root), labels={"folder": True}, ids="path")
    assert {name: clip.label for name, clip in found.items()} == {"walk/x1": 0}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("[]", "the file is not a JSON object"),
        ('{"skeletons": 1}', "has no 'skeletons' that is a list"),
        ('{"skeletons": []}', "'skeletons' is not n x 20 x 3 numbers"),
        ('{"skeletons": [[[0, 1, 2]]]}', "'skeletons' is not n x 20 x 3 numbers"),
        ('{"skeletons": [[[0, 1, 2]], [[1]]]}', "'skeletons' is not n x 20 x 3 numbers"),
        (_file("x", np.full((1, 20, 3), "1").tolist()), "'skeletons' is not n x 20 x 3 numbers"),
        (_file("x", np.full((1, 20, 3), np.inf).tolist()), "infinite"),
        ('{"skeletons": [', "is not valid JSON"),
    ],
)
def test_what_is_not_in_this_form_is_refused_with_its_file(fill, make, content, reason):
    root = fill({"a01_s01_e00_v01.json": content})
    source = make("nw-ucla", root=str(root))
    (item,) = source.inventory().items
    with pytest.raises(ClipError, match=reason) as caught:
        source.load(item)
    assert caught.value.path == str(root / "a01_s01_e00_v01.json")


def test_nan_is_missing(fill, clips):
    skeletons = np.ones((2, 20, 3))
    skeletons[1, 4, 1] = np.nan
    root = fill({"a01_s01_e00_v01.json": _file("x", skeletons.tolist())})
    (clip,) = clips("nw-ucla", root=str(root)).values()
    assert not clip.keypoint[0, 1, 4].any()
    assert clip.present().sum() == 39
