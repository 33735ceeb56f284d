"""The digest of an output, be it a file or a folder."""

from __future__ import annotations

import hashlib
from pathlib import Path


def output_digest(path: Path) -> str:
    """SHA-256 of a file; of a folder, over the names and digests of the files in it."""
    if path.is_dir():
        digest = hashlib.sha256()
        for file in sorted(path.rglob("*")):
            if file.is_file():
                name = file.relative_to(path).as_posix()
                digest.update(f"{output_digest(file)}  {name}\n".encode())
        return digest.hexdigest()
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
