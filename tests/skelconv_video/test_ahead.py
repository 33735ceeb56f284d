"""Clips that are decoded while the one before is in use."""

from collections import Counter
from collections.abc import Iterator
from threading import Event
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest

from skelconv import Clip, ClipError
from skelconv.plugin import Item
from skelconv_video import source
from skelconv_video.clips import clip_of_boxes
from skelconv_video.decode import Cut, Decoding
from skelconv_video.pictures import Converter, Picture

SECOND_BEGUN = Event()
A, B, GONE = (Item(name) for name in ("a", "b", "gone"))


class Listing:
    """Videos that are not read; one of them is gone."""

    def wanted(self, item: Item) -> Any:
        if item == GONE:
            raise ClipError("it is not there any more")
        return SimpleNamespace(footage=SimpleNamespace(where=item.id), label=None, cut=Cut())


class Finder:
    """Finds the same person in every frame."""

    across_clips = False

    def __call__(self, clip_id: str, label: int | None, frames: Any) -> Iterator[Clip]:
        boxes = [np.array([[1, 2, 30, 40, 0.5]], np.float32) for _ in frames.look()]
        return clip_of_boxes(clip_id, label, frames.shape, boxes)
        yield


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each clip's decoding was begun."""
    counts = Counter[str]()
    SECOND_BEGUN.clear()

    def decode(footage: Any, cut: Cut, how: Decoding) -> Iterator[Picture]:
        counts[footage.where] += 1
        if footage.where == "b":
            SECOND_BEGUN.set()
        return iter([Converter().picture(av.VideoFrame(64, 48, "gray"))] * 3)

    monkeypatch.setattr(source, "decode", decode)
    return counts


def made() -> source.VideoPose:
    return source.VideoPose(
        Listing(),  # type: ignore[arg-type]
        Decoding(),
        finder=Finder,
        people=(),
        model=None,
        keep_boxes=True,
    )


def test_each_clip_is_decoded_once(begun: Counter[str]) -> None:
    video = made()
    video.expect([B])
    assert video.load(A).total_frames == 3
    assert SECOND_BEGUN.wait(60)
    assert begun == {"a": 1, "b": 1}
    assert video.load(B).id == "b"
    assert begun == {"a": 1, "b": 1}


def test_what_was_expected_behind_a_clip_that_is_gone_is_not_begun_again(
    begun: Counter[str],
) -> None:
    video = made()
    video.expect([A])
    with pytest.raises(ClipError, match="not there any more"):
        video.load(GONE)
    assert video.load(A).id == "a"
    assert begun == {"a": 1}


def test_an_expected_clip_that_is_gone_fails_when_it_is_loaded(begun: Counter[str]) -> None:
    video = made()
    video.expect([GONE])
    assert video.load(A).id == "a"
    with pytest.raises(ClipError, match="not there any more"):
        video.load(GONE)
