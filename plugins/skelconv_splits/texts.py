"""The texts of lists: given by the user, or carried along."""

from __future__ import annotations

import gzip
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from skelconv import BuildError

MAX_BYTES = 256 * 2**20
"""The largest list that is read; Kinetics-700's has about 30 MB."""


class Text(NamedTuple):
    """A text and what it is called in messages.

    Attributes
    ----------
    name : str
        The file.
    content : str
        What it says, with the line endings that it has.
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

    Raises
    ------
    BuildError
        When it cannot be read.
    """
    return Text(str(path), decoded(given_bytes(path), str(path)))


def given_bytes(path: Path) -> bytes:
    """Read a file of the user."""
    try:
        with open(path.expanduser(), "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or str(error)
        raise BuildError(f"cannot be read: {words.lower()}", where=str(path)) from error
    if len(content) > MAX_BYTES:
        raise BuildError(f"is larger than {MAX_BYTES >> 20} MB: no list is", where=str(path))
    return content


def carried(name: str) -> Text:
    """Read a published list that comes with this package."""
    content = carried_bytes(name)
    return Text(name.removesuffix(".gz"), decoded(gzip.decompress(content), name))


def carried_bytes(name: str) -> bytes:
    """Read a file that comes with this package."""
    return (files("skelconv_splits") / "data" / name).read_bytes()


def decoded(content: bytes, name: str) -> str:
    """Decode a list.

    Raises
    ------
    BuildError
        When it is not in UTF-8.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BuildError("is not in UTF-8", where=f"{name}:{line}") from error
