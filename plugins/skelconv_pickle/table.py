"""Where a table of contents and its skeletons lie, as the sink `kpfiles` writes them."""

from __future__ import annotations

import os
from pathlib import Path

TABLE = "annotations.pkl"
FOLDER = "kpfiles"


def table_in(path: str) -> str:
    """Return the table of contents in a folder that holds its skeletons too; else the path."""
    if "://" in path:
        return path
    folder = Path(os.path.expanduser(path))
    table = folder / TABLE
    return str(table) if table.is_file() and (folder / FOLDER).is_dir() else path


def skeletons_beside(table: Path) -> Path | None:
    """Return the folder of skeletons beside a table of contents, if there is one.

    A table of another name may lie beside the skeletons of another.
    """
    folder = table.with_name(FOLDER)
    return folder if table.name == TABLE and folder.is_dir() else None
