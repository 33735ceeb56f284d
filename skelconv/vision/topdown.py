"""People of many frames in batches: what top-down pose models share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import numpy as np

from skelconv.data.clip import Array
from skelconv.plugin.interfaces.models import Poses
from skelconv.vision.batching import ahead, batches

Ready = TypeVar("Ready")

Person = tuple[Array, Array]
"""A frame (H, W, 3), and the box (4,) of a person in it."""


def top_down(
    frames: Sequence[Array],
    boxes: Sequence[Array],
    *,
    joints: int,
    batch: int,
    fixed: bool = False,
    turn: Callable[[Array], Array] | None = None,
    prepare: Callable[[Sequence[Person]], Ready],
    run: Callable[[Ready], Iterable[tuple[Array, Array]]],
) -> list[Poses]:
    """Find the joints of the people in each frame, in batches of people of several frames.

    Parameters
    ----------
    frames, boxes : sequence of ndarray
        As `skelconv.plugin.PoseModel.estimate` takes them.
    joints : int
        The number of joints, V.
    batch : int
        How many people are in a batch; the rest is in batches of powers of two.
    fixed : bool
        As of `batches`: `run` then gives only what is asked for, and fills the batch up.
    turn : callable, optional
        Changes a frame as `prepare` needs it, once for all people of a batch who are in it.
    prepare : callable
        From a batch of people to what `run` takes. In a thread, while the model runs on the batch
        before it.
    run : callable
        Gives for each of them the joints (V, 2) and their scores (V,).

    Returns
    -------
    list of Poses
        As `skelconv.plugin.PoseModel.estimate` returns them.

    Raises
    ------
    ValueError
        When `run` gives more or fewer than there are people.
    """
    people = [
        (frame, box)
        for frame, in_frame in zip(frames, boxes, strict=True)
        for box in in_frame.reshape(-1, 4)
    ]
    keypoint = np.zeros((len(people), joints, 2), np.float32)
    score = np.zeros((len(people), joints), np.float32)
    done = 0

    def _prepared() -> Iterator[tuple[int, Ready]]:
        for some in batches(people, batch, fixed=fixed):
            yield len(some), prepare(some if turn is None else _turned(some, turn))

    for count, ready in ahead(_prepared()):
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
