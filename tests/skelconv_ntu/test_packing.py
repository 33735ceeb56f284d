from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from support.ntu import body

from skelconv_ntu import packing

frames = st.sets(st.integers(0, 12), min_size=1).map(sorted)


@given(st.lists(frames, max_size=6))
def test_packed_by_frame_no_body_overlaps_or_is_lost_without_need(presences):
    bodies = [body(frames, person) for person, frames in enumerate(presences)]
    packed = packing.pack_by_frame(bodies)
    for track in packed:
        for one, other in combinations(track, 2):
            assert set(one.frame.tolist()).isdisjoint(other.frame.tolist())
    there = packing.occupied(packed, 13)
    for lost in set(range(len(bodies))) - {one.person for track in packed for one in track}:
        assert all(track[bodies[lost].frame].any() for track in there)
    tracks = packing.place(packed, 13, repair=True)
    for track, bodies_on_it in zip(tracks, packed, strict=True):
        for one in bodies_on_it:
            np.testing.assert_array_equal(track[one.frame], one.keypoint)


@given(st.lists(frames, max_size=6), st.integers(0, 2))
def test_packed_by_interval_bodies_share_at_most_the_frames_that_they_may(presences, overlap):
    bodies = [body(frames, person) for person, frames in enumerate(presences)]
    packed = packing.pack(bodies, overlap=overlap)
    assert sum(map(len, packed)) >= min(2, len(bodies))
    for track in packed:
        for one, other in combinations(track, 2):
            spans = [set(range(b.frame[0], packing.stop_of(b))) for b in (one, other)]
            assert len(spans[0] & spans[1]) <= overlap


def test_what_is_between_two_intervals_is_taken():
    bodies = [body(span, n) for n, span in enumerate([range(3), range(7, 9), range(4, 6)])]
    assert packing.pack(bodies) == [bodies[:2], bodies[2:]]
    assert packing.pack(bodies, tracks=1) == [bodies[:2]]


def test_the_second_track_is_taken_from_frame_0():
    bodies = [body(span, n) for n, span in enumerate([range(9), range(5, 9), range(3)])]
    assert packing.pack(bodies) == [bodies[:1], bodies[1:2]]
    assert packing.pack_by_frame(bodies) == [bodies[:1], bodies[1:]]
