"""People who are cut out of frames have the joints of those who are found in whole frames."""

from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skelconv import BuildError, Clip, ClipError, Field, PluginError
from skelconv.plugin import Item, Poses
from skelconv.vision import APPEARANCE, APPEARANCE_ROW
from skelconv_video import chunks, cutting, source
from skelconv_video.box_files import ClipBoxes
from skelconv_video.decode import Cut, Decoding
from skelconv_video.finders import ByBoxes, ByDetector
from skelconv_video.guarded import GuardedDetector, GuardedPoseModel, GuardedTransform
from skelconv_video.pictures import Converter, Picture

HEIGHT, WIDTH = 24, 32
JOINTS = 17
FRAME = HEIGHT * WIDTH
PERSON = 4


class Detector:
    """Finds people where the first row of a frame says so: one for each four pixels above 128."""

    across_clips = True

    def detect(self, frames: Sequence[np.ndarray]) -> list[np.ndarray]:
        return [self._boxes(frame[0, :, 0].astype(np.float32)) for frame in frames]

    def _boxes(self, row: np.ndarray) -> np.ndarray:
        boxes = [
            [x / 10, y / 10, x / 10 + 5, y / 10 + 7, score / 256]
            for score, x, y, there in row.reshape(-1, 4)
            if there > 128
        ]
        return np.array(boxes, np.float32).reshape(-1, 5)


class Whole:
    """Joints that depend on the box and the pixels in it; asked with whole frames."""

    layout = "coco17"
    across_clips = True

    def __init__(self) -> None:
        self.calls: list[list[int]] = []

    def estimate(self, frames: Sequence[np.ndarray], boxes: Sequence[np.ndarray]) -> list[Poses]:
        self.calls.append([len(some) for some in boxes])
        return [self._poses(frame, some) for frame, some in zip(frames, boxes, strict=True)]

    def _poses(self, frame: np.ndarray, boxes: np.ndarray) -> Poses:
        return joints([(box, pixels(frame, box)) for box in boxes])


class Cutting(Whole):
    """The same, which cuts people out."""

    cut_bytes = PERSON

    def __init__(self) -> None:
        super().__init__()
        self.cuts = 0

    def cut(self, frame: np.ndarray, boxes: np.ndarray) -> list[Any]:
        self.cuts += len(boxes)
        return [(box.copy(), pixels(frame, box)) for box in boxes]

    def estimate_cut(self, people: Sequence[Sequence[Any]]) -> list[Poses]:
        self.calls.append([len(some) for some in people])
        return [joints(some) for some in people]

    def estimate(self, frames: Sequence[np.ndarray], boxes: Sequence[np.ndarray]) -> list[Poses]:
        raise AssertionError("it can do with less")


def pixels(frame: np.ndarray, box: np.ndarray) -> float:
    left, top, right, bottom = np.ceil(box).astype(int)
    return float(frame[top:bottom, left:right].sum())


def joints(people: Sequence[tuple[np.ndarray, float]]) -> Poses:
    made = [np.full((JOINTS, 2), box[0] + value / 7) for box, value in people]
    keypoint = np.array(made, np.float32).reshape(-1, JOINTS, 2)
    return Poses(keypoint, keypoint[..., 0] + 1)


def moved(clip: Clip) -> Clip:
    """Move the boxes of every third frame, as a transform that smooths would."""
    boxes = clip.fields["bbox"].values.copy()
    boxes[:, ::3] += np.float32(0.25)
    return clip.replace(fields={**clip.fields, "bbox": Field(boxes, "MTB")})


def first(clip: Clip) -> Clip:
    return clip.take("M", slice(1))


def coloured(clip: Clip) -> Clip:
    """Move each box by what the person looks like, which is counted in whole frames."""
    looks = clip.fields[APPEARANCE].values.astype(int) @ np.arange(128)
    away = np.append(0, looks // 16 % 8)[clip.fields[APPEARANCE_ROW].values] / 8
    boxes = clip.fields["bbox"].values + away.astype(np.float32)[..., np.newaxis]
    return clip.replace(fields={**clip.fields, "bbox": Field(boxes, "MTB")})


def video_of(seed: int, frames: int) -> list[np.ndarray]:
    return list(np.random.default_rng(seed).integers(0, 256, (frames, HEIGHT, WIDTH), np.uint8))


def known(videos: Sequence[list[np.ndarray]], clip_id: str) -> ClipBoxes:
    """Return what the detector finds, as a file of boxes has it."""
    frames = videos[int(clip_id.removeprefix("clip"))]
    found = Detector().detect([frame[..., np.newaxis] for frame in frames])
    return ClipBoxes({n: boxes for n, boxes in enumerate(found) if len(boxes)}, None, "")


def load(
    videos: Sequence[list[np.ndarray]], model: Any, *, most: int, people: Any = (), every: int = 1
) -> tuple[list[Any], int]:
    """Load all clips as a worker does; return what comes of each, and how many were decoded.

    People are detected in every n-th frame, or, where that is 0, given.
    """
    decoded = 0

    def decode(footage: Any, cut: Cut, how: Decoding) -> Iterator[Picture]:
        nonlocal decoded
        decoded += 1
        for gray in videos[footage.number]:
            frame = av.VideoFrame(WIDTH, HEIGHT, "gray")
            plane = frame.planes[0]
            rows = np.zeros((HEIGHT, plane.line_size), np.uint8)
            rows[:, :WIDTH] = gray
            plane.update(rows.tobytes())
            yield Converter().picture(frame)

    class Listing:
        def wanted(self, item: Item) -> Any:
            footage = SimpleNamespace(where=item.id, number=item.ref)
            return SimpleNamespace(footage=footage, label=None, cut=Cut())

    pose = GuardedPoseModel("the pose-model 'toy'", model)
    detector = GuardedDetector("the detector 'toy'", Detector())
    made = [lambda of=of: GuardedTransform("the transform 'toy'", of) for of in people]
    looks = coloured in people
    items = [Item(f"clip{number}", number) for number in range(len(videos))]
    results: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "decode", decode)
        patch.setattr(chunks, "kept_bytes", lambda: most)
        loader = source.VideoPose(
            Listing(),  # type: ignore[arg-type]
            Decoding(),
            finder=lambda: (
                ByDetector(detector, every, looks)
                if every
                else ByBoxes(lambda clip_id, _: known(videos, clip_id), looks)
            ),
            people=made,
            model=lambda: pose,
            keep_boxes=True,
        )
        for number, item in enumerate(items, 1):
            loader.expect(items[number:])
            try:
                results.append(loader.load(item))
            except (ClipError, BuildError, PluginError) as error:
                results.append((type(error), str(error)))
    return results, decoded


def assert_same(found: Sequence[Any], wanted: Sequence[Any]) -> None:
    for one, other in zip(found, wanted, strict=True):
        if not isinstance(other, Clip):
            assert one == other
            continue
        np.testing.assert_array_equal(one.keypoint, other.keypoint)
        np.testing.assert_array_equal(one.keypoint_score, other.keypoint_score)
        np.testing.assert_array_equal(one.fields["bbox"].values, other.fields["bbox"].values)


VIDEOS = st.lists(
    st.builds(video_of, st.integers(0, 2**30), st.integers(1, 80)), min_size=1, max_size=4
)


@settings(deadline=None, max_examples=60)
@given(
    videos=VIDEOS,
    most=st.integers(0, 40 * FRAME),
    people=st.lists(st.sampled_from([moved, first, coloured]), max_size=2),
    every=st.sampled_from([1, 1, 0, 3]),
    person=st.sampled_from([0, PERSON, FRAME // 3, 2 * FRAME]),
)
def test_whatever_is_kept_joints_are_those_of_whole_frames(
    videos: list[list[np.ndarray]], most: int, people: list[Any], every: int, person: int
) -> None:
    whole, model = Whole(), Cutting()
    model.cut_bytes = person
    wanted, _ = load(videos, whole, most=10**9, people=people, every=every)
    found, decoded = load(videos, model, most=most, people=people, every=every)
    assert_same(found, wanted)
    assert decoded <= 2 * len(videos)
    # Calls, whose bits may depend on what is in them, do not depend on what is kept.
    roomy = Cutting()
    roomy.cut_bytes = person
    load(videos, roomy, most=10**9, people=people, every=every)
    assert model.calls == roomy.calls


def test_calls_go_over_the_ends_of_chunks_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """A chunk has 64 frames; the people of all frames are asked for at once, if they are few."""
    videos = [video_of(6, 150)]
    model = Cutting()
    load(videos, model, most=10**9)
    (counts,) = model.calls
    assert len(counts) == 150
    bounded = Cutting()
    monkeypatch.setattr(cutting, "CHUNK_BYTES", 100 * PERSON)
    load(videos, bounded, most=10**9)
    assert [count for call in bounded.calls for count in call] == counts
    assert all(100 <= sum(call) < 100 + max(counts) for call in bounded.calls[:-1])


@pytest.mark.parametrize("every", [1, 0])
def test_a_clip_whose_frames_are_too_large_is_decoded_once_if_its_people_are_not(
    every: int,
) -> None:
    videos = [video_of(1, 70)]
    # Some frames are kept as a whole until people are cut out of them.
    most = 70 * 8 * PERSON
    assert most < 70 * FRAME / 10
    wanted, whole_decoded = load(videos, Whole(), most=most, people=[first], every=every)
    found, decoded = load(videos, Cutting(), most=most, people=[first], every=every)
    assert_same(found, wanted)
    assert (whole_decoded, decoded) == (2, 1)


def test_people_are_cut_anew_only_where_their_boxes_were_moved() -> None:
    videos = [video_of(2, 30)]
    still, moving = Cutting(), Cutting()
    (clip,), _ = load(videos, still, most=10**6)
    present = clip.fields["bbox_score"].values > 0
    assert still.cuts == present.sum()
    _, decoded = load(videos, moving, most=10**6, people=[moved])
    assert moving.cuts == present.sum() + present[:, ::3].sum()
    assert decoded == 2


def test_a_person_who_cannot_be_cut_out_matters_only_if_chosen() -> None:
    class Choosy(Cutting):
        def cut(self, frame: np.ndarray, boxes: np.ndarray) -> list[Any]:
            if len(boxes) > 1:
                raise ClipError("a box is too small")
            return super().cut(frame, boxes)

    videos = [video_of(3, 20)]
    wanted, _ = load(videos, Whole(), most=10**9, people=[first])
    assert_same(load(videos, Choosy(), most=10**9, people=[first])[0], wanted)
    ((kind, message),), _ = load(videos, Choosy(), most=10**9)
    assert kind is ClipError
    assert "a box is too small" in message


def test_a_model_that_cuts_too_few_people_is_named() -> None:
    class Short(Cutting):
        def cut(self, frame: np.ndarray, boxes: np.ndarray) -> list[Any]:
            return super().cut(frame, boxes)[1:]

    ((kind, message),), _ = load([video_of(4, 5)], Short(), most=10**9)
    assert kind is PluginError
    assert "the pose-model 'toy' cut " in message
    assert "people out of" in message


def test_a_video_that_is_shorter_the_second_time_is_an_error() -> None:
    shrinking = iter([video_of(5, 40), video_of(5, 10)])

    class Videos(list[list[np.ndarray]]):
        def __getitem__(self, number: Any) -> Any:
            return next(shrinking)

    ((kind, message),), _ = load(Videos([[]]), Whole(), most=0)
    assert kind is ClipError
    assert "it changed" in message
