"""What skelconv keeps for itself in the user's cache, and can do without."""

from __future__ import annotations

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


def remove_old(folder: Path, most: int) -> None:
    """Remove the oldest files of a folder that has too many, so that half as many are left.

    Parameters
    ----------
    folder : Path
        The folder.
    most : int
        How many files it may have.

    Raises
    ------
    OSError
        When it cannot be listed, or a file cannot be removed, as when another process has done it.
    """
    files = list(folder.iterdir())
    if len(files) > most:
        files.sort(key=lambda file: file.stat().st_mtime_ns)
        for old in files[: -most // 2]:
            old.unlink(missing_ok=True)
