"""The transform ``label-list``: labels from a published list."""

from __future__ import annotations

import functools
from collections.abc import Callable

from skelconv import Clip, ClipError
from skelconv_splits.rows import Members


class LabelList:
    """Gives each clip the label that a list has for it.

    Parameters
    ----------
    read : callable
        Reads the lists.
    """

    def __init__(self, read: Callable[[], Members]) -> None:
        self._read = read

    @functools.cached_property
    def _labels(self) -> dict[str, int]:
        return self._read().labels

    def __call__(self, clip: Clip) -> Clip:
        """Label one clip.

        Parameters
        ----------
        clip : Clip
            The clip.

        Returns
        -------
        Clip
            The clip with the label.

        Raises
        ------
        ClipError
            When no list has a label for it.
        """
        if clip.id not in self._labels:
            raise ClipError("no label: the list does not name this clip")
        return clip.replace(label=self._labels[clip.id])
