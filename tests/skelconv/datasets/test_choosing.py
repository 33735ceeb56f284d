"""Which clips are looked at."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from support.memory import MemoryReader, clip

from skelconv import Clip, ClipError, Dataset
from skelconv.datasets import choosing
from skelconv.datasets.measures import jitter, missing_share


def dataset(*clips: Clip) -> Dataset:
    return Dataset(MemoryReader(clips))


@given(seed=st.integers(0, 100), count=st.integers(1, 9))
def test_a_sample_does_not_depend_on_the_order(seed: int, count: int) -> None:
    clips = [clip(f"clip{n:02}", label=n % 3, frames=1) for n in range(12)]
    mixed = [clips[n] for n in np.random.default_rng(seed).permutation(len(clips))]
    assert set(choosing.sample(dataset(*clips), count)) == set(
        choosing.sample(dataset(*mixed), count)
    )
    assert len(choosing.sample(dataset(*clips), count)) == count


def test_a_sample_of_each_class() -> None:
    clips = [clip(f"clip{n:02}", label=0 if n < 9 else n - 8, frames=1) for n in range(12)]
    chosen = choosing.sample(dataset(*clips), 2, per_class=True)
    label_of = {one.id: one.label for one in clips}
    assert Counter(label_of[clip_id] for clip_id in chosen) == {0: 2, 1: 1, 2: 1, 3: 1}
    assert [label_of[clip_id] for clip_id in chosen] == [0, 0, 1, 2, 3]


def test_the_worst_by_missing_joints() -> None:
    clips = []
    for number, lost in enumerate((3, 0, 7)):
        one = clip(f"clip{number}")
        score = np.array(one.keypoint_score)
        score[:, :, :lost] = 0
        clips.append(one.replace(keypoint_score=score))
    assert choosing.worst(dataset(*clips), 2, "missing") == ["clip2", "clip0"]
    # 7 of 17 joints.
    assert missing_share(clips[2]) == 7 / 17


def test_the_worst_by_low_scores() -> None:
    clips = [
        clip(f"clip{n}").replace(keypoint_score=np.full((1, 4, 17), score, np.float32))
        for n, score in enumerate((0.9, 0.2, 0.5))
    ]
    assert choosing.worst(dataset(*clips), 3, "score") == ["clip1", "clip2", "clip0"]


def test_the_worst_by_trembling() -> None:
    still = np.tile(clip(frames=1).keypoint, (1, 20, 1, 1))
    moving = still + np.arange(20)[:, None, None]  # evenly: nothing trembles
    trembling = still + (np.arange(20) % 2)[:, None, None]
    clips = [
        clip("moving", frames=20).replace(keypoint=moving),
        clip("trembling", frames=20).replace(keypoint=trembling),
    ]
    assert choosing.worst(dataset(*clips), 1, "jitter") == ["trembling"]
    assert jitter(clips[0]) < 1e-6
    # Each second difference is (2, 2) or (-2, -2), as a share of a person's diagonal.
    size = np.linalg.norm(still[0, 0].max(axis=0) - still[0, 0].min(axis=0))
    assert np.isclose(jitter(clips[1]), np.hypot(2, 2) / size)


def test_nobody_neither_trembles_nor_stops_the_search() -> None:
    nobody = clip("nobody", persons=0)
    for fault in ("missing", "jitter", "score"):
        assert choosing.worst(dataset(nobody), 5, fault) == ["nobody"]


def test_a_clip_that_cannot_be_read_is_passed_over() -> None:
    class Damaged(MemoryReader):
        def read(self, index: int) -> Clip:
            if index == 1:
                raise ClipError("its checksum is wrong")
            return super().read(index)

    found = choosing.worst(Dataset(Damaged([clip("a"), clip("b"), clip("c")])), 3, "missing")
    assert found == ["a", "c"]
