"""Short clips that share calls to models: each is as if it were alone."""

from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skelconv import Clip, ClipError
from skelconv.plugin import Item, Poses
from skelconv_video import source
from skelconv_video.box_files import ClipBoxes
from skelconv_video.decode import Cut, Decoding
from skelconv_video.finders import ByBoxes, ByDetector, ByPoseModel, Finder, TwoStages
from skelconv_video.guarded import GuardedDetector, GuardedPoseModel
from skelconv_video.pictures import Converter, Picture

NOBODY, CRASH, NOT_FINITE = 0, 250, 251


class Made(NamedTuple):
    """A video: a gray for each frame, and what is wrong with it."""

    grays: tuple[int, ...]
    width: int = 64
    broken: bool = False
    gone: bool = False


class Models:
    """A detector and a pose model whose answers depend on the gray of a frame."""

    layout = "coco17"

    def __init__(self, *, across_clips: bool) -> None:
        self.across_clips = across_clips
        self.calls: list[int] = []

    def detect(self, frames: Sequence[np.ndarray]) -> list[np.ndarray]:
        self.calls.append(len(frames))
        assert len({frame.shape for frame in frames}) == 1
        return [self._boxes(int(frame[0, 0, 0])) for frame in frames]

    def _boxes(self, gray: int) -> np.ndarray:
        if gray == CRASH:
            raise RuntimeError("a bug")
        score = np.nan if gray == NOT_FINITE else 0.5
        people = 0 if gray == NOBODY else gray % 3 + 1
        boxes = [[n, gray / 10, n + 20, gray / 10 + 20, score] for n in range(people)]
        return np.array(boxes, np.float32).reshape(-1, 5)

    def estimate(self, frames: Sequence[np.ndarray], boxes: Sequence[np.ndarray]) -> list[Poses]:
        assert len({frame.shape for frame in frames}) == 1
        poses = []
        for frame, some in zip(frames, boxes, strict=True):
            joints = np.repeat(some[:, np.newaxis, :2] + frame[0, 0, 0], 17, 1)
            poses.append(Poses(joints.astype(np.float32), joints[..., 0].astype(np.float32)))
        return poses


def run(clips: Sequence[Made], kind: str, *, across: bool) -> tuple[list[Any], list[int]]:
    """Load all clips as a worker does; return what comes of each, and the calls of the detector."""
    models = Models(across_clips=across)
    detector = GuardedDetector("the detector 'toy'", models)
    pose = GuardedPoseModel("the pose-model 'toy'", models)

    def finder() -> Finder:
        if kind == "boxes":
            box = np.array([[1, 2, 30, 40, 0.5]], np.float32)
            given = {
                f"clip{number}": ClipBoxes(dict.fromkeys(range(len(made.grays)), box), None, "")
                for number, made in enumerate(clips)
            }
            return ByBoxes(lambda clip_id, shape: given[clip_id])
        if kind == "at once":
            return ByPoseModel(TwoStages(detector, pose))
        return ByDetector(detector, 2 if kind == "every second" else 1)

    class Listing:
        def wanted(self, item: Item) -> Any:
            made = clips[item.ref]
            if made.gone:
                raise ClipError("it is not there any more")
            return SimpleNamespace(
                footage=SimpleNamespace(where=item.id, made=made), label=item.ref, cut=Cut()
            )

    def decode(footage: Any, cut: Cut, how: Decoding) -> Iterator[Picture]:
        for gray in footage.made.grays:
            frame = av.VideoFrame(footage.made.width, 48, "gray")
            frame.planes[0].update(bytes([gray]) * frame.planes[0].buffer_size)
            yield Converter().picture(frame)
        if footage.made.broken:
            raise ClipError("it is damaged")

    video = source.VideoPose(
        Listing(),  # type: ignore[arg-type]
        Decoding(),
        finder=finder,
        people=(),
        model=None if kind == "at once" else lambda: pose,
        keep_boxes=True,
    )
    items = [Item(f"clip{number}", number) for number in range(len(clips))]
    results: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "decode", decode)
        for number, item in enumerate(items, 1):
            video.expect(items[number:])
            try:
                results.append(video.load(item))
            except Exception as error:
                results.append((type(error), str(error)))
    return results, models.calls


def assert_same(found: Any, wanted: Any) -> None:
    if not isinstance(wanted, Clip):
        assert found == wanted
        return
    assert (found.id, found.label, found.layout) == (wanted.id, wanted.label, wanted.layout)
    np.testing.assert_array_equal(found.keypoint, wanted.keypoint)
    np.testing.assert_array_equal(found.keypoint_score, wanted.keypoint_score)
    assert found.fields.keys() == wanted.fields.keys()
    for name, field in wanted.fields.items():
        np.testing.assert_array_equal(found.fields[name].values, field.values)


KINDS = ("detector", "every second", "at once", "boxes")
GRAYS = st.one_of(st.integers(1, 100), st.sampled_from([1, 1, 1, NOBODY, CRASH, NOT_FINITE]))
VIDEOS = st.builds(
    Made,
    st.lists(GRAYS, min_size=1, max_size=70).map(tuple)
    | st.lists(st.integers(1, 100), min_size=1, max_size=20).map(tuple),
    st.sampled_from([64, 64, 64, 32]),
    st.sampled_from([False, False, False, True]),
    st.sampled_from([False, False, False, False, True]),
)


@settings(deadline=None, max_examples=40)
@given(clips=st.lists(VIDEOS, min_size=1, max_size=8), kind=st.sampled_from(KINDS))
def test_clips_and_errors_are_those_of_each_clip_alone(clips: list[Made], kind: str) -> None:
    alone, _ = run(clips, kind, across=False)
    together, calls = run(clips, kind, across=True)
    for found, wanted in zip(together, alone, strict=True):
        assert_same(found, wanted)
    assert all(count <= 64 for count in calls)


def test_short_clips_fill_calls_and_long_ones_stay_alone() -> None:
    short = [Made((number + 1,) * 10) for number in range(6)]
    clips = [*short, Made((9,) * 100), Made((5,) * 10, width=32), Made((5,) * 10)]
    assert run(clips, "detector", across=True)[1] == [60, 64, 36, 10, 10]
    assert run(clips, "detector", across=False)[1] == [10] * 6 + [64, 36, 10, 10]


def test_a_clip_that_fails_is_asked_for_again_without_the_others() -> None:
    clips = [Made((3,) * 5), Made((3, CRASH, 3)), Made((4,) * 6)]
    results, calls = run(clips, "detector", across=True)
    assert calls == [14, 5, 3, 6]
    assert [isinstance(each, Clip) for each in results] == [True, False, True]
    assert "a bug" in results[1][1]
