"""What a block knows of many clips at once is what one learns of each clip alone, step by step."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.memory import clip

from skelconv import Clip
from skelconv.datasets.verify import blocks
from skelconv.datasets.verify.blocks import Block, blocks_of


@st.composite
def clips(draw: st.DrawFn) -> list[Clip]:
    """Clips of one kind, with joints that are missing in each way."""
    score = draw(st.booleans())
    made = []
    for number in range(draw(st.integers(1, 4))):
        rng = np.random.default_rng(draw(st.integers(0, 2**16)))
        persons, frames = draw(st.integers(1, 3)), draw(st.integers(1, 5))
        keypoint = rng.integers(-2, 3, (persons, frames, 3, 2)).astype(np.float16)
        keypoint[rng.random(keypoint.shape) < 0.1] = np.nan
        keypoint[rng.random((persons, frames)) < 0.2] = 0
        unsure = rng.random((persons, frames, 3)).round() if score else None
        made.append(Clip(f"c{number}", keypoint, "any3", keypoint_score=unsure))
    return made


def seen(one: Clip, m: int, t: int, v: int) -> bool:
    x, y = map(float, one.keypoint[m, t, v])
    if math.isnan(x) or math.isnan(y) or (x, y) == (0, 0):
        return False
    score = one.keypoint_score
    if score is None:
        return True
    return bool(score[m, t, v] > 0 or not (score > 0).any())


@given(clips())
@settings(max_examples=150, deadline=None)
def test_facts_are_those_of_each_clip(made: list[Clip]) -> None:
    block = Block(made, range(len(made)))
    row = 0
    for n, one in enumerate(made):
        persons, frames = one.keypoint.shape[:2]
        occupied = set()
        for m in range(persons):
            for t in range(frames):
                assert (block.clip_of[row], block.person_of[row], block.frame_of[row]) == (n, m, t)
                there = [v for v in range(3) if seen(one, m, t, v)]
                assert block.seen[:, row].tolist() == [v in there for v in range(3)]
                assert block.there[row] == bool(there)
                places = [one.keypoint[m, t, v].astype(float).tolist() for v in there]
                low = [min(axis) for axis in zip(*places, strict=True)] or [0, 0]
                high = [max(axis) for axis in zip(*places, strict=True)] or [0, 0]
                assert block.low[:, row].tolist() == low
                assert block.high[:, row].tolist() == high
                assert block.size[row] == pytest.approx(math.dist(low, high))
                for v in range(3):
                    both = t > 0 and v in there and seen(one, m, t - 1, v)
                    step = one.keypoint[m, t, v] - one.keypoint[m, t - 1, v] if both else [0, 0]
                    if t > 0:
                        steps = block.steps_at(np.array([row]))
                        assert steps[:, v, 0].tolist() == list(map(float, step))
                    assert block.squared_step[v, row] == sum(float(x) ** 2 for x in step)
                if there:
                    occupied.add(t)
                row += 1
        total, first = block.frames_with_person
        assert (total[n], first[n]) == (len(occupied), min(occupied, default=frames))
    assert row == len(block.there)


@given(clips())
@settings(max_examples=50, deadline=None)
def test_values_of_clips(made: list[Clip]) -> None:
    block = Block(made, range(len(made)))
    values = np.random.default_rng(0).integers(0, 99, len(block.there))
    parts = np.split(values, block.starts[1:])
    assert block.most_of(values).tolist() == [max(part) for part in parts]
    assert block.least_of(values).tolist() == [min(part) for part in parts]
    assert block.count_of(values > 50).tolist() == [int((part > 50).sum()) for part in parts]
    assert block.any_of(values > 90).tolist() == [bool((part > 90).any()) for part in parts]


def grouped(made: Sequence[Clip]) -> list[list[str]]:
    return [[one.id for one in block.clips] for block in blocks_of(enumerate(made))]


def test_clips_of_one_kind_are_put_together_and_no_others() -> None:
    made = [
        clip("a"),
        clip("b", persons=2, frames=9),
        clip("c", layout="other"),
        clip("d", joints=18),
        clip("e", joints=18, score=False),
        clip("f", joints=18, score=False, img_shape=None),
        clip("g", joints=18, score=False, img_shape=None, channels=3),
    ]
    assert grouped(made) == [["a", "b"], ["c"], ["d"], ["e"], ["f"], ["g"]]


def test_a_block_is_no_longer_than_its_limit_but_for_a_clip_that_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(blocks, "_LONG", 10)
    made = [clip(name, frames=frames) for name, frames in zip("abcde", (4, 6, 1, 99, 2))]  # noqa: B905
    assert grouped(made) == [["a", "b"], ["c"], ["d"], ["e"]]


def test_few_clips_are_held_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "_LONG", 10)
    taken = 0

    def source():  # type: ignore[no-untyped-def]
        nonlocal taken
        for number in range(1000):
            taken += 1
            yield number, clip(str(number), frames=5)

    for count, block in enumerate(blocks_of(source()), 1):
        assert len(block) == 2
        assert taken <= 2 * count + 1
