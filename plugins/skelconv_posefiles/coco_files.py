"""The source ``coco-keypoints``: files that hold many clips each."""

from __future__ import annotations

import os

from skelconv import Clip, ClipError, Inventory, Item, Rejected
from skelconv.listing.catalog import Catalog, Found, Ref
from skelconv.listing.files import Entry, read, shown, walk
from skelconv_posefiles.formats.coco import parse
from skelconv_posefiles.poses import Form, Poses, to_clip


class CocoFiles:
    """Gives every clip of every annotation file.

    A file is parsed as a whole, on the driver once and in each process that loads from it; only
    the last one is held.

    Parameters
    ----------
    root : str
        An annotation file, or a folder of them.
    pattern : str
        See `skelconv_posefiles.formats.coco.parse`.
    form : Form
        What the user says of all clips.
    catalog : Catalog
        Ids, labels and frame counts.
    max_bytes : int
        The largest file that is read.
    """

    def __init__(
        self, root: str, *, pattern: str, form: Form, catalog: Catalog, max_bytes: int
    ) -> None:
        self._root, self._only = root, ""
        if os.path.isfile(root):
            self._root, self._only = os.path.split(root)
        self._pattern = pattern
        self._form = form
        self._catalog = catalog
        self._max_bytes = max_bytes
        self._held: tuple[tuple[str, int, int], dict[str, Poses]] | None = None

    def inventory(self) -> Inventory:
        """Find the clips, by reading the files.

        Raises
        ------
        BuildError
            When there is no such file, or labels cannot be read.
        """
        found: list[Found] = []
        strays: list[str] = []
        rejected: list[Rejected] = []
        for entry in self._entries():
            place = self._locate(entry.path)
            stem, suffix = os.path.splitext(entry.path)
            if suffix.lower() != ".json" or os.path.basename(stem).startswith("."):
                strays.append(place)
                continue
            try:
                if entry.fault:
                    raise ClipError(entry.fault)
                clips = self._read(entry.path, entry.size, entry.mtime_ns)
            except ClipError as error:
                where = place if error.line is None else f"{place}:{error.line}"
                rejected.append(Rejected(shown(entry.path), error.reason, where))
                continue
            found += [
                Found(name or stem, (entry.path, name), place, entry.size, entry.mtime_ns)
                for name in clips
            ]
        return self._catalog.inventory(self._root, found, strays, rejected)

    def _entries(self) -> list[Entry]:
        if not self._only:
            return list(walk(self._root))
        status = os.stat(os.path.join(self._root, self._only))
        return [Entry(self._only, status.st_size, status.st_mtime_ns)]

    def load(self, item: Item) -> Clip:
        """Load one clip; see `skelconv_posefiles.poses.to_clip`.

        Raises
        ------
        ClipError
            When the file cannot be read or is not of the form.
        """
        ref = Ref(*item.ref)
        path, name = ref.found
        try:
            clips = self._read(path, item.size, item.mtime_ns)
            if name not in clips:
                raise ClipError("the file has changed: the clip is gone")
            return to_clip(
                item.id,
                clips[name],
                self._form,
                label=ref.label,
                total_frames=ref.total_frames,
            )
        except ClipError as error:
            raise ClipError(error.reason, self._locate(path), error.line) from error

    def _read(self, path: str, size: int, mtime_ns: int) -> dict[str, Poses]:
        key = path, size, mtime_ns
        if self._held is None or self._held[0] != key:
            self._held = None
            content = read(os.path.join(self._root, path), self._max_bytes)
            self._held = key, parse(content, self._pattern)
        return self._held[1]

    def _locate(self, path: str) -> str:
        return shown(os.path.join(self._root, path))
