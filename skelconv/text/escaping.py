"""Text from anywhere, made safe to print."""

from __future__ import annotations

import re

from skelconv.text.secrets import without_secrets

# All but tab and line feed: text from a recipe or a plugin must not command the terminal (C0 and
# C1), begin a line (U+2028, U+2029) or turn the order of what is read (marks of direction).
_COMMANDS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)


def printable(text: str) -> str:
    r"""Return text that may be printed: without control characters, and without secrets of URLs.

    Parameters
    ----------
    text : str
        Of one line or more.

    Returns
    -------
    str
        The same text, a control character as ``\x1b``, a mark of direction as ``\u202e``, and
        what a URL must not show as ``***``; tabs and line feeds stay.
    """
    return _COMMANDS.sub(_written_out, without_secrets(text))


def json_printable(text: str) -> str:
    r"""Return JSON that may be printed, and says the same.

    Parameters
    ----------
    text : str
        JSON, as ``json.dumps`` writes it.

    Returns
    -------
    str
        The same JSON, with each control character and mark of direction as ``\u202e``.
    """
    return _COMMANDS.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _written_out(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


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
