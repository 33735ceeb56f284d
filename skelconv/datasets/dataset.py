"""Finished datasets as lazy sequences of clips."""

from __future__ import annotations

import json
import operator
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import Any, SupportsIndex, TypeVar, overload

import numpy as np

from skelconv.data.classes import Label
from skelconv.data.clip import Clip
from skelconv.data.errors import ClipError, DatasetError
from skelconv.plugin.guard import call, guarded
from skelconv.plugin.interfaces.readers import Reader
from skelconv.text.advice import nearest
from skelconv.text.counts import counted

_SHOWN_SPLITS = 6

Answer = TypeVar("Answer")


class UnknownClipError(DatasetError, KeyError):
    """A dataset has no clip of this id."""


class Dataset(Sequence[Clip]):
    """A dataset, or a part of one, as a sequence of clips that are read when they are asked for.

    ``dataset[3]`` and ``dataset["S001C001P001R001A001"]`` give a `Clip`; ``dataset[10:20]``,
    ``dataset[[0, 5]]`` and ``dataset.split("xsub_train")`` give another `Dataset`, and read
    nothing.

    Parameters
    ----------
    reader : Reader
        Reads the clips.
    positions : sequence of int, optional
        The clips of the reader to use, in this order; by default all of them.
    who : str
        The reader, as messages call it.
    path : str, optional
        Where the dataset is.
    checked : str
        How its bytes were compared with its provenance when it was opened, in words.
    label_names : sequence of str
        The names of the classes, where the reader has none.
    """

    def __init__(
        self,
        reader: Reader,
        positions: Sequence[int] | None = None,
        *,
        who: str = "the reader",
        path: str | None = None,
        checked: str = "",
        label_names: Sequence[str] = (),
    ) -> None:
        self._reader = reader
        self._names_beside = tuple(label_names)
        self._who = who
        self.path = path
        self.checked = checked
        self._is_whole = positions is None
        self._cache: dict[str, Any] = {}
        with guarded(who):
            if positions is None:
                _check_texts("ids", reader.ids)
            self._positions = range(len(reader.ids)) if positions is None else positions

    def __len__(self) -> int:
        return len(self._positions)

    @overload
    def __getitem__(self, index: SupportsIndex | str) -> Clip: ...
    @overload
    def __getitem__(self, index: slice | Iterable[Any]) -> Dataset: ...
    def __getitem__(self, index: Any) -> Clip | Dataset:
        if isinstance(index, slice):
            return self._part(self._positions[index])
        if isinstance(index, str):
            return self._read(self._position(index))
        # `int` first: whether it is of a protocol takes as long to find out as reading a clip.
        is_index = isinstance(index, (int, SupportsIndex))
        if is_index and not getattr(index, "ndim", 0):
            return self._read(self._position(index))
        return self._part([self._position(one) for one in self._chosen(index)])

    def __iter__(self) -> Iterator[Clip]:
        return map(self._read, self._positions)

    def __contains__(self, clip: object) -> bool:
        """Return whether it has a clip of this id, or this clip."""
        if isinstance(clip, str):
            return clip in self._places()
        return isinstance(clip, Clip) and clip.id in self._places() and self[clip.id] == clip

    def __repr__(self) -> str:
        parts = [f"{name} {len(members)}" for name, members in self.splits.items()]
        more = ["..."] if len(parts) > _SHOWN_SPLITS else []
        text = ", ".join([*parts[:_SHOWN_SPLITS], *more])
        return f"<skelconv dataset of {counted(len(self), 'clip')}{f': {text}' if text else ''}>"

    def _repr_html_(self) -> str:
        # Notebooks ask the object itself; what draws it is above this.
        html: str = import_module("skelconv.viewer.notebook").dataset_html(self)
        return html

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_cache": {}}

    def index(self, value: Any, start: int = 0, stop: int | None = None) -> int:
        """Return the index of a clip.

        Parameters
        ----------
        value : str or Clip
            An id, or a clip.
        start, stop : int
            Where to look, as in `list.index`.

        Returns
        -------
        int
            Its index.

        Raises
        ------
        ValueError
            When the dataset has no such clip.
        """
        if value in self:
            index = self.index_of(value if isinstance(value, str) else value.id)
            if index in range(len(self))[start:stop]:
                return index
        raise ValueError(f"{value!r} is not in the dataset")

    @property
    def ids(self) -> Sequence[str]:
        """The ids of the clips, in order."""

        def _ids() -> tuple[str, ...]:
            ids = self._reader.ids
            return tuple(ids[position] for position in self._positions)

        return self._once("ids", _ids)

    @property
    def labels(self) -> Sequence[Label]:
        """The label of each clip, without reading its keypoints."""

        def _labels() -> tuple[Label, ...]:
            labels = self._reader.labels
            return tuple(labels[position] for position in self._positions)

        return self._once("labels", _labels)

    @property
    def sizes(self) -> Sequence[tuple[int, int]] | None:
        """Persons and frames (M, T) of each clip without reading it; None if not known."""

        def _sizes() -> tuple[tuple[int, int], ...] | None:
            sizes = getattr(self._reader, "sizes", None)
            if sizes is None:
                return None
            chosen = sizes if self._is_whole else (sizes[place] for place in self._positions)
            return tuple((int(persons), int(frames)) for persons, frames in chosen)

        return self._once("sizes", _sizes)

    @property
    def splits(self) -> Mapping[str, Sequence[int]]:
        """The parts of the dataset, as indices into it, in the order of the file."""

        def _splits() -> Mapping[str, Sequence[int]]:
            splits = self._reader.splits
            _check_positions(splits, len(self._reader.ids))
            if self._is_whole:
                return MappingProxyType({name: tuple(members) for name, members in splits.items()})
            index = {position: index for index, position in enumerate(self._positions)}
            return MappingProxyType(
                {
                    name: tuple(index[position] for position in members if position in index)
                    for name, members in splits.items()
                }
            )

        return self._once("splits", _splits)

    @property
    def unknown(self) -> Mapping[str, Sequence[str]]:
        """Ids that the file's splits name and that have no clip, by split."""

        def _unknown() -> Mapping[str, Sequence[str]]:
            unknown = dict(self._reader.unknown)
            for name, ids in unknown.items():
                _check_texts(f"unknown[{name!r}]", ids)
            return MappingProxyType(unknown)

        return self._once("unknown", _unknown)

    @property
    def label_names(self) -> Sequence[str]:
        """The classes' names in the order of labels, where the file has them or its provenance."""

        def _label_names() -> Sequence[str]:
            names = self._reader.label_names
            _check_texts("label_names", names)
            return tuple(names) or self._names_beside

        return self._once("label_names", _label_names)

    @property
    def layout(self) -> str:
        """The name of the clips' layout."""

        def _layout() -> str:
            layout = self._reader.layout
            _check_texts("layout", [layout])
            return layout

        return self._once("layout", _layout)

    @property
    def info(self) -> Mapping[str, Any]:
        """What else the file says about the whole dataset."""

        def _info() -> Mapping[str, Any]:
            info = dict(self._reader.info)
            json.dumps(info)  # commands print it
            return MappingProxyType(info)

        return self._once("info", _info)

    def split(self, name: str) -> Dataset:
        """Return the clips of one part, in the order of the file.

        Parameters
        ----------
        name : str
            One of `splits`.

        Returns
        -------
        Dataset
            No clip is read.

        Raises
        ------
        DatasetError
            When there is no such part.
        """
        if name not in self.splits:
            raise DatasetError(f"there is no split {name!r}{nearest(name, self.splits)}")
        return self._part([self._positions[index] for index in self.splits[name]])

    def index_of(self, clip_id: str) -> int:
        """Return the index of the clip of this id.

        Parameters
        ----------
        clip_id : str
            The id.

        Returns
        -------
        int
            The index of the first clip of this id.

        Raises
        ------
        DatasetError
            When there is none; it is a KeyError too.
        """
        try:
            return self._places()[clip_id]
        except KeyError:
            raise UnknownClipError(
                f"there is no clip {clip_id!r}{nearest(clip_id, self.ids)}"
            ) from None

    def _read(self, position: int) -> Clip:
        clip: Clip = call(self._who, self._reader.read, position, gives=Clip, passing=(ClipError,))
        return clip

    def _part(self, positions: Sequence[int]) -> Dataset:
        return Dataset(
            self._reader,
            positions,
            who=self._who,
            path=self.path,
            checked=self.checked,
            label_names=self._names_beside,
        )

    def _position(self, index: SupportsIndex | str) -> int:
        """Return where in the reader the clip of an index or id is."""
        number = self.index_of(index) if isinstance(index, str) else operator.index(index)
        try:
            return self._positions[number]
        except IndexError:
            count = counted(len(self), "clip")
            raise IndexError(f"index {number} is out of range: there are {count}") from None

    def _chosen(self, index: Any) -> Sequence[Any]:
        """Return the indices and ids that a list, an array or a mask chooses."""
        # NumPy's and PyTorch's arrays, and pandas' columns, give Python's numbers so.
        chosen = index.tolist() if hasattr(index, "tolist") else index
        if not isinstance(chosen, Iterable):
            raise TypeError(
                f"a dataset takes an index, an id, a slice or a list, not {index!r:.60}"
            )
        chosen = list(chosen)
        if chosen and all(isinstance(one, bool | np.bool_) for one in chosen):
            if len(chosen) != len(self):
                raise IndexError(f"a mask of {len(chosen)} for a dataset of {len(self)} clips")
            return [number for number, wanted in enumerate(chosen) if wanted]
        return chosen

    def _places(self) -> Mapping[str, int]:
        def _first() -> dict[str, int]:
            # Where clips share an id, it means the first of them.
            last = len(self) - 1
            return {name: last - back for back, name in enumerate(reversed(self.ids))}

        return self._once("places", _first)

    def _once(self, name: str, find: Callable[[], Answer]) -> Answer:
        """Ask the reader once, and keep the answer."""
        if name not in self._cache:
            with guarded(self._who):
                self._cache[name] = find()
        answer: Answer = self._cache[name]
        return answer


def _check_texts(what: str, texts: Sequence[str]) -> None:
    len(texts)  # a generator can be read only once
    if isinstance(texts, str):
        raise TypeError(f"its {what} is {texts!r:.60}, not a sequence of str")
    if all(issubclass(kind, str) for kind in set(map(type, texts))):
        return
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"its {what} holds {text!r:.60}, which is not a str")


def _check_positions(splits: Mapping[str, Sequence[int]], count: int) -> None:
    for name, members in splits.items():
        # An array takes integers alone, and is looked through in a tenth of the time.
        try:
            positions = np.frombuffer(array("q", iter(members)), np.int64)
            beyond = len(positions) > 0 and not 0 <= positions.min() <= positions.max() < count
        except OverflowError:
            beyond = True
        if beyond:
            raise ValueError(f"the split {name!r} has positions beyond its {count} clips")
