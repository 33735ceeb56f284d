"""Checks of sources, transforms and splits."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest
import toy_plugin
from support.memory import clip

from skelconv import Clip, ClipError
from skelconv.plugin import Inventory, Item, Unmade
from skelconv.testing import check_dividing, check_source, check_split, check_transform


def toy(**options: Any) -> toy_plugin.Source:
    return toy_plugin.Source(toy_plugin.SourceOptions(**options))


def test_a_good_source_passes() -> None:
    clips = check_source(toy(clips=30))
    assert [clip.id for clip in clips] == [f"clip{n:06}" for n in range(20)]
    assert len(check_source(toy(clips=30), limit=3)) == 3


class Source:
    """A source of two clips, with a fault."""

    def __init__(self, fault: str) -> None:
        self._fault = fault
        self._calls = 0

    def inventory(self) -> Inventory:
        self._calls += 1
        items = [Item("a", 0), Item("b", 1)]
        if self._fault == "list":
            return items  # type: ignore[return-value]
        if self._fault == "twice":
            items = [*items, Item("a", 2)]
        if self._fault == "order":
            items = items[:: (-1) ** self._calls]
        if self._fault == "ref":
            items = [Item("a", float("nan"))]
        labels = {"label": [0, 1], "labels": [0]}.get(self._fault)
        return Inventory(items, labels=labels)

    def load(self, item: Item) -> Clip:
        self._calls += 1
        if self._fault == "none":
            return None  # type: ignore[return-value]
        if self._fault == "renamed":
            return clip("c")
        if self._fault == "joints":
            return clip(item.id, joints=18)
        if self._fault == "layout":
            return clip(item.id, layout="coco-17")
        return clip(item.id, seed=self._calls if self._fault == "random" else 0)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("list", "inventory gave a list, not an Inventory"),
        ("twice", "an id is in the inventory twice"),
        ("order", "the order differs between runs"),
        ("ref", "a: its ref is not plain data"),
        ("none", "a: load gave a NoneType, not a Clip"),
        ("renamed", "a: the clip has the id 'c'"),
        ("joints", "a: 18 joints, and coco17 has 17"),
        ("layout", "its layout is not known: there is no layout 'coco-17'"),
        ("random", "a: keypoint"),
        ("label", "b: the clip has the label 0, and in the inventory 1"),
        ("labels", "its labels are not one for each item"),
    ],
)
def test_faults_of_a_source(fault: str, words: str) -> None:
    assert len(check_source(Source(""))) == 2
    with pytest.raises(AssertionError, match=words):
        check_source(Source(fault))


def test_a_source_without_items_cannot_be_checked() -> None:
    with pytest.raises(AssertionError, match="no items to check"):
        check_source(toy(clips=0))
    with pytest.raises(AssertionError, match="no methods inventory and load"):
        check_source(toy_plugin.Sink)


def test_a_good_transform_passes() -> None:
    assert check_transform(lambda clip: clip.take("T", slice(2)), clip()).total_frames == 2


def _in_place(given: Clip) -> Clip:
    given.keypoint[...] = 0
    return given


@pytest.mark.parametrize(
    ("transform", "words"),
    [
        (lambda clip: None, "it gave a NoneType, not a Clip"),
        (_in_place, "it changed the clip that it was given"),
        (lambda clip: clip.replace(id="other"), "it changed the id to 'other'"),
        (lambda clip: clip.replace(label=7), r"the label to 7, and has no method classes\(known\)"),
        (lambda clip: clip.replace(keypoint=np.random.random((1, 4, 17, 2))), "a: keypoint"),
    ],
)
def test_faults_of_a_transform(transform: Any, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_transform(transform, clip())


class Dividing:
    """Gives what a function makes of a clip."""

    def __init__(self, make: Callable[[Clip], list[Any]]) -> None:
        self._make = make

    def divide(self, given: Clip) -> Iterator[Any]:
        yield from self._make(given)


def test_a_good_dividing_transform_passes() -> None:
    unmade = Unmade("a#1", ClipError("gone"))
    good = Dividing(lambda given: [given.replace(id="a@0"), unmade])
    assert [one.id for one in check_dividing(good, clip())] == ["a@0", "a#1"]
    assert check_dividing(Dividing(lambda given: []), clip()) == []


def _random(given: Clip) -> list[Clip]:
    return [given.replace(id="a@0", keypoint=np.random.random((1, 4, 17, 2)))]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda given: [None], "it gave a NoneType, not a Clip or Unmade"),
        (lambda given: [_in_place(given).replace(id="a@0")], "it changed the clip that it was"),
        (lambda given: [given], "it called a clip 'a', which must be 'a' with"),
        (lambda given: [given.replace(id="a_1")], "it called a clip 'a_1'"),
        (lambda given: [given.replace(id="a@1")] * 2, "it gave the clip 'a@1' twice"),
        (lambda given: [given.replace(id="a@1", label=7)], r"no method classes\(known\)"),
        (_random, "a@0: keypoint"),
    ],
)
def test_faults_of_a_dividing_transform(make: Any, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_dividing(Dividing(make), clip())


def test_a_transform_that_gives_one_clip_is_not_dividing() -> None:
    with pytest.raises(AssertionError, match="it has no method divide"):
        check_dividing(lambda given: [given], clip())  # type: ignore[arg-type]


class Split:
    def __init__(self, names: Sequence[str], *assigned: Iterable[str]) -> None:
        self.names = names
        self._assigned = list(assigned)

    def assign(self, clip_id: str) -> Iterable[str]:
        self._assigned.append(self._assigned.pop(0))
        return self._assigned[-1]


def test_a_good_split_passes() -> None:
    check_split(Split(["train", "val"], ["val"]), ["a", "b"])
    check_split(Split(["train", "val"], []), ["a"])


@pytest.mark.parametrize(
    ("split", "words"),
    [
        (Split(["train", "train"], []), "its names are not unique"),
        (Split([1], []), "its names are not all text"),  # type: ignore[list-item]
        (Split(["train"], ["test"]), "a: .* are not all in its names"),
        (Split(["train"], ["train", "train"]), "a: a part is named twice"),
        (Split(["train"], ["train"], []), "a: its parts differ each time"),
        (object(), "it has no names"),
    ],
)
def test_faults_of_a_split(split: Any, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_split(split, ["a"])
