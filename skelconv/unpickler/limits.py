"""What instructions expect of the things that they are carried out on."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from skelconv.unpickler.arrays import LazyArray, Span
from skelconv.unpickler.machine import Machine, RefusedError

# Numbers can be chosen to collide in a dict, which then takes quadratic time; text and bytes
# cannot.
_MAX_NUMBER_KEYS = 10_000
# So much of it in all, and so much more for each byte of the file: a dict of 300 frames takes 6.
_WORK_AT_LEAST = _MAX_NUMBER_KEYS**2
_WORK_PER_BYTE = 16
_TEXT_ALONE = {str}
_KEY_TYPES = {str, bytes, int, float, bool, type(None)}


def expect(thing: Any, kind: type) -> Any:
    """Return a thing that is of a type, and refuse one that is not.

    Parameters
    ----------
    thing : object
        From the stack.
    kind : type
        What it must be, exactly.

    Returns
    -------
    object
        The thing.

    Raises
    ------
    RefusedError
        When it is of another type.
    """
    if type(thing) is not kind:
        raise RefusedError(f"a {type(thing).__name__} is where a {kind.__name__} must be")
    return thing


def check_keys(keys: list[Hashable], target: Any, machine: Machine) -> None:
    """Refuse keys whose hash takes long to find, as that of tuples in tuples.

    Parameters
    ----------
    keys : list
        The keys.
    target : sized
        What they are added to.
    machine : Machine
        Counts the time that keys may take.

    Raises
    ------
    RefusedError
        When a key is of such a type, or there are too many numbers among them.
    """
    kinds = set(map(type, keys))
    if kinds == _TEXT_ALONE:
        return
    if not kinds <= _KEY_TYPES:
        odd = min(kind.__name__ for kind in kinds - _KEY_TYPES)
        raise RefusedError(f"a {odd} is refused as a key")
    if not kinds - {str, bytes}:
        return
    count = len(keys) + len(target)
    machine.number_work += count * len(keys)
    if count > _MAX_NUMBER_KEYS:
        raise RefusedError(f"more than {_MAX_NUMBER_KEYS:,} keys that are not text are refused")
    if machine.number_work > _WORK_AT_LEAST + _WORK_PER_BYTE * machine.size:
        raise RefusedError(
            f"so many dicts or sets of up to {count:,} numbers are refused in a file of "
            f"{machine.size:,} bytes"
        )


def described(value: Any) -> str:
    """Describe a value, without walking through it: it may lead back into itself.

    Parameters
    ----------
    value : object
        What was read.

    Returns
    -------
    str
        A few words.
    """
    if isinstance(value, str | int | float | None):
        return f"{value!r:.60}"
    if isinstance(value, Span | bytes):
        return "bytes"
    if isinstance(value, dict):
        return f"a dict of {len(value)} keys"
    if isinstance(value, list | tuple | set | frozenset):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, LazyArray):
        return "an array"
    return f"a {type(value).__name__}"
