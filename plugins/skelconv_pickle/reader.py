"""The reader `pickle`: an annotation pickle as a finished dataset, one clip at a time."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from skelconv import Clip
from skelconv.vision import open_file
from skelconv_pickle import index
from skelconv_pickle.contents import Contents, read_contents
from skelconv_pickle.loader import ClipLoader, loader_of
from skelconv_pickle.table import table_in


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
        self.labels: Sequence[int | tuple[int, ...] | None] = contents.labels
        self.sizes: Sequence[tuple[int, int]] | None = contents.sizes
        self.layout = loader.layout
        self.label_names: Sequence[str] = contents.label_names
        self.splits: Mapping[str, Sequence[int]] = contents.splits
        self.unknown: Mapping[str, Sequence[str]] = contents.unknown
        passed_over = list(contents.passed_over)
        self.info: Mapping[str, Any] = {"passed_over": passed_over} if passed_over else {}

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
    contents = open_file(table_in(path), sha256, _known_contents)
    return PickleReader(contents, loader_of(contents, **options))


def _known_contents(path: Path) -> Contents:
    """Read an annotation pickle, unless the cache knows what it holds."""
    found = index.stored(path)
    if found is None:
        with _uncollected():
            found = read_contents(path)
            index.keep(found)
    return found


@contextmanager
def _uncollected() -> Iterator[None]:
    """Do not look for cycles meanwhile: there are none, and each look goes through all objects."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
