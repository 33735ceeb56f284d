"""Diving48: for each part a JSON list of ``{"vid_name", "label", "start_frame", "end_frame"}``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from skelconv import BuildError
from skelconv.files import read_json
from skelconv_splits.rows import Row


def diving48(path: Path, part: str) -> Iterator[Row]:
    """Read a list.

    Parameters
    ----------
    path : Path
        The file.
    part : str
        The part of the dataset that it lists.

    Yields
    ------
    Row
        A clip.

    Raises
    ------
    BuildError
        When it cannot be read or is not in this format.
    """
    rows = read_json(path)
    if not isinstance(rows, list):
        raise BuildError("is not a list", str(path))
    for index, row in enumerate(rows):
        where = f"{path}: element {index}"
        name = row.get("vid_name") if isinstance(row, dict) else None
        label = row.get("label") if isinstance(row, dict) else None
        if not isinstance(name, str) or type(label) is not int or not 0 <= label < 10**9:
            raise BuildError("has no vid_name and label", where)
        yield Row(part, name, label, where)
