"""Values of JSON documents, with the types that they must have."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from skelconv import Array, ClipError

# Some trackers number persons beyond 64 bits.
_MAX_INTEGER = 10**100


def mapping(value: Any, what: str) -> dict[str, Any]:
    """Return what must be a JSON object.

    Parameters
    ----------
    value : Any
        A value of a JSON document.
    what : str
        The value's place in the document, for errors.

    Returns
    -------
    dict
        The object.

    Raises
    ------
    ClipError
        When it is something else.
    """
    if not isinstance(value, dict):
        raise ClipError(f"{what} is not an object")
    return value


def sequence(value: Any, what: str) -> list[Any]:
    """Return what must be a JSON array.

    Parameters
    ----------
    value : Any
        A value of a JSON document.
    what : str
        The value's place in the document, for errors.

    Returns
    -------
    list
        The array.

    Raises
    ------
    ClipError
        When it is something else.
    """
    if not isinstance(value, list):
        raise ClipError(f"{what} is not a list")
    return value


def member(value: Any, key: str, what: str) -> Any:
    """Return a member that an object must have.

    Parameters
    ----------
    value : Any
        A value of a JSON document.
    key : str
        The member's name.
    what : str
        The value's place in the document, for errors.

    Returns
    -------
    Any
        The member.

    Raises
    ------
    ClipError
        When it is not an object, or has no such member.
    """
    found = mapping(value, what)
    if key not in found:
        raise ClipError(f"{what} has no {key!r}")
    return found[key]


def integer(value: Any, what: str) -> int:
    """Return what must be an integer; JSON writers may give 3.0 for it.

    Parameters
    ----------
    value : Any
        A value of a JSON document.
    what : str
        The value's place in the document, for errors.

    Returns
    -------
    int
        The integer.

    Raises
    ------
    ClipError
        When it is something else, or has more than 100 digits.
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ClipError(f"{what} is not an integer")
    if abs(value) > _MAX_INTEGER:
        raise ClipError(f"{what} is too large for an integer")
    return value


def numbers(value: Any, what: str) -> Array:
    """Return what must be a list of numbers; null becomes NaN.

    Parameters
    ----------
    value : Any
        A value of a JSON document.
    what : str
        The value's place in the document, for errors.

    Returns
    -------
    ndarray of float64, shape (N,)
        The numbers.

    Raises
    ------
    ClipError
        When it is something else, or a number is too large.
    """
    found = sequence(value, what)
    if not set(map(type, found)) <= {int, float, type(None)}:
        raise ClipError(f"{what} is not a list of numbers")
    try:
        return np.array(found, np.float64)
    except OverflowError as error:
        raise ClipError(f"{what}: a number is too large") from error


def triples(value: Any, what: str) -> tuple[Array, Array]:
    """Return x, y (V, 2) and score (V,) of a flat list ``x, y, score, x, y, score, ...``.

    Parameters
    ----------
    value : Any
        A value of a JSON document.
    what : str
        The value's place in the document, for errors.

    Returns
    -------
    (ndarray of shape (V, 2), ndarray of shape (V,))
        Coordinates and scores, float64.

    Raises
    ------
    ClipError
        When it is something else.
    """
    flat = numbers(value, what)
    if len(flat) % 3:
        raise ClipError(f"{what}: {len(flat)} numbers, not triples of x, y and score")
    rows = flat.reshape(-1, 3)
    return rows[:, :2], rows[:, 2]


def points(value: Any, what: str) -> Array:
    """Return the coordinates (V, C) of a list of lists of numbers of one length.

    Parameters
    ----------
    value : Any
        A value of a JSON document.
    what : str
        The value's place in the document, for errors.

    Returns
    -------
    ndarray of float64, shape (V, C)
        The coordinates.

    Raises
    ------
    ClipError
        When it is something else.
    """
    found = sequence(value, what)
    widths = {len(sequence(point, what)) for point in found}
    if len(widths) > 1:
        raise ClipError(f"{what}: points of {min(widths)} and of {max(widths)} coordinates")
    flat = numbers(list(itertools.chain.from_iterable(found)), what)
    return flat.reshape(len(found), *widths or (0,))


def each(value: Any, what: str) -> Iterator[tuple[int, Any]]:
    """Number the elements of what must be a list.

    Parameters
    ----------
    value : Any
        A value of a JSON document.
    what : str
        The value's place in the document, for errors.

    Returns
    -------
    iterator of (int, Any)
        The elements, with their positions from 0.

    Raises
    ------
    ClipError
        When it is not a list.
    """
    return enumerate(sequence(value, what))
