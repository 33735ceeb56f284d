"""Writing files so that they are there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all, and survives a crash.

    Parameters
    ----------
    path : Path
        The file; it is replaced where it is there. ``<name>.partial`` beside it is used meanwhile.
    text : str
        Its content, written in UTF-8.

    Raises
    ------
    OSError
        When it cannot be written.
    """
    partial = path.with_name(path.name + ".partial")
    with open(partial, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)
