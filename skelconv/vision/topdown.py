"""People of many frames in batches: what top-down pose models share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

import numpy as np

from skelconv.data.clip import Array
from skelconv.plugin.interfaces.models import Poses
from skelconv.vision.batching import ahead, batches

Cut = TypeVar("Cut")
Ready = TypeVar("Ready")


def top_down(
    people: Iterable[Sequence[Cut]],
    *,
    joints: int,
    batch: int,
    fixed: bool = False,
    prepare: Callable[[Sequence[Cut]], Ready],
    run: Callable[[Ready], Iterable[tuple[Array, Array]]],
) -> list[Poses]:
    """Find the joints of the people in each frame, in batches of people of several frames.

    Parameters
    ----------
    people : iterable of sequence
        For each frame what was cut out of it for each person. It is used in a thread, as
        `prepare` is, so ``map(cut, frames, boxes)`` cuts while the model runs.
    joints : int
        The number of joints, V.
    batch : int
        How many people are in a batch; the rest is in batches of powers of two.
    fixed : bool
        As of `batches`: `run` then gives only what is asked for, and fills the batch up.
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
    counts: list[int] = []
    keypoint: list[Array] = []
    score: list[Array] = []

    def _each() -> Iterator[Cut]:
        for in_frame in people:
            counts.append(len(in_frame))
            yield from in_frame

    def _prepared() -> Iterator[tuple[int, Ready]]:
        each = _each()
        while full := list(islice(each, batch)):
            for some in batches(full, batch, fixed=fixed):
                yield len(some), prepare(some)

    for count, ready in ahead(_prepared()):
        for _, (points, sure) in zip(range(count), run(ready), strict=True):
            keypoint.append(points)
            score.append(sure)
    ends = np.cumsum(counts).tolist()
    return [
        Poses(
            np.asarray(keypoint[end - count : end], np.float32).reshape(count, joints, 2),
            np.asarray(score[end - count : end], np.float32).reshape(count, joints),
        )
        for count, end in zip(counts, ends, strict=True)
    ]
