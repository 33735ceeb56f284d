"""What sources do whose format parses the file of a clip as a whole; see `formats`."""

from __future__ import annotations

import os.path
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from skelconv import Clip
from skelconv.files import Found, JsonFile, Ref, try_some
from skelconv.plugin import Inventory, Item
from skelconv_posefiles.folder import PoseFolder, parts_of
from skelconv_posefiles.options import FROM_FILE
from skelconv_posefiles.poses import PoseSequence

# A plan takes no long time to parse larger files, unless only they say the layout.
_TRIED_BYTES = 2**25


class ParsedFiles:
    """Gives a clip for every file with one of some endings.

    Beside `skelconv.files.ClipFiles`, whose files hold whole clips: here a file holds skeletons, of
    which the clip is made by what the user says of all (`PoseFolder.form`), as in all sources of
    this plugin; and the root may be an archive.

    Parameters
    ----------
    folder : PoseFolder
        The files.
    parsers : mapping of str to callable
        By the ending, in lower case, the function that parses such a file's content.
    documents : mapping of str to callable
        By the ending, the function that parses such a file an element at a time.
    """

    def __init__(
        self,
        folder: PoseFolder,
        parsers: Mapping[str, Callable[[bytes], PoseSequence]],
        documents: Mapping[str, Callable[[JsonFile], PoseSequence]] = MappingProxyType({}),
    ) -> None:
        self._folder = folder
        self._parsers = parsers
        self._documents = documents

    def inventory(self) -> Inventory:
        """Find the files.

        Returns
        -------
        Inventory
            An item for each; files with other endings are strays.

        Raises
        ------
        BuildError
            When the folder cannot be listed or has no such file, or labels cannot be read.
        """
        found = []
        strays = []
        for entry in self._folder.entries():
            stem, suffix = parts_of(entry.path)
            place = self._folder.place(entry.path)
            # macOS leaves a "._NAME" beside each NAME on foreign disks and in archives.
            known = suffix in self._parsers or suffix in self._documents
            if not known or os.path.basename(stem).startswith("."):
                strays.append(place)
                continue
            ref = entry.ref or entry.path
            found.append(Found(stem, ref, place, entry.size, entry.mtime_ns, entry.fault))
        from_file = self._folder.form.layout == FROM_FILE
        some = found if from_file else [one for one in found if one.size <= _TRIED_BYTES]
        tried = try_some(some, self._folder.catalog, lambda one: self._parsed(one.ref).layout)
        own = tried.first if from_file else None
        return tried.told_in(self._folder.inventory(found, strays, layout=own))

    def _parsed(self, ref: Any) -> PoseSequence:
        suffix = parts_of(self._folder.path_of(ref))[1]
        if suffix in self._documents:
            with self._folder.document(ref) as document:
                return self._documents[suffix](document)
        return self._parsers[suffix](self._folder.read(ref))

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
        ref = Ref(*item.ref).found
        with self._folder.errors_at(self._folder.path_of(ref)):
            return self._folder.clip(item, self._parsed(ref))

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
        return self._folder.stamp(Ref(*item.ref).found)
