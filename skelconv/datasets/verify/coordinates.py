"""Coordinates that cannot be what they claim to be."""

from __future__ import annotations

from functools import partial

import numpy as np

from skelconv.data.clip import Array
from skelconv.data.layout import Layout
from skelconv.datasets.verify import catalog
from skelconv.datasets.verify.blocks import Block, counted
from skelconv.datasets.verify.findings import Findings

# A person is larger than this in any image, and fractions are below it but for a few joints that
# a model puts outside the image.
_FRACTION = 1.5
# The share of joints, or of person-frames, that must agree: a model puts some outside the image.
_NEARLY_ALL = 0.95
# The diagonal of a body's box, from a crouching child to two metres with arms raised, is 0.5 to 3
# metres. Normalised skeletons (the torso is 1, or the box) are up to some 5, so that only what is
# far beyond is told: bodies in centimetres are 50 to 300, in millimetres 500 to 3,000.
_SMALL, _CENTIMETRES, _MILLIMETRES = 0.1, 20.0, 400.0
# A body whose x and y spread over more than this is in pixels, not in metres.
_PIXELS = 10.0
# Bodies are in the upper left quarter of all images where img_shape is larger than they are. One
# camera may look so by chance, in a few clips.
_SEVERAL = 8


class Coordinates:
    """Looks for coordinates that are damaged, or are not what they claim to be.

    Parameters
    ----------
    findings : Findings
        Where to add what is found.
    """

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._in_images = 0
        self._in_corners: list[str] = []

    def look(self, block: Block, layout: Layout | None) -> None:
        """Look at some clips.

        Parameters
        ----------
        block : Block
            The clips.
        layout : Layout or None
            Their layout, where it is known.
        """
        channels = block.clips[0].keypoint.shape[3]
        _check_shape(block, layout, self._findings)
        _check_scores(block, self._findings)
        if channels not in (2, 3):
            return
        flat = _check_axes(block, self._findings)
        if block.clips[0].img_shape is not None:
            corner = _check_image(block, self._findings)
            self._in_images += len(block)
            self._in_corners += [
                clip.id for clip, is_in in zip(block.clips, corner, strict=True) if is_in
            ]
        if channels == 3:
            _check_3d(block, flat, self._findings)

    def finish(self) -> None:
        """Tell where the images of most clips seem to be larger than what bodies are in."""
        if len(self._in_corners) >= max(_SEVERAL, self._in_images / 2):
            self._findings.add(catalog.CORNER, ids=self._in_corners)


def _check_shape(block: Block, layout: Layout | None, findings: Findings) -> None:
    joints, channels = block.clips[0].keypoint.shape[2:]
    if layout and joints != len(layout.joints):
        what = f"{joints} keypoints, where {layout.name} has {len(layout.joints)}"
        findings.add_clips(catalog.JOINTS, block.clips, np.ones(len(block)), what=what)
    if channels not in (2, 3):
        what = f"{channels} coordinates, not 2 or 3"
        findings.add_clips(catalog.COORDINATES, block.clips, np.ones(len(block)), what=what)
    if block.finite is not None:
        count = block.count_of(counted(~block.finite))
        findings.add_clips(
            catalog.NOT_FINITE, block.clips, count > 0, lambda n: f"{count[n]} keypoints"
        )


def _check_scores(block: Block, findings: Findings) -> None:
    score = block.raw_score
    if score is None:
        return
    if not np.isfinite(score).all():
        damaged = block.any_of(np.asarray(~np.isfinite(score).all(axis=0)))
        findings.add_clips(catalog.SCORE_NOT_FINITE, block.clips, damaged)
        score = np.nan_to_num(score, posinf=0, neginf=0)
    lowest, highest = block.least_of(score.min(axis=0)), block.most_of(score.max(axis=0))
    findings.add_clips(
        catalog.SCORE_RANGE,
        block.clips,
        (lowest < 0) | (highest > 1),
        lambda n: f"{lowest[n]:.3g} to {highest[n]:.3g}",
    )
    placed = block.any_of(np.asarray(block.placed.any(axis=0)))
    findings.add_clips(catalog.NO_SCORES, block.clips, (highest <= 0) & placed)


def _check_axes(block: Block, findings: Findings) -> Array:
    """Look for coordinates that are constant; return which are, of shape (C, N)."""
    least = block.least_of(np.where(block.there, block.low, np.inf))
    most = block.most_of(np.where(block.there, block.high, -np.inf))
    several = block.count_of(block.seen_count) > 1
    flat: Array = (least == most) & several
    for name, flags, values in zip("xyz", flat, least, strict=False):
        findings.add_clips(
            catalog.FLAT_AXIS,
            block.clips,
            flags,
            lambda n, values=values: f"{values[n]:g}",  # type: ignore[misc]
            f"{name} is the same for all keypoints",
        )
    return flat


def _check_image(block: Block, findings: Findings) -> Array:
    """Compare x and y with img_shape; return who is in its upper left quarter alone, (N,)."""
    shapes = np.array([clip.img_shape for clip in block.clips], np.float64)  # (N, 2)
    height, width = shapes.T[:, block.clip_of]
    people = np.maximum(block.count_of(block.there), 1)
    inside = (block.high[:2] < _FRACTION).all(axis=0) & (block.low[:2] > -_FRACTION).all(axis=0)
    small = block.count_of(inside & block.there)
    fractions = (small >= _NEARLY_ALL * people) & (shapes > 10 * _FRACTION).all(axis=1)
    findings.add_clips(
        catalog.FRACTIONS,
        block.clips,
        fractions,
        lambda n: f"nearly all of x and y are below {_FRACTION}",
    )
    outside = ((block.high[0] > width) | (block.high[1] > height)) & block.there
    swapped = _swapped(block, height, width) if outside.any() else np.zeros(len(block), bool)
    findings.add_clips(catalog.SWAPPED_SHAPE, block.clips, swapped, partial(_end, block))
    middle = (block.low[:2] + block.high[:2]) / 2
    away = (middle < 0).any(axis=0) | (middle[0] > width) | (middle[1] > height)
    count = block.count_of(away & block.there)
    findings.add_clips(
        catalog.OUTSIDE,
        block.clips,
        (count > people / 2) & ~swapped & ~fractions,
        lambda n: f"{count[n]} of {people[n]} bodies",
    )
    x, y = np.where(block.there, block.high[:2], 0)
    corner = ~block.any_of((x > width / 2) | (y > height / 2)) & ~fractions
    return np.asarray(corner & block.any_of(block.there))


def _swapped(block: Block, height: Array, width: Array) -> Array:
    """Return which clips leave the image, and would fit it with its sides swapped."""
    seen = np.maximum(block.count_of(block.seen_count), 1)
    x, y = block.keypoint[:2]

    def _share(beyond: Array) -> Array:
        return np.asarray(block.count_of(counted(beyond & block.seen)) / seen)

    beyond = np.maximum(_share(x > width), _share(y > height)) > 1 - _NEARLY_ALL
    fits = np.maximum(_share(x > height), _share(y > width)) <= 1 - _NEARLY_ALL
    return np.asarray(beyond & fits)


def _end(block: Block, n: int) -> str:
    part = slice(block.starts[n], block.starts[n] + block.rows[n])
    x, y = block.high[:2, part].max(axis=1)
    height, width = block.clips[n].img_shape or (0, 0)
    return f"({height}, {width}), and x goes up to {x:.0f}, y to {y:.0f}"


def _check_3d(block: Block, flat: Array, findings: Findings) -> None:
    """Look at the third coordinate, and at the size of bodies."""
    extent = np.where(block.there, (block.high - block.low)[:2].max(axis=0), 0)
    low = block.least_of(np.where(block.there, block.low[2], 0))
    high = block.most_of(np.where(block.there, block.high[2], 0))
    score = (block.most_of(extent) > _PIXELS) & (low >= 0) & (high <= 1) & ~flat.any(axis=0)
    findings.add_clips(
        catalog.SCORE_AS_Z,
        block.clips,
        score,
        lambda n: f"from {low[n]:.3g} to {high[n]:.3g}",
    )
    if block.clips[0].img_shape is not None:
        return  # in pixels, as MediaPipe gives 3D
    people = block.count_of(block.there)
    with np.errstate(invalid="ignore", over="ignore"):
        total = np.add.reduceat(np.where(block.there, block.size, 0), block.starts, dtype=float)
        mean = total / np.maximum(people, 1)
    told = (people > 0) & ~score & ~flat.any(axis=0)
    for unit, flags in (
        ("they look like millimetres", mean > _MILLIMETRES),
        (
            "they look like centimetres, or another scale",
            (mean > _CENTIMETRES) & (mean <= _MILLIMETRES),
        ),
        ("they are too small", mean < _SMALL),
    ):
        findings.add_clips(
            catalog.NOT_METRES,
            block.clips,
            told & flags,
            lambda n: f"a body's box measures {mean[n]:.3g}",
            f"bodies in 3D are not in metres: {unit}",
        )
