"""HDF5 files of which nothing is known yet; h5py is imported when one is opened."""

from __future__ import annotations

import io
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from skelconv.data.budget import Budget
from skelconv.data.clip import Array
from skelconv.data.errors import ClipError

_MAX_TEXTS, _MAX_TEXT = 10_000, 2**22


class Hdf5:
    """An open file; its arrays are read only when they take no more than its size allows.

    Parameters
    ----------
    file : h5py.File
        The file.
    budget : Budget
        What its content may take.
    """

    def __init__(self, file: Any, budget: Budget) -> None:
        self.file = file
        self.budget = budget

    def find(self, name: str) -> Any:
        """Return a group or an array, or None where there is none.

        Parameters
        ----------
        name : str
            Its path in the file.

        Returns
        -------
        h5py.Group, h5py.Dataset or None
            What is in the file itself: links may name any other file.

        Raises
        ------
        ClipError
            When its values are in another file.
        """
        import h5py

        found = self.file
        for part in name.split("/"):
            if not isinstance(found, h5py.Group):
                return None
            link = found.get(part, getlink=True) if part in found else None
            if link is None:
                return None
            if not isinstance(link, h5py.HardLink):
                raise ClipError(f"{name} is a link, and is not followed")
            found = found[part]
        if isinstance(found, h5py.Dataset) and (found.external or found.is_virtual):
            raise ClipError(f"{name} is in another file, which is not read")
        return found

    def array(self, name: str) -> Array:
        """Read an array of numbers, or of records of numbers.

        Parameters
        ----------
        name : str
            Its path in the file.

        Returns
        -------
        ndarray
            The array.

        Raises
        ------
        ClipError
            When it is not there, or would take too much memory.
        """
        found = self.find(name)
        if not _is_array(found):
            raise ClipError(f"it has no array {name}")
        if found.dtype.hasobject:
            raise ClipError(f"{name} holds values of type {found.dtype}, not numbers")
        if not self.budget.take(math.prod(found.shape) * found.dtype.itemsize):
            raise ClipError(f"{name}: {self.budget.reason}")
        values: Array = found[()]
        return values

    def texts(self, name: str) -> list[str]:
        """Read an array of text.

        Parameters
        ----------
        name : str
            Its path in the file.

        Returns
        -------
        list of str
            The texts; none where the array is not there.

        Raises
        ------
        ClipError
            When it is not text in one dimension, or too long.
        """
        found = self.find(name)
        if found is None:
            return []
        if not _is_array(found) or len(found.shape) != 1:
            raise ClipError(f"{name} is not a list of texts")
        if len(found) > _MAX_TEXTS or found.dtype.itemsize > _MAX_TEXT:
            raise ClipError(f"{name} has more than {_MAX_TEXTS:,} texts")
        texts: list[str] = []
        left = _MAX_TEXT
        for at in range(len(found)):  # one by one, since all may be the same long one
            text = as_text(found[at], name)
            left -= len(text)
            if left < 0:
                raise ClipError(f"{name} has more than {_MAX_TEXT:,} characters")
            texts.append(text)
        return texts


def _is_array(found: Any) -> bool:
    """Say whether something in a file is an array that is not empty by its type."""
    return getattr(found, "shape", None) is not None and hasattr(found, "dtype")


def as_text(value: Any, what: str) -> str:
    """Return text that HDF5 holds as bytes or as text.

    Parameters
    ----------
    value : Any
        What should be text.
    what : str
        Its name, for errors.

    Returns
    -------
    str
        The text.

    Raises
    ------
    ClipError
        When it is anything else.
    """
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").rstrip("\0")
    if not isinstance(value, str):
        raise ClipError(f"{what} is not text")
    return str(value)


@contextmanager
def open_hdf5(file: str | io.BytesIO, max_bytes: int) -> Iterator[Hdf5]:
    """Open a file.

    Parameters
    ----------
    file : str or BytesIO
        The file, or its content.
    max_bytes : int
        The largest size that is believed.

    Yields
    ------
    Hdf5
        The file.

    Raises
    ------
    ClipError
        When it is not an HDF5 file, and in place of what h5py raises in the block.
    """
    import h5py

    try:
        size = os.path.getsize(file) if isinstance(file, str) else len(file.getbuffer())
        with h5py.File(file, "r") as opened:
            yield Hdf5(opened, Budget(min(size, max_bytes)))
    except (OSError, RuntimeError, ValueError, KeyError, TypeError, MemoryError) as error:
        raise ClipError(f"is not an HDF5 file that can be read: {error}") from error
