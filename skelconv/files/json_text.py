"""JSON of which nothing is known yet: strict, and with no more memory than its size allows."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

from skelconv.data.budget import Budget
from skelconv.data.errors import ClipError
from skelconv.files.decoding import decode
from skelconv.text.escaping import shown

MAX_DEPTH = 100
"""How deep lists and mappings of JSON may be in each other."""

# What lists and mappings take at most, in bytes.
LIST, MAPPING = 112, 280

TOO_DEEP = f"is not valid JSON: it is nested too deeply, more than {MAX_DEPTH} levels"

_STRING_OR_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|(NaN|-?Infinity)')


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
