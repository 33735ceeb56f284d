"""Counts of things, in words."""

from __future__ import annotations


def counted(count: int, one: str, many: str = "") -> str:
    """Return, say, ``1 file`` or ``5 files``; the plural is with an s where none is given."""
    return f"{count} {one if count == 1 else many or one + 's'}"
