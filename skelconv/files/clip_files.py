"""A source of files that hold clips: `ClipFiles`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from skelconv.data.clip import Clip
from skelconv.data.errors import BuildError, ClipError
from skelconv.files.catalog import Catalog, Found, Ref
from skelconv.files.folders import Entry, stamp, walk
from skelconv.files.trying import try_some
from skelconv.plugin.interfaces.sources import Inventory, Item, Rejected
from skelconv.text.escaping import shown
from skelconv.text.faults import reason_of


@dataclass(frozen=True)
class ClipFormat:
    """How files with one ending are read.

    Attributes
    ----------
    load : callable
        From the path of a file and the name of a clip in it to the clip. Its id and label are not
        used; those of the item are set.
    names : callable, optional
        From the path of a file to the names of its clips, where it may have several or none. By
        default a file is one clip, whose name is ``""``. Both raise `ClipError` for a file that
        cannot be read.
    """

    load: Callable[[str, str], Clip]
    names: Callable[[str], Sequence[str]] | None = None


class ClipFiles:
    """Gives the clips of all files with some endings, in a folder or in one file.

    Parameters
    ----------
    root : str
        The folder, nested or not, or a file.
    catalog : Catalog
        Ids and labels.
    formats : mapping of str to ClipFormat
        By the ending, in lower case.
    """

    def __init__(self, root: str, catalog: Catalog, formats: Mapping[str, ClipFormat]) -> None:
        self._only = ""
        if os.path.isfile(root):
            root, self._only = os.path.split(root)
        self._root = root
        self._catalog = catalog
        self._formats = formats

    def inventory(self) -> Inventory:
        """Find the clips.

        Returns
        -------
        Inventory
            An item for each; files with other endings are strays. The layout is that of the first
            clip that can be loaded, so that clips with other joints are quarantined.

        Raises
        ------
        BuildError
            When the folder cannot be listed or has no such file, or labels cannot be read.
        """
        found: list[Found] = []
        strays: list[str] = []
        rejected: list[Rejected] = []
        for entry in self._entries():
            stem, suffix = os.path.splitext(entry.path)
            place = self._place(entry.path)
            format_ = self._formats.get(suffix.lower())
            # macOS leaves a "._NAME" beside each NAME on foreign disks and in archives.
            if format_ is None or os.path.basename(stem).startswith("."):
                strays.append(place)
                continue
            names: Sequence[str] = ("",)
            try:
                if format_.names is not None and not entry.fault:
                    names = format_.names(os.path.join(self._root, entry.path))
            except ClipError as error:
                where = place if error.line is None else f"{place}:{error.line}"
                rejected.append(Rejected(shown(stem), error.reason, where))
                continue
            if not names:
                strays.append(place)
            for name in names:
                path = f"{stem}/{name}" if name else stem
                at = (entry.path, name, "")
                found.append(Found(path, at, place, entry.size, entry.mtime_ns, entry.fault))
        tried = try_some(found, self._catalog, lambda one: self._load(*one.ref[:2]).layout)
        if tried.first is not None:
            # Only its name: that of an own layout has a digest of its definition.
            found = [one._replace(ref=(*one.ref[:2], str(tried.first))) for one in found]
        inventory = self._catalog.inventory(self._root or ".", found, strays, rejected)
        return tried.told_in(replace(inventory, layout=tried.first))

    def _entries(self) -> Iterable[Entry]:
        if not self._only:
            return walk(self._root)
        path = os.path.join(self._root, self._only)
        try:
            status = os.stat(path)
        except OSError as error:
            raise BuildError(f"cannot be read: {reason_of(error)}", where=shown(path)) from error
        return [Entry(self._only, status.st_size, status.st_mtime_ns)]

    def _load(self, path: str, name: str) -> Clip:
        format_ = self._formats[os.path.splitext(path)[1].lower()]
        return format_.load(os.path.join(self._root, path), name)

    def _place(self, path: str) -> str:
        return shown(os.path.join(self._root, path))

    def load(self, item: Item) -> Clip:
        """Load one clip.

        Parameters
        ----------
        item : Item
            The clip's item.

        Returns
        -------
        Clip
            The clip.

        Raises
        ------
        ClipError
            When the file cannot be read, is not in the format, or has other joints than others.
        """
        ref = Ref(*item.ref)
        path, name, layout = ref.found
        try:
            clip = self._load(path, name)
            if layout and str(clip.layout) != layout:
                raise ClipError(
                    f"its joints, or the lines between them, are not those of the first clip: its "
                    f"layout is {clip.layout} and not {layout} (a dataset has one layout)"
                )
        except ClipError as error:
            raise ClipError(error.reason, self._place(path), error.line) from error
        label = clip.label if ref.label is None else ref.label
        return clip.replace(id=item.id, label=label)

    def stamp(self, item: Item) -> tuple[int, int]:
        """Return the present size and time of change of a clip's file.

        Parameters
        ----------
        item : Item
            The clip's item.

        Returns
        -------
        (int, int)
            Bytes, and the time of the last change in nanoseconds.
        """
        path = Ref(*item.ref).found[0]
        return stamp([os.path.join(self._root, path)])
