"""One clip as a dataset, for what takes datasets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from skelconv.data.clip import Clip
from skelconv.datasets.dataset import Dataset


def alone(clip: Clip, label_names: Sequence[str] = ()) -> Dataset:
    """Return a dataset of one clip.

    Parameters
    ----------
    clip : Clip
        The clip.
    label_names : sequence of str
        The names of the classes, in the order of labels.

    Returns
    -------
    Dataset
        The dataset; it is in memory.
    """
    return Dataset(_OneClip(clip), label_names=label_names)


class _OneClip:
    """A reader of one clip that is there already. See `skelconv.plugin.Reader`."""

    def __init__(self, clip: Clip) -> None:
        self._clip = clip
        self.ids = [clip.id]
        self.labels = [clip.label]
        self.layout = clip.layout
        self.sizes = [(clip.num_person, clip.total_frames)]
        self.splits: Mapping[str, Sequence[int]] = {}
        self.unknown: Mapping[str, Sequence[str]] = {}
        self.label_names: Sequence[str] = ()
        self.info: Mapping[str, Any] = {}

    def read(self, index: int) -> Clip:
        return self._clip
