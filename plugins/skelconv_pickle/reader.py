"""The reader `pickle`: an annotation pickle as a finished dataset, one clip at a time."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from skelconv import Clip
from skelconv.files import open_regular
from skelconv.text import is_remote
from skelconv.vision import open_file
from skelconv_pickle.annotation import STANDARD_KEYS, is_field, label_of
from skelconv_pickle.contents import Annotation, Contents, is_compressed, read_contents
from skelconv_pickle.loader import ClipLoader, loader_of, shape_of
from skelconv_pickle.table import table_in

_MARKS = b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"


class PickleReader:
    """An annotation pickle, opened for reading. See `skelconv.plugin.Reader`.

    ``info`` has under ``passed_over`` the keys whose values are not numbers and are not part of a
    clip.

    Parameters
    ----------
    contents : Contents
        What the pickle holds.
    loader : ClipLoader
        What loads its clips.
    """

    def __init__(self, contents: Contents, loader: ClipLoader) -> None:
        self._annotations = contents.annotations
        self._loader = loader
        self.ids: Sequence[str] = contents.ids
        self.labels: Sequence[int | tuple[int, ...] | None] = labels_of(contents.annotations)
        self.layout = loader.layout
        self.label_names: Sequence[str] = contents.label_names
        places: dict[str, list[int]] = {}
        for place, name in enumerate(contents.ids):
            places.setdefault(name, []).append(place)
        self.splits: Mapping[str, Sequence[int]] = {
            split: list(_positions(names, places)) for split, names in contents.splits.items()
        }
        self.unknown: Mapping[str, Sequence[str]] = {
            split: absent
            for split, names in contents.splits.items()
            if (absent := [name for name in names if name not in places])
        }
        passed_over = [*contents.passed_over, *_passed_over(contents.annotations)]
        self.info: Mapping[str, Any] = {"passed_over": passed_over} if passed_over else {}

    @functools.cached_property
    def sizes(self) -> Sequence[tuple[int, int]] | None:
        """Persons and frames of each clip; None where skeletons are in other files."""
        shapes = [shape_of(annotation.get("keypoint")) for annotation in self._annotations]
        if any(len(shape) != 4 for shape in shapes):
            return None
        return [(shape[0], shape[1]) for shape in shapes]

    def read(self, index: int) -> Clip:
        """Read one clip.

        Parameters
        ----------
        index : int
            Its position.

        Returns
        -------
        Clip
            The clip.

        Raises
        ------
        ClipError
            When it is damaged.
        """
        return self._loader.load(index, self.ids[index], self._annotations[index])


def open_pickle(path: str, *, sha256: str | None = None, **options: Any) -> PickleReader:
    """Open an annotation pickle.

    Parameters
    ----------
    path : str
        The file, a URL, or the folder that the sink `kpfiles` wrote.
    sha256 : str, optional
        The SHA-256 that it must have.
    **options
        See `skelconv_pickle.loader.loader_of`.

    Returns
    -------
    PickleReader
        The opened pickle.

    Raises
    ------
    DatasetError
        When it cannot be read, or its clips' layout is not known.
    """
    contents = open_file(table_in(path), sha256, read_contents)
    return PickleReader(contents, loader_of(contents, **options))


def recognises(path: str) -> bool:
    """Return whether a path or URL is that of a pickle.

    Parameters
    ----------
    path : str
        The path or URL.

    Returns
    -------
    bool
        By its ending, its first bytes, or the kpfiles in it.
    """
    if path.partition("?")[0].endswith((".pkl", ".pickle")):
        return True
    if is_remote(path):
        return False
    if table_in(path) != path:
        return True
    try:
        with open_regular(path) as file:
            return file.read(2) in _MARKS
    except OSError:
        return False


def _positions(names: Iterable[str], places: Mapping[str, Sequence[int]]) -> Iterator[int]:
    """Yield the positions that belong to names.

    An id of several annotations gives all of them once: an id a million times in both would
    otherwise be a million times a million positions.
    """
    seen = set()
    for name in names:
        found = places.get(name, ())
        yield from found[:1] if name in seen else found
        seen.add(name)


def labels_of(annotations: Iterable[Annotation]) -> list[int | tuple[int, ...] | None]:
    """Return the label of each annotation.

    Parameters
    ----------
    annotations : iterable of mapping
        The annotations.

    Returns
    -------
    list of int, tuple of int or None
        None also for a label that is none: reading the clip raises the error.
    """
    # By the object: a file may refer to one long list of labels in every annotation.
    known: dict[int, int | tuple[int, ...] | None] = {}
    return [
        known[key]
        if (key := id(annotation.get("label"))) in known
        else known.setdefault(key, _label(annotation))
        for annotation in annotations
    ]


def _label(annotation: Annotation) -> int | tuple[int, ...] | None:
    try:
        return label_of(annotation)
    except ValueError:
        return None  # `read` raises the error


def _passed_over(annotations: Iterable[Annotation]) -> list[str]:
    return sorted(
        {
            name
            for annotation in annotations
            for name in annotation.keys() - STANDARD_KEYS
            if isinstance(name, str)
            and not is_field(name, annotation[name])
            # It says where the skeletons of a table are.
            and not (name == "raw_file" and is_compressed(annotation))
        }
    )
