"""Clips side by side in one array, with the facts about them that several checks ask for.

An audit should take little longer than reading, and most clips are small: NumPy would need longer
to be called than to calculate. So checks look at a block of clips at once. Its arrays have the
joints before the person-frames, which are many: then NumPy goes along what is long.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import cached_property

import numpy as np

from skelconv.data.clip import Array, Clip

# Person-frames in a block: some megabytes, which a processor keeps at hand. A longer clip is a
# block of its own.
_LONG = 8192


class Block:
    """Clips of one layout and shape V x C. All of them have scores, or none; img_shape alike.

    R is the number of person-frames: the frames of the first clip's first person come first, then
    those of its second person. What follows is computed when it is first asked for.

    Parameters
    ----------
    clips : sequence of Clip
        At least one, none without persons, frames, keypoints or coordinates.
    positions : sequence of int
        Where each is in the dataset.
    """

    def __init__(self, clips: Sequence[Clip], positions: Sequence[int]) -> None:
        self.clips = clips
        self.positions = positions
        self.persons = np.array([clip.keypoint.shape[0] for clip in clips])
        self.frames = np.array([clip.keypoint.shape[1] for clip in clips])
        self.rows = self.persons * self.frames
        self.starts = np.concatenate(([0], np.cumsum(self.rows)[:-1]))

    def __len__(self) -> int:
        return len(self.clips)

    # Where a person-frame is.

    @cached_property
    def clip_of(self) -> Array:
        """The clip of each person-frame, (R,), as a position in the block."""
        return np.repeat(np.arange(len(self)), self.rows)

    @cached_property
    def _within(self) -> Array:
        return np.arange(self.rows.sum()) - self.starts[self.clip_of]

    @cached_property
    def person_of(self) -> Array:
        """The row of persons of each person-frame, (R,)."""
        return np.asarray(self._within // self.frames[self.clip_of])

    @cached_property
    def frame_of(self) -> Array:
        """The frame of each person-frame, (R,)."""
        return np.asarray(self._within % self.frames[self.clip_of])

    @cached_property
    def goes_on(self) -> Array:
        """Whether each person-frame is the next frame of the one before it in the array, (R,)."""
        return self.frame_of > 0

    # What is in it.

    @cached_property
    def raw(self) -> Array:
        """The coordinates as they are, as float32 of shape (C, V, R)."""
        joints, coordinates = self.clips[0].keypoint.shape[2:]
        flat = [clip.keypoint.reshape(-1, joints * coordinates) for clip in self.clips]
        with np.errstate(over="ignore", invalid="ignore"):  # 1e300 becomes infinity
            turned = np.concatenate(flat).T.astype(np.float32, order="C")
        return turned.reshape(joints, coordinates, -1).transpose(1, 0, 2)

    @cached_property
    def _ends(self) -> tuple[Array, Array]:
        """The least and the greatest of all keypoints, missing or not, (C, R) each."""
        with np.errstate(invalid="ignore"):
            return self.raw.min(axis=1), self.raw.max(axis=1)

    @cached_property
    def finite(self) -> Array | None:
        """Whether each keypoint is of numbers, (V, R); None where all are."""
        if all(np.isfinite(end).all() for end in self._ends):
            return None
        return np.asarray(np.isfinite(self.raw).all(axis=0))

    @cached_property
    def keypoint(self) -> Array:
        """The coordinates, (C, V, R), with zeros where a keypoint is NaN or infinity."""
        return self.raw if self.finite is None else np.where(self.finite, self.raw, np.float32(0))

    @cached_property
    def raw_score(self) -> Array | None:
        """The scores as they are, as float32 of shape (V, R)."""
        scores = [clip.keypoint_score for clip in self.clips if clip.keypoint_score is not None]
        if not scores:
            return None
        flat = [score.reshape(-1, score.shape[2]) for score in scores]
        with np.errstate(over="ignore", invalid="ignore"):
            return np.concatenate(flat).T.astype(np.float32, order="C")

    @cached_property
    def placed(self) -> Array:
        """Whether each keypoint has coordinates: it is not NaN and not the origin, (V, R)."""
        placed: Array = self.keypoint[0] != 0
        if not placed.all():
            for axis in self.keypoint[1:]:
                placed |= axis != 0
        return placed

    @cached_property
    def seen(self) -> Array:
        """Whether each keypoint is there, (V, R): it is `placed`, and its score is above 0."""
        if self.raw_score is None:
            return self.placed
        above = self.raw_score > 0
        # Where no score of a clip is, which is a finding of its own, scores say nothing.
        scored = self.any_of(np.asarray(above.any(axis=0)))
        return np.asarray(self.placed & (above | ~scored[self.clip_of]))

    @cached_property
    def seen_count(self) -> Array:
        """How many keypoints of each person-frame are seen, (R,)."""
        return counted(self.seen)

    @cached_property
    def all_seen(self) -> bool:
        """Whether no keypoint is missing in the whole block, which is common and saves time."""
        return bool(self.seen.all())

    @cached_property
    def there(self) -> Array:
        """Whether each person is in the frame: any keypoint is seen, (R,)."""
        return np.asarray(self.seen.any(axis=0))

    @cached_property
    def low(self) -> Array:
        """The lower end of the box around what is seen, (C, R); zeros where nobody is."""
        if self.all_seen:
            return self._ends[0]
        found = np.where(self.seen, self.keypoint, np.float32(np.inf)).min(axis=1)
        return np.where(self.there, found, np.float32(0))

    @cached_property
    def high(self) -> Array:
        """The upper end of the box around what is seen, (C, R); zeros where nobody is."""
        if self.all_seen:
            return self._ends[1]
        found = np.where(self.seen, self.keypoint, np.float32(-np.inf)).max(axis=1)
        return np.where(self.there, found, np.float32(0))

    @cached_property
    def size(self) -> Array:
        """The diagonal of that box, (R,), in the unit of keypoint."""
        with np.errstate(over="ignore"):
            return np.asarray(np.sqrt(np.square(self.high - self.low).sum(axis=0)))

    @cached_property
    def seen_twice(self) -> Array:
        """Whether each keypoint is seen in a frame and in the one before it, (V, R)."""
        twice = self.seen & self.goes_on
        twice[:, 1:] &= self.seen[:, :-1]
        return twice

    @cached_property
    def squared_step(self) -> Array:
        """How far each keypoint moved since the frame before, squared, (V, R); see `steps_at`."""
        squared: Array = np.zeros_like(self.keypoint[0])
        step = np.empty_like(squared[:, 1:])
        with np.errstate(over="ignore", invalid="ignore"):
            for axis in self.keypoint:
                np.subtract(axis[:, 1:], axis[:, :-1], out=step)
                step *= step
                squared[:, 1:] += step
            if not self.all_seen:
                squared *= self.seen_twice
        squared[:, ~self.goes_on] = 0
        return squared

    def steps_at(self, rows: Array) -> Array:
        """Return how each keypoint moved since the frame before, in some person-frames.

        Parameters
        ----------
        rows : ndarray of int of shape (K,)
            The person-frames, none of them the first of a person.

        Returns
        -------
        ndarray of shape (C, V, K)
            Zeros where a keypoint was not seen in both.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            steps = self.keypoint[..., rows] - self.keypoint[..., rows - 1]
        return np.where(self.seen_twice[:, rows], steps, np.float32(0))

    @cached_property
    def frames_with_person(self) -> tuple[Array, Array]:
        """How many frames of each clip have anybody in them, and the first of these, (N,) each."""
        if self.there.all():
            return self.frames, np.zeros(len(self), np.int64)
        starts = np.concatenate(([0], np.cumsum(self.frames)[:-1]))
        occupied = np.zeros(self.frames.sum(), bool)
        occupied[(starts[self.clip_of] + self.frame_of)[self.there]] = True
        total = np.add.reduceat(occupied, starts, dtype=np.int64)
        length = np.repeat(self.frames, self.frames)
        number = np.arange(len(occupied)) - np.repeat(starts, self.frames)
        # Where there is none, the first is beyond the last.
        first = np.minimum.reduceat(np.where(occupied, number, length), starts)
        return total, first

    # From person-frames to clips.

    def any_of(self, flags: Array) -> Array:
        """Return whether any person-frame of each clip has a flag.

        Parameters
        ----------
        flags : ndarray of bool of shape (R,)
            The flags.

        Returns
        -------
        ndarray of bool of shape (N,)
            For each clip.
        """
        return np.logical_or.reduceat(flags, self.starts)

    def count_of(self, flags: Array) -> Array:
        """Return how many person-frames of each clip have a flag.

        Parameters
        ----------
        flags : ndarray of shape (R,)
            The flags, or numbers to add.

        Returns
        -------
        ndarray of int of shape (N,)
            For each clip.
        """
        return np.add.reduceat(flags, self.starts, dtype=np.int64)

    def most_of(self, values: Array) -> Array:
        """Return the greatest value of each clip.

        Parameters
        ----------
        values : ndarray of shape (..., R)
            A value for each person-frame.

        Returns
        -------
        ndarray of shape (..., N)
            For each clip.
        """
        return np.maximum.reduceat(values, self.starts, axis=-1)

    def least_of(self, values: Array) -> Array:
        """Return the least value of each clip.

        Parameters
        ----------
        values : ndarray of shape (..., R)
            A value for each person-frame.

        Returns
        -------
        ndarray of shape (..., N)
            For each clip.
        """
        return np.minimum.reduceat(values, self.starts, axis=-1)


def counted(flags: Array) -> Array:
    """Count flags along their first axis, ten times faster than NumPy adds booleans.

    Parameters
    ----------
    flags : ndarray of bool of shape (V, R)
        The flags.

    Returns
    -------
    ndarray of int of shape (R,)
        How many are True.
    """
    total: Array = flags.view(np.uint8).sum(axis=0, dtype=np.uint16 if len(flags) < 2**16 else int)
    return total


def blocks_of(clips: Iterable[tuple[int, Clip]]) -> Iterator[Block]:
    """Put clips into blocks, one block at a time.

    Parameters
    ----------
    clips : iterable of (int, Clip)
        Positions and clips, none of them empty; only the clips of a block are held in memory.

    Yields
    ------
    Block
        In the order of the clips.
    """
    for _, alike in itertools.groupby(clips, lambda pair: _kind(pair[1])):
        positions: list[int] = []
        waiting: list[Clip] = []
        rows = 0
        for position, clip in alike:
            if rows and rows + _rows(clip) > _LONG:
                yield Block(waiting, positions)
                positions, waiting, rows = [], [], 0
            positions.append(position)
            waiting.append(clip)
            rows += _rows(clip)
        yield Block(waiting, positions)


def _rows(clip: Clip) -> int:
    return clip.num_person * clip.total_frames


def _kind(clip: Clip) -> Hashable:
    scored = clip.keypoint_score is not None
    return clip.layout, clip.keypoint.shape[2:], scored, clip.img_shape is not None
