"""Arrays in files: npy, npz, MATLAB's, lists of JSON, and numbers as text."""

from __future__ import annotations

import io
import math
import re
import zipfile
import zlib
from array import array
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from skelconv import Array, ClipError
from skelconv.files import decode, open_hdf5, parse_json, read_mat
from skelconv.text import counted, pip_install, shown
from skelconv_posefiles.formats.npy import read_array
from skelconv_posefiles.loose.cells import number

EVERY = "*"
"""In place of a key: each array is a clip, and its key is the clip's id."""

_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)
_SHOWN, _NAMED = 12, 6
_MATLAB_73 = b"MATLAB 7.3 MAT-file"
_MATLAB_NUMBERS = frozenset(
    [b"double", b"single"]
    + [b"%sint%d" % (u, bits) for u in (b"", b"u") for bits in (8, 16, 32, 64)]
)
# What every NumPy can have.
_MAX_AXES = 32


def arrays_in(
    content: bytes, suffix: str, *, key: str | None, most: int, skip: int = 0, comma: bool = False
) -> Iterator[tuple[str, Array]]:
    """Read the arrays of a file.

    Parameters
    ----------
    content : bytes
        Its content.
    suffix : str
        Its ending, in lower case.
    key : str, optional
        Which array of an npz file, variable of MATLAB's, or member of a JSON object; by default
        the only one; `EVERY` is each of them.
    most : int
        The most bytes of an array of an npz file.
    skip : int
        How many lines of text are before the numbers.
    comma : bool
        Whether decimals in text are behind a comma.

    Yields
    ------
    key : str
        The key, where each array is wanted; else nothing.
    array : ndarray
        Of numbers. Text gives one of two dimensions, a row for each line.

    Raises
    ------
    ClipError
        When the file cannot be read, or has no such array.
    """
    if suffix == ".npz":
        yield from _zipped(content, key, most)
    elif suffix == ".json":
        yield from _listed(content, key)
    elif suffix == ".mat":
        yield from _of_matlab(content, key)
    elif suffix == ".npy":
        yield "", read_array(content)
    else:
        yield "", _text(content, skip, comma)


def _zipped(content: bytes, key: str | None, most: int) -> Iterator[tuple[str, Array]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            members = {name.removesuffix(".npy"): name for name in file.namelist()}

            def _member(name: str) -> Array:
                with file.open(members[name]) as member:
                    inside = member.read(most + 1)
                if len(inside) > most:
                    what = f"holds more than {most / 2**20:g} MB, and is not read"
                    raise ClipError(f"{what} (option max_file_mb)")
                return read_array(inside)

            yield from _wanted([*members], key, _member)
    except _DAMAGED as error:
        raise ClipError(f"is not a valid npz file: {error}") from error


def _of_matlab(content: bytes, key: str | None) -> Iterator[tuple[str, Array]]:
    """Read variables with the axes that MATLAB shows, whichever version saved them."""
    if not content.startswith(_MATLAB_73):
        variables = {n: v for n, v in read_mat(content).items() if not isinstance(v, str)}
        yield from _matlab_wanted([*variables], key, variables.__getitem__)
        return
    try:
        with open_hdf5(io.BytesIO(content), len(content)) as file:
            names = [name for name in file.file if _has_numbers(file.find(name))]
            # In HDF5, MATLAB's first axis is the last.
            yield from _matlab_wanted(names, key, lambda name: file.array(name).T)
    except ModuleNotFoundError as error:
        raise ClipError(
            f"is a MATLAB file of version 7.3, which needs h5py: {pip_install('skelconv[h5]')}; or "
            "save it with -v7"
        ) from error


def _has_numbers(found: Any) -> bool:
    said = getattr(found, "attrs", {})
    numbers = hasattr(found, "dtype") and found.dtype.kind in "iuf"
    # Of an empty array, its lengths are stored.
    empty = bool(said.get("MATLAB_empty", False))
    return numbers and not empty and said.get("MATLAB_class", b"double") in _MATLAB_NUMBERS


def _matlab_wanted(
    names: list[str], key: str | None, read: Callable[[str], Array]
) -> Iterator[tuple[str, Array]]:
    if not names:
        raise ClipError(
            "it has no array of numbers; structures, cells and objects are not read (save the "
            "array as a variable of its own)"
        )
    yield from _wanted(names, key, read)


def _listed(content: bytes, key: str | None) -> Iterator[tuple[str, Array]]:
    value = parse_json(content, nan=True)
    if isinstance(value, dict):
        lists = [name for name, part in value.items() if isinstance(part, list)]
        yield from _wanted(lists, key, lambda name: _array_of(value[name]))
    else:
        yield "", _array_of(value)


def _wanted(
    names: list[str], key: str | None, read: Callable[[str], Array]
) -> Iterator[tuple[str, Array]]:
    """Read the arrays of a file that has them by name."""
    there = ", ".join(shown(name) for name in names[:_SHOWN])
    there += ", ..." if len(names) > _SHOWN else ""
    if key is None and len(names) != 1:
        raise ClipError(f"it holds {counted(len(names), 'array')}: {there} (option key)")
    if key not in (None, EVERY) and key not in names:
        raise ClipError(f"it has no array {key!r}; it has {there or 'none'} (option key)")
    for name in names if key in (None, EVERY) else [str(key)]:
        try:
            found = read(name)
        except ClipError as error:
            raise ClipError(f"{shown(name)}: {error.reason}") from error
        yield name if key == EVERY else "", found


def _array_of(value: Any) -> Array:
    """Return lists of lists of numbers as an array; null is NaN."""
    shape = []
    first = value
    while isinstance(first, list):
        shape.append(len(first))
        first = first[0] if first else None
    if len(shape) > _MAX_AXES:
        raise ClipError(f"its lists are {len(shape)} deep, and no array has so many axes")
    values = array("d")

    def _take(part: Any, depth: int) -> None:
        if depth == len(shape):
            if isinstance(part, bool) or not isinstance(part, int | float | None):
                raise ClipError("is not a list of lists of numbers")
            try:
                values.append(math.nan if part is None else part)
            except OverflowError:
                raise ClipError("a number is too large") from None
            return
        if not isinstance(part, list) or len(part) != shape[depth]:
            raise ClipError(
                f"its lists are not of one length: the first are {tuple(shape)} long, and "
                f"another is {len(part) if isinstance(part, list) else 'no list'}"
            )
        for one in part:
            _take(one, depth + 1)

    _take(value, 0)
    if not shape or not values:
        raise ClipError("it has no numbers")
    return np.frombuffer(values, np.float64).reshape(shape)


def _text(content: bytes, skip: int, comma: bool) -> Array:
    """Read lines of numbers, between which are semicolons, tabs, commas or blanks."""
    text = decode(content)
    values = array("d")
    width, separator, first = -1, None, 0
    for line, row in _lines(text, skip):
        if width < 0:
            first = line
            between = ";\t" if comma else ";\t,"
            separator = next((one for one in between if one in row), None)
        cells = row.split(separator)
        if separator and not cells[-1].strip():  # one ends each line
            cells.pop()
        width = len(cells) if width < 0 else width
        if len(cells) != width:
            what = f"{counted(len(cells), 'number')}, where the first line has {width}"
            raise ClipError(what, line=line)
        for column, cell in enumerate(cells, 1):
            try:
                values.append(number(cell, (), comma=comma))
            except ValueError as error:
                hint = "" if len(values) >= width else " (option skip, or the source pose-table)"
                raise ClipError(f"number {column}: {error}{hint}", line=line) from None
    if not values:
        raise ClipError("it has no numbers")
    found = np.frombuffer(values, np.float64).reshape(-1, width)
    counted_from = 1 if math.isnan(found[0, 0]) else 0  # pandas leaves the first name empty
    if len(found) > 1 and width > _NAMED and (np.diff(found[0, counted_from:]) == 1).all():
        raise ClipError("its first line numbers the columns (option skip: 1)", line=first)
    return found


def _lines(text: str, skip: int) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not blank, with their numbers from 1."""
    for line, match in enumerate(re.finditer(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+", text), 1):
        row = match[0].strip(" \r\n")
        if line > skip and row:
            yield line, row
