"""What is a pickle, and where a table of contents and its skeletons are.

Every dataset that is opened is looked at so: nothing heavy is imported here.
"""

from __future__ import annotations

import os
from pathlib import Path

from skelconv.files import open_regular
from skelconv.text import is_remote

TABLE = "annotations.pkl"
FOLDER = "kpfiles"
_MARKS = b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"


def table_in(path: str) -> str:
    """Return the path of a dataset's pickle.

    Parameters
    ----------
    path : str
        A file, a URL, or a folder with a table of contents and its skeletons.

    Returns
    -------
    str
        The table of contents in such a folder, or else the same path.
    """
    if is_remote(path):
        return path
    folder = Path(os.path.expanduser(path))
    table = folder / TABLE
    return str(table) if table.is_file() and (folder / FOLDER).is_dir() else path


def skeletons_beside(table: Path) -> Path | None:
    """Return the folder of skeletons beside a table of contents, if there is one.

    Parameters
    ----------
    table : Path
        The pickle.

    Returns
    -------
    Path or None
        None for a table of another name, for the skeletons may be those of another table.
    """
    folder = table.with_name(FOLDER)
    return folder if table.name == TABLE and folder.is_dir() else None


def recognises(path: str) -> bool:
    """Return whether a path or URL is that of a pickle.

    Parameters
    ----------
    path : str
        The path or URL.

    Returns
    -------
    bool
        By its ending, its first bytes, or the kpfiles in it.
    """
    if path.partition("?")[0].endswith((".pkl", ".pickle")):
        return True
    if is_remote(path):
        return False
    if table_in(path) != path:
        return True
    try:
        with open_regular(path) as file:
            return file.read(2) in _MARKS
    except OSError:
        return False
