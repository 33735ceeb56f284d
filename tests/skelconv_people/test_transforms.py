import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelconv import Clip, ClipError, Field
from skelconv.testing import check_descriptor, check_transform
from skelconv_people import plugin
from skelconv_people.choosing import filter_boxes, keep_people
from skelconv_people.similarity import ByBoxes
from skelconv_people.tracking import track_people

Box = tuple[float, float, float, float, float]


def clip(frames: list[list[Box]], shape: tuple[int, int] = (480, 640)) -> Clip:
    """Make a clip whose keypoints are the left top corners of the boxes."""
    most = max(map(len, frames))
    table = np.zeros((most, len(frames), 5), np.float32)
    for t, boxes in enumerate(frames):
        for m, box in enumerate(boxes):
            table[m, t] = box
    return Clip(
        id="a",
        keypoint=np.repeat(table[:, :, np.newaxis, :2], 3, axis=2),
        layout="coco17",
        img_shape=shape,
        fields={
            "bbox": Field(table[..., :4], "MTB"),
            "bbox_score": Field(table[..., 4], "MT"),
            "empty": Field(np.zeros(len(frames), bool), "T"),
        },
    )


def at(x: float, y: float = 100, score: float = 0.9, size: float = 40) -> Box:
    return (x, y, x + size, y + size, score)


def track(given_clip: Clip, *, min_frames: int = 1) -> Clip:
    similarity = ByBoxes(given_clip)
    return track_people(
        given_clip, similarity, min_similarity=0.3, max_age=3, min_frames=min_frames
    )


def lefts(result: Clip) -> list[list[float]]:
    return result.fields["bbox"].values[..., 0].tolist()


@given(seed=st.integers(0, 10**6), count=st.integers(1, 5), frames=st.integers(1, 30))
def test_people_apart_are_followed_however_boxes_are_shuffled(
    seed: int, count: int, frames: int
) -> None:
    rng = np.random.default_rng(seed)
    speed = rng.uniform(-8, 8, (count, 2))
    start = np.stack([np.arange(count) * 1000 + 500, rng.uniform(300, 400, count)], 1)
    paths = start[:, None] + speed[:, None] * np.arange(frames)[:, None]
    shuffled = []
    for t in range(frames):
        boxes = [at(*paths[m, t]) for m in range(count)]
        shuffled.append([boxes[m] for m in (range(count) if t == 0 else rng.permutation(count))])
    result = check_transform(track, clip(shuffled))
    np.testing.assert_allclose(lefts(result), paths[..., 0], rtol=1e-6)
    assert result.fields["track_id"].values.tolist() == list(range(count))
    np.testing.assert_array_equal(result.keypoint[..., 0, 0], lefts(result))


def test_two_people_who_pass_each_other_keep_their_rows() -> None:
    """Where they overlap, each is paired with the box that it overlaps most."""
    frames = [[at(5 * t, 100), at(300 - 5 * t, 130)] for t in range(60)]
    shuffled = [boxes[:: -1 if t % 2 else 1] for t, boxes in enumerate(frames)]
    result = track(clip(shuffled))
    assert lefts(result) == [[5 * t for t in range(60)], [300 - 5 * t for t in range(60)]]


@pytest.mark.parametrize(("gap", "people"), [(3, 1), (4, 2)])
def test_a_person_lost_for_too_long_is_a_new_person(gap: int, people: int) -> None:
    frames: list[list[Box]] = [[at(10)]] * 4 + [[]] * gap + [[at(12)]] * 4
    result = track(clip(frames))
    assert result.num_person == people
    assert (result.fields["bbox_score"].values > 0).sum() == 8


def test_people_are_followed_by_their_joints_without_boxes() -> None:
    """Two people cross, in another order in every third frame."""
    rng = np.random.default_rng(0)
    body = rng.uniform(0, 60, (17, 2)) * (1, 3)
    paths = np.array([[(4 * t, 10) for t in range(20)], [(90 - 4 * t, 60) for t in range(20)]])
    right = body + paths[:, :, np.newaxis]
    mixed = right.copy()
    mixed[:, ::3] = right[::-1, ::3]
    bare = Clip("a", mixed.astype(np.float32), "coco17")
    descriptor = next(d for d in plugin.skelconv_transforms() if d.name == "track-people")
    transform = descriptor.create(descriptor.options(by="joints"))
    result = check_transform(transform, bare)
    # The rows are in the order of the first frame, where they were mixed.
    np.testing.assert_allclose(result.keypoint, right[::-1], rtol=1e-6)


def test_short_tracks_are_left_out_and_ids_stay() -> None:
    frames = [[at(10), at(300)] if t == 0 else [at(10 + t)] for t in range(5)]
    frames[2] = [*frames[2], at(500)]
    frames[3] = [*frames[3], at(501)]
    result = track(clip(frames), min_frames=2)
    assert result.fields["track_id"].values.tolist() == [0, 2]


def test_a_clip_with_no_person_left_is_refused() -> None:
    frames = [[at(10)], [at(12)], [at(14)]]
    with pytest.raises(ClipError, match="no person is in it for 4 frames"):
        track(clip(frames), min_frames=4)
    with pytest.raises(ClipError, match="no person is left"):
        filter_boxes(clip(frames), min_score=0.95, min_area=0)


def test_low_scores_and_small_boxes_are_left_out() -> None:
    frames = [
        [at(10), at(100, score=0.4), at(200, size=5)],
        [at(10, score=0.4), at(100, score=0.4), at(200, size=50)],
    ]
    result = check_transform(lambda c: filter_boxes(c, min_score=0.5, min_area=100), clip(frames))
    assert result.fields["bbox_score"].values.tolist() == [
        [np.float32(0.9), 0],
        [0, np.float32(0.9)],
    ]
    assert lefts(result) == [[10, 0], [0, 200]]


@pytest.mark.parametrize(
    ("by", "order"), [("area", [1, 0, 2]), ("centre", [2, 1, 0]), ("score", [0, 2, 1])]
)
def test_people_are_kept_by_each_measure(by: str, order: list[int]) -> None:
    frames = [
        [at(0, 0, 0.9, 40), at(250, 250, 0.5, 60), at(305, 225, 0.6, 30)],
        [at(0, 0, 0.9, 40), at(250, 250, 0.5, 60)],
    ]
    whole = clip(frames)
    for keep in (1, 2, 3, 9):
        result = check_transform(lambda c, n=keep: keep_people(c, keep=n, by=by), whole)
        expected = whole.take("M", np.array(order[:keep]))
        np.testing.assert_array_equal(result.fields["bbox"].values, expected.fields["bbox"].values)


def test_people_in_the_most_frames_are_kept() -> None:
    result = keep_people(clip([[at(1), at(200)], [at(1)]]), keep=1, by="length")
    assert lefts(result) == [[1, 1]]


def test_a_clip_without_boxes_is_refused() -> None:
    bare = clip([[at(1)]]).without("bbox")
    for transform in (
        track,
        lambda c: filter_boxes(c, min_score=0, min_area=0),
        lambda c: keep_people(c, keep=1, by="area"),
    ):
        with pytest.raises(ClipError, match="it has no boxes"):
            transform(bare)


def test_descriptors_are_complete() -> None:
    for descriptor in plugin.skelconv_transforms():
        check_descriptor(descriptor)
        descriptor.create(descriptor.options.model_validate(descriptor.example))
