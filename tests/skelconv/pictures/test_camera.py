"""Where joints are in a picture."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.memory import clip

from skelconv import Clip
from skelconv.pictures.camera import project


def standing() -> Clip:
    """Somebody in 3D, in metres: a head above the hips, a hand to the right, a foot in front."""
    keypoint = np.zeros((1, 1, 17, 3), np.float32)
    keypoint[0, 0, 0] = (0.1, 1.7, 3.0)  # nose
    keypoint[0, 0, 9] = (0.9, 1.0, 3.0)  # left wrist
    keypoint[0, 0, 15] = (0.1, 0.1, 2.0)  # left ankle
    return Clip("a", keypoint, "coco17")


def test_pixels_of_the_image_keep_their_place() -> None:
    people = clip(persons=2, img_shape=(1080, 1920))
    placed = project(people, height=1080)
    assert (placed.width, placed.height) == (1920, 1080)
    np.testing.assert_allclose(placed.points, people.keypoint, atol=1e-9)


@given(scale=st.floats(0.05, 3))
def test_a_scaled_picture_is_the_image_scaled(scale: float) -> None:
    people = clip(img_shape=(1080, 1920))
    placed = project(people, height=1, scale=scale)
    assert placed.width == pytest.approx(1920 * scale, abs=1)
    # Corners of pixels are scaled, whose middles are half a pixel from them.
    np.testing.assert_allclose(placed.points + 0.5, (people.keypoint + 0.5) * scale, rtol=1e-6)


def test_a_crop_holds_all_people_in_the_same_shape() -> None:
    people = clip(persons=2, frames=9)
    placed = project(people, height=200, crop=True)
    assert placed.points.min() > 0
    assert (placed.points < [placed.width, placed.height]).all()
    back = (placed.points + 0.5) / placed.scale + placed.corner - 0.5
    np.testing.assert_allclose(back, people.keypoint, rtol=1e-5)


def test_in_3d_up_is_up() -> None:
    front = project(standing(), height=300).points[0, 0]
    nose, wrist, ankle = front[0], front[9], front[15]
    assert nose[1] < wrist[1] < ankle[1]
    assert nose[0] < wrist[0]
    side = project(standing(), height=300, view="side").points[0, 0]
    assert side[15, 0] < side[0, 0]
    top = project(standing(), height=300, view="top").points[0, 0]
    # Seen from above, what is nearer to the camera is further down.
    assert top[15, 1] > top[0, 1]


def test_a_turn_begins_in_front_and_keeps_heights() -> None:
    person = standing().take("T", np.zeros(120, int))
    front = project(person.take("T", [0]), height=300, view="front")
    turned = project(person, height=300, view="turn")
    heights = turned.points[0, :, [0, 9, 15], 1]
    assert np.allclose(heights, heights[:, :1])
    seen = np.diff(turned.points[0, [0, 30, 60], 0, 0]), np.diff(front.points[0, 0, [0, 9], 0])
    assert np.isfinite(seen[0]).all()
    # Half a turn later the hand is on the other side.
    wide = turned.points[0, :, 9, 0] - turned.points[0, :, 0, 0]
    assert wide[0] == pytest.approx(-wide[60])


def test_missing_joints_have_no_place() -> None:
    people = clip(frames=5)
    keypoint, score = np.array(people.keypoint), np.array(people.keypoint_score)
    keypoint[0, 0, 1] = 0
    keypoint[0, 1, 2] = np.nan
    score[0, 2, 3] = 0
    people = people.replace(keypoint=keypoint, keypoint_score=score)
    missing = {(0, 0, 1), (0, 1, 2), (0, 2, 3)}
    assert {tuple(map(int, where)) for where in np.argwhere(~people.present())} == missing
    placed = project(people, height=100)
    assert {tuple(map(int, w)) for w in np.argwhere(np.isnan(placed.points[..., 0]))} == missing


def test_a_clip_that_nobody_is_in_has_a_picture() -> None:
    placed = project(clip(persons=0, img_shape=None), height=100)
    assert placed.width > 0
    assert placed.height > 0
