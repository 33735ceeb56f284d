"""Lists of files: csv tables, and texts of a path and a label a line, as trainers read them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from skelconv import BuildError
from skelconv.files import read_rows, read_text
from skelconv_video.kinds import suffix_of

LISTS = (".csv", ".txt")
"""Endings of lists."""


class Listed(NamedTuple):
    """A line of a list.

    Attributes
    ----------
    path : str
        The video, or the folder of images.
    where : str
        The line, for people.
    label : str
        Its class, as a number or a name; empty where the list has none.
    id : str
        Its id; empty where the list has none.
    frames : int, optional
        How many images there are in the folder.
    """

    path: str
    where: str
    label: str = ""
    id: str = ""
    frames: int | None = None


def read_list(path: Path) -> list[Listed]:
    """Read a list of files.

    Parameters
    ----------
    path : Path
        A csv file with the column ``path`` and optionally ``label`` and ``id``; or a text, of which
        each line is ``PATH``, ``PATH LABEL`` or, for folders of images, ``PATH FRAMES LABEL``.

    Returns
    -------
    list of Listed
        Its lines, in order.

    Raises
    ------
    BuildError
        When it cannot be read, names nothing, or is not in this format.
    """
    lines = list(_of_table(path) if suffix_of(path.name) == ".csv" else _of_text(path))
    if not lines:
        raise BuildError("the list names no file", where=str(path))
    return lines


def _of_table(path: Path) -> Iterator[Listed]:
    for line, (file, label, name) in read_rows(path, ("path",), ("label", "id")):
        where = f"{path}:{line}"
        if not file:
            raise BuildError("the path is missing", where)
        yield Listed(file, where, label, name)


def _of_text(path: Path) -> Iterator[Listed]:
    forms: dict[int, str] = {}
    for line, text in enumerate(read_text(path).splitlines(), 1):
        words = text.split()
        if not words:
            continue
        where = f"{path}:{line}"
        form = min(len(words), 3)
        forms.setdefault(form, where)
        if len(forms) > 1:
            (one, first), (other, second) = forms.items()
            raise BuildError(
                f"it has {_FORMS[other]}, and {first} has {_FORMS[one]}",
                second,
                hint="a path with spaces needs a csv file with the columns path, label and id",
            )
        if form == 1:
            yield Listed(words[0], where)
        elif form == 2:
            yield Listed(words[0], where, words[1])
        elif len(words) == 3 and all(map(_is_number, words[1:])):
            yield Listed(words[0], where, words[2], frames=int(words[1]))
        else:
            raise BuildError(
                "a line is PATH, PATH LABEL or PATH FRAMES LABEL",
                where,
                hint="a path with spaces needs a csv file with the columns path, label and id",
            )


_FORMS = {1: "a path alone", 2: "a path and a label", 3: "three words or more"}


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdecimal() and len(word) < 10
