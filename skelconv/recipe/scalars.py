"""The value of a plain scalar in YAML 1.2 (the core schema, section 10.3.2 of its specification).

PyYAML follows YAML 1.1, in which ``no`` is false, ``1e-3`` a string and ``12:30`` a number.
"""

from __future__ import annotations

import re

Scalar = str | int | float | bool | None

_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **{f"{sign}.{word}": float(f"{sign}inf") for sign in ("", "+", "-") for word in ("inf", "Inf")},
    **{f"{sign}.INF": float(f"{sign}inf") for sign in ("", "+", "-")},
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_DECIMAL = re.compile(r"[-+]?[0-9]+\Z")
_OCTAL = re.compile(r"0o[0-7]+\Z")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_MAX_DIGITS = 64


def resolve(text: str) -> Scalar:
    """Return the value of a plain scalar.

    Parameters
    ----------
    text : str
        The scalar as it is written, without quotes.

    Returns
    -------
    str, int, float, bool or None
        The value.

    Raises
    ------
    ValueError
        When it is a number of more than 64 digits.
    """
    if text in _WORDS:
        return _WORDS[text]
    if not (text[0].isdigit() or text[0] in "-+."):
        return text
    for pattern, base in ((_DECIMAL, 10), (_OCTAL, 8), (_HEXADECIMAL, 16)):
        if pattern.match(text):
            return int(_checked(text), base)
    return float(_checked(text)) if _FLOAT.match(text) else text


def _checked(number: str) -> str:
    if len(number) > _MAX_DIGITS:
        raise ValueError(f"a number of {len(number)} digits: put it in quotes if it is text")
    return number
