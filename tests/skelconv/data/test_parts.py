import itertools

import pytest

from skelconv.data.parts import PartName, pairs_that_exclude


@pytest.mark.parametrize(
    "names",
    [
        ("train", "val", "test"),
        ("xsub_train", "xsub_val"),
        ("train1", "test1"),
        ("training", "validation"),
        ("Train", "Test"),
        ("k_train", "k_dev"),
        ("train", "eval"),
        ("train_small", "small_val"),
    ],
)
def test_parts_of_one_division(names):
    assert list(pairs_that_exclude(names)) == list(itertools.combinations(names, 2))


@pytest.mark.parametrize(
    "names",
    [
        ("train", "train"),
        ("xsub_train", "xview_val"),
        ("train1", "test2"),
        ("trainval", "test"),
        ("contest", "con"),
        ("a", "b"),
        ("train_val", "test"),
    ],
)
def test_parts_that_share_clips_or_have_nothing_to_do_with_each_other(names):
    assert not list(pairs_that_exclude(names))
    assert not list(pairs_that_exclude(names[::-1]))


def test_what_a_name_says():
    assert PartName.of("xsub_train") == ("train", ("xsub",))
    assert PartName.of("all") == ("", ("all",))
