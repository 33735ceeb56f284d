"""The rules for NTU's videos, each on boxes for which its answer is plain."""

import struct
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from skelconv import Clip, ClipError, Field
from skelconv.testing import check_transform
from skelconv_ntu.video_tracks import ntu_tracks

ALONE, TOGETHER = "S001C001P001R001A001", "S001C001P001R001A050"
T = 12


def clip(name: str, rows: list[list[tuple[float, ...] | None]]) -> Clip:
    """Make a clip of boxes, a row for each list; joints are 10 m + t where there is a box."""
    boxes = np.array([[box or (0,) * 5 for box in row] for row in rows], np.float32)
    m, t = boxes.shape[:2]
    number = np.arange(m)[:, None] * 100 + np.arange(t) + 1
    keypoint = np.where(boxes[..., 4:] > 0, number[..., None], 0)[..., None]
    return Clip(
        id=name,
        keypoint=np.broadcast_to(keypoint, (m, t, 17, 2)).astype(np.float32),
        keypoint_score=(boxes[..., 4:] * np.ones(17)).astype(np.float32),
        layout="coco17",
        img_shape=(1080, 1920),
        fields={
            "bbox": Field(boxes[..., :4], "MTB"),
            "bbox_score": Field(boxes[..., 4], "MT"),
            "track_id": Field(np.arange(m), "M"),
        },
    )


def at(x: float, y: float, score: float = 0.9, size: float = 100) -> tuple[float, ...]:
    return (x - size / 2, y - size / 2, x + size / 2, y + size / 2, score)


def lefts(result: Clip) -> list[list[float]]:
    return result.fields["bbox"].values[..., 0].tolist()


def test_a_person_who_is_sure_in_every_frame_is_taken_unchanged() -> None:
    sure = [at(900 + t, 100, 0.99) for t in range(T)]
    other = [at(480, 270, 0.9)] * T
    result = ntu_tracks(clip(ALONE, [other, sure]))
    assert lefts(result) == [[850 + t for t in range(T)]]
    assert result.keypoint[0, :, 0, 0].tolist() == [101 + t for t in range(T)]
    assert result.img_shape == (1080, 1920)
    assert set(result.fields) == {"bbox", "bbox_score"}


def test_two_are_taken_in_actions_of_two() -> None:
    rows = [[at(300, 270, 0.99)] * T, [at(700, 270, 0.98)] * T]
    assert ntu_tracks(clip(TOGETHER, rows)).num_person == 2
    # For one person, no track is sure to be the one: the more central of the two is taken.
    assert lefts(ntu_tracks(clip(ALONE, [[at(200, 270, 0.99)] * T, rows[1]]))) == [[650] * T]


def test_a_box_within_a_better_one_is_not_a_person() -> None:
    rows = [[at(480, 270, 0.99, 200)] * T, [at(480, 270, 0.98, 100)] * T]
    result = ntu_tracks(clip(ALONE, rows))
    assert lefts(result) == [[380] * T]


def test_a_share_is_compared_as_numpy_1_compares_it() -> None:
    """0.8 rounded to float32 is more than 0.8: the second box is within the first."""
    rows = [[(0, 0, 100, 200, 0.9)] * 8, [(20, 0, 120, 200, 0.6)] * 8]
    assert lefts(ntu_tracks(clip(TOGETHER, rows))) == [[0] * 8]


@example(width=100, outside=20)
@given(width=st.integers(100, 400), outside=st.integers(0, 100))
def test_every_share_is_rounded_once_and_then_compared(width: int, outside: int) -> None:
    """A person who reaches out of a larger one, by more or less than a fifth."""
    left = 1000 - (width - outside)
    rows = [[(0, 0, 1000, 1000, 0.9)] * 8, [(left, 0, left + width, 100, 0.6)] * 8]
    (share,) = struct.unpack("f", struct.pack("f", (width - outside) / width))
    within = Fraction(share) > Fraction(0.8)
    expected = [[0] * 8] if within else [[0] * 8, [left] * 8]
    assert lefts(ntu_tracks(clip(TOGETHER, rows))) == expected


def test_a_gap_in_the_only_track_is_filled_from_its_last_frame() -> None:
    row: list[tuple[float, ...] | None] = [at(400 + t, 270) for t in range(T)]
    row[3] = None
    result = ntu_tracks(clip(ALONE, [row]))
    assert lefts(result) == [[350 + (t if t != 3 else T - 1) for t in range(T)]]
    assert result.keypoint[0, 3, 0, 0] == T
    assert result.total_frames == T


def test_a_gap_among_several_tracks_is_filled_from_the_nearest_frame() -> None:
    middle: list[tuple[float, ...] | None] = [at(480 + t, 270) for t in range(T)]
    middle[3] = None
    far = [at(900, 500)] * 8 + [None] * 4
    far[3] = None
    result = ntu_tracks(clip(ALONE, [middle, far]))
    assert lefts(result) == [[430 + (t if t != 3 else 2) for t in range(T)]]


def test_small_and_short_tracks_are_not_persons() -> None:
    rows = [[at(300, 270)] * T, [at(480, 270, size=60)] * T, [at(480, 100)] * 5 + [None] * (T - 5)]
    assert lefts(ntu_tracks(clip(ALONE, rows))) == [[250] * T]
    with pytest.raises(ClipError, match="no person is there long enough"):
        ntu_tracks(clip(ALONE, rows[1:]))
    with pytest.raises(ClipError, match="no person is there long enough"):
        ntu_tracks(clip(TOGETHER, rows[1:]))


def test_of_three_the_best_two_of_each_frame_are_taken() -> None:
    rows = [[at(x, 270, score)] * T for x, score in ((200, 0.6), (500, 0.9), (800, 0.8))]
    assert lefts(ntu_tracks(clip(TOGETHER, rows))) == [[450] * T, [750] * T]


def test_a_second_person_who_is_lost_is_taken_over() -> None:
    rows: list[list[tuple[float, ...] | None]] = [
        [at(x, 270, score)] * T for x, score in ((500, 0.9), (800, 0.8), (200, 0.6))
    ]
    rows[1][5] = rows[2][5] = None
    result = ntu_tracks(clip(TOGETHER, rows))
    assert lefts(result) == [[450] * T, [750] * T]
    assert result.keypoint[1, 5, 0, 0] == 100 + 5  # the frame before


def test_a_person_lost_for_ten_frames_returns_as_another() -> None:
    def seen(gap: int) -> Clip:
        row = [at(480, 270)] * 8 + [None] * gap + [at(480, 270)] * 8
        return ntu_tracks(clip(TOGETHER, [row]))

    assert seen(9).num_person == 1
    assert seen(10).num_person == 2


@pytest.mark.parametrize("name", ["unknown", "S001C001P001R001A01"])
def test_a_name_without_an_action_is_refused(name: str) -> None:
    with pytest.raises(ClipError, match="not an NTU name"):
        ntu_tracks(clip(name, [[at(480, 270)] * T]))


def test_a_clip_without_boxes_is_refused() -> None:
    with pytest.raises(ClipError, match="it has no boxes"):
        ntu_tracks(clip(ALONE, [[at(480, 270)] * T]).without("bbox"))


@settings(deadline=None)
@given(seed=st.integers(0, 10**6), name=st.sampled_from([ALONE, TOGETHER]))
def test_the_chosen_have_boxes_and_joints_of_persons_in_the_clip(seed: int, name: str) -> None:
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(rng.integers(1, 5)):
        x, y, score = rng.uniform(100, 900), rng.uniform(100, 500), rng.uniform(0.4, 1)
        there = rng.random(20) > rng.choice([0, 0.2])
        rows.append([at(x + t, y, score) if there[t] else None for t in range(20)])
    given_clip = clip(name, rows)
    try:
        result = check_transform(ntu_tracks, given_clip)
    except ClipError:
        return
    assert result.total_frames == 20
    assert result.num_person <= (2 if name == TOGETHER else 1)
    known = {
        (tuple(box), joint)
        for box, joint in zip(
            given_clip.fields["bbox"].values.reshape(-1, 4).tolist(),
            given_clip.keypoint[..., 0, 0].ravel().tolist(),
            strict=True,
        )
    }
    found = zip(
        result.fields["bbox"].values.reshape(-1, 4).tolist(),
        result.keypoint[..., 0, 0].ravel().tolist(),
        strict=True,
    )
    assert {(tuple(box), joint) for box, joint in found} <= known | {((0, 0, 0, 0), 0)}
