"""Labels for own data: from a csv file, the folder's name, or a pattern."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from skelconv.errors import BuildError
from skelconv.listing.files import reason_of, shown
from skelconv.listing.tables import read_table

_INTEGER = re.compile(r"\d{1,9}\Z", re.ASCII)
MAX_PATH = 1024
"""The longest path that a pattern is tried on."""


@dataclass(frozen=True)
class LabelRule:
    """Where labels come from: one of `csv`, `folder` and `pattern`.

    Attributes
    ----------
    csv : Path, optional
        A csv file with the columns ``id`` and ``label``.
    folder : bool
        Whether the folder that a clip lies in names its class.
    pattern : str, optional
        A regular expression with a group ``label``, searched for in a clip's path.
    classes : sequence of str or Path
        The classes' names in the order of labels, or a file with one a line; by default the names
        that occur, sorted.
    first : int
        The number of the first class, for labels that are numbers.
    """

    csv: Path | None = None
    folder: bool = False
    pattern: str | None = None
    classes: Sequence[str] | Path = ()
    first: int = 0


@dataclass(frozen=True)
class Labels:
    """The labels of a source's clips.

    Attributes
    ----------
    labels : mapping of str to int
        By id.
    faults : mapping of str to str
        Of each clip without a label, why and where it was looked for, by id.
    names : sequence of str
        The classes, where labels are not mere numbers.
    unused : sequence of str
        Ids that the csv file names and that are no clip.
    """

    labels: Mapping[str, int]
    faults: Mapping[str, str]
    names: Sequence[str]
    unused: Sequence[str] = ()


def find_labels(rule: LabelRule, paths: Mapping[str, str]) -> Labels:
    """Find the labels of clips.

    Labels are numbers if all of them are, else the names of classes.

    Parameters
    ----------
    rule : LabelRule
        Where to look.
    paths : mapping of str to str
        The clips' paths within the root, by id.

    Raises
    ------
    BuildError
        When a file of labels or of classes cannot be read.
    """
    classes = read_classes(rule.classes) if isinstance(rule.classes, Path) else rule.classes
    texts: dict[str, str] = {}
    faults: dict[str, str] = {}
    unused: list[str] = []
    every: set[str]
    if rule.csv is not None:
        cells = read_table(rule.csv, "label")
        for frame_dir in paths:
            if frame_dir not in cells:
                faults[frame_dir] = f"no label: {rule.csv} has no row with this id"
            elif not cells[frame_dir].text:
                faults[frame_dir] = f"no label: line {cells[frame_dir].line} of {rule.csv} has none"
            else:
                texts[frame_dir] = cells[frame_dir].text
        # All of them, so that a part of the data gets the same numbers as the whole.
        every = {cell.text for cell in cells.values() if cell.text}
        unused = [frame_dir for frame_dir in cells if frame_dir not in paths]
    else:
        for frame_dir, path in paths.items():
            text = _folder(path) if rule.folder else _match(rule.pattern or "", path)
            if text:
                texts[frame_dir] = text
            elif rule.folder:
                faults[frame_dir] = "no label: it lies in no folder that could name its class"
            else:
                faults[frame_dir] = f"no label: the pattern {rule.pattern!r} finds none in its path"
        every = set(texts.values())
    known = {name: index for index, name in enumerate(classes)}
    if all(map(_INTEGER.match, every)) and not (every and every <= known.keys()):
        labels = {frame_dir: int(text) - rule.first for frame_dir, text in texts.items()}
    else:
        known = known or {name: index for index, name in enumerate(sorted(every))}
        labels = {frame_dir: known.get(text, -1) for frame_dir, text in texts.items()}
    for frame_dir, label in list(labels.items()):
        if label < 0 or (known and label >= len(known)):
            faults[frame_dir] = f"its label {texts[frame_dir]!r} is none of the classes"
            del labels[frame_dir]
    return Labels(labels, faults, tuple(known), unused)


def read_classes(path: Path) -> tuple[str, ...]:
    """Read a file of class names, one a line.

    Raises
    ------
    BuildError
        When it cannot be read, is empty, or names a class twice.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        raise BuildError(f"cannot be read: {reason_of(error)}", where=shown(str(path))) from error
    names = [line.strip() for line in lines]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise BuildError("it names no class", where=shown(str(path)))
    for line, name in enumerate(names, 1):
        if not name or name in names[: line - 1]:
            what = f"the class {name!r} stands there already" if name else "the line is empty"
            raise BuildError(what, where=f"{shown(str(path))}:{line}")
    return tuple(names)


def _folder(path: str) -> str:
    return path.rpartition("/")[0].rpartition("/")[2]


def _match(pattern: str, path: str) -> str:
    match = re.search(pattern, path[:MAX_PATH])
    return (match["label"] or "") if match else ""
