"""The frames of a clip in chunks: decoded and converted ahead, and kept for a second look."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, islice
from typing import TypeVar

from skelconv import ClipError
from skelconv.vision import ahead, give_memory_back, memory_of_a_core
from skelconv_video.clips import Floats
from skelconv_video.kept import Kept
from skelconv_video.pictures import Frame, Picture

T = TypeVar("T", Frame, Picture)

CHUNK_FRAMES = 64
CHUNK_BYTES = 128 * 2**20
# Models take frames in batches, mostly of 8, which the end of a chunk should not cut.
_MULTIPLE = 8
# What is decoded at once, before it is converted.
_DECODED_FRAMES = 8
_DECODED_BYTES = 16 * 2**20
# How many times that is decoded ahead.
_DECODED_AHEAD = 4
# Bytes of frames in RGB.
_GIVEN_BACK_AFTER = 256 * 2**20
_KEPT_AT_LEAST = 256 * 2**20


@cache
def kept_bytes() -> int:
    """Return how large a clip may be that is kept: a quarter of the memory of each core.

    Returns
    -------
    int
        Bytes of what is kept of its frames; 256 MB at least.
    """
    return max(_KEPT_AT_LEAST, memory_of_a_core() // 4)


class Frames:
    """The frames of a clip, as often as they are looked at.

    A thread begins to decode them at once, up to a bounded number. They are kept as they are
    decoded, mostly in YUV. Memory does not grow with the clip: one that is too long to be kept is
    decoded again. `skelconv_video.cutting.CutFrames` keeps less of each.

    Parameters
    ----------
    decode : callable
        Returns the frames, the same each time.
    keep : bool
        Whether they are looked at more than once.
    parts : bool
        Whether it is of use to keep some where there is no room for all.

    Attributes
    ----------
    total : int
        How many there are; known after the first look.
    shape : (int, int)
        Their height and width; known from the first frame on.
    cuts : bool
        Whether `found` cuts people out of frames.
    """

    cuts = False

    def __init__(
        self,
        decode: Callable[[], Iterator[Picture]],
        *,
        keep: bool = True,
        parts: bool = False,
    ) -> None:
        self.total = 0
        self.shape = 0, 0
        self._decode = decode
        self._parts = parts
        self._kept = Kept(kept_bytes() if keep else 0)
        self._looked = False
        self._begun: Iterator[list[Picture]] | None = self._decoded()

    def is_short(self, most: Callable[[tuple[int, int]], int]) -> bool:
        """Return whether there are no more frames than some number, which are decoded to see it.

        Parameters
        ----------
        most : callable
            Returns that number for the height and width of the frames.

        Returns
        -------
        bool
            False also where they cannot be decoded, which is raised at the first look. If true,
            `total` and `shape` are known.
        """
        begun, self._begun = self._begun or self._decoded(), None
        first: list[list[Picture]] = []
        total = 0
        try:
            for decoded in begun:
                first.append(decoded)
                total += len(decoded)
                if total > most(decoded[0].shape):
                    self._begun = chain(first, begun)
                    return False
        except Exception as error:
            self._begun = chain(first, _raising(error))
            return False
        self._begun = iter(first)
        if total:
            self.total, self.shape = total, first[0][0].shape
        return total > 0

    def _decoded(self) -> Iterator[list[Picture]]:
        decoded = _gathered(self._decode(), _DECODED_FRAMES, _DECODED_BYTES)
        return ahead(decoded, _DECODED_AHEAD)

    def look(self) -> Iterator[Picture]:
        """Look at all frames as they are decoded.

        Yields
        ------
        Picture
            The next frame.
        """
        if self._looked:
            yield from self._again(range(self.total))
            return
        begun, self._begun = self._begun, None
        total = 0
        for decoded in begun or self._decoded():
            self.shape = decoded[0].shape
            for number, picture in enumerate(decoded, total):
                if not (self._kept.put(number, picture) or self._parts):
                    self._kept = Kept(0)
            total += len(decoded)
            yield from decoded
        self.total = total
        self._looked = True

    def _again(self, numbers: Iterable[int]) -> Iterator[Picture]:
        """Look at some frames again, in their order; decode them again if one was not kept."""
        decoded: Iterator[Picture] | None = None
        passed = 0
        for number in numbers:
            picture = self._kept.picture(number)
            if picture is None:
                decoded = decoded or chain.from_iterable(self._decoded())
                picture = next(islice(decoded, number - passed, None), None)
                passed = number + 1
            if picture is None:
                raise ClipError("it changed: the second time there were fewer frames in it")
            yield picture

    def chunks(self, every: int = 1) -> Iterator[list[Frame]]:
        """Look at frames as arrays, in chunks that are converted in a thread, one chunk ahead.

        Parameters
        ----------
        every : int
            n: every n-th frame; the others are not converted.

        Yields
        ------
        list of ndarray of shape (H, W, 3)
            The next frames.
        """
        yield from ahead(chunked(converted(islice(self.look(), 0, None, every))))

    def found(self, first: int, chunk: Sequence[Frame], boxes: Sequence[Floats]) -> None:
        """Take note of the people in frames of the first look.

        Parameters
        ----------
        first : int
            The number of the first of these frames, which follow each other.
        chunk : sequence of ndarray of shape (H, W, 3)
            The frames.
        boxes : sequence of ndarray of shape (N, 5)
            For each frame the boxes and scores of its people.
        """


def converted(pictures: Iterator[Picture]) -> Iterator[Frame]:
    """Convert frames, and give memory back now and then.

    Parameters
    ----------
    pictures : iterator of Picture
        The frames.

    Yields
    ------
    ndarray of shape (H, W, 3)
        The next frame.
    """
    passed = 0
    for picture in pictures:
        rgb = picture.rgb()
        passed += rgb.nbytes
        yield rgb
        if passed > _GIVEN_BACK_AFTER:
            give_memory_back()
            passed = 0


def _raising(error: Exception) -> Iterator[list[Picture]]:
    yield from ()
    raise error


def chunked(frames: Iterable[Frame]) -> Iterator[list[Frame]]:
    """Gather frames in lists of bounded length and size, which depend only on the frames.

    Parameters
    ----------
    frames : iterable of ndarray of shape (H, W, 3)
        The frames.

    Returns
    -------
    iterator of list of ndarray of shape (H, W, 3)
        The next frames.
    """
    return _gathered(frames, CHUNK_FRAMES, CHUNK_BYTES)


def _gathered(frames: Iterable[T], count: int, size: int) -> Iterator[list[T]]:
    gathered: list[T] = []
    for frame in frames:
        gathered.append(frame)
        most = max(1, min(count, size // max(1, frame.nbytes)))
        if len(gathered) == (most // _MULTIPLE * _MULTIPLE or most):
            yield gathered
            gathered = []
    if gathered:
        yield gathered
