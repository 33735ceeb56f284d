"""Labels of clips."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from skelconv import BuildError, Clip, ClipDropped, ClipError
from skelconv.files import read_rows


def relabel(
    clip: Clip, *, mapping: Mapping[int, int], missing: Literal["refuse", "keep", "drop"]
) -> Clip:
    """Give a clip the label that a mapping has for its label.

    Each of several labels is mapped; of those that become equal the first is kept.

    Parameters
    ----------
    clip : Clip
        The clip.
    mapping : mapping of int to int
        From old labels to new ones.
    missing : {"refuse", "keep", "drop"}
        What to do about a label that it lacks: it is an error, it is kept, or it is dropped, and
        the clip with it when it has no other.

    Returns
    -------
    Clip
        The clip with new labels.

    Raises
    ------
    ClipError
        When the clip has no label, or one that is refused.
    ClipDropped
        When no label is left.
    """
    if clip.label is None:
        raise ClipError("it has no label to be mapped")
    labels = clip.label if isinstance(clip.label, tuple) else (clip.label,)
    lacking = sorted({label for label in labels if label not in mapping})
    if lacking and missing == "refuse":
        raise ClipError(f"the mapping has no label {lacking[0]}")
    kept = [label for label in labels if label in mapping or missing == "keep"]
    if not kept and labels:
        raise ClipDropped("the mapping has no label for it")
    changed = tuple(dict.fromkeys(mapping.get(label, label) for label in kept))
    return clip.replace(label=changed if isinstance(clip.label, tuple) else changed[0])


def read_mapping(path: Path) -> dict[int, int]:
    """Read a mapping of labels from a csv file with the columns ``old`` and ``new``.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    dict of int to int
        From old labels to new ones.

    Raises
    ------
    BuildError
        When it cannot be read, or is not in this format.
    """
    mapping: dict[int, int] = {}
    for line, cells in read_rows(path, ("old", "new")):
        where = f"{path}:{line}"
        if not all(cell.isascii() and cell.isdigit() and len(cell) < 10 for cell in cells):
            raise BuildError("old and new must be two whole numbers", where)
        old, new = map(int, cells)
        if old in mapping:
            raise BuildError(f"the label {old} is there twice", where)
        mapping[old] = new
    return mapping
