"""Several clips at once: what they ask of a model in one call, each clip as if it were alone."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from skelconv_video.chunks import CHUNK_FRAMES, Frames

T = TypeVar("T")

_GROUP_BYTES = 2 * 128 * 2**20


class Ask(NamedTuple):
    """A question to a model, which a clip yields. It is sent the answers, one for each frame.

    Attributes
    ----------
    model : callable
        The method of the model.
    given : tuple of sequence
        What it is given: frames, and for some models their boxes; all of one length.
    """

    model: Callable[..., Sequence[Any]]
    given: tuple[Sequence[Any], ...]


Steps = Generator[Ask, Any, T]
"""What is done for a clip, up to its result."""


def answered(clips: Sequence[Steps[T]]) -> list[T | Exception]:
    """Do what is done for each clip, with one call for what several ask of a model.

    Where such a call fails, each clip asks for itself, so that an error is that of its own clip.

    Parameters
    ----------
    clips : sequence of generator
        What is done for each clip.

    Returns
    -------
    list of result or Exception
        For each clip, its result, or what was raised in its place.
    """
    results: dict[int, T | Exception] = {}
    asked: dict[int, Ask] = {}

    def _go_on(number: int, step: Callable[[Any], Ask], given: Any) -> None:
        asked.pop(number, None)
        try:
            asked[number] = step(given)
        except StopIteration as end:
            results[number] = end.value
        except Exception as error:
            results[number] = error

    for number, clip in enumerate(clips):
        _go_on(number, clip.send, None)
    while asked:
        model = next(iter(asked.values())).model
        some = {number: ask for number, ask in asked.items() if ask.model == model}
        for number, answer in zip(some, _answers(model, list(some.values())), strict=True):
            clip = clips[number]
            _go_on(number, clip.throw if isinstance(answer, Exception) else clip.send, answer)
    return [results[number] for number in range(len(clips))]


def _answers(
    model: Callable[..., Sequence[Any]], asks: Sequence[Ask]
) -> list[Sequence[Any] | Exception]:
    if len(asks) > 1:
        with suppress(Exception):  # whose it is shows below
            given = zip(*(ask.given for ask in asks), strict=True)
            found = iter(model(*(list(chain(*parts)) for parts in given)))
            return [[next(found) for _ in ask.given[0]] for ask in asks]
    answers: list[Sequence[Any] | Exception] = []
    for ask in asks:
        try:
            answers.append(model(*ask.given))
        except Exception as error:
            answers.append(error)
    return answers


def groups(clips: Iterable[T], frames_of: Callable[[T], Frames | Exception]) -> Iterator[list[T]]:
    """Put short clips whose frames have one size together, as many as fill a few batches.

    Parameters
    ----------
    clips : iterable
        The clips in order. One more than those of a group is taken, to see whether it fits.
    frames_of : callable
        Returns the frames of a clip, or why there are none.

    Yields
    ------
    list
        The next clips: one, or several that have 64 frames and 256 MB in RGB at most.
    """
    group: list[T] = []
    shape, left = (0, 0), 0
    for clip in clips:
        frames = frames_of(clip)
        if isinstance(frames, Exception) or not frames.is_short(most_frames):
            yield from [group] * bool(group)
            yield [clip]
            group = []
            continue
        if group and (frames.shape != shape or frames.total > left):
            yield group
            group = []
        if not group:
            shape, left = frames.shape, most_frames(frames.shape)
        group.append(clip)
        left -= frames.total
    if group:
        yield group


def most_frames(shape: tuple[int, int]) -> int:
    """Return how many frames the clips of a group have at most.

    Parameters
    ----------
    shape : (int, int)
        Their height and width.

    Returns
    -------
    int
        The number.
    """
    return min(CHUNK_FRAMES, _GROUP_BYTES // (3 * shape[0] * shape[1]))
