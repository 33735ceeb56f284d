"""What a clip's frames are decoded from: a video, or a series of images."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from functools import partial

from skelconv import ClipError
from skelconv_video.decode import Cut, Decoding
from skelconv_video.pictures import MOST_BYTES, Converter, Picture
from skelconv_video.places import Place, place_at
from skelconv_video.reading import opened, video_stream
from skelconv_video.timing import Timed, TimedFrame

# Decoders that give damaged frames without an error, and different ones when they decode several
# frames at once, VP8 also when it decodes slices of one. VP8 has packets that give no frame, too.
_BY_SLICES = {"ffv1"}
_ALONE = {"vp8"}


class VideoFile:
    """A video.

    Parameters
    ----------
    path : str
        Its path in the place.
    place : Place, optional
        Where it lies; by default in the working folder.
    """

    def __init__(self, path: str, place: Place | None = None) -> None:
        self._path = path
        self._place = place or place_at("")
        self.where = self._place.locate(path)

    @contextmanager
    def opened(  # numpydoc ignore=PR01
        self, cut: Cut, how: Decoding, *, quick: bool
    ) -> Iterator[Timed]:
        """Open it; see `skelconv_video.decode.Footage`."""
        with self._place.opened(self._path) as file, opened(file, self.where) as container:
            stream = video_stream(container, self.where)
            codec = stream.codec_context.name
            quick = quick and codec not in _ALONE
            stream.thread_type = "SLICE" if codec in _BY_SLICES else "AUTO"
            stream.codec_context.thread_count = how.threads if quick else 1
            if quick:
                # Otherwise damage of a frame may be known only after it was given.
                stream.codec_context.options = {"err_detect": "explode"}
            yield Timed(
                container,
                stream,
                self.where,
                strict=quick or how.damaged == "refuse",
                start=cut.start,
                by_time=(how.fps, cut.start, cut.end) != (None, None, None),
                every=quick,
                threads=how.threads,
            )


class Images:
    """A series of images.

    Parameters
    ----------
    place : Place
        Where they lie.
    folder : str
        The path in the place of the folder that they are in.
    names : sequence of str
        Their names, in the order of frames.
    fps : float, optional
        How many of them there are in a second.
    """

    def __init__(self, place: Place, folder: str, names: Sequence[str], fps: float | None) -> None:
        self._place = place
        self._paths = [f"{folder}/{name}" if folder else name for name in names]
        self._fps = None if fps is None else Fraction(fps).limit_denominator(1_000_000)
        self.where = place.locate(folder)

    @contextmanager
    def opened(  # numpydoc ignore=PR01
        self, cut: Cut, how: Decoding, *, quick: bool
    ) -> Iterator[_Shown]:
        """Open them; see `skelconv_video.decode.Footage`."""
        if self._fps is None and (how.fps, cut.start, cut.end) != (None, None, None):
            raise ClipError("images have no times: say image_fps", path=self.where)
        yield _Shown(self._place, self._paths, self._fps or Fraction(1), how)


class _Shown:
    """Images, each with the time in which it is shown."""

    def __init__(self, place: Place, paths: Sequence[str], fps: Fraction, how: Decoding) -> None:
        self.damaged = False
        self._place = place
        self._paths = paths
        self._fps = fps
        self._strict = how.damaged == "refuse"
        self._converter = Converter(threads=how.threads)

    def __iter__(self) -> Iterator[TimedFrame]:
        for number, path in enumerate(self._paths):
            picture = partial(self._picture, path)
            yield TimedFrame(picture, number / self._fps, (number + 1) / self._fps)

    def check_end(self, end: float | None = None) -> None:
        """Check nothing: what there is of them is all."""

    def _picture(self, path: str) -> Picture | None:
        try:
            return self._converter.image(self._place.read(path, MOST_BYTES), strict=self._strict)
        except (ClipError, ValueError) as error:
            self.damaged = True
            if not self._strict:
                return None
            reason = error.reason if isinstance(error, ClipError) else str(error)
            what = f"{reason}; 'damaged: keep' leaves such images out"
            raise ClipError(what, path=self._place.locate(path)) from error
