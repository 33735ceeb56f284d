"""Splits that are drawn: what holds for any clips, at any order of them."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from math import sqrt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from skelconv import BuildError
from skelconv.plugin import Inventory, Item
from skelconv.plugin.use import use_plugin
from skelconv.testing import check_split

Clips = Sequence[tuple[str, int]]
"""Ids and labels of clips."""

SUBJECTS = st.integers(0, 6)
IDS = st.builds("S{}_take{}".format, SUBJECTS, st.integers(0, 200))
CLIPS = st.dictionaries(IDS, st.integers(0, 3), min_size=12, max_size=60).map(
    lambda clips: list(clips.items())
)
FRACTIONS = st.lists(st.integers(1, 9), min_size=2, max_size=4).map(
    lambda weights: {f"part{n}": weight / sum(weights) for n, weight in enumerate(weights)}
)
SEEDS = st.integers(-3, 1000)
GROUP = r"^S\d+"


def inventory(clips: Clips, **known: Any) -> Inventory:
    items = [Item(clip_id) for clip_id, _ in clips]
    return Inventory(**{"items": items, "labels": [label for _, label in clips], **known})


def drawn(use: str, clips: Clips, **options: Any) -> dict[str, tuple[str, ...]]:
    """Return the parts of each clip, and check what holds for every split."""
    split = use_plugin("split", use, options).make()
    split.survey(inventory(clips))
    parts = {clip_id: tuple(split.assign(clip_id)) for clip_id, _ in clips}
    assert {name for names in parts.values() for name in names} <= set(split.names)
    assert split.assign("a clip that the source does not have") == ()
    return parts


def sizes(parts: dict[str, tuple[str, ...]], ids: Sequence[str]) -> Counter[str]:
    return Counter(name for clip_id in ids for name in parts[clip_id])


@pytest.mark.parametrize("options", [{}, {"stratify": True}, {"group": GROUP}])
@given(clips=CLIPS, fractions=FRACTIONS, seed=SEEDS, data=st.data())
def test_each_clip_is_in_one_part_at_any_order(clips, fractions, seed, options, data):
    options = {**options, "parts": fractions, "seed": seed}
    parts = drawn("random", clips, **options)
    assert all(len(names) == 1 for names in parts.values())
    assert drawn("random", data.draw(st.permutations(clips)), **options) == parts


@pytest.mark.parametrize("use", ["random", "k-fold", "leave-one-out"])
@given(clips=CLIPS, seed=SEEDS)
def test_groups_of_a_table_are_as_good_as_those_of_a_pattern(tmp_path_factory, use, clips, seed):
    if len({clip_id.split("_")[0] for clip_id, _ in clips}) < 2:
        clips = [*clips, ("S7_take0", 0)]
    table = tmp_path_factory.getbasetemp() / "subjects.csv"
    rows = (f"{clip_id}.skeleton,{clip_id.split('_')[0]}" for clip_id, _ in clips)
    table.write_text("\n".join(["name,subject", *rows]))
    options: dict[str, Any] = {} if use == "leave-one-out" else {"seed": seed}
    options |= {"k-fold": {"k": 2}, "random": {"parts": {"train": 0.6, "val": 0.4}}}.get(use, {})
    group = {"table": str(table), "column": "subject", "id": "name", "strip": ".skeleton"}
    assert drawn(use, clips, **options, group=group) == drawn(use, clips, **options, group=GROUP)


@given(clips=CLIPS, fractions=FRACTIONS, seed=SEEDS)
def test_fractions_hold_within_one_clip_of_each_class(clips, fractions, seed):
    parts = drawn("random", clips, parts=fractions, seed=seed, stratify=True)
    for label in range(4):
        members = [clip_id for clip_id, other in clips if other == label]
        found = sizes(parts, members)
        for part, fraction in fractions.items():
            assert abs(found[part] - fraction * len(members)) < 1 + 1e-9


@pytest.mark.parametrize("stratify", [False, True])
@pytest.mark.parametrize("use", ["random", "k-fold", "leave-one-out"])
@given(clips=CLIPS, seed=SEEDS)
def test_no_group_is_in_two_parts_of_a_division(use, stratify, clips, seed):
    options: dict[str, Any] = {"group": GROUP}
    if use != "leave-one-out":
        options |= {"seed": seed, "stratify": stratify}
        options |= {"k": 2} if use == "k-fold" else {"parts": {"train": 0.6, "val": 0.4}}
    if len({clip_id.split("_")[0] for clip_id, _ in clips}) < 2:
        return
    parts = drawn(use, clips, **options)
    of_group: dict[str, set[tuple[str, ...]]] = {}
    for clip_id, names in parts.items():
        of_group.setdefault(clip_id.split("_")[0], set()).add(names)
    assert all(len(found) == 1 for found in of_group.values())
    held_out = Counter(name for names in of_group.values() for name in next(iter(names)))
    if use == "leave-one-out":
        assert all(count == 1 for name, count in held_out.items() if name.endswith("_val"))
        assert sum(name.endswith("_val") for name in held_out) == len(of_group)


@pytest.mark.parametrize("use", ["random", "k-fold"])
@given(clips=CLIPS, more=st.dictionaries(IDS, st.integers(0, 3), max_size=20), seed=SEEDS)
def test_clips_that_are_added_move_no_other(use, clips, more, seed):
    options = {"k": 5} if use == "k-fold" else {"parts": {"train": 0.7, "val": 0.2, "test": 0.1}}
    before = drawn(use, clips, seed=seed, **options)
    after = drawn(use, [*clips, *(set(more.items()) - set(clips))], seed=seed, **options)
    assert {clip_id: after[clip_id] for clip_id in before} == before


@given(clips=CLIPS, fractions=FRACTIONS, seed=SEEDS)
def test_of_a_class_a_clip_that_is_added_moves_one_at_each_cut(clips, fractions, seed):
    *clips, (added, label) = clips
    options = {"parts": fractions, "seed": seed, "stratify": True}
    before = drawn("random", clips, **options)
    after = drawn("random", [*clips, (added, label)], **options)
    moved = [clip_id for clip_id in before if after[clip_id] != before[clip_id]]
    assert len(moved) <= len(fractions) - 1
    assert {dict(clips)[clip_id] for clip_id in moved} <= {label}


@given(clips=CLIPS, seed=SEEDS, take=st.integers(201, 300))
def test_a_clip_of_a_known_group_moves_no_other(clips, seed, take):
    subject = clips[0][0].split("_")[0]
    options = {"parts": {"train": 0.5, "val": 0.5}, "seed": seed, "group": GROUP}
    before = drawn("random", clips, **options)
    after = drawn("random", [*clips, (f"{subject}_take{take}", 0)], **options)
    assert {clip_id: after[clip_id] for clip_id in before} == before


@pytest.mark.parametrize("options", [{}, {"stratify": True}, {"group": "take"}])
@given(clips=CLIPS, k=st.integers(2, 10), seed=SEEDS)
def test_each_clip_is_held_out_once_and_trained_on_in_all_other_folds(options, clips, k, seed):
    if options.get("group"):
        options = {"group": r"take\d+"}
        k = min(k, len({clip_id.split("_")[1] for clip_id, _ in clips}))
    if k < 2:
        return
    parts = drawn("k-fold", clips, k=k, seed=seed, **options)
    for names in parts.values():
        folds = [name.removesuffix("_val") for name in names if name.endswith("_val")]
        assert len(folds) == 1
        trained = {f"fold{n}" for n in range(1, k + 1)} - set(folds)
        assert {name.removesuffix("_train") for name in names} == {*trained, f"{folds[0]}_val"}
    if options.get("stratify"):
        for label in range(4):
            members = [clip_id for clip_id, other in clips if other == label]
            held_out = [sizes(parts, members)[f"fold{n}_val"] for n in range(1, k + 1)]
            assert max(held_out) - min(held_out) <= 1


def test_a_part_is_decided_by_sha256_of_seed_and_id():
    clips = [(f"clip{n}", 0) for n in range(2000)]
    parts = drawn("random", clips, parts={"train": 0.8, "val": 0.2}, seed=7)
    for clip_id, (part,) in parts.items():
        first = int(hashlib.sha256(f"7:{clip_id}".encode()).hexdigest()[:16], 16)
        assert part == ("train" if first / 2**64 < 0.8 else "val")
    trained = sizes(parts, list(parts))["train"]
    assert abs(trained - 1600) < 4 * sqrt(2000 * 0.8 * 0.2)


def test_a_class_is_cut_where_its_clips_are_in_the_order_of_their_hashes():
    """The same by hand: three of ten, and one more where the hash of the class says so."""

    def number(text: str) -> float:
        return int(hashlib.sha256(text.encode()).hexdigest()[:16], 16) / 2**64

    clips = [(f"clip{n}", n % 3) for n in range(38)]
    parts = drawn("random", clips, parts={"a": 0.3, "b": 0.7}, seed=5, stratify=True)
    for label in range(3):
        members = sorted(
            (name for name, other in clips if other == label), key=lambda name: number(f"5:{name}")
        )
        cut = int(len(members) * 0.3 + number(f"5:left over: {label}"))
        assert [parts[name] for name in members] == [("a",)] * cut + [("b",)] * (len(members) - cut)


def test_over_many_small_classes_the_fractions_hold_too():
    clips = [(f"clip{n}", n // 6) for n in range(6 * 300)]
    counts = Counter(
        name
        for names in drawn("k-fold", clips, k=5, stratify=True).values()
        for name in names
        if name.endswith("_val")
    )
    assert all(abs(count - 360) < 60 for count in counts.values())


def test_groups_are_divided_evenly_by_class_as_far_as_they_are_whole():
    # Ten subjects of two classes: half of them have one class alone, half the other.
    clips = [(f"S{n}_take{take}", n % 2) for n in range(10) for take in range(20)]
    for seed in range(20):
        options = {"seed": seed, "stratify": True, "group": GROUP}
        parts = drawn("random", clips, parts={"train": 0.8, "val": 0.2}, **options)
        for label in (0, 1):
            members = [clip_id for clip_id, other in clips if other == label]
            assert sizes(parts, members) == {"train": 80, "val": 20}
        folds = drawn("k-fold", clips, k=5, **options)
        held_out = sizes(folds, [clip_id for clip_id, label in clips if label])
        assert all(held_out[f"fold{n}_val"] == 20 for n in range(1, 6))


def test_leave_one_out_by_what_parentheses_match():
    clips = [(f"S{s}P{p}A1", 0) for s in (1, 2) for p in (1, 2, 3)]
    parts = drawn("leave-one-out", clips, group=r"P(\d)")
    assert parts["S1P2A1"] == ("1_train", "2_val", "3_train")
    by_both = drawn("leave-one-out", clips, group=r"S(\d)P(\d)")
    assert by_both["S2P3A1"][-1] == "2_3_val"
    split = use_plugin("split", "leave-one-out", {"group": "P."}).make()
    check_split(split, [clip_id for clip_id, _ in clips])
    assert split.names == ("P1_train", "P1_val", "P2_train", "P2_val", "P3_train", "P3_val")


def test_other_seeds_give_other_divisions():
    clips = [(f"S{n % 7}_take{n}", n % 3) for n in range(60)]
    for options in ({}, {"stratify": True}, {"group": GROUP}):
        found = {
            tuple(drawn("random", clips, parts={"a": 0.5, "b": 0.5}, seed=s, **options).values())
            for s in range(5)
        }
        assert len(found) > 1


@pytest.mark.parametrize(
    ("use", "options", "message"),
    [
        ("random", {"parts": {"a": 0.5, "b": 0.5}, "group": "P"}, "no group in 8 ids: 'S0_take0'"),
        ("random", {"parts": {"a": 0.5, "b": 0.5}, "group": "P*"}, "no group in 8 ids"),
        ("k-fold", {"k": 9, "group": GROUP}, "9 folds are asked for, and there are 4 groups"),
        ("k-fold", {"k": 100}, "100 folds are asked for, and there are 8 clips"),
        ("leave-one-out", {"group": "S"}, "all clips are of one group, 'S'"),
    ],
)
def test_what_cannot_be_divided_is_refused(use, options, message):
    clips = [(f"S{n % 4}_take{n}", 0) for n in range(8)]
    with pytest.raises(BuildError, match=message):
        drawn(use, clips, **options)


def test_too_many_groups_are_no_subjects():
    clips = [(f"take{n}", 0) for n in range(501)]
    with pytest.raises(BuildError, match="there are 501 groups, and 500 may be left out"):
        drawn("leave-one-out", clips, group=".+")


def test_classes_that_are_not_known_cannot_be_divided_evenly():
    split = use_plugin("split", "k-fold", {"k": 2, "stratify": True}).make()
    with pytest.raises(BuildError, match="knows no labels before clips are loaded"):
        split.survey(inventory([("a", 0), ("b", 1)], labels=None))


def test_of_several_labels_the_first_is_divided_evenly():
    labels: list[Any] = [(n % 2, n) for n in range(40)] + [None] * 8 + [()] * 2
    clips = [(f"clip{n}", label) for n, label in enumerate(labels)]
    options = {"parts": {"train": 0.5, "val": 0.5}, "stratify": True}
    parts = drawn("random", clips, **options)
    assert sizes(parts, [f"clip{n}" for n in range(0, 40, 2)]) == {"train": 10, "val": 10}
    assert sizes(parts, [f"clip{n}" for n in range(40, 50)]) == {"train": 5, "val": 5}


@pytest.mark.parametrize(
    ("use", "options", "message"),
    [
        ("random", {"parts": {"a": 0.8, "b": 0.3}}, "the fractions add up to 1.1, not to 1"),
        ("random", {"parts": {"a": 1.0}}, "at least 2"),
        ("random", {"parts": {"a": 0.0, "b": 1.0}}, "greater than 0"),
        ("random", {"parts": {"a": 0.5, "b": 0.5}, "group": "("}, "not a regular expression"),
        ("k-fold", {"k": 1}, "greater than or equal to 2"),
    ],
)
def test_options_are_checked_before_a_build(use, options, message):
    from skelconv_splits import rule_options

    model = {"random": rule_options.RandomOptions, "k-fold": rule_options.KFoldOptions}[use]
    with pytest.raises(ValidationError, match=message):
        model.model_validate(options)
