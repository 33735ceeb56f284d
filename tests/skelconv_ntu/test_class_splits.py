"""The splits by classes: which actions are seen, and which samples are in which part."""

from collections import Counter

import pytest

from skelconv import BuildError
from skelconv.plugin.use import use_plugin
from skelconv.testing import check_split
from skelconv_ntu.names import parse_name
from skelconv_ntu.official import missing_samples, official_samples

# As feeders of SMIE, STAR and PGFA have them, where classes are counted from 0; the plugin has them
# from SynSE's page, where actions are counted from 1. SMIE's own are split_1 to split_6 there.
UNSEEN_FROM_0 = {
    "synse-55-5": [10, 11, 19, 26, 56],
    "synse-48-12": [3, 5, 9, 12, 15, 40, 42, 47, 51, 56, 58, 59],
    "synse-110-10": [4, 13, 37, 43, 49, 65, 88, 95, 99, 106],
    "synse-96-24": [
        *(5, 9, 11, 16, 18, 20, 22, 29, 35, 39, 45, 49),
        *(59, 68, 70, 81, 84, 87, 93, 94, 104, 113, 114, 119),
    ],
    "smie-55-5-1": [4, 19, 31, 47, 51],
    "smie-55-5-2": [12, 29, 32, 44, 59],
    "smie-55-5-3": [7, 20, 28, 39, 58],
    "smie-110-10-1": [3, 18, 26, 38, 41, 60, 87, 99, 102, 110],
    "smie-110-10-2": [5, 12, 14, 15, 17, 42, 67, 82, 100, 119],
    "smie-110-10-3": [6, 20, 27, 33, 42, 55, 71, 97, 104, 118],
}
EXEMPLARS = [
    *(f"S001C003P008R001A{action:03}" for action in (1, 7, 13, 19, 25, 31, 37, 43, 49, 55)),
    *(f"S018C003P008R001A{action:03}" for action in (61, 67, 73, 79, 85, 91, 97, 103, 109, 115)),
]


def kept(dataset: str) -> list[str]:
    return [str(s) for s in official_samples(dataset) if s not in missing_samples(dataset)]


def parts(use: str, ids: list[str], **options: str) -> dict[str, list[str]]:
    split = use_plugin("split", use, options).make()
    check_split(split, ids[::997])
    found: dict[str, list[str]] = {name: [] for name in split.names}
    for clip_id in ids:
        for name in split.assign(clip_id):
            found[name].append(clip_id)
    return found


def labels(ids: list[str]) -> set[int]:
    return {sample.label for clip_id in ids if (sample := parse_name(clip_id))}


def test_one_shot_has_the_authors_twenty_actions_and_exemplars():
    ids = kept("ntu120")
    found = parts("ntu-one-shot", ids)
    assert found["oneshot_exemplars"] == sorted(EXEMPLARS)
    assert labels(found["oneshot_test"]) == labels(EXEMPLARS) == set(range(0, 120, 6))
    assert labels(found["oneshot_train"]) == set(range(120)) - labels(EXEMPLARS)
    assert sum(map(len, found.values())) == len(ids) == 113_945


@pytest.mark.parametrize("benchmark", ["xsub", "xview", "xset"])
@pytest.mark.parametrize("classes", UNSEEN_FROM_0)
def test_zero_shot_divides_classes_and_samples(classes, benchmark):
    seen, unseen = map(int, classes.split("-")[1:3])
    dataset = f"ntu{seen + unseen}"
    ids = kept(dataset)
    found = parts("ntu-zero-shot", ids, classes=classes, benchmark=benchmark)
    assert labels(found["zsl_test"]) == set(UNSEEN_FROM_0[classes])
    assert len(UNSEEN_FROM_0[classes]) == unseen
    assert labels(found["zsl_train"]) == set(range(seen + unseen)) - labels(found["zsl_test"])
    whole = parts(f"ntu-{benchmark}", ids)
    assert found["gzsl_test"] == whole[f"{benchmark}_val"]
    assert set(found["zsl_train"]) <= set(whole[f"{benchmark}_train"])
    per_class = Counter(name[-4:] for name in found["gzsl_test"])
    assert len(found["zsl_test"]) == sum(
        per_class[f"A{label + 1:03}"] for label in UNSEEN_FROM_0[classes]
    )


def test_actions_of_ntu120_are_in_no_part_of_a_protocol_of_ntu60():
    split = use_plugin("split", "ntu-zero-shot", {"classes": "synse-55-5"}).make()
    assert split.assign("S018C001P008R001A061") == ()


@pytest.mark.parametrize("name", ["one-shot", "zero-shot"])
def test_a_clip_that_is_not_from_ntu_has_no_place(name):
    options = {"classes": "synse-55-5"} if name == "zero-shot" else {}
    split = use_plugin("split", f"ntu-{name}", options).make()
    with pytest.raises(BuildError, match=f"'walk' has no place in the {name} split"):
        split.assign("walk")
