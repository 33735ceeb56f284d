"""People of many frames in batches: what pose models that go from boxes to joints share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import numpy as np

from skelconv.clip import Array
from skelconv.prefetch import ahead, batches
from skelconv.stages import Poses

Ready = TypeVar("Ready")

Person = tuple[Array, Array]
"""A frame (H, W, 3), and the box (4,) of somebody in it."""


def top_down(
    frames: Sequence[Array],
    boxes: Sequence[Array],
    *,
    joints: int,
    batch: int,
    turn: Callable[[Array], Array] | None = None,
    prepare: Callable[[Sequence[Person]], Ready],
    run: Callable[[Ready], Iterable[tuple[Array, Array]]],
) -> list[Poses]:
    """Find the joints of the people in each frame, batch by batch, whichever frame they are in.

    Parameters
    ----------
    frames, boxes : sequence of ndarray
        As `skelconv.PoseModel.estimate` is given them.
    joints : int
        V.
    batch : int
        How many people at once; what is left over goes in powers of two.
    turn : callable, optional
        Gives a frame as `prepare` wants it, once for all who are in it in a batch.
    prepare : callable
        Makes of people what `run` takes. In a thread, while the model runs on the batch before.
    run : callable
        Gives of each of them the joints (V, 2) and their scores (V,).

    Returns
    -------
    list of Poses
        What `skelconv.PoseModel.estimate` returns.

    Raises
    ------
    ValueError
        When `run` does not give as many as there are people.
    """
    people = [
        (frame, box)
        for frame, in_frame in zip(frames, boxes, strict=True)
        for box in in_frame.reshape(-1, 4)
    ]
    keypoint = np.zeros((len(people), joints, 2), np.float32)
    score = np.zeros((len(people), joints), np.float32)
    done = 0

    def prepared() -> Iterator[tuple[int, Ready]]:
        for some in batches(people, batch):
            yield len(some), prepare(some if turn is None else _turned(some, turn))

    for count, ready in ahead(prepared()):
        for number, found in zip(range(done, done + count), run(ready), strict=True):
            keypoint[number], score[number] = found
        done += count
    ends = np.cumsum([len(in_frame) for in_frame in boxes])
    return [
        Poses(keypoint[end - len(in_frame) : end], score[end - len(in_frame) : end])
        for in_frame, end in zip(boxes, ends, strict=True)
    ]


def _turned(people: Sequence[Person], turn: Callable[[Array], Array]) -> list[Person]:
    frames = {id(frame): frame for frame, _ in people}
    turned = {key: turn(frame) for key, frame in frames.items()}
    return [(turned[id(frame)], box) for frame, box in people]
