"""Transforms that leave clips out."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path

from skelconv import Clip, ClipDropped, ClipError
from skelconv.files import read_rows
from skelconv.plugin import Classes
from skelconv_transforms.arrays import total


class FilterLabel:
    """Keeps the clips of some classes, or those of all but some.

    A clip with several labels is kept when at least one of them is.

    Parameters
    ----------
    keep, drop : collection of int, optional
        Classes, from 0; one of the two.
    """

    def __init__(self, keep: Collection[int] | None, drop: Collection[int] | None) -> None:
        self._keep = keep
        self._drop = drop or ()

    def __call__(self, clip: Clip) -> Clip:
        """Return the same clip, where it is kept.

        Parameters
        ----------
        clip : Clip
            The clip.

        Returns
        -------
        Clip
            The same clip.

        Raises
        ------
        ClipDropped
            When the clip is not kept.
        ClipError
            When it has no label.
        """
        self._label(clip.label)
        return clip

    def classes(self, known: Classes) -> Classes:
        """Return the classes after it: no other names, and fewer clips.

        Parameters
        ----------
        known : Classes
            Those before it.

        Returns
        -------
        Classes
            Those after it.
        """
        return replace(known, clips=known.changed(self._label).clips)

    def _label(self, label: int | tuple[int, ...] | None) -> int | tuple[int, ...]:
        labels = label if isinstance(label, tuple) else (label,)
        if label is None or not labels:
            raise ClipError("it has no label to filter by")
        if not any(
            one in self._keep if self._keep is not None else one not in self._drop for one in labels
        ):
            raise ClipDropped("its label is not kept")
        return label


def filter_length(clip: Clip, *, min_frames: int, max_frames: int | None) -> Clip:
    """Keep the clips with a number of frames in a range.

    Parameters
    ----------
    clip : Clip
        The clip.
    min_frames, max_frames : int
        The range, both included.

    Returns
    -------
    Clip
        The same clip.

    Raises
    ------
    ClipDropped
        When the clip is shorter or longer.
    """
    if clip.total_frames < min_frames:
        raise ClipDropped(f"it has fewer than {min_frames} frames")
    if max_frames is not None and clip.total_frames > max_frames:
        raise ClipDropped(f"it has more than {max_frames} frames")
    return clip


class FilterList:
    """Leaves out the clips of a list, or keeps no others.

    Parameters
    ----------
    read : callable
        Returns the ids of the list.
    keep : bool
        Whether the clips of the list are kept, or left out.
    """

    def __init__(self, read: Callable[[], Collection[str]], *, keep: bool) -> None:
        self._read = read
        self._keep = keep

    @functools.cached_property
    def _ids(self) -> Collection[str]:
        return self._read()

    def classes(self, known: Classes) -> Classes:
        """Return the classes that are left; where the list is wrong, the plan says so.

        Parameters
        ----------
        known : Classes
            Those before.

        Returns
        -------
        Classes
            The same names. How many clips each has is not known.

        Raises
        ------
        BuildError
            When the list cannot be read.
        """
        self._ids = self._read()
        return replace(known, clips=None)

    def listed(self) -> Sequence[str]:
        """Return the clips of the list, which a plan compares with those that there are.

        Returns
        -------
        sequence of str
            Their ids.

        Raises
        ------
        BuildError
            When the list cannot be read.
        """
        return sorted(self._ids)

    def __call__(self, clip: Clip) -> Clip:
        """Keep a clip, or leave it out.

        Parameters
        ----------
        clip : Clip
            The clip.

        Returns
        -------
        Clip
            The same clip.

        Raises
        ------
        ClipDropped
            When the clip is not kept.
        """
        if (clip.id in self._ids) != self._keep:
            raise ClipDropped("it is not in the list" if self._keep else "it is in the list")
        return clip


def filter_score(clip: Clip, *, min_score: float) -> Clip:
    """Keep the clips whose keypoints have a minimum mean score.

    The mean is over the keypoints that are there; a clip without any has 0.

    Parameters
    ----------
    clip : Clip
        The clip.
    min_score : float
        The minimum.

    Returns
    -------
    Clip
        The same clip.

    Raises
    ------
    ClipDropped
        When the mean is less.
    ClipError
        When the clip has no scores.
    """
    if clip.keypoint_score is None:
        raise ClipError("it has no keypoint_score to filter by")
    scores = clip.keypoint_score[clip.present()]
    if total(scores) / max(scores.size, 1) < min_score:
        raise ClipDropped(f"its mean keypoint_score is less than {min_score}")
    return clip


def listed_ids(path: Path) -> frozenset[str]:
    """Read the column ``id`` of a csv file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    frozenset of str
        The ids.

    Raises
    ------
    BuildError
        When it cannot be read, or has no such column.
    """
    return frozenset(clip_id for _, (clip_id,) in read_rows(path, ("id",)))
