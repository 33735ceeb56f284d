"""The source `zarr`: the clips of a Zarr dataset."""

from __future__ import annotations

import functools
import os

from skelconv import Clip, ClipError
from skelconv.plugin import Inventory, Item
from skelconv.text import is_remote
from skelconv_zarr.reader import ZarrReader


class ZarrSource:
    """Clips of a Zarr dataset, in its order.

    Parameters
    ----------
    path : str
        The folder, or a URL that fsspec knows.
    """

    def __init__(self, path: str) -> None:
        self._path = path

    def inventory(self) -> Inventory:
        """List the clips.

        Returns
        -------
        Inventory
            All clips, in order.

        Raises
        ------
        DatasetError
            When the dataset cannot be read.
        """
        reader = self._reader
        size = mtime_ns = 0
        if not is_remote(self._path):
            # The root's metadata is written last and differs between datasets.
            root = os.stat(os.path.join(self._path, "zarr.json"))
            size, mtime_ns = root.st_size, root.st_mtime_ns
        return Inventory(
            items=[
                Item(clip_id, ref=index, size=size, mtime_ns=mtime_ns)
                for index, clip_id in enumerate(reader.ids)
            ],
            label_names=reader.label_names,
            labels=reader.labels,
        )

    def load(self, item: Item) -> Clip:
        """Read one clip.

        Parameters
        ----------
        item : Item
            One of the inventory.

        Returns
        -------
        Clip
            The clip.

        Raises
        ------
        ClipError
            When it is damaged, or the dataset has changed since.
        """
        try:
            clip = self._reader.read(item.ref)
        except IndexError:
            clip = None
        if clip is None or clip.id != item.id:
            raise ClipError("the dataset has changed since the clip was listed", path=self._path)
        return clip

    @functools.cached_property
    def _reader(self) -> ZarrReader:
        return ZarrReader(self._path)
