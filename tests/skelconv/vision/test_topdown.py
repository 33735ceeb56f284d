"""Top-down pose models: people of several frames in batches."""

import threading
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelconv.vision import batches, top_down

JOINTS = 3
Person = tuple[int, np.ndarray]
"""The number of a frame, and a box in it."""


def cut(number: int, boxes: np.ndarray) -> list[Person]:
    return [(number, box) for box in boxes]


@given(counts=st.lists(st.integers(0, 4), max_size=6), batch=st.integers(1, 5))
def test_each_person_gets_their_own_joints_whatever_the_batch(
    counts: list[int], batch: int
) -> None:
    rng = np.random.default_rng(len(counts))
    boxes = [rng.random((count, 4)).astype(np.float32) for count in counts]
    sizes: list[int] = []
    prepared_in = set()

    def cut_here(number: int, in_frame: np.ndarray) -> list[Person]:
        prepared_in.add(threading.get_ident())
        return cut(number, in_frame)

    def prepare(people: Sequence[Person]) -> Sequence[Person]:
        prepared_in.add(threading.get_ident())
        return people

    def run(ready: Sequence[Person]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        sizes.append(len(ready))
        for number, box in ready:
            yield np.full((JOINTS, 2), box[0] + number), np.full(JOINTS, box[1])

    people = map(cut_here, range(len(counts)), boxes)
    poses = top_down(people, joints=JOINTS, batch=batch, prepare=prepare, run=run)
    assert [pose.keypoint.shape for pose in poses] == [(count, JOINTS, 2) for count in counts]
    for t, (pose, in_frame) in enumerate(zip(poses, boxes, strict=True)):
        assert pose.keypoint.dtype == pose.keypoint_score.dtype == np.float32
        for joints, score, box in zip(*pose, in_frame, strict=True):
            np.testing.assert_array_equal(joints, np.full((JOINTS, 2), box[0] + t))
            np.testing.assert_array_equal(score, np.full(JOINTS, box[1]))
    assert max(sizes, default=0) <= batch
    assert sum(sizes) == sum(counts)
    assert threading.get_ident() not in prepared_in


@pytest.mark.parametrize("off", [-1, 1])
def test_a_model_that_gives_more_or_fewer_joints_than_people(off: int) -> None:
    people = map(cut, range(3), [np.ones((2, 4), np.float32)] * 3)

    def run(people: Sequence[Person]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for _ in range(len(people) + off):
            yield np.zeros((JOINTS, 2)), np.zeros(JOINTS)

    with pytest.raises(ValueError, match="zip"):
        top_down(people, joints=JOINTS, batch=4, prepare=list, run=run)


@given(counts=st.lists(st.integers(0, 4), max_size=6), batch=st.integers(1, 5), fixed=st.booleans())
def test_batches_are_those_of_all_people_in_a_row(
    counts: list[int], batch: int, fixed: bool
) -> None:
    """Though they come frame by frame, and how many there are is known at the end."""
    sizes: list[int] = []

    def run(people: Sequence[Person]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        sizes.append(len(people))
        yield from [(np.zeros((JOINTS, 2)), np.zeros(JOINTS))] * len(people)

    people = map(cut, range(len(counts)), [np.ones((count, 4)) for count in counts])
    top_down(people, joints=JOINTS, batch=batch, fixed=fixed, prepare=list, run=run)
    wanted = batches(range(sum(counts)), batch, fixed=fixed)
    assert sizes == [len(some) for some in wanted]
