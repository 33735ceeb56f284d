"""Frames of the video that a clip is of, one after the other."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from skelconv.data.clip import Array
from skelconv.data.errors import DatasetError

_ENDINGS = (".mp4", ".avi", ".mkv", ".mov", ".webm", ".m4v", ".mpg", ".mpeg", ".wmv", ".ts")
# A clip that was cut from a recording ends so: frames 120 to 184, the second person.
_CUT = re.compile(r"@(\d{1,9})-\d{1,9}$|#\d{1,9}$")


class Footage(NamedTuple):
    """The video of a clip.

    Attributes
    ----------
    path : str
        The video.
    first : int
        Which of its frames is the first of the clip.
    """

    path: str
    first: int


def find_video(videos: str, clip_id: str) -> Footage:
    """Return the video of a clip.

    Parameters
    ----------
    videos : str
        A video, or a folder of videos that are named as the clips are, or as the recordings that
        they were cut from: ``walk.mp4`` has ``walk@000120-000184`` and ``walk#2``. Videos of NTU
        RGB+D may have ``_rgb`` behind the name.
    clip_id : str
        The clip.

    Returns
    -------
    Footage
        The video, and where the clip begins in it.

    Raises
    ------
    DatasetError
        When there is none.
    """
    names = list(_recordings(clip_id))
    if os.path.isfile(videos):
        stem = os.path.splitext(os.path.basename(videos))[0]
        own = (first for name, first in names if os.path.basename(name) == stem)
        return Footage(videos, next(own, names[-1][1]))
    for name, first in names:
        # An id is a name from a file: it must not point out of the folder.
        if os.path.isabs(name) or ".." in name.split("/"):
            break
        for tail in ("", "_rgb"):
            for ending in (*_ENDINGS, *map(str.upper, _ENDINGS)):
                path = os.path.join(videos, f"{name}{tail}{ending}")
                if os.path.isfile(path):
                    return Footage(path, first)
    raise DatasetError(f"there is no video of the clip {clip_id!r} here", where=videos)


def _recordings(clip_id: str) -> Iterator[tuple[str, int]]:
    """Yield a clip's id, and those of what it was cut from, each with the clip's first frame."""
    first = 0
    yield clip_id, first
    while cut := _CUT.search(clip_id):
        clip_id = clip_id[: cut.start()]
        first += int(cut[1] or 0)
        yield clip_id, first


def rate_of(path: str) -> float | None:
    """Return how many frames of a video are shown in a second.

    Parameters
    ----------
    path : str
        The video.

    Returns
    -------
    float or None
        None where it is not known, or PyAV is not installed.
    """
    try:
        import av
    except ImportError:
        return None
    try:
        with av.open(path) as container:
            rate = container.streams.video[0].average_rate
    except (av.FFmpegError, OSError, ValueError, IndexError):
        return None
    return float(rate) if rate else None


def frames_of(path: str) -> Iterator[Array]:
    """Decode a video.

    Parameters
    ----------
    path : str
        The video.

    Yields
    ------
    ndarray of uint8 of shape (H, W, 3)
        A frame as it is displayed, RGB.

    Raises
    ------
    DatasetError
        When it cannot be decoded.
    """
    import av  # the viewer finds videos without it

    try:
        with av.open(path) as container:
            if not container.streams.video:
                raise DatasetError("there are no pictures in it", where=path)
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            for frame in container.decode(stream):
                yield np.rot90(frame.to_ndarray(format="rgb24"), frame.rotation // 90)
    except (av.FFmpegError, OSError, ValueError) as error:
        raise DatasetError(f"it cannot be decoded: {error}", where=path) from error
