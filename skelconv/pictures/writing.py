"""Pictures into files: mp4, WebP, GIF, PNG and SVG."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
import numpy as np
from PIL import Image

from skelconv.data.clip import Array
from skelconv.data.errors import DatasetError
from skelconv.files.writing import drafted

MOVING = (".mp4", ".webp", ".gif")
STILL = (".png", ".svg")


@contextlib.contextmanager
def _written(path: Path) -> Iterator[Path]:
    """Give a file to write, as `drafted` does it, and say what went wrong.

    Parameters
    ----------
    path : Path
        The file.

    Yields
    ------
    Path
        Where to write it.

    Raises
    ------
    DatasetError
        When it cannot be written.
    """
    try:
        with drafted(path) as draft:
            yield draft
    except (OSError, av.FFmpegError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DatasetError(f"it cannot be written: {reason}", where=str(path)) from error


def write_film(path: Path, frames: Iterable[Array], fps: float) -> None:
    """Write a moving picture: mp4 with one frame at a time in memory, WebP and GIF with all.

    Parameters
    ----------
    path : Path
        The file, with one of the endings of `MOVING`.
    frames : iterable of ndarray of uint8 of shape (H, W, 3)
        At least one frame, RGB.
    fps : float
        Frames per second.

    Raises
    ------
    DatasetError
        When it cannot be written.
    """
    with _written(path) as draft:
        if path.suffix.lower() == ".mp4":
            _write_mp4(draft, frames, fps)
            return
        first, *others = (Image.fromarray(frame) for frame in frames)
        if path.suffix.lower() == ".gif":
            first, *others = (_with_palette(image) for image in (first, *others))
        shown = max(int(1000 / fps + 0.5), 1)  # milliseconds
        kind = path.suffix[1:].upper()  # the draft has another ending
        first.save(draft, kind, save_all=True, append_images=others, duration=shown, loop=0)


def write_text(path: Path, text: str) -> None:
    """Write a picture that is text.

    Parameters
    ----------
    path : Path
        The file.
    text : str
        An SVG file.

    Raises
    ------
    DatasetError
        When it cannot be written.
    """
    with _written(path) as draft:
        draft.write_text(text, encoding="utf-8")


def write_picture(path: Path, picture: Array) -> None:
    """Write a still picture.

    Parameters
    ----------
    path : Path
        The file.
    picture : ndarray of uint8 of shape (H, W, 3)
        RGB.

    Raises
    ------
    DatasetError
        When it cannot be written.
    """
    with _written(path) as draft:
        Image.fromarray(picture).save(draft, "PNG")


def _with_palette(image: Image.Image) -> Image.Image:
    return image.quantize(255, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)


def _write_mp4(path: Path, frames: Iterable[Array], fps: float) -> None:
    ordered = iter(frames)
    first = next(ordered)
    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as container:
        stream = container.add_stream("libx264", rate=Fraction(fps).limit_denominator(1000))
        # Half as many colours as pixels in both directions: sides must be even.
        stream.height, stream.width = (side + side % 2 for side in first.shape[:2])
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": "18", "preset": "fast"}
        for picture in chain([first], ordered):
            room = [(0, side % 2) for side in picture.shape[:2]]
            even = np.pad(picture, (*room, (0, 0)), mode="edge")
            container.mux(stream.encode(av.VideoFrame.from_ndarray(even, format="rgb24")))
        container.mux(stream.encode())
