"""Choosing people by motion, region, and length and score together; by boxes and by joints."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from support.boxes import around, clip_of

from skelconv import Clip, ClipError, Field
from skelconv.testing import check_transform
from skelconv_people import plugin
from skelconv_people.choosing import motion_of


def transform(name: str, **options: object) -> Callable[[Clip], Clip]:
    descriptor = next(d for d in plugin.skelconv_transforms() if d.name == name)
    made: Callable[[Clip], Clip] = descriptor.create(descriptor.options(**options))
    return made


def kept(clip: Clip, whole: Clip) -> list[int]:
    """Return which rows of a clip were kept, by all that is in them."""
    rows = [row.tobytes() for row in _content(whole)]
    return [rows.index(row.tobytes()) for row in _content(clip)]


def _content(clip: Clip) -> np.ndarray:
    return clip.fields["bbox"].values if "bbox" in clip.fields else clip.keypoint


def four_people() -> Clip:
    """Make a poster, a walker, somebody who waves, and one who is there for three frames."""
    rng = np.random.default_rng(0)
    frames = []
    for t in range(40):
        poster = around(*(np.array([320, 100]) + rng.normal(0, 0.3, 2)).tolist(), score=0.95)
        walker = around(60 + 10 * t, 300, score=0.8)
        waver = around(560, 300, width=40 + 15 * (t % 4), score=0.6)
        frames.append([poster, walker, waver, *([around(320 + 9 * t, 240)] if t < 3 else [])])
    return clip_of(frames)


def by_joints(clip: Clip) -> Clip:
    """Return a clip with joints at the corners and the centres of boxes, and without boxes."""
    boxes, score = clip.fields["bbox"].values, clip.fields["bbox_score"].values
    keypoint = np.stack([boxes[..., :2], boxes[..., 2:]], 2)
    return clip.replace(
        keypoint=keypoint,
        keypoint_score=np.repeat(score[..., None], 2, -1),
        fields={"empty": Field(np.zeros(clip.total_frames, bool), "T")},
    )


@pytest.mark.parametrize("change", [lambda clip: clip, by_joints], ids=["boxes", "joints"])
@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("filter-people", {"min_motion": 0.05}, [1, 2, 3]),
        ("filter-people", {"min_frames": 4}, [0, 1, 2]),
        ("filter-people", {"region": (0, 0.5, 1, 1)}, [1, 2, 3]),
        ("filter-people", {"region": (0.25, 0, 0.75, 1)}, [0, 1, 3]),
        ("filter-people", {"region": (0, 0.5, 1, 1), "min_motion": 0.05, "min_frames": 4}, [1, 2]),
        ("keep-people", {"keep": 2, "by": "motion"}, [1, 3]),
        ("keep-people", {"keep": 3, "by": "total_score"}, [0, 1, 2]),
        ("keep-people", {"keep": 2, "by": "score"}, [0, 3]),
        ("keep-people", {"keep": 1, "by": "centre"}, [3]),
        ("keep-people", {"keep": 1, "by": "area"}, [2]),
        ("filter-boxes", {"min_score": 0.85, "min_area": 100}, [0, 3]),
    ],
)
def test_people_are_chosen_by_boxes_and_by_joints(
    change: Callable[[Clip], Clip], name: str, options: dict[str, object], expected: list[int]
) -> None:
    whole = change(four_people())
    assert kept(check_transform(transform(name, **options), whole), whole) == expected


def test_motion_is_that_of_joints_where_there_are_some() -> None:
    """Somebody stands in a box that does not move, and lifts a hand."""
    still = clip_of([[around(100, 100), around(300, 100)]] * 20)
    keypoint = np.ones((2, 20, 3, 2), np.float32) * 100
    keypoint[1, :, 2, 1] += np.arange(20)
    assert motion_of(still).tolist() == [0, 0]
    moved = motion_of(still.replace(keypoint=keypoint))
    # The hand is one joint of three; the box is 40 x 100.
    assert moved == pytest.approx([0, (np.var(np.arange(20)) / 3 / 4000) ** 0.5])


@given(st.integers(0, 10**6), st.floats(0.2, 5), st.floats(-50, 50), st.integers(1, 4))
def test_motion_is_the_same_at_another_size_place_and_rate(
    seed: int, scale: float, shift: float, repeat: int
) -> None:
    rng = np.random.default_rng(seed)
    joints = rng.uniform(0, 100, (2, 9, 5, 2)) + 1
    seen = rng.random((2, 9, 5)) < 0.8
    seen[:, 0] = True
    clip = Clip("a", joints, "coco17", keypoint_score=seen.astype(np.float32))
    slow = np.repeat(np.arange(9), repeat)
    other = clip.replace(keypoint=joints * scale + shift + 1000).take("T", slow)
    np.testing.assert_allclose(motion_of(other), motion_of(clip), rtol=1e-6)


def test_scores_over_time_outrank_one_good_frame_and_many_poor_ones() -> None:
    frames = [[around(0, 0, score=0.3), around(100, 0, score=0.8)] for _ in range(4)]
    frames += [[around(0, 0, score=0.3)]] * 4
    frames[0] = [*frames[0], around(300, 0, score=0.99)]
    whole = clip_of(frames)
    best = {by: transform("keep-people", keep=1, by=by)(whole) for by in ("score", "length")}
    assert kept(best["score"], whole) == [2]
    assert kept(best["length"], whole) == [0]
    both = transform("keep-people", keep=1, by="total_score")(whole)
    assert kept(both, whole) == [1]


def test_what_nobody_fulfils_is_told() -> None:
    with pytest.raises(ClipError, match="no person is left"):
        transform("filter-people", min_frames=41)(four_people())
    with pytest.raises(ClipError, match="no img_shape, which `region` needs"):
        transform("filter-people", region=(0, 0, 1, 1))(four_people().replace(img_shape=None))
    joints = np.ones((1, 3, 4, 3), np.float32)
    with pytest.raises(ClipError, match="its joints are in 3D"):
        transform("keep-people", keep=1, by="motion")(Clip("a", joints, "coco17"))


@pytest.mark.parametrize("region", [(0.5, 0, 0.5, 1), (0, 1, 1, 0), (0, 0, 1, 1.5), (0, 0, 1)])
def test_a_region_without_an_inside_is_refused(region: tuple[float, ...]) -> None:
    with pytest.raises(ValidationError, match="region"):
        transform("filter-people", region=region)
