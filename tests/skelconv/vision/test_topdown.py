"""Top-down pose models: people of several frames in batches."""

import threading
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelconv.vision import top_down
from skelconv.vision.topdown import Person

JOINTS = 3


@given(counts=st.lists(st.integers(0, 4), max_size=6), batch=st.integers(1, 5))
def test_each_person_gets_their_own_joints_whatever_the_batch(
    counts: list[int], batch: int
) -> None:
    rng = np.random.default_rng(len(counts))
    frames = [np.full((4, 4, 3), t, np.uint8) for t in range(len(counts))]
    boxes = [rng.random((count, 4)).astype(np.float32) for count in counts]
    sizes: list[int] = []
    prepared_in = set()

    def prepare(people: Sequence[Person]) -> list[tuple[int, np.ndarray]]:
        prepared_in.add(threading.get_ident())
        return [(int(frame[0, 0, 0]), box) for frame, box in people]

    def run(ready: list[tuple[int, np.ndarray]]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        sizes.append(len(ready))
        for number, box in ready:
            yield np.full((JOINTS, 2), box[0] + number), np.full(JOINTS, box[1])

    poses = top_down(frames, boxes, joints=JOINTS, batch=batch, prepare=prepare, run=run)
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
    frames = [np.zeros((4, 4, 3), np.uint8)] * 3
    boxes = [np.ones((2, 4), np.float32)] * 3

    def run(people: Sequence[Person]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for _ in range(len(people) + off):
            yield np.zeros((JOINTS, 2)), np.zeros(JOINTS)

    with pytest.raises(ValueError, match="zip"):
        top_down(frames, boxes, joints=JOINTS, batch=4, prepare=list, run=run)


@pytest.mark.parametrize("batch", [2, 16])
def test_a_frame_is_changed_once_a_batch_for_all_its_people(batch: int) -> None:
    frames = [np.full((4, 4, 3), t, np.uint8) for t in range(3)]
    boxes = [np.ones((4, 4), np.float32)] * 3
    turned: list[int] = []

    def turn(frame: np.ndarray) -> np.ndarray:
        turned.append(int(frame[0, 0, 0]))
        return frame + 100

    def run(people: list[Person]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for frame, _ in people:
            yield np.full((JOINTS, 2), frame[0, 0, 0]), np.zeros(JOINTS)

    poses = top_down(frames, boxes, joints=JOINTS, batch=batch, turn=turn, prepare=list, run=run)
    assert [np.unique(pose.keypoint).tolist() for pose in poses] == [[100], [101], [102]]
    assert turned == ([0, 0, 1, 1, 2, 2] if batch == 2 else [0, 1, 2])
