"""The profile against another writing of what PYSKL's script does.

Here a body is a list of rows of fractions, motions are exact, and intervals are sets of frames.
Recordings are on a grid on which float32 is exact, too; where rounding decides which of two bodies
moves more, nothing is expected.
"""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from support.ntu import UnclearError, recording

from skelconv import ClipError
from skelconv_ntu.bodies import NtuBodies

select = NtuBodies("pyskl")
select_repaired = NtuBodies("pyskl", repair=True)

A, B, C = 2**56 + 1, 2**56 + 2, 7


def expected(frames):
    """Say what PYSKL makes of a recording; None where it stops."""
    rows, start = {}, {}
    for number, bodies in enumerate(filter(None, frames)):
        for body_id, joints in bodies:
            start.setdefault(body_id, number)
            rows.setdefault(body_id, []).append(joints.tolist())
    if not rows:
        return None
    ids = list(rows)
    if len(ids) > 1:
        ids = ranked(ids, {i: motion(rows[i]) for i in ids}, rows)
        ids = [i for i in ids if len(rows[i]) >= 12]
        if not ids:
            return None
    if len(ids) > 1:
        good = {i: [row for row in rows[i] if narrow(row)] for i in ids}
        bad = {i: Fraction(len(rows[i]) - len(good[i]), len(rows[i])) for i in ids}
        ids = [i for i in ids if bad[i] < Fraction("0.69754")]
        if not ids:
            return None
        motions = {i: min(motion(rows[i]), motion(good[i])) for i in ids}
        ids = ranked(ids, motions, rows)
    if len(ids) == 1:
        return np.array([rows[ids[0]]], np.float16)
    total = max(start[i] + len(rows[i]) for i in ids)
    tracks = np.zeros((2, total, 25, 3))
    hulls = [range(0), range(0)]
    for i in ids:
        span = range(start[i], start[i] + len(rows[i]))
        for track in range(2):
            if set(span).isdisjoint(hulls[track]):
                tracks[track, span] = rows[i]
                low = 0 if track else min(span.start, *hulls[0][:1], total)
                hulls[track] = range(low, max(span.stop, hulls[track].stop))
                break
    full = [t for t in range(total) if tracks[:, t].any()]
    if not full:
        return None
    tracks = tracks[:, full[0] : full[-1] + 1]
    if not tracks[0, 0, 1].any() and tracks[1, 0, 1].any():
        tracks = tracks[[1, 0]]
    return tracks.astype(np.float16)


def narrow(row) -> bool:
    (low_x, high_x), (low_y, high_y) = [
        (min(column), max(column)) for column in list(zip(*row, strict=True))[:2]
    ]
    return 5 * Fraction(high_x - low_x) <= 4 * Fraction(high_y - low_y)


def motion(rows) -> Fraction:
    total = Fraction(0)
    for column in zip(*(joint for row in rows for joint in row), strict=True):
        values = [int(value * 2**20) for value in column]
        squares, plain, count = sum(v * v for v in values), sum(values), len(values)
        total += Fraction(squares * count - plain * plain, count * count)
    return total / 2**40


def ranked(ids, motions, rows):
    ids = sorted(ids, key=lambda i: motions[i], reverse=True)
    for one, other in pairwise(ids):
        difference = motions[one] - motions[other]
        if difference <= motions[one] / 1000 and rows[one] != rows[other]:
            raise UnclearError
    return ids


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_recordings_with_all_quirks(recordings, as_clip, data):
    frames = data.draw(recordings)
    try:
        theirs = expected(frames)
    except UnclearError:
        reject()
    if theirs is None:
        with pytest.raises(ClipError, match="PYSKL"):
            select(as_clip(frames))
        return
    chosen = select(as_clip(frames))
    assert chosen.fields == {}
    assert chosen.keypoint.dtype == np.float16
    assert chosen.keypoint.shape == theirs.shape
    assert chosen.keypoint.tobytes() == theirs.tobytes()


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_with_repair_no_body_is_moved_and_nothing_stops(recordings, as_clip, data):
    frames = data.draw(recordings)
    clip = as_clip(frames)
    if not any(frames):
        with pytest.raises(ClipError, match="no body in any frame"):
            select_repaired(clip)
        return
    keypoint = select_repaired(clip).keypoint
    full = [[joints for _, joints in bodies] for bodies in frames if bodies]
    assert keypoint.shape[1] <= len(full)
    if len(keypoint) == 2:
        # What is in a frame of the result was there in one frame of the file, for some offset.
        offsets = range(len(full) - keypoint.shape[1] + 1)
        assert any(
            all(
                not joints.any() or any(np.array_equal(joints, b) for b in full[t + offset])
                for t in range(keypoint.shape[1])
                for joints in keypoint[:, t].astype(float)
            )
            for offset in offsets
        )


def person(frames: int, size: float = 1.0, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.integers(-32, 33, size=(frames, 25, 3)) * size * [1, 2, 1] / 32


def test_a_body_that_leaves_and_returns(as_clip):
    loud, quiet = person(40, 2), person(40, 0.5, seed=1)
    here = [*range(15), *range(25, 40)]
    clip = as_clip(recording(40, (A, loud, range(40)), (B, quiet, here)))
    faithful, repaired = select(clip).keypoint, select_repaired(clip).keypoint
    np.testing.assert_array_equal(faithful[0], loud)
    np.testing.assert_array_equal(faithful[1, :30], quiet[here])
    assert not faithful[1, 30:].any()
    np.testing.assert_array_equal(repaired[0], loud)
    np.testing.assert_array_equal(repaired[1, here], quiet[here])
    assert not repaired[1, 15:25].any()


def test_a_third_body_that_comes_first(as_clip):
    bodies = [person(40, size, seed) for seed, size in enumerate((2, 1, 0.5))]
    clip = as_clip(
        recording(
            40, (A, bodies[0], range(40)), (B, bodies[1], range(20, 40)), (C, bodies[2], range(20))
        )
    )
    assert not select(clip).keypoint[1, :20].any()
    repaired = select_repaired(clip).keypoint
    np.testing.assert_array_equal(repaired[1, :20], bodies[2][:20])
    np.testing.assert_array_equal(repaired[1, 20:], bodies[1][20:])


def test_only_short_bodies(as_clip):
    loud, quiet = person(11, 2), person(11, 0.5, seed=1)
    clip = as_clip(recording(11, (A, quiet, range(11)), (B, loud, range(11))))
    with pytest.raises(ClipError, match="more than 11 frames"):
        select(clip)
    np.testing.assert_array_equal(select_repaired(clip).keypoint, [loud, quiet])


def test_only_wide_bodies(as_clip):
    wide = person(12) * [8, 1, 1]
    clip = as_clip(recording(12, (A, wide, range(12)), (B, wide / 2, range(12))))
    with pytest.raises(ClipError, match="too wide"):
        select(clip)
    np.testing.assert_array_equal(select_repaired(clip).keypoint, [wide, wide / 2])


def test_an_id_that_is_twice_in_a_frame(as_clip):
    loud, quiet = person(12, 2), person(12, 0.5, seed=1)
    clip = as_clip(recording(12, (A, loud, range(12)), (A, quiet, range(12))))
    both = np.stack([loud, quiet], axis=1).reshape(1, 24, 25, 3)
    np.testing.assert_array_equal(select(clip).keypoint, both)
    np.testing.assert_array_equal(select_repaired(clip).keypoint, [loud, quiet])


def test_frames_below_a_thousandth_are_cut_off(as_clip):
    loud, other = person(20, 2), person(20, 1, seed=1)
    loud[:3], other[:3], loud[18:], other[18:] = 0, 0, 0, 0
    loud[1, 0, 0] = 0.0009
    loud[18, 0, 0] = 0.0011
    clip = as_clip(recording(20, (A, loud, range(20)), (B, other, range(20))))
    chosen = select(clip).keypoint
    np.testing.assert_array_equal(chosen, np.array([loud, other], np.float16)[:, 3:19])


def test_the_tracks_are_swapped_by_joint_1_of_the_first_frame(as_clip):
    loud, quiet = person(20, 2), person(20, 0.5, seed=1)
    clip = as_clip(recording(20, (A, loud, range(20)), (B, quiet, range(20))))
    np.testing.assert_array_equal(select(clip).keypoint, [loud, quiet])
    loud[0, 1] = 0
    clip = as_clip(recording(20, (A, loud, range(20)), (B, quiet, range(20))))
    np.testing.assert_array_equal(select(clip).keypoint, [quiet, loud])


def test_two_casts(as_clip):
    # Just above the middle of two float16: by way of float32 it goes down.
    body = person(1)
    body[0, 3, 1] = 1 + 2.0**-11 + 2.0**-30
    assert select(as_clip([[(A, body[0])]])).keypoint[0, 0, 3, 1] == 1
