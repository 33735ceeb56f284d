"""Reading JSON that nobody vouches for."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from skelconv import ClipError

_STRING_OR_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|(NaN|-?Infinity)')


def parse_json(content: bytes) -> Any:
    """Parse JSON, to the letter: NaN and Infinity are refused.

    Raises
    ------
    ClipError
        With the line where there is one.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ClipError("is no JSON: not in UTF-8", line=line) from error

    def refuse(token: str) -> None:
        found = next(match for match in _STRING_OR_TOKEN.finditer(text) if match[1] == token)
        line = text.count("\n", 0, found.start()) + 1
        raise ClipError(f"is no JSON: {token} is no number of it", line=line)

    try:
        return json.loads(text, parse_constant=refuse)
    except json.JSONDecodeError as error:
        raise ClipError(f"is no JSON: {error.msg}", line=error.lineno) from error
    except RecursionError as error:
        raise ClipError("is nested too deeply") from error
    except ValueError as error:  # a number of thousands of digits
        raise ClipError("is no JSON: a number is too long") from error


def mapping(value: Any, what: str) -> dict[str, Any]:
    """Return what must be a JSON object."""
    if not isinstance(value, dict):
        raise ClipError(f"{what} is no object")
    return value


def sequence(value: Any, what: str) -> list[Any]:
    """Return what must be a JSON array."""
    if not isinstance(value, list):
        raise ClipError(f"{what} is no list")
    return value


def member(value: Any, key: str, what: str) -> Any:
    """Return a member that an object must have."""
    found = mapping(value, what)
    if key not in found:
        raise ClipError(f"{what} has no {key!r}")
    return found[key]


def integer(value: Any, what: str) -> int:
    """Return what must be an integer; JSON writers may give 3.0 for it."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ClipError(f"{what} is no integer")
    return value


def numbers(value: Any, what: str) -> npt.NDArray[Any]:
    """Return what must be a list of numbers; null becomes NaN."""
    found = sequence(value, what)
    if not set(map(type, found)) <= {int, float, type(None)}:
        raise ClipError(f"{what} is no list of numbers")
    try:
        return np.array(found, np.float64)
    except OverflowError as error:
        raise ClipError(f"{what}: a number is too large") from error


def triples(value: Any, what: str) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return x, y (V, 2) and score (V,) of a flat list ``x, y, score, x, y, score, ...``."""
    flat = numbers(value, what)
    if len(flat) % 3:
        raise ClipError(f"{what}: {len(flat)} numbers, which are no triples of x, y and score")
    rows = flat.reshape(-1, 3)
    return rows[:, :2], rows[:, 2]


def points(value: Any, what: str) -> npt.NDArray[Any]:
    """Return the coordinates (V, C) of a list of lists of numbers of one length."""
    found = sequence(value, what)
    widths = {len(sequence(point, what)) for point in found}
    if len(widths) > 1:
        raise ClipError(f"{what}: points of {min(widths)} and of {max(widths)} coordinates")
    flat = numbers(list(itertools.chain.from_iterable(found)), what)
    return flat.reshape(len(found), *widths or (0,))


def each(value: Any, what: str) -> Iterator[tuple[int, Any]]:
    """Yield the elements of what must be a list, counted from 0."""
    return enumerate(sequence(value, what))
