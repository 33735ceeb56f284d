from itertools import pairwise

import pytest

from skelconv_ntu.names import SampleName, parse_name
from skelconv_ntu.official import (
    class_names,
    is_official,
    missing_samples,
    official_names,
    official_samples,
)


@pytest.mark.parametrize(
    ("dataset", "total", "missing", "classes"),
    [("ntu60", 56_880, 302, 60), ("ntu120", 114_480, 535, 120)],
)
def test_the_published_counts(dataset, total, missing, classes):
    samples = list(official_samples(dataset))
    assert len(samples) == len(set(samples)) == total
    assert len(missing_samples(dataset)) == missing
    assert missing_samples(dataset) <= set(samples)
    assert len(class_names(dataset)) == classes
    assert {sample.label for sample in samples} == set(range(classes))


def test_ntu60_is_part_of_ntu120():
    ntu60 = set(official_samples("ntu60"))
    ntu120 = list(official_samples("ntu120"))
    assert ntu60 == {sample for sample in ntu120 if sample.setup <= 17}
    assert ntu60 == {sample for sample in ntu120 if sample.action <= 60}
    assert missing_samples("ntu60") == missing_samples("ntu120") & ntu60
    assert class_names("ntu60") == class_names("ntu120")[:60]


def test_samples_come_in_the_order_of_their_names():
    names = [str(sample) for sample in official_samples("ntu120")]
    assert all(one < other for one, other in pairwise(names))


def test_every_official_sample_is_official():
    assert all(map(is_official, official_samples("ntu120")))


@pytest.mark.parametrize(
    "name",
    [
        "S033C001P001R001A001",  # 32 setups
        "S000C001P001R001A001",
        "S001C004P001R001A001",  # 3 cameras
        "S001C001P001R003A001",  # 2 replications
        "S001C001P001R001A061",  # setup 1 has the first 60 actions
        "S018C001P008R001A060",  # setup 18 the others
        "S001C001P009R001A001",  # performer 9 is not in setup 1
    ],
)
def test_other_well_formed_names_are_not_official(name):
    sample = parse_name(name)
    assert sample is not None
    assert not is_official(sample)
    assert sample not in set(official_samples("ntu120"))


def test_labels_meet_their_names():
    names = class_names("ntu120")
    assert names[0] == "drink water"
    assert names[SampleName(1, 1, 1, 1, 58).label] == "handshaking"
    assert names[119] == "finger-guessing game (playing rock-paper-scissors)"


@pytest.mark.parametrize("dataset", ["ntu60", "ntu120"])
@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"setups": {1, 30}},
        {"cameras": [2]},
        {"performers": {8, 40}, "actions": range(7, 120, 9)},
    ],
)
def test_names_are_those_of_the_samples(dataset, chosen):
    singular = {what: what.removesuffix("s") for what in chosen}
    assert list(official_names(dataset, **chosen)) == [
        str(sample)
        for sample in official_samples(dataset)
        if all(getattr(sample, singular[what]) in numbers for what, numbers in chosen.items())
    ]
