"""Writing files so that they are there whole or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def drafted(path: Path, draft: Path | None = None) -> Iterator[Path]:
    """Give a file to write, which gets its name when it is whole, and then survives a crash.

    Parameters
    ----------
    path : Path
        The file; it is replaced where it is there.
    draft : Path, optional
        The file that is written and then renamed, in the same file system; by default
        ``<name>.partial`` beside the file. Where it cannot be finished it is removed.

    Yields
    ------
    Path
        The draft.

    Raises
    ------
    OSError
        When it cannot be written.
    """
    draft = draft or path.with_name(path.name + ".partial")
    try:
        yield draft
        with open(draft, "rb") as file:
            os.fsync(file.fileno())
        os.replace(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


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
    with drafted(path, draft) as file:
        file.write_text(text, encoding="utf-8")
