"""The profile against another writing of what CTR-GCN's three scripts do.

Here a body is a list of rows of fractions, motions are exact, and intervals are sets of frames.
Recordings are on a grid on which float32 is exact, too; where rounding decides which of two bodies
moves more, nothing is expected.
"""

from fractions import Fraction
from itertools import pairwise
from statistics import pvariance

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from support.ntu import UnclearError, recording

from skelconv import ClipError
from skelconv_ntu.bodies import NtuBodies

select = NtuBodies("ctrgcn")
select_repaired = NtuBodies("ctrgcn", repair=True)
select_ntu120 = NtuBodies("ctrgcn-ntu120")

A, B, C = 2**56 + 1, 2**56 + 2, 7


def expected(frames):
    """Say what CTR-GCN makes of a recording, (T, persons * 75); None where it stops."""
    frames = [bodies for bodies in frames if bodies]
    found: dict[int, list] = {}
    for number, bodies in enumerate(frames):
        for body_id, joints in bodies:
            found.setdefault(body_id, [number]).append(joints)
    bodies = [(start, np.array(rows)) for start, *rows in found.values()]
    alone = len(bodies) == 1
    if not alone:
        bodies = denoised([body for body in bodies if len(body[1]) > 11])
    if not bodies:
        return None
    actors = [np.zeros((len(frames), 75)) for _ in bodies[:2]]
    taken: list[set[int]] = [set(), set()]
    for start, rows in bodies:
        span = set(range(start, start + len(rows)))
        for track, others in enumerate(taken):
            if len(span & others) < 2:
                if max(span) >= len(frames):
                    return None
                actors[track][sorted(span)] = rows.reshape(-1, 75)
                low = 0 if track else min(span | others)
                taken[track] = set(range(low, max(span | others) + 1))
                break
    joints = np.hstack(actors)
    if not alone:
        joints = np.array([row for row in joints if row.sum()]).reshape(-1, joints.shape[1])
    absent = [joints[:, at : at + 75].sum(axis=1) == 0 for at in range(0, joints.shape[1], 75)]
    for row in joints:
        if row[:75].any():
            break
    else:
        return None
    centred = joints - np.resize(row[3:6], joints.shape[1])
    for track, missing in enumerate(absent * (len(absent) == 2)):
        centred[missing, 75 * track : 75 * track + 75] = 0
    return centred


def denoised(bodies):
    """Drop the wide unless it is the last, and sort the others by their motion."""
    left, kept = len(bodies), []
    for start, rows in bodies:
        x, y = np.ptp(rows[..., 0], axis=1), np.ptp(rows[..., 1], axis=1)
        good = rows[x * 5 <= y * 4]
        if left > 1 and 1 - Fraction(len(good), len(rows)) >= Fraction("0.69754"):
            left -= 1
        else:
            judged = [rows, good] if left > 1 else [rows]
            kept.append((min(map(motion, judged)), start, rows))
    kept.sort(key=lambda body: body[0], reverse=True)
    for one, other in pairwise(kept):
        if one[0] - other[0] <= one[0] / 1000 and not np.array_equal(one[2], other[2]):
            raise UnclearError
    return [body[1:] for body in kept]


def motion(rows) -> Fraction:
    return sum(
        pvariance([Fraction(v) for v in column]) for column in rows.reshape(-1, 3).T.tolist()
    )


def as_rows(clip):
    return clip.keypoint.transpose(1, 0, 2, 3).reshape(clip.total_frames, -1)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_recordings_with_all_quirks(recordings, as_clip, data):
    frames = data.draw(recordings)
    try:
        theirs = expected(frames)
    except UnclearError:
        reject()
    if theirs is None:
        for profile in (select, select_ntu120):
            with pytest.raises(ClipError, match="CTR-GCN"):
                profile(as_clip(frames))
        return
    chosen = select(as_clip(frames))
    assert chosen.fields == {}
    assert chosen.keypoint.dtype == np.float32
    np.testing.assert_array_equal(as_rows(chosen), theirs)
    # For NTU120, a person alone is there twice.
    twice = np.hstack([theirs] * (150 // theirs.shape[1]))
    np.testing.assert_array_equal(as_rows(select_ntu120(as_clip(frames))), twice.astype(np.float32))


def person(frames: int, size: float = 1.0, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.integers(1, 33, size=(frames, 25, 3)) * size * [1, 2, 1] / 32


def test_joint_2_of_the_first_frame_is_the_origin(as_clip):
    body = person(5)
    chosen = select(as_clip(recording(5, (A, body, range(5)))))
    np.testing.assert_array_equal(chosen.keypoint, [body - body[0, 1]])


def test_a_body_that_leaves_and_returns(as_clip):
    loud, quiet = person(40, 2), person(40, 0.5, seed=1)
    here = [*range(15), *range(25, 40)]
    clip = as_clip(recording(40, (A, loud, range(40)), (B, quiet, here)))
    origin = loud[0, 1]
    faithful, repaired = select(clip).keypoint, select_repaired(clip).keypoint
    np.testing.assert_array_equal(faithful[1, :30], quiet[here] - origin)
    assert not faithful[1, 30:].any()
    np.testing.assert_array_equal(repaired[0], loud - origin)
    np.testing.assert_array_equal(repaired[1, here], quiet[here] - origin)
    assert not repaired[1, 15:25].any()


def test_bodies_that_share_one_frame(as_clip):
    loud, quiet = person(40, 2), person(40, 0.5, seed=1)
    clip = as_clip(recording(40, (A, loud, range(20)), (B, quiet, range(19, 40))))
    origin = loud[0, 1]
    faithful, repaired = select(clip).keypoint, select_repaired(clip).keypoint
    np.testing.assert_array_equal(faithful[0], [*(loud[:19] - origin), *(quiet[19:] - origin)])
    assert not faithful[1].any()
    np.testing.assert_array_equal(repaired[0, :20], loud[:20] - origin)
    np.testing.assert_array_equal(repaired[1, 19:], quiet[19:] - origin)
    assert not repaired[0, 20:].any()


def test_a_frame_that_sums_to_zero(as_clip):
    bodies = [person(12, size, seed) for seed, size in enumerate((2, 1))]
    for body in bodies:
        body[4, 24, 2] -= body[4].sum()
    clip = as_clip(recording(12, *((i, b, range(12)) for i, b in zip((A, B), bodies, strict=True))))
    assert select(clip).total_frames == 11
    repaired = select_repaired(clip).keypoint
    np.testing.assert_array_equal(repaired, np.array(bodies) - bodies[0][0, 1])


def test_only_short_bodies(as_clip):
    loud, quiet = person(11, 2), person(11, 0.5, seed=1)
    clip = as_clip(recording(11, (A, quiet, range(11)), (B, loud, range(11))))
    with pytest.raises(ClipError, match="more than 11 frames"):
        select(clip)
    repaired = select_repaired(clip).keypoint
    np.testing.assert_array_equal(repaired, np.array([loud, quiet]) - loud[0, 1])


def test_the_last_body_stays_however_wide(as_clip):
    wide = person(12) * [8, 1, 1]
    clip = as_clip(recording(12, (A, wide, range(12)), (B, wide / 2, range(12))))
    chosen = select(clip).keypoint
    np.testing.assert_array_equal(chosen, [(wide - wide[0, 1]) / 2])


def test_an_id_that_is_twice_in_a_frame(as_clip):
    loud, quiet = person(12, 2), person(12, 0.5, seed=1)
    clip = as_clip(recording(12, (A, loud, range(12)), (A, quiet, range(12))))
    with pytest.raises(ClipError, match="twice in a frame"):
        select(clip)
    repaired = select_repaired(clip).keypoint
    np.testing.assert_array_equal(repaired, np.array([loud, quiet]) - loud[0, 1])


@pytest.mark.parametrize("profile", [select, select_repaired])
def test_a_person_at_zero_has_no_origin(as_clip, profile):
    clip = as_clip(recording(3, (A, np.zeros((3, 25, 3)), range(3))))
    with pytest.raises(ClipError, match="at zero"):
        profile(clip)
