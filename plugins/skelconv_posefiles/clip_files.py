"""Sources that have a file a clip."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from skelconv import Clip, ClipError, Inventory, Item
from skelconv.listing.catalog import Catalog, Found, Ref
from skelconv.listing.files import read, shown, walk
from skelconv_posefiles.poses import Form, Poses, to_clip


class ClipFiles:
    """Gives a clip for every file of some endings.

    Parameters
    ----------
    root : str
        The folder, nested or not.
    parsers : mapping of str to callable
        By the ending, in lower case, what reads such a file.
    form : Form
        What the user says of all clips.
    catalog : Catalog
        Ids, labels and frame counts.
    max_bytes : int
        The largest file that is read.
    """

    def __init__(
        self,
        root: str,
        parsers: Mapping[str, Callable[[bytes], Poses]],
        *,
        form: Form,
        catalog: Catalog,
        max_bytes: int,
    ) -> None:
        self._root = root
        self._parsers = parsers
        self._form = form
        self._catalog = catalog
        self._max_bytes = max_bytes

    def inventory(self) -> Inventory:
        """Find the files.

        Raises
        ------
        BuildError
            When the folder cannot be listed or holds none, or labels cannot be read.
        """
        found = []
        strays = []
        for entry in walk(self._root):
            stem, suffix = os.path.splitext(entry.path)
            place = self._locate(entry.path)
            # macOS leaves a "._NAME" beside each NAME on foreign disks and in archives.
            if suffix.lower() not in self._parsers or os.path.basename(stem).startswith("."):
                strays.append(place)
                continue
            found.append(Found(stem, entry.path, place, entry.size, entry.mtime_ns, entry.fault))
        return self._catalog.inventory(self._root, found, strays)

    def load(self, item: Item) -> Clip:
        """Load one clip; see `skelconv_posefiles.poses.to_clip`.

        Raises
        ------
        ClipError
            When the file cannot be read or is not of the form.
        """
        ref = Ref(*item.ref)
        content = read(os.path.join(self._root, ref.found), self._max_bytes)
        parse = self._parsers[os.path.splitext(ref.found)[1].lower()]
        try:
            return to_clip(
                item.id,
                parse(content),
                self._form,
                label=ref.label,
                total_frames=ref.total_frames,
            )
        except ClipError as error:
            raise ClipError(error.reason, self._locate(ref.found), error.line) from error

    def _locate(self, path: str) -> str:
        return shown(os.path.join(self._root, path))
