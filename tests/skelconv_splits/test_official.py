"""The lists that come with the package are the official ones."""

from collections import Counter

import pytest

from skelconv_splits import plugin

SPLITS = {split.name: split for split in plugin.skelconv_splits()}
(LABELS,) = plugin.skelconv_transforms()

COUNTS = {
    "gym99": {"train": 26_320, "val": 8_521},
    "ucf101": {
        "train1": 9_537,
        "test1": 3_783,
        "train2": 9_586,
        "test2": 3_734,
        "train3": 9_624,
        "test3": 3_696,
    },
    "hmdb51": {
        f"{kind}{n}": size for n in "123" for kind, size in (("train", 3570), ("test", 1530))
    },
}
CLASSES = {"gym99": 99, "ucf101": 101, "hmdb51": 51}


def members(name):
    return LABELS.options(official=name).reader()()


@pytest.mark.parametrize("name", COUNTS)
def test_counts(name):
    found = members(name)
    split = SPLITS[name].create(SPLITS[name].options())
    assert split.names == tuple(COUNTS[name])
    counts = Counter(part for clip_id in found.labels for part in split.assign(clip_id))
    assert counts == COUNTS[name]


@pytest.mark.parametrize("name", COUNTS)
def test_every_clip_has_one_of_all_labels(name):
    found = members(name)
    assert found.of.keys() <= found.labels.keys()
    assert set(found.labels.values()) == set(range(CLASSES[name]))


@pytest.mark.parametrize("n", "123")
@pytest.mark.parametrize("name", ["ucf101", "hmdb51"])
def test_no_clip_is_in_both_parts_of_a_division(name, n):
    parts = {f"train{n}", f"test{n}"}
    assert all(len(parts & set(own)) <= 1 for own in members(name).of.values())
    if name == "ucf101":
        assert all(parts & set(own) for own in members(name).of.values())


def test_the_ucf101_classes_are_those_in_the_names():
    labels = members("ucf101").labels
    # The lists spell one class in two ways.
    classes = sorted({name.split("_")[1].lower() for name in labels})
    assert all(classes[label] == name.split("_")[1].lower() for name, label in labels.items())
    # A group of videos is cut from one recording: it is never in both parts.
    groups = {}
    for clip_id, parts in members("ucf101").of.items():
        for part in parts:
            groups.setdefault((clip_id.rpartition("_")[0].lower(), part[-1]), set()).add(part)
    assert all(len(parts) == 1 for parts in groups.values())


def test_known_clips():
    gym, ucf, hmdb = (members(name) for name in COUNTS)
    assert gym.labels["A0xAXXysHUo_E_002184_002237_A_0035_0036"] == 93
    assert gym.of["rrrgsW--AE8_E_004616_004689_A_0070_0073"] == ("val",)
    assert ucf.labels["v_YoYo_g25_c05"] == 100
    assert ucf.of["v_ApplyEyeMakeup_g01_c01"] == ("test1", "train2", "train3")
    first = "April_09_brush_hair_u_nm_np1_ba_goo_0"
    assert (hmdb.labels[first], hmdb.of[first][0]) == (0, "train1")
