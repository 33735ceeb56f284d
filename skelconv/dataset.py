"""Finished datasets, opened as lazy sequences of clips."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

from pydantic import ValidationError

from skelconv.clip import Clip
from skelconv.errors import DatasetError
from skelconv.hookspecs import Descriptor, Options, ReaderPlugin
from skelconv.registry import Registry, load_registry
from skelconv.stages import Reader


class Dataset(Sequence[Clip]):
    """A dataset, or a part of one, as a sequence of clips that are read when they are asked for.

    ``dataset[3]`` and ``dataset["S001C001P001R001A001"]`` give a `Clip`; ``dataset[10:20]`` and
    ``dataset.split("xsub_train")`` give another `Dataset`, and read nothing.

    Parameters
    ----------
    reader : Reader
        What reads the clips.
    positions : sequence of int, optional
        Which clips of the reader's, in which order; all of them by default.
    """

    def __init__(self, reader: Reader, positions: Sequence[int] | None = None) -> None:
        self._reader = reader
        self._positions = range(len(reader.frame_dirs)) if positions is None else positions
        self._place: dict[str, int] | None = None

    def __len__(self) -> int:
        return len(self._positions)

    @overload
    def __getitem__(self, index: int | str) -> Clip: ...
    @overload
    def __getitem__(self, index: slice) -> Dataset: ...
    def __getitem__(self, index: int | str | slice) -> Clip | Dataset:
        if isinstance(index, slice):
            return Dataset(self._reader, self._positions[index])
        if isinstance(index, str):
            index = self.index_of(index)
        return self._reader.read(self._positions[index])

    def __iter__(self) -> Iterator[Clip]:
        return map(self._reader.read, self._positions)

    def __repr__(self) -> str:
        parts = ", ".join(f"{name} {len(members)}" for name, members in self.splits.items())
        return f"<skelconv dataset of {len(self)} clips{f': {parts}' if parts else ''}>"

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_place": None}

    @property
    def frame_dirs(self) -> Sequence[str]:
        """The ids of the clips."""
        if isinstance(self._positions, range) and len(self) == len(self._reader.frame_dirs):
            return self._reader.frame_dirs
        return [self._reader.frame_dirs[position] for position in self._positions]

    @property
    def labels(self) -> Sequence[int | tuple[int, ...] | None]:
        """The label of each clip, without reading its keypoints."""
        return [self._reader.labels[position] for position in self._positions]

    @property
    def splits(self) -> Mapping[str, Sequence[int]]:
        """The parts of the dataset, as indices into it, in the order of the file."""
        if isinstance(self._positions, range) and len(self) == len(self._reader.frame_dirs):
            return self._reader.splits
        index = {position: index for index, position in enumerate(self._positions)}
        return {
            name: [index[position] for position in members if position in index]
            for name, members in self._reader.splits.items()
        }

    @property
    def unknown(self) -> Mapping[str, Sequence[str]]:
        """Ids that the file's splits name and that have no clip, by split."""
        return self._reader.unknown

    @property
    def label_names(self) -> Sequence[str]:
        """The classes' names in the order of labels, where the file has them."""
        return self._reader.label_names

    @property
    def layout(self) -> str:
        """The name of the clips' layout."""
        return self._reader.layout

    @property
    def info(self) -> Mapping[str, Any]:
        """What else the file says of the whole dataset."""
        return self._reader.info

    def split(self, name: str) -> Dataset:
        """Return the clips of one part, in the order of the file.

        Raises
        ------
        DatasetError
            When there is no such part.
        """
        splits = self.splits
        if name not in splits:
            known = ", ".join(splits) or "none"
            raise DatasetError(f"there is no split {name!r}; there are: {known}")
        return Dataset(self._reader, [self._positions[index] for index in splits[name]])

    def index_of(self, frame_dir: str) -> int:
        """Return the index of the clip of this id.

        Raises
        ------
        DatasetError
            When there is none.
        """
        if self._place is None:
            self._place = {name: index for index, name in enumerate(self.frame_dirs)}
        try:
            return self._place[frame_dir]
        except KeyError:
            raise DatasetError(f"there is no clip {frame_dir!r}") from None


def open(path: str | os.PathLike[str], **options: Any) -> Dataset:  # noqa: A001
    """Open a dataset of any format that a plugin reads.

    Parameters
    ----------
    path : path or URL
        The dataset.
    **options
        Options of the reader; see ``skelconv list-plugins --kind reader``.

    Returns
    -------
    Dataset
        Lazy: clips are read when they are asked for.

    Raises
    ------
    DatasetError
        When there is nothing, when no reader knows it, or when it is damaged.
    """
    name = os.fspath(path)
    descriptor = reader_of(name, load_registry())
    return Dataset(descriptor.create(checked_options(descriptor, {"path": name, **options})))


def checked_options(descriptor: Descriptor, options: Mapping[str, Any]) -> Options:
    """Return the options of a reader or sink that are not from a recipe.

    Raises
    ------
    DatasetError
        When it does not know one, or its value is wrong.
    """
    try:
        return descriptor.options.model_validate(options)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()
        )
        raise DatasetError(
            f"the {descriptor.kind} {descriptor.name!r} cannot take {faults}",
            hint=f"its options: skelconv describe {descriptor.name}",
        ) from None


def reader_of(path: str, registry: Registry) -> ReaderPlugin:
    """Return the reader for a path or URL.

    Raises
    ------
    DatasetError
        When there is nothing, or no reader knows it.
    """
    if "://" not in path and not os.path.exists(path):
        raise DatasetError("there is no such file or folder", where=path)
    offers = registry.of_kind("reader")
    for offer in offers:
        if isinstance(offer.descriptor, ReaderPlugin) and offer.descriptor.recognises(path):
            registry.descriptor("reader", offer.qualified_name)  # what it requires is there
            return offer.descriptor
    raise DatasetError(
        "no plugin knows this format",
        where=path,
        hint=f"there are readers for: {', '.join(offer.name for offer in offers)}",
    )
