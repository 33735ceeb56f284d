"""Checks of readers and trainers."""

from collections.abc import Iterator
from typing import Any

import pytest
from support.memory import MemoryReader, clip

from skelconv import Clip, ClipError, PluginError
from skelconv.plugin import Trainer
from skelconv.testing import check_reader, check_trainer

CLIPS = [clip("a"), clip("b", label=1, seed=1)]
SPLITS = {"train": [0], "val": [1, 0]}


def reader(**changes: Any) -> MemoryReader:
    made = MemoryReader(CLIPS, SPLITS, {"val": ["gone"]}, ("walk", "run"))
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def test_a_good_reader_passes() -> None:
    assert check_reader(reader()) == CLIPS
    assert check_reader(reader(), limit=1) == CLIPS[:1]


def _damaged_at_the_end(index: int) -> Clip:
    if index == len(CLIPS):
        raise ClipError("there is no such clip")
    return CLIPS[index]


def test_a_reader_may_raise_clip_errors_beyond_its_end() -> None:
    check_reader(reader(read=_damaged_at_the_end))


class Random:
    calls = 0

    def __call__(self, index: int) -> Clip:
        self.calls += 1
        return clip("ab"[index], label=index, seed=self.calls)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ids": []}, "it has no clips to check"),
        ({"ids": ["a", "a"]}, "its ids are not unique"),
        ({"ids": [1, 2]}, "its ids are not all text"),
        ({"ids": ["b", "a"]}, "b: the clip has the id 'a'"),
        ({"labels": [0]}, "it has 1 labels of 2 clips"),
        ({"labels": [0, 2]}, "b: its label is 1, and 2 in labels"),
        ({"layout": "ntu25"}, "a: its layout is not the reader's"),
        ({"splits": {"val": [2]}}, r"split val: \[2\] are not positions of 2 clips"),
        ({"splits": {"val": [-1]}}, r"split val: \[-1\] are not positions"),
        ({"unknown": {"val": ["b"]}}, r"split val: \['b'\] are not unknown, but have clips"),
        ({"label_names": (1, 2)}, "its names of labels are not all text"),
        ({"read": lambda index: None}, "a: read gave a NoneType, not a Clip"),
        ({"read": lambda index: CLIPS[index % 2]}, r"reading clip 2 of 2 \(from 0\) gave no Index"),
        ({"read": lambda index: clip("ab"[index], joints=18, label=index)}, "a: 18 joints"),
        ({"read": Random()}, "a: keypoint"),
    ],
)
def test_faults_of_a_reader(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_reader(reader(**changes))


def test_information_that_is_not_json_is_a_fault() -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        check_reader(reader(info={"when": object()}))


def test_what_is_not_a_reader() -> None:
    with pytest.raises(AssertionError, match="it lacks a method or property of a Reader"):
        check_reader(object())  # type: ignore[arg-type]


class Check:
    def __init__(self, fault: str = "") -> None:
        self._fault = fault
        self._calls = 0

    def __call__(self, clip: Clip) -> Iterator[Any]:
        self._calls += 1
        if clip.keypoint.shape[1] > 4:
            yield "it takes four frames"
        if self._fault == "random":
            yield f"the fault {self._calls}"
        if self._fault == "number":
            yield 3
        if self._fault == "lines":
            yield "one\ntwo"
        if self._fault == "changes":
            clip.keypoint[...] = 0
        if self._fault == "no persons":
            clip.keypoint.max()


def test_a_good_trainer_passes() -> None:
    trainer = Trainer(layouts=("coco17",), persons=1, needs={2: ("img_shape",)}, check=Check())
    assert check_trainer(trainer, [clip(), clip(label=None, frames=5, persons=2)]) == [
        [],
        [
            "the trainer needs a label",
            "the trainer takes the first row of persons: 5 of 10 person-frames would be lost",
            "it takes four frames",
        ],
    ]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("random", "a: its faults differ each time"),
        ("number", "a: a fault is not text"),
        ("lines", "a: a fault is not one line"),
        ("changes", "a: it changed the clip"),
        ("no persons", r"<Clip 'a': .* M=0 .*>: check raised ValueError"),
    ],
)
def test_faults_of_a_trainer(fault: str, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_trainer(Trainer(check=Check(fault)), [clip()])


@pytest.mark.parametrize(
    ("trainer", "words"),
    [
        (Trainer(persons=0), "it takes no person"),
        (Trainer(needs={2: ("scores",)}), "a clip has no"),
        (lambda clip: [], r"it is not a skelconv\.plugin\.Trainer"),
    ],
)
def test_what_no_trainer_can_need(trainer: Any, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_trainer(trainer, [clip()])


def test_a_layout_that_no_plugin_knows() -> None:
    with pytest.raises(PluginError, match="there is no layout 'coco71'"):
        check_trainer(Trainer(layouts=("coco71",)), [])
