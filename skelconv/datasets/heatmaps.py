"""Heatmap volumes: what PoseConv3D is trained on."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, get_args

import numpy as np

from skelconv.data.clip import Array, Clip
from skelconv.plugin.loading import load_registry

Kind = Literal["keypoint", "limb"]

# A score below this is drawn as nothing.
_FAINT = 1e-4
# A box around all people with a side below this, in pixels, is not enlarged.
_SMALL = 10
# Coordinates further away than this many pixels are outside every image.
_FAR = 2.0**30
# MMAction2 does arithmetic with NumPy's scalars and Python's numbers, which gave float64 before
# NumPy 2 and gives float32 since. So is it here: the bits are those of the trainer beside it.
_Scalar = type(np.float32(1) - 1.0)


def heatmaps(
    clip: Clip,
    kind: Kind = "keypoint",
    *,
    sigma: float = 0.6,
    size: int | None = 64,
    padding: float = 0.25,
    use_score: bool = True,
) -> Array:
    """Draw each keypoint, or each limb, of each frame as a heatmap.

    It gives, to the bit, what MMAction2's ``PoseDecode``, ``PoseCompact(hw_ratio=1)``,
    ``Resize((-1, size))``, ``CenterCrop(size)`` and ``GeneratePoseTarget`` give one after the
    other, with axes in the order in which PoseConv3D takes them. The volume takes 4 bytes a pixel;
    what else is held is in proportion to the pixels that are drawn. Choose frames before
    (``clip.take("T", frames)``): the square is that around the people in all frames.

    Both kinds in one volume are two calls: MMAction2's ``with_kp`` and ``with_limb`` together draw
    limbs over keypoints and leave the other channels empty.

    Parameters
    ----------
    clip : Clip
        A clip in pixels, of shape (M, T, V, C). Only x and y are used.
    kind : {"keypoint", "limb"}
        A Gaussian around each keypoint; or one around each of the layout's L limbs, as high as the
        lower one of the scores of its two ends.
    sigma : float
        The standard deviation of the Gaussian, in pixels of the heatmap.
    size : int, optional
        Height and width of the heatmaps: those of the square around all people (see `squared`).
        With None they are drawn in the pixels of the clip's `img_shape`.
    padding : float
        How much larger than the people that square is.
    use_score : bool
        Whether the score of a keypoint is the height of its Gaussian; else all have height 1.

    Returns
    -------
    ndarray of float32 of shape (V or L, T, H, W)
        The volume. Where people overlap it has the maximum.

    Raises
    ------
    ValueError
        When the clip has no `img_shape`, or an option is out of its range.

    References
    ----------
    Duan et al., Revisiting Skeleton-based Action Recognition (2022).
    """
    if kind not in get_args(Kind):
        raise ValueError(f"kind is {kind!r}: it must be one of {', '.join(get_args(Kind))}")
    if not 0 < sigma < _FAR:
        raise ValueError(f"sigma is {sigma}: it must be above 0")
    if size is not None:
        clip = squared(clip, size, padding)
    height, width = _img_shape(clip)
    points = _float32(clip.keypoint[..., :2])
    scores = np.ones(points.shape[:3], np.float32)
    if use_score and clip.keypoint_score is not None:
        scores = _float32(clip.keypoint_score)
    if kind == "keypoint":
        volume = np.zeros((clip.keypoint.shape[2], clip.total_frames, height, width), np.float32)
        for person, heights in zip(points, scores, strict=True):
            _draw_points(volume, *_by_channel(person, heights), sigma)
        return volume
    limbs = load_registry().layout(clip.layout).limbs
    volume = np.zeros((len(limbs), clip.total_frames, height, width), np.float32)
    begin, end = np.array(limbs, np.int64).reshape(-1, 2).T
    for person, heights in zip(points, scores, strict=True):
        starts, start_scores = _by_channel(person[:, begin], heights[:, begin])
        ends, end_scores = _by_channel(person[:, end], heights[:, end])
        _draw_limbs(volume, starts, ends, start_scores, end_scores, sigma)
    return volume


def squared(clip: Clip, size: int, padding: float = 0.25) -> Clip:
    """Cut the square around all people out of the image, and scale it.

    Keypoints at x = 0 or y = 0 are missing, and are not moved in this axis. People less than 10
    pixels wide or high are not enlarged; the middle of the image is cut out then.

    Parameters
    ----------
    clip : Clip
        A clip in pixels.
    size : int
        The side of the square afterwards, in pixels.
    padding : float
        How much larger than the people it is: 0.25 is by a quarter.

    Returns
    -------
    Clip
        With float32 keypoints in pixels of an `img_shape` of (size, size).

    Raises
    ------
    ValueError
        When the clip has no `img_shape`, or an option is out of its range.
    """
    if size < 1:
        raise ValueError(f"size is {size}: it must be at least 1")
    if not padding >= 0:
        raise ValueError(f"padding is {padding}: it must be at least 0")
    shape = _img_shape(clip)
    points = _float32(clip.keypoint[..., :2])
    points[np.isnan(points)] = 0
    box = _around(points, padding)
    if box is not None:
        left, top, right, bottom = box
        for axis, begin in enumerate((left, top)):
            values = points[..., axis]
            values[values != 0] -= begin
        shape = (bottom - top, right - left)
    height, width = shape
    scale = size / min(height, width)
    scaled = tuple(int(side * scale + 0.5) for side in shape)
    factors = np.array([scaled[1] / width, scaled[0] / height], np.float32)
    points = points * factors
    points -= np.array([(scaled[1] - size) // 2, (scaled[0] - size) // 2], np.float32)
    return clip.replace(keypoint=points, img_shape=(size, size))


def _around(points: Array, padding: float) -> tuple[int, int, int, int] | None:
    """Return left, top, right and bottom of the box with equal sides, or None for a small one."""
    lows, sizes = [], []
    for axis in (0, 1):
        values = points[..., axis]
        values = values[values != 0]
        if not values.size or not np.isfinite(values).all():
            return None
        low, high = values.min(), values.max()
        if high - low < _SMALL:
            return None
        lows.append((high + low) / 2)
        sizes.append((high - low) / 2 * (1 + padding))
    half: Any = max(sizes[1], sizes[0]), max(sizes[0], sizes[1])
    x, y = lows
    return int(x - half[0]), int(y - half[1]), int(x + half[0]), int(y + half[1])


def _img_shape(clip: Clip) -> tuple[int, int]:
    if clip.img_shape is None:
        raise ValueError(f"the clip {clip.id!r} has no img_shape: heatmaps are of pixels")
    if min(clip.img_shape) < 1:
        raise ValueError(f"the clip {clip.id!r} has an img_shape of {clip.img_shape}")
    return clip.img_shape


def _float32(values: Array) -> Array:
    return np.array(values, np.float32)


def _by_channel(points: Array, scores: Array) -> tuple[Array, Array]:
    """Return (T, V, 2) and (T, V) in the order of the volume's heatmaps, one after the other."""
    return points.swapaxes(0, 1).reshape(-1, 2), scores.T.reshape(-1)


class _Pixels(NamedTuple):
    """The pixels of many windows, one after the other.

    Attributes
    ----------
    of : ndarray of int
        The window of each pixel.
    place : ndarray of int
        Where each pixel is in the volume, all of whose values are in one row.
    x, y : ndarray of float32
        Where it is in its heatmap.
    """

    of: Array
    place: Array
    x: Array
    y: Array


def _pixels(volume: Array, maps: Array, low: Array, high: Array, sigma: float) -> _Pixels:
    """Return the pixels within three sigma of boxes.

    Parameters
    ----------
    volume : ndarray of shape (N, T, H, W)
        The volume.
    maps : ndarray of int of shape (n,)
        The heatmap that each box is in.
    low, high : ndarray of float32 of shape (n, 2)
        The corners of the boxes (x, y).
    sigma : float
        The standard deviation.

    Returns
    -------
    _Pixels
        Those that are in the image.
    """
    height, width = volume.shape[2:]
    most = np.array([width, height])
    first = np.maximum(_whole(low.astype(_Scalar) - 3 * sigma), 0)
    last = np.minimum(_whole(high.astype(_Scalar) + 3 * sigma) + 1, most)
    columns, rows = np.maximum(last - first, 0).T
    count = columns * rows
    of = np.repeat(np.arange(len(maps)), count)
    within = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    down, right = np.divmod(within, columns[of])
    x, y = first[of, 0] + right, first[of, 1] + down
    place = (maps[of] * height + y) * width + x
    return _Pixels(of, place, x.astype(np.float32), y.astype(np.float32))


def _whole(values: Array) -> Array:
    """Cut off what is behind the point, as int() does."""
    return np.clip(values, -_FAR, _FAR).astype(np.int64)


def _draw_points(volume: Array, points: Array, scores: Array, sigma: float) -> None:
    """Draw one person's points, (n, 2), each into its own heatmap."""
    _draw_some_points(volume, np.arange(len(points)), points, scores, sigma)


def _draw_some_points(
    volume: Array, maps: Array, points: Array, scores: Array, sigma: float
) -> None:
    drawn = (scores >= _FAINT) & np.isfinite(points).all(axis=1)
    maps, points, scores = maps[drawn], points[drawn], scores[drawn]
    pixels = _pixels(volume, maps, points, points, sigma)
    center_x, center_y = points[pixels.of].T
    squares = np.square(pixels.x - center_x) + np.square(pixels.y - center_y)
    values = np.exp(-squares / 2 / sigma**2) * scores[pixels.of]
    _brighten(volume, pixels.place, values)


def _draw_limbs(
    volume: Array,
    starts: Array,
    ends: Array,
    start_scores: Array,
    end_scores: Array,
    sigma: float,
) -> None:
    """Draw one person's limbs, from (n, 2) to (n, 2), each into its own heatmap."""
    scores = np.minimum(start_scores, end_scores)
    finite = np.isfinite(starts).all(axis=1) & np.isfinite(ends).all(axis=1)
    maps = np.flatnonzero((scores >= _FAINT) & finite)
    starts, ends, scores = starts[maps], ends[maps], scores[maps]
    lengths = np.array([x**2 + y**2 for x, y in starts - ends], _Scalar)
    short = lengths < 1
    _draw_some_points(volume, maps[short], starts[short], start_scores[maps[short]], sigma)
    long = ~short
    maps, starts, ends, scores = maps[long], starts[long], ends[long], scores[long]
    pixels = _pixels(volume, maps, np.minimum(starts, ends), np.maximum(starts, ends), sigma)
    of = pixels.of
    length = lengths[long].astype(np.float32)[of]
    (x0, y0), (x1, y1) = starts[of].T, ends[of].T
    to_start = np.square(pixels.x - x0) + np.square(pixels.y - y0)
    to_end = np.square(pixels.x - x1) + np.square(pixels.y - y1)
    # Where on the limb the nearest point is: 0 at its start, 1 at its end.
    along = (to_start - to_end + length) / np.float32(2) / length
    to_line = np.square(pixels.x - (x0 + along * (x1 - x0)))
    to_line += np.square(pixels.y - (y0 + along * (y1 - y0)))
    squares = np.select([along <= 0, along >= 1], [to_start, to_end], to_line)
    values = np.exp(-squares.astype(np.float64) / 2 / sigma**2) * scores[of]
    _brighten(volume, pixels.place, values)


def _brighten(volume: Array, place: Array, values: Array) -> None:
    """Raise pixels of the volume, no one of which is there twice, to values."""
    flat = volume.reshape(-1)
    flat[place] = np.maximum(flat[place], values)
