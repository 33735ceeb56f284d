import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelconv import Clip, ClipError
from skelconv_ntu.skeleton_file import SkeletonFile
from skelconv_ntu.tracks import to_clip

# The IDs of real files have 17 digits; these two are one number as float64.
ONE, OTHER = 72057594037935990, 72057594037935991


def skeleton_file(frames: list[list[int]], **extras: np.ndarray) -> SkeletonFile:
    """Make a file of the body IDs in each frame, with x, y, z that are all different."""
    rows = [(t, m, body) for t, bodies in enumerate(frames) for m, body in enumerate(bodies)]
    frame, slot, body_id = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return SkeletonFile(
        len(frames),
        frame.astype(np.int32),
        slot.astype(np.int16),
        body_id.astype(np.int64),
        np.arange(1, len(rows) * 75 + 1, dtype=float).reshape(-1, 25, 3),
        extras,
    )


def tracks(clip: Clip) -> list[tuple[int, list[int]]]:
    ids, slots = clip.fields["body_id"].values, clip.fields["slot"].values
    return list(zip(ids.tolist(), slots.tolist(), strict=True))


frames_of_ids = st.lists(st.lists(st.sampled_from([ONE, OTHER, 3, -4]), max_size=5), min_size=1)


@given(frames_of_ids)
def test_every_body_of_every_frame_is_in_the_clip_once(frames):
    file = skeleton_file(frames)
    clip = to_clip("x", 4, file)
    slot, body_id = clip.fields["slot"].values, clip.fields["body_id"].values
    assert clip.keypoint.shape[1:] == (len(frames), 25, 3)
    assert (clip.layout, clip.label, clip.id) == ("ntu25", 4, "x")
    found = {
        (t, int(slot[m, t])): (int(body_id[m]), clip.keypoint[m, t].tobytes())
        for m, t in np.argwhere(slot >= 0)
    }
    rows = zip(file.frame, file.slot, file.body_id, file.xyz, strict=True)
    assert found == {(t, m): (i, xyz.tobytes()) for t, m, i, xyz in rows}
    assert len(found) == (slot >= 0).sum() == len(file.frame)
    assert not clip.keypoint[slot < 0].any()
    assert (slot >= -1).all()


@given(frames_of_ids)
def test_tracks_are_in_the_order_of_their_first_appearance(frames):
    slot = to_clip("x", 0, skeleton_file(frames)).fields["slot"].values
    first = [(int(np.argmax(row >= 0)), int(row[np.argmax(row >= 0)])) for row in slot]
    assert first == sorted(first)


@given(frames_of_ids)
def test_an_id_has_as_many_tracks_as_it_has_bodies_in_a_frame(frames):
    found = [body for body, _ in tracks(to_clip("x", 0, skeleton_file(frames)))]
    for body in (ONE, OTHER, 3, -4):
        assert found.count(body) == max(bodies.count(body) for bodies in frames)


def test_a_body_that_leaves_and_returns_keeps_its_gap():
    clip = to_clip("x", 0, skeleton_file([[5], [5], [], [6], [6, 5]]))
    assert tracks(clip) == [(5, [0, 0, -1, -1, 1]), (6, [-1, -1, -1, 0, 0])]


def test_ids_that_are_one_as_float64_stay_apart():
    assert float(ONE) == float(OTHER)
    clip = to_clip("x", 0, skeleton_file([[ONE, OTHER], [OTHER, ONE], [ONE]]))
    assert tracks(clip) == [(ONE, [0, 1, 0]), (OTHER, [1, 0, -1])]


def test_an_id_that_is_twice_in_a_frame_loses_nothing():
    clip = to_clip("x", 0, skeleton_file([[5], [5, 5], [6, 5]]))
    assert tracks(clip) == [(5, [0, 0, 1]), (5, [-1, 1, -1]), (6, [-1, -1, 0])]


def test_empty_frames():
    clip = to_clip("x", 0, skeleton_file([[], [], []]))
    assert clip.keypoint.shape == (0, 3, 25, 3)
    assert clip.fields["slot"].values.shape == (0, 3)


def test_the_other_values_of_a_file_are_fields():
    state = np.array([3, 4, 5], dtype=np.int8)
    pixels = np.arange(3 * 25 * 2, dtype=float).reshape(3, 25, 2)
    lean = np.arange(6.0).reshape(3, 2)
    clip = to_clip("x", 0, skeleton_file([[5], [6, 5]], state=state, pixels=pixels, lean=lean))
    fields = {name: (extra.axes, extra.values.dtype) for name, extra in clip.fields.items()}
    assert fields == {
        "body_id": ("M", np.int64),
        "slot": ("MT", np.int16),
        "state": ("MT", np.int8),
        "pixels": ("MTVC", np.float64),
        "lean": ("MTC", np.float64),
    }
    assert clip.fields["state"].values.tolist() == [[3, 5], [0, 4]]
    np.testing.assert_array_equal(clip.fields["pixels"].values[0], pixels[[0, 2]])
    np.testing.assert_array_equal(clip.fields["lean"].values[1], [[0, 0], lean[1]])


def test_a_file_of_new_bodies_in_every_frame_is_refused():
    with pytest.raises(ClipError, match="20000 bodies come and go in 20000 frames"):
        to_clip("x", 0, skeleton_file([[body] for body in range(20_000)]))
