"""The source of all datasets of which each clip is a file in a folder."""

from __future__ import annotations

import os.path
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from skelconv import Clip, ClipError
from skelconv.files import Catalog, Entry, Found, Ref, read, stamp, walk
from skelconv.plugin import Inventory, Item
from skelconv.text import shown
from skelconv_datasets.poses import Poses


@dataclass(frozen=True)
class Form:
    """What the clips of a dataset have in common.

    Attributes
    ----------
    path : re.Pattern of str
        Fits the paths of the clips' files within the root; the group ``clip`` is the clip's path.
    parse : callable
        Parses a file's content; raises a `ClipError` where it is not in this form.
    layout : str
        The layout of the keypoints.
    label : callable, optional
        Returns the class of a clip by its path, from 0, or None where it says none.
    classes : sequence of str
        The names of the classes, in the order of labels.
    """

    path: re.Pattern[str]
    parse: Callable[[bytes], Poses]
    layout: str
    label: Callable[[str], int | None] | None = None
    classes: Sequence[str] = ()


class DatasetFiles:
    """Gives a clip for every file of a dataset.

    Parameters
    ----------
    root : str
        The folder.
    form : Form
        What the dataset is.
    catalog : Catalog
        Ids, and labels where the user has others than the dataset.
    max_bytes : int
        The largest file that is read.
    """

    def __init__(self, root: str, form: Form, catalog: Catalog, max_bytes: int) -> None:
        self._root = root
        self._form = form
        self._catalog = catalog
        self._max_bytes = max_bytes

    def inventory(self) -> Inventory:
        """Find the files.

        Returns
        -------
        Inventory
            An item for each; files that do not fit are strays.

        Raises
        ------
        BuildError
            When the folder cannot be listed or has no such file, or labels cannot be read.
        """
        strays: list[str] = []
        found = list(self._found(strays))
        inventory = self._catalog.inventory(self._root, found, strays)
        if self._form.label is None or self._catalog.labels is not None:
            return inventory
        items = []
        for item in inventory.items:
            ref = Ref(*item.ref)
            items.append(replace(item, ref=tuple(ref._replace(label=ref.found[1]))))
        return replace(
            inventory,
            items=items,
            labels=[Ref(*item.ref).label for item in items],
            label_names=self._form.classes,
        )

    def _found(self, strays: list[str]) -> Iterator[Found]:
        for entry in walk(self._root):
            match = self._form.path.fullmatch(entry.path)
            place = shown(os.path.join(self._root, entry.path))
            # macOS leaves a "._NAME" beside each NAME on foreign disks and in archives.
            if not match or os.path.basename(entry.path).startswith("."):
                strays.append(place)
                continue
            yield self._clip_of(entry, match["clip"], place)

    def _clip_of(self, entry: Entry, path: str, place: str) -> Found:
        own = self._form.label if self._catalog.labels is None else None
        label = own(path) if own else None
        fault = entry.fault
        if own and label is None:
            fault = fault or "no label: its name does not say a class of the dataset"
        return Found(path, (entry.path, label), place, entry.size, entry.mtime_ns, fault)

    def load(self, item: Item) -> Clip:
        """Load one clip.

        Parameters
        ----------
        item : Item
            The clip's item.

        Returns
        -------
        Clip
            With keypoints in float64.

        Raises
        ------
        ClipError
            When the file cannot be read or is not in the dataset's form, or says another class
            than its name.
        """
        ref = Ref(*item.ref)
        path = self._path(item)
        content = read(path, self._max_bytes, "max_file_mb")
        try:
            poses = self._form.parse(content)
            if self._catalog.labels is None and poses.label not in (None, ref.label):
                raise ClipError(
                    f"its name says {self._class(ref.label)}, and the file says "
                    f"{self._class(poses.label)} (look which is right, and rename it; or give "
                    "option labels)"
                )
            return poses.clip(item.id, self._form.layout, ref.label)
        except ClipError as error:
            raise ClipError(error.reason, shown(path), error.line) from error

    def _class(self, label: int | None) -> str:
        if label is None or not 0 <= label < len(self._form.classes):
            return "a class that is not there"
        return repr(self._form.classes[label])

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
        return stamp([self._path(item)])

    def _path(self, item: Item) -> str:
        inside: str = Ref(*item.ref).found[0]
        return os.path.join(self._root, inside)
