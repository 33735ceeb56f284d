"""What is counted and told of classes."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from skelconv.data.classes import (
    ClassCount,
    class_name,
    classes_needed,
    count_classes,
    facts,
    gaps,
    lookalikes,
)

LABELS = st.none() | st.integers(0, 5) | st.tuples(st.integers(0, 5), st.integers(0, 5))


@given(
    labels=st.lists(LABELS),
    names=st.lists(st.sampled_from(["", "a", "b"]), max_size=8),
    d=st.data(),
)
def test_each_clip_is_counted_once_for_each_of_its_labels(labels, names, d):
    members = d.draw(st.lists(st.sampled_from(range(len(labels))), unique=True)) if labels else []
    counts = count_classes(iter(labels), names, {"train": members})
    plain = [
        {None} if label is None else {label} if isinstance(label, int) else {*label}
        for label in labels
    ]
    whole = Counter(number for numbers in plain for number in numbers)
    train = Counter(number for place in members for number in plain[place])
    assert {one.label: one.clips for one in counts if one.clips} == dict(whole)
    assert {one.label: one.splits["train"] for one in counts if one.splits["train"]} == dict(train)
    assert {one.label for one in counts if not one.clips} == {
        number for number, name in enumerate(names) if name and number not in whole
    }
    numbers = [one.label for one in counts if one.label is not None]
    assert numbers == sorted(numbers)
    assert all(one.name == class_name(one.label, names) for one in counts)


def test_no_clip_and_no_class():
    assert count_classes([]) == []
    assert facts([]) == []
    assert count_classes([], ["a"]) == [ClassCount(0, "a", 0)]
    assert facts(count_classes([], ["a"])) == []
    assert facts(count_classes([None])) == []


@given(st.lists(st.integers(0, 30), min_size=1))
def test_gaps_are_what_is_missing_below_the_highest(labels):
    missing = sorted(set(range(max(labels))) - set(labels))
    assert gaps(labels) == (len(missing), missing[:10])


def test_gaps_below_an_enormous_label_are_not_listed():
    count, first = gaps([0, 10**30])
    assert (count, first) == (10**30 - 1, [*range(1, 11)])


def test_what_is_told():
    def told(*labels, names=()):
        return facts(count_classes(labels, names))

    assert told(0, 1, 1, names=("a", "b")) == ["a trainer must be given 2 classes (num_classes)"]
    assert told(0, names=("a",)) == ["a trainer must be given 1 class (num_classes)"]
    assert told(0, names=("a", "b")) == [
        "a trainer must be given at least 1 class (num_classes)",
        "1 class without a clip: 1 b",
    ]
    assert told(1, 2, 3) == [
        "a trainer must be given 4 classes (num_classes)",
        "labels begin at 1, not at 0: 1 label below the highest has no clip: 0",
    ]
    assert told(1, names=("a", "b"))[1:] == [
        "1 class without a clip: 0 a",
        "labels begin at 1, not at 0",
    ]
    assert told(0, 4, names=("a", "b" * 60, "", "d", "e", "f"))[1:] == [
        f"3 classes without a clip: 1 {'b' * 29}..., 3 d, 5 f",
        "1 more label below the highest has no clip: 2",
    ]
    assert told(0, 2, 5)[1:] == ["3 labels below the highest have no clip: 1, 3, 4"]
    assert told(0, 1, 2, names=("a", ""))[1:] == [
        "2 labels of clips are of no class: 1, 2 (1 class has a name)"
    ]
    assert told(0, None, None)[1:] == ["2 clips have no label, and others have one"]
    assert told(0, 1, 2, names=("Jump", "run", " jump"))[1:] == [
        "classes whose names differ in case or blanks alone: 'Jump', ' jump'"
    ]
    assert told(*range(0, 60, 2))[1].endswith("1, 3, 5, 7, 9, 11, 13, 15, 17, 19 and 19 more")


def test_small_answers():
    assert classes_needed([]) == 0
    assert classes_needed([3, 0]) == 4
    assert lookalikes(["a b", "AB", "ab ", "c", "", " "]) == [("a b", "AB", "ab ")]
