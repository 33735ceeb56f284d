"""Frames of the video that a clip is of, one after the other."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np

from skelconv.data.clip import Array
from skelconv.data.errors import DatasetError

_ENDINGS = (".mp4", ".avi", ".mkv", ".mov", ".webm", ".m4v", ".mpg", ".mpeg", ".wmv", ".ts")


def find_video(videos: str, clip_id: str) -> str:
    """Return the video of a clip.

    Parameters
    ----------
    videos : str
        A video, or a folder of videos that are named as the clips are. Videos of NTU RGB+D may have
        ``_rgb`` behind the name.
    clip_id : str
        The clip.

    Returns
    -------
    str
        Its path.

    Raises
    ------
    DatasetError
        When there is none.
    """
    if os.path.isfile(videos):
        return videos
    names = [
        f"{clip_id}{tail}{ending}"
        for tail in ("", "_rgb")
        for ending in (*_ENDINGS, *map(str.upper, _ENDINGS))
    ]
    # An id is a name from a file: it must not point out of the folder.
    leads_out = os.path.isabs(clip_id) or ".." in clip_id.split("/")
    for path in () if leads_out else (os.path.join(videos, name) for name in names):
        if os.path.isfile(path):
            return path
    raise DatasetError(f"there is no video of the clip {clip_id!r} here", where=videos)


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
