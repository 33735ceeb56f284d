"""The content of lists, whatever their format: clips in parts, with labels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from skelconv import BuildError

MAX_PARTS = 1000
"""The parts that a dataset may have."""

MAX_CLASSES = 100_000
"""With a higher label it is no number of a class that a list of names could hold."""

_ENDING = re.compile(r"\.(avi|mp4|mkv|mov|m4v|mpe?g|webm|wmv|flv|npy|json|pkl)\Z", re.IGNORECASE)


class Row(NamedTuple):
    """A line of a list.

    Attributes
    ----------
    part : str
        The part of the dataset, such as ``train1``; ``""`` for none.
    id : str
        The clip.
    label : int, optional
        The class, from 0, where the list has it.
    where : str
        File and line.
    class_name : str
        The name of the class, where the list has it.
    """

    part: str
    id: str
    label: int | None
    where: str
    class_name: str = ""


@dataclass(frozen=True)
class Members:
    """Which clips are in which parts.

    Attributes
    ----------
    parts : sequence of str
        All parts, in the order of the lists.
    of : mapping of str to tuple of str
        The parts of each clip that is in one.
    labels : mapping of str to int
        The label of each clip that has one.
    label_names : tuple of str
        The names of the classes, in the order of labels; empty where the lists have none.
    """

    parts: tuple[str, ...]
    of: dict[str, tuple[str, ...]]
    labels: dict[str, int]
    label_names: tuple[str, ...] = ()


def gather(rows: Iterable[Row], parts: Iterable[str] = ()) -> Members:
    """Gather the rows of all lists of a dataset.

    Parameters
    ----------
    rows : iterable of Row
        The rows.
    parts : iterable of str
        Parts that are there even if no clip is in them, before others.

    Returns
    -------
    Members
        The parts and labels of all clips.

    Raises
    ------
    BuildError
        When there are too many parts, or a clip is in a part twice, in two parts of one division
        (``train1`` and ``test1``), or has two labels.
    """
    known = dict.fromkeys(parts)
    of: dict[str, tuple[str, ...]] = {}
    labels: dict[str, int] = {}
    # A clip's first line in each division, to name both lines when there is another.
    seen: dict[tuple[str, str], str] = {}
    names: dict[int, str] = {}
    for part, clip_id, label, where, name in rows:
        if label is not None and name:
            names[label] = name
        if label is not None and labels.setdefault(clip_id, label) != label:
            raise BuildError(f"{clip_id!r} has label {label}, and {labels[clip_id]}", where)
        if not part:
            continue
        known.setdefault(part)
        if len(known) > MAX_PARTS:
            raise BuildError(
                f"this is part {MAX_PARTS + 1:,}, {part[:40]!r}: a dataset may have {MAX_PARTS:,}",
                where,
                "Is the column of parts another?",
            )
        first = seen.setdefault((division(part), clip_id), where)
        if first is not where:
            raise BuildError(
                f"{clip_id!r} is in {first} already",
                where,
                "A clip belongs to one part, and is there once.",
            )
        of[clip_id] = (*of.get(clip_id, ()), part)
    return Members(tuple(known), of, labels, _in_order(names))


def _in_order(names: Mapping[int, str]) -> tuple[str, ...]:
    """Return the names of classes in the order of labels."""
    count = max(names, default=-1) + 1
    return tuple(names.get(n, "") for n in range(count)) if count <= MAX_CLASSES else ()


def division(part: str) -> str:
    """Return what the parts of one division share.

    Parameters
    ----------
    part : str
        Such as ``train1``.

    Returns
    -------
    str
        The digits at its end.
    """
    return part[len(part.rstrip("0123456789")) :]


def id_of(name: str, *, keep: bool = False, strip: str = "") -> str:
    """Return the id of the clip with a name in a list.

    Parameters
    ----------
    name : str
        Such as ``Archery/v_Archery_g08_c01.avi``.
    keep : bool
        Whether to keep the folder.
    strip : str
        An ending to leave out: of the name as it stands, or of what is left of it without the
        ending of a video or pose file, which is always left out.

    Returns
    -------
    str
        The id.
    """
    if strip and name.endswith(strip):  # such as .skeleton.npy, of which .npy is an ending too
        stem = name.removesuffix(strip)
    else:
        stem = _ENDING.sub("", name).removesuffix(strip)
    return stem if keep else stem.replace("\\", "/").rpartition("/")[2]
