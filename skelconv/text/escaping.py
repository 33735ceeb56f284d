"""Text from anywhere, made safe to print."""

from __future__ import annotations

import re

# All but tab and line feed: text from a recipe or a plugin must not command the terminal.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def printable(text: str) -> str:
    r"""Return text with control characters written out.

    Parameters
    ----------
    text : str
        Of one line or more.

    Returns
    -------
    str
        The same text, a control character as ``\x1b``; tabs and line feeds stay.
    """
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


def shown(path: str) -> str:
    """Return a path or an id that can be printed and encoded, whatever bytes it is made of.

    Parameters
    ----------
    path : str
        The path or id.

    Returns
    -------
    str
        The same, or its escaped form where it has characters that cannot be printed.
    """
    if path.isprintable():
        return path
    return path.encode("unicode_escape").decode("ascii")
