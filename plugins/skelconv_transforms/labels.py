"""Gives clips other labels."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from typing import Literal

from skelconv import Clip, ClipDropped, ClipError, SkelconvError

_HEADER = ["old", "new"]


def relabel(
    clip: Clip, *, mapping: Mapping[int, int], missing: Literal["refuse", "keep", "drop"]
) -> Clip:
    """Give a clip the label that a mapping has for its own.

    Each of several labels is mapped, and those that become equal stand once, in the place of the
    first.

    Parameters
    ----------
    mapping : mapping of int to int
        From old labels to new ones.
    missing : {"refuse", "keep", "drop"}
        What to do about a label that it lacks: it is an error, it stays, or it goes, and the clip
        with it when it has no other.

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


def read_mapping(path: str) -> dict[int, int]:
    """Read a mapping of labels from a CSV file with the columns ``old,new``.

    Raises
    ------
    SkelconvError
        When it cannot be read, or is no such file.
    """
    mapping: dict[int, int] = {}
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            if [cell.strip() for cell in next(rows, [])] != _HEADER:
                raise SkelconvError("its first line is not 'old,new'", f"{path}:1")
            for row in filter(None, rows):
                where = f"{path}:{rows.line_num}"
                cells = [cell.strip() for cell in row]
                if len(cells) != 2 or not all(cell.isascii() and cell.isdigit() for cell in cells):
                    raise SkelconvError("a line must hold two whole numbers, old and new", where)
                old, new = map(int, cells)
                if old in mapping:
                    raise SkelconvError(f"the label {old} stands twice", where)
                mapping[old] = new
    except OSError as error:
        raise SkelconvError(f"cannot be read: {error.strerror}", path) from error
    except (UnicodeDecodeError, csv.Error, ValueError) as error:
        raise SkelconvError(f"is no CSV file: {error}", path) from error
    return mapping
