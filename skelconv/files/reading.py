"""Reading files of which nothing is known yet: no more than a limit, and with errors in words.

What belongs to one clip raises a `ClipError`; what the user names for the whole dataset, such as
a list of labels, a `BuildError`.
"""

from __future__ import annotations

import codecs
import gzip
import io
import json
import os
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from skelconv.data.budget import Budget as Budget
from skelconv.data.errors import BuildError, ClipError
from skelconv.data.opening import open_regular as open_regular
from skelconv.text.escaping import shown
from skelconv.text.faults import reason_of

MAX_BYTES = 2**30
"""The largest file for the whole dataset that is read; Kinetics-700's list has about 30 MB."""

MAX_RECORD = 2**28
"""The largest file that skelconv writes for itself and reads again, such as an identity."""

MAX_DEPTH = 100
"""How deep lists and mappings of JSON may be in each other."""

# What lists and mappings take at most, in bytes.
LIST, MAPPING = 112, 280

TOO_DEEP = f"is not valid JSON: it is nested too deeply, more than {MAX_DEPTH} levels"

_GZIP = b"\x1f\x8b\x08"
_STRING_OR_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|(NaN|-?Infinity)')


class Readable(Protocol):
    """What is read from begin to end."""

    def read(self, size: int = -1, /) -> bytes:
        """Read some bytes.

        Parameters
        ----------
        size : int
            At most so many; by default all.

        Returns
        -------
        bytes
            Nothing at the end.
        """
        ...


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


def decode(content: bytes) -> str:
    """Return the text of a clip's file, with the line endings that it has.

    Parameters
    ----------
    content : bytes
        The file's content in UTF-8, with a byte order mark or without, or in UTF-16 with one, as
        spreadsheets and PowerShell write it.

    Returns
    -------
    str
        The text, without the mark.

    Raises
    ------
    ClipError
        With the line, when it is in another encoding.
    """
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-16" if wide else "utf-8-sig", "ignore")
        reason = f"is not in UTF-{16 if wide else 8} (save it as UTF-8)"
        raise ClipError(reason, line=before.count("\n") + 1) from error


def unpacked(content: bytes, most: int, option: str = "") -> bytes:
    """Return what is in a file that gzip may have packed.

    Parameters
    ----------
    content : bytes
        The file's content.
    most : int
        The maximum size of what is in it, in bytes.
    option : str, optional
        The option that sets the maximum, for the error.

    Returns
    -------
    bytes
        The same, where it does not begin as gzip's files do.

    Raises
    ------
    ClipError
        When it is damaged or cut off, or what is in it is larger.
    """
    if not content.startswith(_GZIP):
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            inside = file.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ClipError(f"is not a valid gzip file: {reason_of(error)}") from error
    if len(inside) > most:
        raise ClipError(too_large(most, option))
    return inside


class _Unpacking:
    """What is in a gzip file, read from begin to end, up to a limit."""

    def __init__(self, file: BinaryIO, most: int, option: str) -> None:
        self._file = gzip.GzipFile(fileobj=file)
        self._most, self._left, self._option = most, most, option

    def read(self, size: int = -1, /) -> bytes:
        wanted = self._left + 1 if size < 0 else min(size, self._left + 1)
        try:
            content = self._file.read(wanted)
        except (OSError, EOFError, zlib.error) as error:
            raise ClipError(f"is not a valid gzip file: {reason_of(error)}") from error
        self._left -= len(content)
        if self._left < 0:
            raise ClipError(too_large(self._most, self._option))
        return content


def unpacking(file: BinaryIO, most: int, option: str = "") -> Readable:
    """Return what is in an open file that gzip may have packed, without reading all of it.

    Parameters
    ----------
    file : binary file
        At its begin, and able to seek.
    most : int
        The maximum size of what is in it, in bytes.
    option : str, optional
        The option that sets the maximum, for the error.

    Returns
    -------
    Readable
        The file itself, where it does not begin as gzip's files do. Otherwise its ``read`` raises a
        `ClipError` when the file is damaged or cut off, or what is in it is larger.
    """
    packed = file.read(len(_GZIP)) == _GZIP
    file.seek(0)
    return _Unpacking(file, most, option) if packed else file


def too_large(most: int, option: str = "") -> str:
    """Return why a file is not read.

    Parameters
    ----------
    most : int
        The maximum size, in bytes.
    option : str, optional
        The option that sets it.

    Returns
    -------
    str
        The reason.
    """
    reason = f"holds more than {most / 2**20:g} MB, and is not read"
    return reason + (f" (option {option})" if option else "")


def parse_json(content: bytes, *, nan: bool = False) -> Any:
    """Parse the JSON in a clip's file.

    Parameters
    ----------
    content : bytes
        The file's content.
    nan : bool
        Whether to accept NaN and Infinity, which are not in the standard.

    Returns
    -------
    Any
        The value.

    Raises
    ------
    ClipError
        With the line where it is known, when it is not valid JSON, has a key twice in the same
        mapping, is nested more than `MAX_DEPTH` deep, or takes too much memory for its size.
    """
    text = decode(content)
    takes = LIST * content.count(b"[") + MAPPING * content.count(b"{")
    budget = Budget(len(content))
    if not budget.take(takes):
        raise ClipError(budget.reason)

    def _refuse(token: str) -> None:
        found = next(match for match in _STRING_OR_TOKEN.finditer(text) if match[1] == token)
        line = text.count("\n", 0, found.start()) + 1
        raise ClipError(f"is not valid JSON: it has the number {token}", line=line)

    try:
        value = json.loads(text, parse_constant=None if nan else _refuse, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        raise ClipError(f"is not valid JSON: {error.msg}", line=error.lineno) from error
    except RecursionError as error:
        raise ClipError(TOO_DEEP) from error
    except ValueError as error:  # a number of thousands of digits
        raise ClipError("is not valid JSON: a number is too long") from error
    if takes > LIST * MAX_DEPTH:
        check_depth(value)
    return value


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make a mapping of JSON.

    Parameters
    ----------
    pairs : list of (str, Any)
        Its keys and values.

    Returns
    -------
    dict of str to Any
        The mapping.

    Raises
    ------
    ClipError
        When a key is there twice.
    """
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        count = Counter(key for key, _ in pairs)
        raise twice(next(key for key in count if count[key] > 1))
    return mapping


def twice(key: str) -> ClipError:
    """Make the error for a key that is there twice.

    Parameters
    ----------
    key : str
        The key.

    Returns
    -------
    ClipError
        To be raised.
    """
    key = f"{shown(repr(key)):.100}"
    return ClipError(f"is not valid JSON: it has the key {key} twice in a mapping")


def check_depth(value: Any) -> None:
    """Check how deep lists and mappings are in each other.

    Parameters
    ----------
    value : Any
        A value of JSON.

    Raises
    ------
    ClipError
        When it is more than `MAX_DEPTH`.
    """
    levels = [iter([value] if type(value) in (list, dict) else [])]
    while levels:
        container = next(levels[-1], None)
        if container is None:
            levels.pop()
            continue
        if len(levels) > MAX_DEPTH:
            raise ClipError(TOO_DEEP)
        parts = container.values() if type(container) is dict else container
        inner = [part for part in parts if type(part) in (list, dict)]
        if inner:
            levels.append(iter(inner))


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
