"""Reading files of which nothing is known yet: no more than a limit, and with errors in words.

What belongs to one clip raises a `ClipError`; what the user names for the whole dataset, such as
a list of labels, a `BuildError`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from skelconv.data.budget import Budget as Budget
from skelconv.data.errors import BuildError, ClipError
from skelconv.data.opening import open_regular as open_regular
from skelconv.files.decoding import decode, too_large
from skelconv.files.json_text import parse_json
from skelconv.text.escaping import shown
from skelconv.text.faults import reason_of

MAX_BYTES = 2**30
"""The largest file for the whole dataset that is read; Kinetics-700's list has about 30 MB."""

MAX_RECORD = 2**28
"""The largest file that skelconv writes for itself and reads again, such as an identity."""


def read(path: str, most: int, option: str = "") -> bytes:
    """Read a file of a clip.

    Parameters
    ----------
    path : str
        The file.
    most : int
        The maximum size, in bytes.
    option : str, optional
        The option that sets the maximum, for the error.

    Returns
    -------
    bytes
        Its content.

    Raises
    ------
    ClipError
        When it cannot be read, or is larger.
    """
    try:
        with open_regular(path) as file:
            # A buffer is as large as what is asked for, however small the file.
            content = file.read(min(most, os.fstat(file.fileno()).st_size) + 1)
    except (OSError, ValueError) as error:
        raise ClipError(f"cannot be read: {reason_of(error)}", path=shown(path)) from error
    if len(content) > most:
        raise ClipError(too_large(most, option), path=shown(path))
    return content


def read_record(path: Path) -> str:
    """Read a text that skelconv wrote for itself.

    Parameters
    ----------
    path : Path
        A file in UTF-8, of `MAX_RECORD` bytes at most.

    Returns
    -------
    str
        Its text.

    Raises
    ------
    OSError
        When it cannot be opened, or is not a regular file.
    ValueError
        When it is larger, or not in UTF-8.
    """
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > MAX_RECORD:
            raise ValueError(f"it has {size:,} bytes, and may have {MAX_RECORD:,}")
        return file.read(size).decode("utf-8")


def read_bytes(path: Path) -> bytes:
    """Read a file for the whole dataset.

    Parameters
    ----------
    path : Path
        The file, of `MAX_BYTES` at most.

    Returns
    -------
    bytes
        Its content.

    Raises
    ------
    BuildError
        When it cannot be read, or is larger.
    """
    with _for_the_dataset(path):
        return read(str(path), MAX_BYTES)


def read_text(path: Path) -> str:
    """Read a text for the whole dataset.

    Parameters
    ----------
    path : Path
        A file in UTF-8, of `MAX_BYTES` at most.

    Returns
    -------
    str
        Its text, with the line endings that it has.

    Raises
    ------
    BuildError
        When it cannot be read, is larger, or is not in UTF-8.
    """
    content = read_bytes(path)
    with _for_the_dataset(path):
        return decode(content)


def read_json(path: Path) -> Any:
    """Read a JSON file for the whole dataset.

    Parameters
    ----------
    path : Path
        The file, of `MAX_BYTES` at most; it may have NaN and Infinity.

    Returns
    -------
    Any
        The value.

    Raises
    ------
    BuildError
        When it cannot be read, is larger, or is not valid JSON.
    """
    content = read_bytes(path)
    with _for_the_dataset(path):
        return parse_json(content, nan=True)


@contextmanager
def _for_the_dataset(path: Path) -> Iterator[None]:
    """Turn an error of a clip's file into one of a file for the whole dataset."""
    try:
        yield
    except ClipError as error:
        where = shown(str(path))
        where += f":{error.line}" if error.line else ""
        raise BuildError(error.reason, where=where) from error
