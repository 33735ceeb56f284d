"""The source ``coco-keypoints``: files with many clips each."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace

from skelconv import Clip, ClipError
from skelconv.files import Entry, Found, Ref
from skelconv.plugin import Inventory, Item, Rejected
from skelconv.text import shown
from skelconv_posefiles.folder import PoseFolder
from skelconv_posefiles.formats.coco import CocoFile, read_index

_UNUSED = "the files have {} too, which {} leaves out (layout: coco-wholebody133 takes them)"


class CocoFiles:
    """Gives every clip of every annotation file.

    A file is searched for its clips on the driver once and in each process that loads from it;
    where they are is kept of the last one only.

    Parameters
    ----------
    folder : PoseFolder
        The files; its root may be a single annotation file.
    pattern : str
        See `skelconv_posefiles.formats.coco.read_index`.
    """

    def __init__(self, folder: PoseFolder, *, pattern: str) -> None:
        self._folder, self._only = folder, ""
        if os.path.isfile(folder.root):
            root, self._only = os.path.split(folder.root)
            self._folder = replace(folder, root=root)
        self._pattern = pattern
        self._kept: tuple[tuple[str, int, int], CocoFile] | None = None

    def inventory(self) -> Inventory:
        """Find the clips, by reading the files.

        Returns
        -------
        Inventory
            An item for each clip; files that cannot be read are rejected.

        Raises
        ------
        BuildError
            When there is no such file, or labels cannot be read.
        """
        found: list[Found] = []
        strays: list[str] = []
        rejected: list[Rejected] = []
        unused: dict[str, None] = {}
        layout: str | None = None
        first = ""
        for entry in self._entries():
            place = self._folder.place(entry.path)
            stem, suffix = os.path.splitext(entry.path)
            if suffix.lower() != ".json" or os.path.basename(stem).startswith("."):
                strays.append(place)
                continue
            try:
                if entry.fault:
                    raise ClipError(entry.fault)
                file = self._read(entry.path, entry.size, entry.mtime_ns)
            except ClipError as error:
                where = place if error.line is None else f"{place}:{error.line}"
                rejected.append(Rejected(shown(entry.path), error.reason, where))
                continue
            layout, first = (layout, first) if layout else (file.layout, place)
            if file.layout != layout:
                reason = f"its joints or the lines between them are not those of {first}"
                rejected.append(Rejected(shown(entry.path), reason, place))
                continue
            found += [
                Found(name or stem, (entry.path, name), place, entry.size, entry.mtime_ns)
                for name in file.clips
            ]
            unused.update(dict.fromkeys(file.unused))
        notes = [_UNUSED.format(", ".join(unused), self._folder.form.layout)] if unused else []
        return self._folder.inventory(found, strays, rejected, notes, layout)

    def _entries(self) -> Iterable[Entry]:
        if not self._only:
            return self._folder.entries()
        status = os.stat(os.path.join(self._folder.root, self._only))
        return [Entry(self._only, status.st_size, status.st_mtime_ns)]

    def load(self, item: Item) -> Clip:
        """Load one clip; see `skelconv_posefiles.poses.to_clip`.

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
            When the file cannot be read or is not in the format.
        """
        path, name = Ref(*item.ref).found
        with self._folder.errors_at(path):
            index = self._read(path, item.size, item.mtime_ns)
            if name not in index.clips:
                raise ClipError("the file has changed: the clip is gone")
            with self._folder.opened(path) as file:
                poses = index.poses(name, file, self._folder.form.dtype)
            return self._folder.clip(item, poses)

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
        return self._folder.stamp(Ref(*item.ref).found[0])

    def _read(self, path: str, size: int, mtime_ns: int) -> CocoFile:
        key = path, size, mtime_ns
        if self._kept is None or self._kept[0] != key:
            self._kept = None  # not two files at once
            layout = self._folder.form.layout
            with self._folder.document(path, packed=False) as document:
                self._kept = key, read_index(document, layout, self._pattern)
        return self._kept[1]
