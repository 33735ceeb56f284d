"""The values of annotations in JSON, for the index."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from skelconv.plugin import OwnLayout, layout_of_stored, stored_layout
from skelconv.unpickler import LazyArray, Span

# What JSON has, too. Most values are of these, so they are looked for first.
_PLAIN: Final = {type(None), bool, int, float, str}
# Made once: `json.dumps` would make an encoder for each record.
_compact: Final = json.JSONEncoder(separators=(",", ":")).encode


def encoded(value: Any) -> str:
    """Encode a value as JSON: text, numbers, bool and None as they are, all else as a list.

    Parameters
    ----------
    value : object
        Of what `skelconv.unpickler.read_pickle` returns, or an own layout.

    Returns
    -------
    str
        The JSON.

    Raises
    ------
    TypeError
        When it has no code.
    """
    kind = type(value)
    if kind is int:
        return str(value)
    if kind in _PLAIN:
        return _compact(value)
    if kind is LazyArray:
        data, axes = encoded(value.data), list(value.axes)
        return f'["array","{value.dtype}",{list(value.shape)},{axes},{data}]'
    if kind is Span:
        return f'["span",{value.offset},{value.length},{_compact(value.text)}]'
    if isinstance(value, OwnLayout):  # which is text, too
        return _compact(["layout", json.dumps(stored_layout(value))])
    if isinstance(value, bytes):
        return _compact(["bytes", value.decode("latin-1")])
    if isinstance(value, Mapping):
        return _listed("dict", [f"[{_key(key)},{encoded(part)}]" for key, part in value.items()])
    if isinstance(value, list):
        return _listed("list", map(encoded, value))
    if isinstance(value, tuple):
        return _listed("tuple", map(encoded, value))
    raise TypeError(f"an index has no code for {type(value).__name__}")


def _key(key: Any) -> str:
    return _text(key) if type(key) is str else encoded(key)


# The keys of all annotations are the same few.
_text: Final = functools.lru_cache(1000)(_compact)


def _listed(kind: str, parts: Iterable[str]) -> str:
    return f"[{','.join([_compact(kind), *parts])}]"


def decoded(value: Any) -> Any:
    """Return a value that was encoded.

    Parameters
    ----------
    value : JSON value
        What `encoded` gave, parsed.

    Returns
    -------
    object
        The value.
    """
    if not isinstance(value, list):
        return value
    kind, *parts = value
    match kind:
        case "array":
            dtype, shape, axes, data = parts
            return LazyArray(dtype, tuple(shape), tuple(axes), decoded(data))
        case "span":
            return Span(*parts)
        case "bytes":
            return parts[0].encode("latin-1")
        case "dict":
            return {decoded(key): decoded(part) for key, part in parts}
        case "layout":
            return _layout(parts[0])
        case "tuple":
            return tuple(_all_decoded(parts))
    return list(_all_decoded(parts))


@functools.lru_cache(16)
def _layout(definition: str) -> str:
    return layout_of_stored(json.loads(definition))


def _all_decoded(parts: Sequence[Any]) -> Iterator[Any]:
    return map(decoded, parts)
