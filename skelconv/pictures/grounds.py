"""What is behind the people of a picture: plain paper, the video, or their heatmaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
from PIL import Image

from skelconv.data.clip import Array, Clip
from skelconv.data.errors import DatasetError
from skelconv.datasets.heatmaps import Kind, heatmaps, squared
from skelconv.pictures import palette
from skelconv.pictures.camera import Projected
from skelconv.pictures.footage import frames_of

# Height and width of the heatmaps that PoseConv3D is trained on, and their sigma.
_SIZE, _SIGMA = 64, 0.6
_RAMP = np.array([palette.ramp(step / 255) for step in range(256)], np.uint8)


class Ground(Protocol):
    """What is behind people. Frames are asked for in ascending order."""

    def frame(self, number: int) -> Array:
        """Return the picture behind one frame.

        Parameters
        ----------
        number : int
            The frame, from 0.

        Returns
        -------
        ndarray of uint8 of shape (H, W, 3)
            RGB.
        """
        ...


class Paper:
    """Plain paper.

    Parameters
    ----------
    width, height : int
        Its size in pixels.
    """

    def __init__(self, width: int, height: int) -> None:
        self._picture = np.full((height, width, 3), palette.PAPER, np.uint8)

    def frame(self, number: int) -> Array:
        """Return the same for each frame.

        Parameters
        ----------
        number : int
            The frame.

        Returns
        -------
        ndarray of uint8 of shape (H, W, 3)
            RGB.
        """
        return self._picture


class Video:
    """The video of a clip, cut and scaled as its people are.

    Parameters
    ----------
    path : str
        The video.
    placed : Projected
        Where people are in the picture.
    clip : Clip
        The clip.
    first : int
        The frame of the video that is the clip's first.
    """

    def __init__(self, path: str, placed: Projected, clip: Clip, first: int = 0) -> None:
        self._path = path
        self._placed = placed
        self._clip = clip
        self._frames: Iterator[Array] = frames_of(path)
        self._first = first
        self._next = 0
        self._last: Array | None = None

    def frame(self, number: int) -> Array:
        """Decode one frame; the last one again where the video has ended.

        Parameters
        ----------
        number : int
            The frame, not before one that was asked for already.

        Returns
        -------
        ndarray of uint8 of shape (H, W, 3)
            RGB.

        Raises
        ------
        DatasetError
            When it cannot be decoded, or has another size than the clip's image.
        """
        while self._next <= self._first + number:
            decoded = next(self._frames, None)
            self._next += 1
            if decoded is None:
                break
            self._last = decoded
        if self._last is None:
            raise DatasetError("it has no frames", where=self._path)
        shape = self._last.shape[:2]
        if self._clip.img_shape not in (None, shape):
            raise DatasetError(
                f"its frames are {shape[0]} x {shape[1]} pixels (height x width), and img_shape of "
                f"{self._clip.id!r} is {self._clip.img_shape}",
                where=self._path,
            )
        return cut_out(self._last, self._placed)


class Heat:
    """The heatmaps that PoseConv3D is trained on, the brightest channel at each pixel.

    Parameters
    ----------
    clip : Clip
        A clip in pixels.
    kind : {"keypoint", "limb"}
        As of `skelconv.heatmaps`.
    height : int
        About the height of the picture: each pixel of a heatmap is a square of whole pixels.
    channels : sequence of int
        The joints, or limbs, to show; empty for all.

    Attributes
    ----------
    side : int
        The height and width of the picture in pixels.
    """

    def __init__(self, clip: Clip, kind: Kind, height: int, channels: Sequence[int] = ()) -> None:
        self._clip = squared(clip, _SIZE)
        self._kind = kind
        self._channels = list(channels)
        self._zoom = max(round(height / _SIZE), 1)
        self.side = _SIZE * self._zoom

    def frame(self, number: int) -> Array:
        """Draw the heatmaps of one frame.

        Parameters
        ----------
        number : int
            The frame.

        Returns
        -------
        ndarray of uint8 of shape (H, W, 3)
            RGB.
        """
        bright = brightest(self._clip, number, self._kind, self._channels)
        colored = _RAMP[(bright * 255 + 0.5).astype(np.uint8)]
        return colored.repeat(self._zoom, axis=0).repeat(self._zoom, axis=1)


class HeatOver:
    """Heatmaps over another picture.

    Parameters
    ----------
    ground : Ground
        What is behind them.
    clip : Clip
        A clip in pixels.
    placed : Projected
        Where people are in the picture.
    kind : {"keypoint", "limb"}
        As of `skelconv.heatmaps`.
    channels : sequence of int
        The joints, or limbs, to show; empty for all.
    """

    def __init__(
        self,
        ground: Ground,
        clip: Clip,
        placed: Projected,
        kind: Kind,
        channels: Sequence[int] = (),
    ) -> None:
        self._ground = ground
        self._clip = clip.replace(
            keypoint=placed.points, img_shape=(placed.height, placed.width), fields={}
        )
        self._kind = kind
        self._channels = list(channels)
        # As wide as in such heatmaps, of people who fill the picture.
        self._sigma = max(placed.height, placed.width) / _SIZE * _SIGMA

    def frame(self, number: int) -> Array:
        """Draw the heatmaps of one frame over what is behind them.

        Parameters
        ----------
        number : int
            The frame.

        Returns
        -------
        ndarray of uint8 of shape (H, W, 3)
            RGB.
        """
        bright = brightest(self._clip, number, self._kind, self._channels, self._sigma)
        colored = _RAMP[(bright * 255 + 0.5).astype(np.uint8)].astype(np.float32)
        share = (0.25 + 0.75 * bright[..., None]).astype(np.float32)
        mixed = self._ground.frame(number) * (1 - share) + colored * share
        return mixed.astype(np.uint8)


def brightest(
    clip: Clip, frame: int, kind: Kind, channels: Sequence[int] = (), sigma: float = _SIGMA
) -> Array:
    """Return the maximum over the heatmaps of one frame.

    Parameters
    ----------
    clip : Clip
        A clip in pixels.
    frame : int
        The frame.
    kind : {"keypoint", "limb"}
        As of `skelconv.heatmaps`.
    channels : sequence of int
        The joints, or limbs, to take; empty for all.
    sigma : float
        As of `skelconv.heatmaps`.

    Returns
    -------
    ndarray of float32 of shape (H, W)
        From 0 to 1.

    Raises
    ------
    DatasetError
        When there is no such channel.
    """
    if frame >= clip.total_frames:
        return np.zeros(clip.img_shape or (1, 1), np.float32)
    volume = heatmaps(clip.take("T", [frame]), kind, size=None, sigma=sigma)[:, 0]
    if channels:
        beyond = [channel for channel in channels if not 0 <= channel < len(volume)]
        if beyond:
            raise DatasetError(
                f"there is no heatmap {beyond[0]}: the clip {clip.id!r} has {len(volume)}, from 0"
            )
        volume = volume[list(channels)]
    bright: Array = np.clip(volume.max(axis=0, initial=0.0), 0.0, 1.0)
    return bright


def cut_out(picture: Array, placed: Projected) -> Array:
    """Cut the part out of a picture that people are placed in, and scale it.

    Parameters
    ----------
    picture : ndarray of uint8 of shape (H, W, 3)
        RGB.
    placed : Projected
        Where people are.

    Returns
    -------
    ndarray of uint8 of shape (height, width, 3)
        Black where it is outside.
    """
    left, top = placed.corner
    right, bottom = left + placed.width / placed.scale, top + placed.height / placed.scale
    high, wide = picture.shape[:2]
    room = max(0, int(np.ceil(max(-left, -top, right - wide, bottom - high))))
    padded = np.pad(picture, ((room, room), (room, room), (0, 0)))
    box = (left + room, top + room, right + room, bottom + room)
    image = Image.fromarray(np.ascontiguousarray(padded))
    size = (placed.width, placed.height)
    return np.asarray(image.resize(size, Image.Resampling.BICUBIC, box))
