"""The sources ``pose-table`` and ``pose-array``: a file a clip, a frame, or for many clips."""

from __future__ import annotations

import fnmatch
import os.path
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol, cast

from skelconv import Clip, ClipError
from skelconv.files import Entry, Found, Ref, try_some
from skelconv.plugin import Inventory, Item, Rejected
from skelconv.text import shown
from skelconv_posefiles.folder import PoseFolder, parts_of
from skelconv_posefiles.loose.large import GONE, LargeTable
from skelconv_posefiles.loose.large_records import LargeRecords
from skelconv_posefiles.loose.numbered import grouped, paths_of
from skelconv_posefiles.loose.plain import Opener
from skelconv_posefiles.loose.table_form import Listed
from skelconv_posefiles.options import FROM_FILE
from skelconv_posefiles.poses import PoseSequence, Skeleton

# Files of more bytes are not held in memory, where that can be; of a packed one as many are more.
_LARGE, _PACKED = 2**25, 2**22


class Opened(Protocol):
    """A file that was read."""

    @property
    def clips(self) -> Mapping[str, Listed]:
        """The clips in it by their ids, which are ``""`` for one that is called like the file."""
        ...

    @property
    def layout(self) -> str | None:
        """The layout of its joints, where it names them."""
        ...

    @property
    def persons(self) -> Sequence[str]:
        """Names of the persons of the poses that were read last, by number; none without names."""
        ...

    def poses(self, key: str) -> PoseSequence:  # numpydoc ignore=PR01
        """Return the skeletons of one of `clips`."""
        ...


class LooseFiles:
    """Gives the clips of files of any form.

    The driver opens a few files, so that what is wrong with all is seen before the build, and
    every file that has ids or labels in it. A process that loads keeps the last file.

    Parameters
    ----------
    folder : PoseFolder
        The files; its root may be a single one.
    read : callable from bytes and str to Opened
        Reads a file from its content and its ending.
    suffixes : sequence of str
        The endings of files that are read, in lower case; ``.gz`` may be behind them.
    listing : bool
        Whether a file says itself which clips are in it, or what label they have.
    files : str, optional
        A pattern such as ``*/world.txt`` that the paths of files must fit.
    frames : str, optional
        Where a file is a frame, a regular expression for its path with the groups ``clip`` and
        ``frame``.
    large : callable, optional
        Takes what opens a file of more than 32 MB that says which clips are in it, and its ending.
    """

    def __init__(
        self,
        folder: PoseFolder,
        read: Callable[[bytes, str], Opened],
        suffixes: Sequence[str],
        *,
        listing: bool,
        files: str | None = None,
        frames: str | None = None,
        large: Callable[[Opener, str], LargeTable | LargeRecords] | None = None,
    ) -> None:
        self._folder, self._only = folder, ""
        if os.path.isfile(folder.root):
            root, self._only = os.path.split(folder.root)
            self._folder = replace(folder, root=root)
        self._read, self._suffixes, self._listing = read, suffixes, listing
        self._files, self._frames = files, frames
        self._large = large if listing else None
        self._kept: tuple[tuple[str, int, int], Opened] | None = None

    def inventory(self) -> Inventory:
        """Find the clips.

        Returns
        -------
        Inventory
            An item for each. Files that cannot be read are rejected, where they are opened.

        Raises
        ------
        BuildError
            When the folder cannot be listed or has no such file, or labels cannot be read.
        """
        strays: list[str] = []
        rejected: list[Rejected] = []
        chosen = list(self._chosen(strays))
        if self._frames:
            found = list(grouped(self._folder, chosen, self._frames, rejected))
        else:
            found = []
            for entry in chosen:
                found += self._listed(entry, rejected)
        tried = try_some(found, self._folder.catalog, self._layout_of)
        own = tried.first if self._folder.form.layout == FROM_FILE else None
        return tried.told_in(self._folder.inventory(found, strays, rejected, layout=own))

    def _layout_of(self, one: Found) -> str | None:
        path = next(paths_of(one.ref))[1] if self._frames else one.ref[0]
        return self._open(path, one.size, one.mtime_ns).layout

    def _chosen(self, strays: list[str]) -> Iterator[Entry]:
        """Yield the files to read; others are put among the strays."""
        if self._only:
            status = os.stat(os.path.join(self._folder.root, self._only))
            yield Entry(self._only, status.st_size, status.st_mtime_ns)
            return
        for entry in self._folder.entries():
            hidden = os.path.basename(entry.path).startswith(".")
            fits = self._files is None or fnmatch.fnmatchcase(entry.path, self._files)
            if hidden or not fits or parts_of(entry.path)[1] not in self._suffixes:
                strays.append(self._folder.place(entry.path))
            else:
                yield entry

    def _listed(self, entry: Entry, rejected: list[Rejected]) -> list[Found]:
        """Return the clips of a file."""
        place = self._folder.place(entry.path)
        stem = parts_of(entry.path)[0]
        if entry.fault or not self._listing:
            ref = entry.path, ""
            return [Found(stem, ref, place, entry.size, entry.mtime_ns, entry.fault)]
        try:
            opened = self._open(entry.path, entry.size, entry.mtime_ns)
            clips = opened.clips
        except ClipError as error:
            rejected.append(self._refused(stem, entry.path, error))
            return []
        found = []
        for key, listed in clips.items():
            at = place if listed.line is None else f"{place}:{listed.line}"
            # The ids in a table are whole; the numbers in an array follow the file's name.
            path = stem if not key else key if listed.named else f"{stem}/{key}"
            # With them, a process that loads a clip need not look for it.
            runs = (opened.runs(key),) if isinstance(opened, LargeTable | LargeRecords) else ()
            one = Found(path, (entry.path, key, *runs), at, entry.size, entry.mtime_ns)
            found.append(one._replace(id_place=at, label=listed.label))
        return found

    def _refused(self, path: str, file: str, error: ClipError) -> Rejected:
        place = self._folder.place(file)
        where = place if error.line is None else f"{place}:{error.line}"
        return Rejected(shown(path), error.reason, where)

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
            When a file cannot be read or is not in the form that the recipe says.
        """
        ref = Ref(*item.ref).found
        if self._frames:
            poses = self._joined(ref)
            path = next(paths_of(ref))[1]
        else:
            path, key, *runs = ref
            with self._folder.errors_at(path):
                opened = self._open(path, item.size, item.mtime_ns)
                if isinstance(opened, LargeTable | LargeRecords):
                    poses = opened.poses_at(key, *runs)
                elif self._listing and key not in opened.clips:
                    raise ClipError(GONE)
                else:
                    poses = opened.poses(key)
        with self._folder.errors_at(path):
            return self._folder.clip(item, poses)

    def _joined(self, ref: Sequence[object]) -> PoseSequence:
        """Return the skeletons of a clip whose frames are files."""
        numbers = []
        skeletons = []
        layout = None
        tracks: dict[str, int] = {}
        for number, path in paths_of(ref):
            numbers.append(number)
            with self._folder.errors_at(path):
                opened = self._open(path, -1, number)
                poses = opened.poses("")
                found = cast("Sequence[Skeleton]", poses.skeletons)  # tables and arrays give lists
                if found and layout is not None and poses.layout != layout:
                    raise ClipError("its joints are not those of the frames before")
                layout = poses.layout if found else layout
            # A person has another place in another frame, and the same name.
            named = [tracks.setdefault(name, len(tracks)) for name in opened.persons]
            for one in found:
                person = named[one.person] if named else one.person
                skeletons.append(one._replace(frame=number, person=person))
        return PoseSequence(skeletons, frames=numbers, layout=layout)

    def stamp(self, item: Item) -> tuple[int, int]:
        """Return the present size and time of change of a clip's files.

        Parameters
        ----------
        item : Item
            The clip's item.

        Returns
        -------
        (int, int)
            Bytes, and the time of the last change in nanoseconds.
        """
        ref = Ref(*item.ref).found
        paths = [path for _, path in paths_of(ref)] if self._frames else [ref[0]]
        return self._folder.stamp(*paths)

    def _open(self, path: str, size: int, mtime_ns: int) -> Opened:
        key = path, size, mtime_ns
        if self._kept is None or self._kept[0] != key:
            self._kept = None  # not two files at once
            suffix = parts_of(path)[1]
            most = _PACKED if path.lower().endswith(".gz") else _LARGE
            if self._large and size > most:
                self._kept = key, self._large(partial(self._folder.opened, path), suffix)
            else:
                self._kept = key, self._read(self._folder.read(path), suffix)
        return self._kept[1]
