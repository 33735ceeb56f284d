"""Frames out of which people are cut at the first look, and kept in place of the frames."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import numpy as np

from skelconv.vision import ahead
from skelconv_video.chunks import CHUNK_BYTES, Frames, converted
from skelconv_video.clips import Floats, are_people
from skelconv_video.guarded import GuardedPoseModel
from skelconv_video.pictures import Frame, Picture

# Frames whose people are cut out again while the model is in use.
_AHEAD = 8


class CutFrames(Frames):
    """The frames of a clip, and the people who were cut out of them while they were there.

    Parameters
    ----------
    decode : callable
        As of `Frames`.
    model : GuardedPoseModel
        A pose model that cuts.
    """

    cuts = True

    def __init__(self, decode: Callable[[], Iterator[Picture]], model: GuardedPoseModel) -> None:
        super().__init__(decode, parts=True)
        self._model = model
        self._cutting: Future[None] | None = None

    def found(  # numpydoc ignore=PR01
        self, first: int, chunk: Sequence[Frame], boxes: Sequence[Floats]
    ) -> None:
        """Cut all people out of frames, in a thread; see `Frames`."""
        self._wait()
        corners = [each[are_people(each), :4].astype(np.float32) for each in boxes]
        thread = ThreadPoolExecutor(1, "skelconv-cut")
        self._cutting = thread.submit(self._keep_people, first, chunk, corners)
        thread.shutdown(wait=False)

    def _wait(self) -> None:
        cutting, self._cutting = self._cutting, None
        if cutting is not None:
            cutting.result()

    def _keep_people(self, first: int, chunk: Sequence[Frame], boxes: Sequence[Floats]) -> None:
        for number, (frame, some) in enumerate(zip(chunk, boxes, strict=True), first):
            size = len(some) * self._model.cut_bytes
            if size > self._kept.room(number):
                continue
            # What is wrong with people who are wanted is raised when they are asked for.
            with suppress(Exception):
                people = zip(some, self._model.cut(frame, some), strict=True)
                self._kept.replace(number, {box.tobytes(): who for box, who in people}, size)

    def people(self, boxes: Sequence[Floats]) -> Iterator[list[Sequence[Any]]]:
        """Give what was cut out for some boxes, after the first look at all frames.

        Frames are looked at again where it was not kept, or where boxes were moved since.

        Parameters
        ----------
        boxes : sequence of ndarray of shape (N, 4)
            The boxes of each frame.

        Yields
        ------
        list of sequence
            For each of the next frames what was cut out for each box. There are more of them than
            in a chunk of frames, so that the model's batches are full; how many depends on how
            many people are in them alone.
        """
        self._wait()
        gathered: list[Sequence[Any]] = []
        size = 0
        for people in self._people(boxes):
            gathered.append(people)
            size += len(people) * self._model.cut_bytes
            if size >= CHUNK_BYTES:
                yield gathered
                gathered, size = [], 0
        if gathered:
            yield gathered

    def _people(self, boxes: Sequence[Floats]) -> Iterator[Sequence[Any]]:
        kept = [self._kept.people(number, some) for number, some in enumerate(boxes)]
        there = [people for people in kept if people is not None]
        return iter(there) if len(there) == len(kept) else ahead(self._cut(boxes, kept), _AHEAD)

    def _cut(
        self, boxes: Sequence[Floats], kept: Sequence[Sequence[Any] | None]
    ) -> Iterator[Sequence[Any]]:
        """Give what was kept, and cut anew what was not."""
        lacking = (number for number, people in enumerate(kept) if people is None)
        frames = ahead(converted(self._again(lacking)))
        for some, people in zip(boxes, kept, strict=True):
            yield self._model.cut(next(frames), some) if people is None else people
