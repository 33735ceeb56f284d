"""The source ``ntu-raw``: raw ``.skeleton`` files as Kinect v2 wrote them."""

from __future__ import annotations

import functools
import os
import stat
from collections.abc import Callable, Sequence
from typing import Any, Literal

from skelconv import BuildError, Clip, ClipError
from skelconv.files import Entry, ZipArchive
from skelconv.plugin import Inventory, Item, Rejected
from skelconv.text import reason_of, shown
from skelconv_ntu.folder import Folder
from skelconv_ntu.names import parse_name
from skelconv_ntu.official import class_names, is_official
from skelconv_ntu.roots import MAX_FILE_BYTES, ROOT_HINT, Root
from skelconv_ntu.selection import Selection
from skelconv_ntu.skeleton_file import SkeletonFileError, parse_skeleton
from skelconv_ntu.tracks import to_clip

ENDING = ".skeleton"


class NtuRaw:
    """Gives every body track of every raw file.

    Parameters
    ----------
    roots : sequence of str
        Folders and zip archives.
    selection : Selection
        Which official samples to convert.
    extras : bool
        Whether clips have the files' values beyond x, y, z, too.
    order : {"name", "camera", "performer"}
        What clips are sorted by; by their names where this is the same.
    """

    def __init__(
        self,
        roots: Sequence[str],
        selection: Selection,
        *,
        extras: bool,
        order: Literal["name", "camera", "performer"] = "name",
    ) -> None:
        self._paths = roots
        self._selection = selection
        self._extras = extras
        self._order = order

    @functools.cached_property
    def _roots(self) -> list[Root]:
        return [open_root(path) for path in self._paths]

    def inventory(self) -> Inventory:
        """Find the selected samples, in order.

        Returns
        -------
        Inventory
            What is there, and what is absent, left out or rejected.

        Raises
        ------
        BuildError
            When a root is not there, cannot be listed or holds no raw file.
        """
        sorter = _Sorter(self._roots, self._selection)
        for index, root in enumerate(self._roots):
            raw_files = sum(sorter.sort(index, entry) for entry in root.entries())
            if not raw_files:
                raise BuildError(
                    f"there is no {ENDING} file in it",
                    where=shown(root.path),
                    hint=ROOT_HINT,
                )
        return sorter.inventory(self._sort_key)

    def _sort_key(self, item: Item) -> tuple[int, str]:
        sample = None if self._order == "name" else parse_name(item.id)
        return (0 if sample is None else getattr(sample, self._order)), item.id

    def load(self, item: Item) -> Clip:
        """Load one sample with all its body tracks.

        Parameters
        ----------
        item : Item
            One of the inventory.

        Returns
        -------
        Clip
            See `skelconv_ntu.tracks.to_clip`.

        Raises
        ------
        ClipError
            When the file cannot be read or is not a valid raw file.
        """
        sample = parse_name(item.id)
        if sample is None:
            raise ClipError("the name is not an NTU name")
        index, ref = item.ref
        root = self._roots[index]
        content = root.read(ref)
        try:
            return to_clip(item.id, sample.label, parse_skeleton(content, extras=self._extras))
        except SkeletonFileError as error:
            raise ClipError(error.reason, path=root.locate(ref), line=error.line) from error
        except ClipError as error:
            raise ClipError(error.reason, path=root.locate(ref)) from error

    def stamp(self, item: Item) -> tuple[int, int]:
        """Return the present size and time of change of a sample's file.

        Parameters
        ----------
        item : Item
            The clip's item.

        Returns
        -------
        (int, int)
            Bytes, and the time of the last change in nanoseconds.
        """
        index, ref = item.ref
        return self._roots[index].stamp(ref) or (item.size, item.mtime_ns)


def open_root(path: str) -> Root:
    """Open a folder or a zip archive.

    Parameters
    ----------
    path : str
        Its path.

    Returns
    -------
    Root
        The folder or archive.

    Raises
    ------
    BuildError
        When there is neither.
    """
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError) as error:
        raise BuildError(
            f"the raw files are not there: {reason_of(error)}",
            where=shown(path),
            hint=ROOT_HINT,
        ) from error
    if stat.S_ISDIR(mode):
        return Folder(path)
    if stat.S_ISREG(mode):
        return ZipArchive(path, ENDING, MAX_FILE_BYTES, ROOT_HINT)
    raise BuildError(
        "this is neither a folder nor a .zip archive", where=shown(path), hint=ROOT_HINT
    )


class _Sorter:
    """Sorts files into samples, strays, and what is left out or refused."""

    def __init__(self, roots: Sequence[Root], selection: Selection) -> None:
        self._roots = roots
        self._selection = selection
        # The selected samples, and where the first copy of each is.
        self._wanted: dict[str, tuple[int, Any] | None] = dict.fromkeys(selection.names())
        self._items: list[Item] = []
        self._strays: list[str] = []
        self._left_out: dict[str, set[str]] = {}
        self._rejected: list[Rejected] = []

    def sort(self, index: int, entry: Entry) -> bool:
        """Sort one file, and return whether it is a raw file."""
        file_name = entry.path.rpartition("/")[2]
        name = file_name.removesuffix(ENDING)
        ref = index, entry.ref
        # macOS writes a "._NAME" beside each NAME on foreign disks and in archives.
        if name == file_name or name.startswith("."):
            self._strays.append(self._locate(ref))
            return False
        if name not in self._wanted:
            self._pass_over(name, ref)
            return True
        first = self._wanted[name]
        if first:
            self._reject(name, f"a second copy of {self._locate(first)}", ref)
            return True
        self._wanted[name] = ref
        if entry.fault:
            self._reject(name, entry.fault, ref)
        else:
            self._items.append(Item(name, ref, entry.size, entry.mtime_ns))
        return True

    def _pass_over(self, name: str, ref: tuple[int, Any]) -> None:
        sample = parse_name(name)
        if sample is None:
            self._reject(name, "the name is not an NTU name (SsssCcccPpppRrrrAaaa)", ref)
            return
        reason = self._selection.refusal(sample) if is_official(sample) else None
        if reason is None:
            self._strays.append(self._locate(ref))
        else:
            self._left_out.setdefault(reason, set()).add(name)

    def _reject(self, name: str, reason: str, ref: tuple[int, Any]) -> None:
        self._rejected.append(Rejected(shown(name), reason, self._locate(ref)))

    def _locate(self, ref: tuple[int, Any]) -> str:
        index, inside = ref
        return self._roots[index].locate(inside)

    def inventory(self, sort_key: Callable[[Item], Any]) -> Inventory:
        items = sorted(self._items, key=sort_key)
        return Inventory(
            items=items,
            absent=[name for name, first in self._wanted.items() if first is None],
            strays=self._strays,
            left_out={reason: sorted(names) for reason, names in sorted(self._left_out.items())},
            rejected=self._rejected,
            label_names=class_names(self._selection.dataset),
            labels=[sample.label for item in items if (sample := parse_name(item.id))],
            inputs=[self._roots[item.ref[0]].path for item in items],
        )
