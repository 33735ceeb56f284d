"""The transform ``label-list``: labels from a published list."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace

from skelconv import Clip, ClipError
from skelconv.plugin import Classes
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
    def _members(self) -> Members:
        return self._read()

    def classes(self, known: Classes) -> Classes:
        """Return the classes of the list, whatever those before it are called.

        Parameters
        ----------
        known : Classes
            Those before it.

        Returns
        -------
        Classes
            Without numbers of clips, which depend on ids.
        """
        return replace(known, names=self._members.label_names, clips=None)

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
        labels = self._members.labels
        if clip.id not in labels:
            raise ClipError("no label: the list does not name this clip")
        return clip.replace(label=labels[clip.id])
