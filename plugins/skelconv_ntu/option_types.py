"""Types of options: one or several paths, and choices of numbers such as ``[1, "50-60"]``."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from skelconv.plugin import PathText

_PATH_SCHEMA = {"type": "string", "minLength": 1}
_PATHS_SCHEMA = {"anyOf": [_PATH_SCHEMA, {"type": "array", "minItems": 1, "items": _PATH_SCHEMA}]}


def _read_paths(value: object) -> tuple[str, ...]:
    paths = [value] if isinstance(value, str) else value
    if not isinstance(paths, list | tuple) or not paths or not all(map(_is_path, paths)):
        raise ValueError(f"must be a path or a list of paths, not {value!r}")
    return tuple(paths)


def _is_path(value: object) -> bool:
    return isinstance(value, str) and bool(value)


Paths = Annotated[tuple[PathText, ...], BeforeValidator(_read_paths), WithJsonSchema(_PATHS_SCHEMA)]
"""One path or a list of paths."""

_RANGE = re.compile(r"\s*(\d{1,9})\s*(?:-\s*(\d{1,9})\s*)?\Z", re.ASCII)
_ONE_OR_RANGE = [{"type": "integer"}, {"type": "string", "pattern": r"^\s*\d+\s*(-\s*\d+\s*)?$"}]

NUMBERS_SCHEMA = WithJsonSchema(
    {"anyOf": [*_ONE_OR_RANGE, {"type": "array", "minItems": 1, "items": {"anyOf": _ONE_OR_RANGE}}]}
)
"""The JSON schema of such an option, for editors."""


def numbers_up_to(highest: int) -> Callable[[object], tuple[int, ...]]:
    """Make the reader of an option that chooses numbers from 1 to `highest`.

    Parameters
    ----------
    highest : int
        The highest number.

    Returns
    -------
    callable
        It takes a number, a range such as ``"50-60"`` (both ends included), or a list of these,
        returns the numbers in ascending order, and raises `ValueError` for anything else.
    """
    return partial(_numbers, highest=highest)


def _numbers(value: object, highest: int) -> tuple[int, ...]:
    parts = list(value) if isinstance(value, list | tuple) else [value]
    if not parts:
        raise ValueError("it is empty; leave it out to take all")
    return tuple(sorted({number for part in parts for number in _span(part, highest)}))


def _span(part: object, highest: int) -> range:
    match = _RANGE.match(str(part)) if isinstance(part, int | str) else None
    if match is None or isinstance(part, bool):
        raise ValueError(f"{part!r} is neither a number nor a range such as '50-60'")
    first, last = int(match[1]), int(match[2] or match[1])
    if first > last:
        raise ValueError(f"the range {part!r} runs backwards")
    if first < 1 or last > highest:
        raise ValueError(f"{part!r} is not within 1 to {highest}")
    return range(first, last + 1)
