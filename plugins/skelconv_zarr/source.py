"""The source `zarr`: the clips of a dataset that is there already."""

from __future__ import annotations

import functools
import os

from skelconv import Clip, ClipError, Inventory, Item
from skelconv_zarr import remote
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

        Raises
        ------
        DatasetError
            When the dataset cannot be read.
        """
        reader = self._reader
        size = mtime_ns = 0
        if not remote.is_url(self._path):
            # The root's metadata is written last and tells one dataset from another.
            root = os.stat(os.path.join(self._path, "zarr.json"))
            size, mtime_ns = root.st_size, root.st_mtime_ns
        return Inventory(
            items=[
                Item(frame_dir, ref=index, size=size, mtime_ns=mtime_ns)
                for index, frame_dir in enumerate(reader.frame_dirs)
            ],
            label_names=reader.label_names,
        )

    def load(self, item: Item) -> Clip:
        """Read one clip.

        Raises
        ------
        ClipError
            When it is damaged, or the dataset has changed meanwhile.
        """
        try:
            clip = self._reader.read(item.ref)
        except IndexError:
            clip = None
        if clip is None or clip.frame_dir != item.id:
            raise ClipError("the dataset has changed since the clip was listed", path=self._path)
        return clip

    @functools.cached_property
    def _reader(self) -> ZarrReader:
        return ZarrReader(self._path)
