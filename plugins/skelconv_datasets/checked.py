"""Values of JSON documents, with the types that they must have."""

from __future__ import annotations

from typing import Any

import numpy as np

from skelconv import Array, ClipError


def member(value: Any, key: str, kind: type, what: str) -> Any:
    """Return a member that a JSON object must have.

    Parameters
    ----------
    value : Any
        What should be an object.
    key : str
        The member's name.
    kind : type
        ``list``, ``dict``, ``int`` or ``str``.
    what : str
        The object's place in the document, for errors.

    Returns
    -------
    Any
        The member.

    Raises
    ------
    ClipError
        When it is something else.
    """
    if not isinstance(value, dict):
        raise ClipError(f"{what} is not a JSON object")
    if type(value.get(key)) is not kind:
        raise ClipError(f"{what} has no {key!r} that is a {kind.__name__}")
    return value[key]


def numbers(value: Any, shape: tuple[int | None, ...], what: str) -> Array:
    """Return what must be lists of numbers in lists.

    Parameters
    ----------
    value : Any
        A value of a JSON document.
    shape : tuple of int or None
        The length of each axis; None for any length but 0.
    what : str
        The value's place in the document, for errors.

    Returns
    -------
    ndarray of float64
        The numbers; NaN is one of them.

    Raises
    ------
    ClipError
        When it is something else.
    """
    try:
        array = np.array(value)
    except ValueError:  # of lists of different lengths
        array = np.array(None)
    fits = array.ndim == len(shape) and all(
        length == (wanted or length) and length
        for length, wanted in zip(array.shape, shape, strict=True)
    )
    if array.dtype.kind not in "if" or not fits:
        named = " x ".join("n" if length is None else str(length) for length in shape)
        raise ClipError(f"{what} is not {named} numbers")
    return array.astype(np.float64)
