"""What differs between a build and an earlier one, in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any


def differences(before: Any, after: Any) -> list[str]:
    """List where two builds differ, a line each.

    Parameters
    ----------
    before, after : mapping
        What each is told apart by: `skelconv.engine.provenance.identity`, or a part of it.
    """
    # What was read from a file has lists where the other may have tuples.
    return list(_differences(before, json.loads(json.dumps(after)), ""))


def in_lines(found: list[str]) -> str:
    """Put differences below a message that ends in a colon."""
    return "".join(f"\n    {line}" for line in found)


def _differences(before: Any, after: Any, path: str) -> Iterator[str]:
    if path == "files":
        yield from _of_files(before or {}, after or {})
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted({*before, *after}):
            inner = f"{path}.{key}" if path else str(key)
            yield from _differences(before.get(key), after.get(key), inner)
    elif before != after:
        yield (
            "inventory: files were added, removed, moved or changed"
            if path == "inventory"
            else f"{path}: {json.dumps(before)} -> {json.dumps(after)}"
        )


def _of_files(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Tell what became of files; their times in nanoseconds would tell a reader nothing."""
    for path in sorted({*before, *after}):
        if path not in after:
            yield f"{path} is no longer there, or not named any more"
        elif path not in before:
            yield f"{path} was not there before, or not named"
        elif before[path] != after[path]:
            sizes = before[path].get("size"), after[path].get("size")
            how = "by its time" if sizes[0] == sizes[1] else f"from {sizes[0]} to {sizes[1]} bytes"
            yield f"{path} was changed ({how})"
