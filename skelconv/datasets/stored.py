"""The source and the split ``stored``: see `skelconv.datasets.plugin`."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from skelconv.data.classes import Label
from skelconv.data.clip import Clip
from skelconv.data.errors import DatasetError
from skelconv.datasets.checked import check_output, names_beside
from skelconv.datasets.dataset import Dataset
from skelconv.datasets.dataset import open as open_dataset
from skelconv.datasets.joining import Joining, Part, join
from skelconv.plugin.interfaces import Inventory, Item


class StoredSource:
    """Finished datasets, one after the other.

    Parameters
    ----------
    paths : sequence of str
        The datasets.
    options : mapping
        Options of their reader.
    classes : {"same", "union"}
        See `skelconv.datasets.joining.join`.
    """

    def __init__(
        self, paths: Sequence[str], options: Mapping[str, Any], classes: Joining = "same"
    ) -> None:
        self._paths = paths
        self._options = options
        self._classes = classes

    def inventory(self) -> Inventory:
        """List the clips of all parts.

        Returns
        -------
        Inventory
            In the order of the parts.

        Raises
        ------
        DatasetError
            When two parts have a clip of the same id, differ in layout, or their classes cannot be
            joined.
        """
        checked = [check_output(path, self._options.get("verify", "auto")) for path in self._paths]
        parts = [(path, open_part(path, self._options)) for path in self._paths]
        joined = join(
            [
                Part(path, dataset.label_names or names_beside(path, how), dataset.labels)
                for (path, dataset), how in zip(parts, checked, strict=True)
            ],
            self._classes,
        )
        found: dict[str, str] = {}
        items = []
        inputs = []
        labels: list[Label] = []
        for part, (path, dataset) in enumerate(parts):
            size, changed = _stamp(path)
            numbers = joined.numbers[part]
            for position, (clip_id, label) in enumerate(
                zip(dataset.ids, dataset.labels, strict=True)
            ):
                if clip_id in found:
                    where = f"both {found[clip_id]} and {path}"
                    if found[clip_id] == path:
                        where = f"{path} twice"
                    raise DatasetError(f"the clip {clip_id!r} is in {where}")
                found[clip_id] = path
                new = _with_numbers(label, numbers)
                ref = (part, position) if new == label else (part, position, new)
                items.append(Item(clip_id, ref, size, changed))
                labels.append(new)
                inputs.append(path)
        layout = _common_layout({path: dataset.layout for path, dataset in parts if len(dataset)})
        absent: dict[str, None] = {}
        left_out: dict[str, list[str]] = {}
        for path, dataset in parts:
            for unknown in dataset.unknown.values():
                absent.update((name, None) for name in unknown if name not in found)
            passed_over = dataset.info.get("passed_over")
            if passed_over:
                reason = f"keys of {path} that a clip cannot hold ({', '.join(passed_over)})"
                left_out[reason] = [*passed_over]
        return Inventory(
            items,
            absent=list(absent),
            left_out=left_out,
            label_names=joined.names,
            labels=labels,
            notes=joined.notes,
            layout=layout,
            inputs=inputs,
        )

    def load(self, item: Item) -> Clip:
        """Read one clip.

        Parameters
        ----------
        item : Item
            One of the inventory.

        Returns
        -------
        Clip
            As it is in its part, but for the label where classes were joined by name.
        """
        part, position, *label = item.ref
        clip: Clip = open_part(self._paths[part], self._options)[position]
        return clip.replace(label=label[0]) if label else clip


class StoredSplit:
    """The splits that finished datasets have; those of one name are joined.

    Parameters
    ----------
    paths : sequence of str
        The datasets.
    options : mapping
        Options of their reader.
    """

    def __init__(self, paths: Sequence[str], options: Mapping[str, Any]) -> None:
        self._names_of: dict[str, list[str]] = {}
        self._unknown: dict[str, None] = {}
        names: dict[str, None] = {}
        for path in paths:
            dataset = open_part(path, options)
            for name, members in dataset.splits.items():
                names[name] = None
                for index in members:
                    self._names_of.setdefault(dataset.ids[index], []).append(name)
            for unknown in dataset.unknown.values():
                self._unknown.update(dict.fromkeys(unknown))
        self.names = tuple(names)

    def assign(self, clip_id: str) -> Sequence[str]:
        """Return the splits that a clip is in.

        Parameters
        ----------
        clip_id : str
            The clip's id.

        Returns
        -------
        sequence of str
            Their names, in the order of the parts.
        """
        return self._names_of.get(clip_id, ())

    def listed(self) -> Iterator[str]:
        """Iterate over the ids in the splits, also those of clips that no dataset has.

        Yields
        ------
        str
            An id.
        """
        yield from self._names_of
        yield from self._unknown


def open_part(path: str, options: Mapping[str, Any]) -> Dataset:
    """Open a part once, for the source and the split; `forget_parts` closes them.

    Its bytes are not checked: the inventory has done it, and each worker would do it again.

    Parameters
    ----------
    path : str
        The dataset.
    options : mapping
        Options of its reader, as JSON values.

    Returns
    -------
    Dataset
        The same each time.
    """
    return _open(path, json.dumps(options, sort_keys=True))


def forget_parts() -> None:
    """Forget the parts that are open: the files may have changed."""
    _open.cache_clear()


@functools.cache
def _open(path: str, options: str) -> Dataset:
    return open_dataset(path, **{**json.loads(options), "verify": "never"})


def _stamp(path: str) -> tuple[int, int]:
    if "://" in path:
        return 0, 0
    status = os.stat(path)
    return status.st_size, status.st_mtime_ns


def _with_numbers(label: Label, numbers: Mapping[int, int]) -> Label:
    """Return a label with the new numbers of its classes."""
    if not numbers:
        return label
    if isinstance(label, tuple):
        return tuple(dict.fromkeys(numbers.get(number, number) for number in label))
    return None if label is None else numbers.get(label, label)


def _common_layout(of: Mapping[str, str]) -> str | None:
    """Return the layout of all parts, and refuse parts of different layouts."""
    common = next(iter(of.items()), None)
    for path, layout in of.items():
        if common is not None and layout != common[1]:
            raise DatasetError(
                f"{common[0]} and {path} differ in their layout: {common[1]} and {layout}"
            )
    return None if common is None else common[1]
