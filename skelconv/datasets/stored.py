"""The source and the split ``stored``: see `skelconv.datasets.plugin`."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from skelconv.data.classes import Label
from skelconv.data.clip import Clip
from skelconv.data.errors import ClipError, DatasetError
from skelconv.datasets.checked import check_output, names_beside
from skelconv.datasets.dataset import Dataset
from skelconv.datasets.joining import Joining, Part, join
from skelconv.datasets.opening import open as open_dataset
from skelconv.plugin.interfaces.sources import Inventory, Item
from skelconv.plugin.use import UseTransform, use_plugin
from skelconv.recipe.layouts import misfit
from skelconv.text.places import is_remote, name_at


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
    layout : str, optional
        The layout that all clips are mapped to; by default all must have the same.
    prefix : bool
        Whether each clip's id gets the name of its dataset in front.
    """

    def __init__(
        self,
        paths: Sequence[str],
        options: Mapping[str, Any],
        *,
        classes: Joining = "same",
        layout: str | None = None,
        prefix: bool = False,
    ) -> None:
        self._paths = paths
        self._options = options
        self._classes = classes
        self._layout = layout
        self._in_front = in_front(paths, prefix=prefix)

    def inventory(self) -> Inventory:
        """List the clips of all parts.

        Returns
        -------
        Inventory
            In the order of the parts.

        Raises
        ------
        DatasetError
            When two parts have a clip of the same id, differ in layout or in the number of
            coordinates, or their layouts cannot be mapped or their classes joined.
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
            for position, (own_id, label) in enumerate(
                zip(dataset.ids, dataset.labels, strict=True)
            ):
                clip_id = self._in_front[part] + own_id
                if clip_id in found:
                    raise _there_twice(clip_id, found[clip_id], path)
                found[clip_id] = path
                new = _with_numbers(label, numbers)
                ref = (part, position) if new == label else (part, position, new)
                items.append(Item(clip_id, ref, size, changed))
                labels.append(new)
                inputs.append(path)
        filled = {path: dataset for path, dataset in parts if len(dataset)}
        layout = self._layout or _common_layout(filled)
        self._check_mapping(filled)
        _check_coordinates(filled)
        absent: dict[str, None] = {}
        left_out: dict[str, list[str]] = {}
        for front, (path, dataset) in zip(self._in_front, parts, strict=True):
            for unknown in dataset.unknown.values():
                names = (front + name for name in unknown)
                absent.update((name, None) for name in names if name not in found)
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
            As it is in its part, but for its id where that has a prefix, the label where classes
            were joined by name, and the layout where it is mapped.
        """
        part, position, *label = item.ref
        clip: Clip = open_part(self._paths[part], self._options)[position]
        if self._in_front[part]:
            clip = clip.replace(id=self._in_front[part] + clip.id)
        if label:
            clip = clip.replace(label=label[0])
        if self._layout is None or clip.layout == self._layout:
            return clip
        mapped: Clip = self._mapping(clip)
        return mapped

    @functools.cached_property
    def _mapping(self) -> Any:
        return _map_layout(self._layout).make()

    def _check_mapping(self, of: Mapping[str, Dataset]) -> None:
        for path, dataset in of.items():
            if self._layout in (None, dataset.layout):
                continue
            if found := misfit(dataset.layout, [_map_layout(self._layout)]):
                raise DatasetError(found.what, where=path)


class StoredSplit:
    """The splits that finished datasets have; those of one name are joined.

    Parameters
    ----------
    paths : sequence of str
        The datasets.
    options : mapping
        Options of their reader.
    prefix : bool
        As of `StoredSource`.
    """

    def __init__(
        self, paths: Sequence[str], options: Mapping[str, Any], *, prefix: bool = False
    ) -> None:
        self._names_of: dict[str, list[str]] = {}
        self._unknown: dict[str, None] = {}
        names: dict[str, None] = {}
        for path, front in zip(paths, in_front(paths, prefix=prefix), strict=True):
            dataset = open_part(path, options)
            for name, members in dataset.splits.items():
                names[name] = None
                for index in members:
                    self._names_of.setdefault(front + dataset.ids[index], []).append(name)
            for unknown in dataset.unknown.values():
                self._unknown.update((front + name, None) for name in unknown)
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
    if is_remote(path):
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


def in_front(paths: Sequence[str], *, prefix: bool) -> list[str]:
    """Return what is put in front of the ids of each dataset.

    Parameters
    ----------
    paths : sequence of str
        The datasets.
    prefix : bool
        Whether anything is.

    Returns
    -------
    list of str
        Such as ``a/`` for ``out/a.pkl``; empty texts without `prefix`.

    Raises
    ------
    DatasetError
        When two datasets have the same name.
    """
    if not prefix:
        return [""] * len(paths)
    names: dict[str, str] = {}
    for path in paths:
        name = name_at(path)
        name = name.rpartition(".")[0] or name
        if name in names:
            raise DatasetError(
                f"{names[name]} and {path} have the same name, which would be in front of all ids",
                hint="give one of them another name",
            )
        names[name] = path
    return [f"{name}/" for name in names]


def _there_twice(clip_id: str, path: str, other: str) -> DatasetError:
    if path == other:
        return DatasetError(f"the clip {clip_id!r} is in {path} twice")
    return DatasetError(
        f"the clip {clip_id!r} is in both {path} and {other}",
        hint="to put the name of its dataset in front of each id: --prefix",
    )


def _map_layout(layout: str | None) -> UseTransform:
    use = use_plugin("transform", "map-layout", {"to": layout})
    assert isinstance(use, UseTransform)  # noqa: S101 (by its kind)
    return use


def _common_layout(of: Mapping[str, Dataset]) -> str | None:
    """Return the layout of all parts, and refuse parts of different layouts."""
    common = next(iter(of.items()), None)
    if common is None:
        return None
    for path, dataset in of.items():
        if dataset.layout != common[1].layout:
            raise DatasetError(
                f"{common[0]} and {path} differ in their layout: {common[1].layout} and "
                f"{dataset.layout}",
                hint="to map all to one: --layout NAME",
            )
    return common[1].layout


def _check_coordinates(of: Mapping[str, Dataset]) -> None:
    """Refuse parts in 2D and in 3D: pixels and metres in one dataset fit no trainer."""
    if len(of) < 2:
        return
    first: dict[int, str] = {}
    for path, dataset in of.items():
        try:
            number = dataset[0].keypoint.shape[-1]
        except ClipError:
            continue  # it will be quarantined
        first.setdefault(number, path)
    if len(first) > 1:
        (one, path), (other, another), *_ = first.items()
        raise DatasetError(
            f"{path} and {another} differ in the number of coordinates: {one} and {other}",
            hint="in 2D they are pixels, in 3D mostly metres: make a dataset of each",
        )
