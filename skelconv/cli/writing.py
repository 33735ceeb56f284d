"""How commands write one file for the user."""

from __future__ import annotations

import os
from pathlib import Path

from skelconv.data.errors import SkelconvError
from skelconv.text.faults import reason_of


def check_new(path: Path, *, fresh: bool | None = None) -> None:
    """Refuse a file that is there already, before the work that it would hold.

    Parameters
    ----------
    path : Path
        The file.
    fresh : bool, optional
        Whether the user wants it to be replaced; None where the command cannot be told.

    Raises
    ------
    SkelconvError
        When it is there.
    """
    if os.path.lexists(path) and not fresh:
        raise SkelconvError(
            "there is a file of this name already",
            where=str(path),
            hint=None if fresh is None else "to replace it: --fresh",
        )


def write_new(path: Path, text: str, *, fresh: bool | None = None) -> None:
    """Write a file, whole or not at all; its folder is made.

    Parameters
    ----------
    path : Path
        The file; ``~`` is the user's home.
    text : str
        Its content, written in UTF-8.
    fresh : bool, optional
        As of `check_new`.

    Raises
    ------
    SkelconvError
        When it is there, or cannot be written.
    """
    from skelconv.files.writing import write_whole

    path = path.expanduser()
    check_new(path, fresh=fresh)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text)
    except OSError as error:
        raise SkelconvError(f"it cannot be written: {reason_of(error)}", where=str(path)) from error
