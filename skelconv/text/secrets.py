"""Text without the secrets of the URLs in it, for all that is printed or kept.

Errors of libraries quote URLs, and recipes, errors and provenance are passed on. So what a URL
holds as a user, a password, a key or a signature is replaced by ``***``.
"""

from __future__ import annotations

import re
from typing import Any

_HIDDEN = "***"

# All repetitions are bounded, or end at what begins the next: time is in proportion to the text.

# A value that is one variable of a recipe, such as ${TOKEN}, says only where the secret is from.
_VARIABLE = r"\$\{[^{}]*\}"
# Up to the last @ before the path, as a password may hold an @ itself; or a slash, as keys of S3
# do, but a port and a path are not a password.
_USER = re.compile(
    rf"(://)(?!(?:{_VARIABLE}|:)+@)"
    r"(?:[^\s/\"'<>]*|[^\s/@:\[\"'<>]{1,200}:(?!\d*/)[^\s@\"'<>]{1,500})@"
)
# Errors also quote a URL without its host: "... with url: /a.pkl?token=...".
_PARAMETER = re.compile(
    r"([?&;#](?:[a-z0-9_.\[\]-]{0,40}"
    r"(?:token|secret|sig|pass|pwd|auth|cred|session|jwt|api[_.-]?key|key[_-]?(?:pair[_-]?)?id|access[_-]?key)"
    r"[a-z0-9_.\[\]-]{0,40}|(?:x-(?:amz|goog|ms|oss|cos)-[a-z0-9-]{1,40})|key|code|policy)=)"
    rf"(?!{_VARIABLE}(?:[\s&;#\"'<>)\]]|\Z))[^\s&;#\"'<>)\]]+",
    re.IGNORECASE,
)


def without_secrets(text: str) -> str:
    """Return text in which no URL shows a user, a password, a key or a signature.

    Parameters
    ----------
    text : str
        Any text; it may hold several URLs, or parts of them.

    Returns
    -------
    str
        The same text, with ``***`` in their place.
    """
    if "@" in text:
        text = _USER.sub(rf"\1{_HIDDEN}@", text)
    return _PARAMETER.sub(rf"\1{_HIDDEN}", text) if "=" in text else text


def json_without_secrets(value: Any) -> Any:
    """Return JSON values in which no URL shows a user, a password, a key or a signature.

    Parameters
    ----------
    value : JSON value
        Text is changed at any depth, keys too; tuples count as lists.

    Returns
    -------
    JSON value
        A copy.
    """
    if isinstance(value, str):
        return without_secrets(value)
    if isinstance(value, dict):
        return {json_without_secrets(key): json_without_secrets(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [json_without_secrets(one) for one in value]
    return value
