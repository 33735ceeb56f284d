"""Finished outputs, each a file or a folder, and what the provenance beside one says of it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skelconv.data.errors import ClipError
from skelconv.data.opening import open_regular
from skelconv.files.json_text import parse_json
from skelconv.files.reading import MAX_BYTES, read


@dataclass(frozen=True, slots=True)
class Recorded:
    """What provenance says of the bytes of an output.

    Attributes
    ----------
    size : int
        The bytes of the file, or of all files in the folder.
    sha256 : str
        The `output_digest`.
    """

    size: int
    sha256: str


def provenance_path(target: Path) -> Path:
    """Return the path of the provenance of an output.

    Parameters
    ----------
    target : Path
        The output.

    Returns
    -------
    Path
        ``OUT.skelconv.json``, beside the output.
    """
    return target.parent / f"{target.name}.skelconv.json"


def read_provenance(target: Path) -> dict[str, Any] | None:
    """Read the provenance of an output.

    Parameters
    ----------
    target : Path
        The output.

    Returns
    -------
    dict of str to JSON value, or None
        None where there is none, or it cannot be read.
    """
    try:
        content = parse_json(read(str(provenance_path(target)), MAX_BYTES), nan=True)
    except ClipError:
        return None
    return content if isinstance(content, dict) else None


def recorded_output(path: Path) -> Recorded | None:
    """Return what the provenance beside an output says of its bytes.

    Parameters
    ----------
    path : Path
        The output.

    Returns
    -------
    Recorded or None
        None where there is no provenance, or it cannot be read.
    """
    output = (read_provenance(path) or {}).get("output")
    if not isinstance(output, dict):
        return None
    size, sha256 = output.get("bytes"), output.get("sha256")
    if not (isinstance(size, int) and isinstance(sha256, str)):
        return None
    return Recorded(size, sha256)


def output_files(path: Path) -> list[tuple[str, str]]:
    """List the files of an output.

    Parameters
    ----------
    path : Path
        The output.

    Returns
    -------
    list of (str, str)
        The name in the folder, with ``/``, and the path of each file, in the order of the names
        by their parts; for a file, its own path with an empty name.

    Raises
    ------
    OSError
        When a folder cannot be read.
    """
    if not path.is_dir():
        return [("", str(path))]
    # Of hundreds of thousands, as kpfiles can be: not as Path.
    files = list(_files_below(str(path), ""))
    files.sort(key=lambda file: file[0].split("/"))
    return files


def _files_below(folder: str, prefix: str) -> Iterator[tuple[str, str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files_below(entry.path, f"{prefix}{entry.name}/")
            elif entry.is_file():
                yield prefix + entry.name, entry.path


def output_size(path: Path) -> int:
    """Return the bytes of a file, or of all files in a folder.

    Parameters
    ----------
    path : Path
        The file or folder.

    Returns
    -------
    int
        The sum of their sizes.
    """
    return sum(os.stat(file).st_size for _, file in output_files(path))


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
    if not path.is_dir():
        return file_digest(path)
    digest = hashlib.sha256()
    for name, file in output_files(path):
        digest.update(f"{file_digest(file)}  {name}\n".encode())
    return digest.hexdigest()


def file_digest(path: str | Path) -> str:
    """Return the SHA-256 of a file.

    Parameters
    ----------
    path : path
        The file.

    Returns
    -------
    str
        The digest in hexadecimal.
    """
    with open_regular(path, buffered=False) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
