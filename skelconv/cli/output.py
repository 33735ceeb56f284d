"""How commands print: results on stdout, everything else on stderr, as plain text."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any

# All but tab and line feed: text from a recipe or a plugin must not command the terminal.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def say(text: str = "") -> None:
    """Print a result."""
    print(printable(text))


def tell(text: str) -> None:
    """Print something that is not the result."""
    print(printable(text), file=sys.stderr)


def say_json(value: Any) -> None:
    """Print a result for programs."""
    print(json.dumps(value, indent=2, ensure_ascii=False))


def columns(rows: Iterable[Sequence[str]]) -> list[str]:
    """Align rows of cells, two spaces apart."""
    rows = list(rows)
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def printable(text: str) -> str:
    """Return text with control characters written out."""
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)
