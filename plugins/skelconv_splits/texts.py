"""The texts of lists: the user's, or those that come with this package."""

from __future__ import annotations

import gzip
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from skelconv import BuildError, ClipError
from skelconv.files import decode, read_text


class Text(NamedTuple):
    """A text and its name.

    Attributes
    ----------
    name : str
        The file, for errors.
    content : str
        The text, with the line endings that it has.
    """

    name: str
    content: str

    def lines(self) -> list[tuple[str, str]]:
        """Return the lines that are not blank, each with file and line."""
        return [
            (f"{self.name}:{number}", line.strip())
            for number, line in enumerate(self.content.split("\n"), 1)
            if line.strip()
        ]


def given(path: Path) -> Text:
    """Read a list of the user.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Text
        The list.

    Raises
    ------
    BuildError
        When it cannot be read.
    """
    return Text(str(path), read_text(path.expanduser()))


def shipped(name: str) -> Text:
    """Read a published list that comes with this package.

    Parameters
    ----------
    name : str
        The file's name, which ends in ``.gz``.

    Returns
    -------
    Text
        The list.
    """
    return decoded(gzip.decompress(shipped_bytes(name)), name.removesuffix(".gz"))


def shipped_bytes(name: str) -> bytes:
    """Read a file that comes with this package.

    Parameters
    ----------
    name : str
        The file's name.

    Returns
    -------
    bytes
        Its content.
    """
    return (files("skelconv_splits") / "data" / name).read_bytes()


def decoded(content: bytes, name: str) -> Text:
    """Return a list that is not in a file of its own.

    Parameters
    ----------
    content : bytes
        The text in UTF-8.
    name : str
        Its name, for errors.

    Returns
    -------
    Text
        The list.

    Raises
    ------
    BuildError
        When it is not in UTF-8.
    """
    try:
        return Text(name, decode(content))
    except ClipError as error:
        raise BuildError(error.reason, f"{name}:{error.line}") from error
