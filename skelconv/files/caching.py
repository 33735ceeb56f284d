"""What skelconv keeps for itself in the user's cache, and can do without."""

from __future__ import annotations

import math
import os
from pathlib import Path


def user_cache(name: str) -> Path:
    """Return a folder of the user's cache, by the XDG rules.

    Parameters
    ----------
    name : str
        What is kept there.

    Returns
    -------
    Path
        The folder, which may not be there yet.
    """
    folder = os.environ.get("XDG_CACHE_HOME", "")
    root = Path(folder) if os.path.isabs(folder) else Path(os.path.expanduser("~/.cache"))
    return root / "skelconv" / name


def remove_old(folder: Path, most: int, most_bytes: float = math.inf) -> None:
    """Remove the oldest files of a folder that has too many, or too large ones.

    What is left is at most half of both; the newest file stays in any case.

    Parameters
    ----------
    folder : Path
        The folder.
    most : int
        How many files it may have.
    most_bytes : int, optional
        How many bytes they may have together.

    Raises
    ------
    OSError
        When it cannot be listed, or a file cannot be removed, as when another process has done it.
    """
    files = [(file, file.stat()) for file in folder.iterdir()]
    if len(files) <= most and sum(status.st_size for _, status in files) <= most_bytes:
        return
    files.sort(key=lambda entry: entry[1].st_mtime_ns, reverse=True)
    size = 0
    for place, (file, status) in enumerate(files):
        size += status.st_size
        if place >= max(1, most // 2) or (place and size > most_bytes / 2):
            file.unlink(missing_ok=True)
