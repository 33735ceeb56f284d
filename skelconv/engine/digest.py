"""The digest of an output, which is a file or a folder."""

from __future__ import annotations

import hashlib
from pathlib import Path


def output_digest(path: Path) -> str:
    """Return the SHA-256 of a file, or of the names and digests of all files in a folder.

    Parameters
    ----------
    path : Path
        The file or folder.

    Returns
    -------
    str
        The digest in hexadecimal.
    """
    if path.is_dir():
        digest = hashlib.sha256()
        for file in sorted(path.rglob("*")):
            if file.is_file():
                name = file.relative_to(path).as_posix()
                digest.update(f"{output_digest(file)}  {name}\n".encode())
        return digest.hexdigest()
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
