"""What all sources of pose files do: find and read files below a folder, and make clips of them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from skelconv import Clip, ClipError
from skelconv.files import (
    Catalog,
    Entry,
    Found,
    JsonFile,
    Ref,
    open_regular,
    read,
    stamp,
    unpacked,
    unpacking,
    walk,
)
from skelconv.plugin import Inventory, Item, Rejected
from skelconv.text import reason_of, shown
from skelconv_posefiles.poses import Form, PoseSequence, to_clip

_PACKED = ".gz"


def parts_of(path: str) -> tuple[str, str]:
    """Divide the path of a file, whose name may end in ``.gz``.

    Parameters
    ----------
    path : str
        The path.

    Returns
    -------
    (str, str)
        The path without endings, and the ending before ``.gz``, in lower case.
    """
    path = path[: -len(_PACKED)] if path.lower().endswith(_PACKED) else path
    stem, suffix = os.path.splitext(path)
    return stem, suffix.lower()


@dataclass(frozen=True)
class PoseFolder:
    """A folder of pose files.

    Attributes
    ----------
    root : str
        The folder, nested or not.
    form : Form
        What the user says about all clips.
    catalog : Catalog
        Ids, labels and frame counts.
    max_bytes : int
        The largest file that is read.
    """

    root: str
    form: Form
    catalog: Catalog
    max_bytes: int

    def entries(self) -> Iterator[Entry]:
        """Find all files."""
        return walk(self.root)

    def place(self, path: str) -> str:
        """Return the place of a file, for people.

        Parameters
        ----------
        path : str
            Its path within the folder.

        Returns
        -------
        str
            Its full path, printable.
        """
        return shown(os.path.join(self.root, path))

    def path_of(self, ref: Any) -> str:
        """Return the path of a file.

        Parameters
        ----------
        ref : Any
            What finds it: its path within the folder.

        Returns
        -------
        str
            Its path.
        """
        return str(ref)

    def read(self, path: Any) -> bytes:
        """Read a file, which gzip may have packed.

        Parameters
        ----------
        path : str
            Its path within the folder.

        Returns
        -------
        bytes
            Its content.

        Raises
        ------
        ClipError
            When it cannot be read, or is larger than the maximum.
        """
        content = read(os.path.join(self.root, path), self.max_bytes, "max_file_mb")
        return unpacked(content, self.max_bytes, "max_file_mb")

    @contextmanager
    def opened(self, path: str) -> Iterator[BinaryIO]:
        """Open a file that is not read as a whole.

        Parameters
        ----------
        path : str
            Its path within the folder.

        Yields
        ------
        binary file
            At its begin.

        Raises
        ------
        ClipError
            When it cannot be read, or is larger than the maximum.
        """
        place = os.path.join(self.root, path)
        try:
            with open_regular(place) as file:
                if os.fstat(file.fileno()).st_size > self.max_bytes:
                    raise ClipError(
                        f"holds more than {self.max_bytes / 2**20:g} MB, and is not read (option "
                        "max_file_mb)"
                    )
                yield file
        except (OSError, ValueError) as error:
            raise ClipError(f"cannot be read: {reason_of(error)}", path=shown(place)) from error

    @contextmanager
    def document(self, path: str, *, packed: bool = True) -> Iterator[JsonFile]:
        """Open a JSON file that is read an element at a time.

        Parameters
        ----------
        path : str
            Its path within the folder.
        packed : bool
            Whether gzip may have packed it: one cannot go back in such a file.

        Yields
        ------
        JsonFile
            At its begin.

        Raises
        ------
        ClipError
            When it cannot be read, or is larger than the maximum; in place of the block's, with
            the line that was being read.
        """
        with self.opened(path) as file:
            content = unpacking(file, self.max_bytes, "max_file_mb")
            if content is not file and not packed:
                raise ClipError("is packed by gzip, in which one cannot seek: unpack it (gunzip)")
            document = JsonFile(content)
            try:
                yield document
            except ClipError as error:
                line = document.line if error.line is None else error.line
                raise ClipError(error.reason, error.path, line) from error

    def stamp(self, *paths: Any) -> tuple[int, int]:
        """Return the present size and time of change of files.

        Parameters
        ----------
        *paths : str
            Their paths within the folder.

        Returns
        -------
        (int, int)
            Bytes, and the time of the last change in nanoseconds.
        """
        return stamp(os.path.join(self.root, path) for path in paths)

    @contextmanager
    def errors_at(self, path: str) -> Iterator[None]:
        """Name a file in the errors of a block.

        Parameters
        ----------
        path : str
            Its path within the folder.

        Yields
        ------
        None
            Once.

        Raises
        ------
        ClipError
            In place of the block's, with the file's path and the same line.
        """
        try:
            yield
        except ClipError as error:
            raise ClipError(error.reason, self.place(path), error.line) from error

    def inventory(
        self,
        found: Iterable[Found],
        strays: Sequence[str],
        rejected: Iterable[Rejected] = (),
        notes: Sequence[str] = (),
        layout: str | None = None,
    ) -> Inventory:
        """Make an inventory of the clips that were found.

        Parameters
        ----------
        found : iterable of Found
            The clips.
        strays : sequence of str
            The places of other files.
        rejected : iterable of Rejected
            What is known already not to be a clip.
        notes : sequence of str
            What the user should know of the files as a whole.
        layout : str, optional
            The layout of all clips, where the files name it.

        Returns
        -------
        Inventory
            With labels and frame counts.

        Raises
        ------
        BuildError
            When nothing was found, or labels or frame counts cannot be read.
        """
        inventory = self.catalog.inventory(self.root, found, strays, rejected)
        return replace(inventory, notes=notes, layout=layout)

    def clip(self, item: Item, poses: PoseSequence) -> Clip:
        """Make the clip of an item; see `skelconv_posefiles.poses.to_clip`.

        Parameters
        ----------
        item : Item
            The item, from `inventory`.
        poses : PoseSequence
            The content of its file.

        Returns
        -------
        Clip
            The clip.
        """
        ref = Ref(*item.ref)
        form = replace(self.form, layout=poses.layout) if poses.layout else self.form
        return to_clip(item.id, poses, form, label=ref.label, total_frames=ref.total_frames)
