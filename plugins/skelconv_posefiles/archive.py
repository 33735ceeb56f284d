"""A zip archive of pose files, in place of a folder of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property

from skelconv import BuildError
from skelconv.files import Entry, MemberRef, ZipArchive, stamp
from skelconv.text import reason_of, shown
from skelconv_posefiles.folder import PoseFolder

_HINT = "set 'root' to the folder or the .zip archive that holds the .json files"


@dataclass(frozen=True)
class PoseArchive(PoseFolder):
    """A zip archive of pose files: they are read in place, with the ids of the unpacked folder."""

    @cached_property
    def _archive(self) -> ZipArchive:
        return ZipArchive(self.root, ".json", self.max_bytes, _HINT, "max_file_mb")

    def entries(self) -> Iterator[Entry]:
        """Find all files; their time is the archive's, so that another archive is noticed.

        Yields
        ------
        Entry
            A file.

        Raises
        ------
        BuildError
            When the archive cannot be read.
        """
        try:
            _, mtime_ns = stamp([self.root])
        except OSError as error:
            raise BuildError(
                f"the archive cannot be read: {reason_of(error)}", where=shown(self.root)
            ) from error
        for entry in self._archive.entries():
            yield entry._replace(mtime_ns=mtime_ns)

    def path_of(self, ref: MemberRef) -> str:
        """Return a file's path within the archive.

        Parameters
        ----------
        ref : MemberRef
            The file.

        Returns
        -------
        str
            Its path.
        """
        return ref[0]

    def read(self, ref: MemberRef) -> bytes:
        """Read a file.

        Parameters
        ----------
        ref : MemberRef
            The file.

        Returns
        -------
        bytes
            Its content.

        Raises
        ------
        ClipError
            When it cannot be read, is damaged, or is larger than the maximum.
        """
        return self._archive.read(ref)

    def stamp(self, *refs: MemberRef) -> tuple[int, int]:
        """Return the sizes of files, and when the archive changed.

        Parameters
        ----------
        *refs : MemberRef
            The files.

        Returns
        -------
        (int, int)
            Bytes, and the time of the archive's last change in nanoseconds.
        """
        return sum(MemberRef(*ref).size for ref in refs), os.stat(self.root).st_mtime_ns


def opened(folder: PoseFolder) -> PoseFolder:
    """Take a root that is a file for an archive.

    Parameters
    ----------
    folder : PoseFolder
        What the user says of the files.

    Returns
    -------
    PoseFolder
        The same, or the archive.
    """
    if not os.path.isfile(folder.root):
        return folder
    return PoseArchive(**{field.name: getattr(folder, field.name) for field in fields(folder)})
