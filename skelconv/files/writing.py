"""Writing files so that they are there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, text: str, *, draft: Path | None = None) -> None:
    """Write a file so that it is there whole or not at all, and survives a crash.

    Parameters
    ----------
    path : Path
        The file; it is replaced where it is there.
    text : str
        Its content, written in UTF-8.
    draft : Path, optional
        The file that is written and then renamed, in the same file system; by default
        ``<name>.partial`` beside the file.

    Raises
    ------
    OSError
        When it cannot be written.
    """
    draft = draft or path.with_name(path.name + ".partial")
    with open(draft, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
