"""How commands write one file for the user."""

from __future__ import annotations

import os
from pathlib import Path

from skelconv.data.errors import DatasetError
from skelconv.text.faults import reason_of


def check_new(path: Path, *, fresh: bool) -> None:
    """Refuse a file that is there already, before the work that it would hold.

    Parameters
    ----------
    path : Path
        The file.
    fresh : bool
        Whether the user wants it to be replaced.

    Raises
    ------
    DatasetError
        When it is there.
    """
    if os.path.lexists(path) and not fresh:
        raise DatasetError("it is there already", where=str(path), hint="to replace it: --fresh")


def write_new(path: Path, text: str, *, fresh: bool) -> None:
    """Write a file, whole or not at all.

    Parameters
    ----------
    path : Path
        The file; ``~`` is the user's home.
    text : str
        Its content, written in UTF-8.
    fresh : bool
        Whether the user wants a file to be replaced that is there.

    Raises
    ------
    DatasetError
        When it is there, or cannot be written.
    """
    from skelconv.files.writing import write_whole

    path = path.expanduser()
    check_new(path, fresh=fresh)
    try:
        write_whole(path, text)
    except OSError as error:
        raise DatasetError(f"it cannot be written: {reason_of(error)}", where=str(path)) from error
