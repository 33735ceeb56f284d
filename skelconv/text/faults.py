"""Exceptions in words, for messages of one line."""

from __future__ import annotations

import os
import traceback

from skelconv.text.secrets import without_secrets


def one_line(error: BaseException) -> str:
    """Return an exception's class and message in one line: ``ValueError: no such joint``.

    Parameters
    ----------
    error : BaseException
        The exception; its message may be any text, and making it may fail.

    Returns
    -------
    str
        Text that can be encoded and printed, without secrets of URLs.
    """
    message = " ".join(without_secrets(as_text(error)).split())
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def with_place(error: BaseException) -> str:
    """Return an exception in one line with the file and line that raised it.

    Parameters
    ----------
    error : BaseException
        An exception that was raised.

    Returns
    -------
    str
        Such as ``ValueError: no such joint (folder.py:12)``.
    """
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({os.path.basename(frames[-1].filename)}:{frames[-1].lineno})" if frames else ""
    return one_line(error) + place


def reason_of(error: Exception) -> str:
    """Return the message of an exception without its error number and path.

    Parameters
    ----------
    error : Exception
        Such as an OSError.

    Returns
    -------
    str
        In lower case, such as ``permission denied``.
    """
    words = error.strerror if isinstance(error, OSError) else None
    return without_secrets((words or str(error) or type(error).__name__).lower())


def as_text(value: object) -> str:
    """Return a value of any kind as text that can be encoded.

    Parameters
    ----------
    value : object
        Its ``__str__`` may fail, or give characters that cannot be encoded.

    Returns
    -------
    str
        Its text, or the name of its class where it has none.
    """
    try:
        return str(value).encode(errors="backslashreplace").decode()
    except Exception:
        return type(value).__name__
