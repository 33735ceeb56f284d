"""Labels for own data: from a csv file, the folder's name, or a pattern."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from skelconv.counts import counted
from skelconv.errors import BuildError
from skelconv.listing.files import reason_of, shown
from skelconv.listing.tables import read_table

_INTEGER = re.compile(r"\d{1,9}\Z", re.ASCII)
# What was meant as a number, whether it can be a label or not.
_NUMBER = re.compile(r"\s*[+-]?(\d[\d_.,]*|[.,]\d+)(e[+-]?\d+)?\s*\Z", re.IGNORECASE)
# So many of the rows that make labels ambiguous are named.
_SHOWN = 5
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

    Labels are numbers if all of them are, and the names of classes if none of them looks like a
    number or the classes are given.

    Parameters
    ----------
    rule : LabelRule
        Where to look.
    paths : mapping of str to str
        The clips' paths within the root, by id.

    Raises
    ------
    BuildError
        When a file of labels or of classes cannot be read, or some labels are whole numbers or
        look like numbers, others do not, and the classes are not given.
    """
    classes = read_classes(rule.classes) if isinstance(rule.classes, Path) else rule.classes
    texts: dict[str, str] = {}
    faults: dict[str, str] = {}
    unused: list[str] = []
    # All of them, so that a part of the data gets the same numbers as the whole; and where each is.
    every: dict[str, tuple[str, str]] = {}
    if rule.csv is not None:
        cells = read_table(rule.csv, "label")
        for frame_dir in paths:
            if frame_dir not in cells:
                faults[frame_dir] = f"no label: {rule.csv} has no row with this id"
            elif not cells[frame_dir].text:
                faults[frame_dir] = f"no label: line {cells[frame_dir].line} of {rule.csv} has none"
            else:
                texts[frame_dir] = cells[frame_dir].text
        for frame_dir, cell in cells.items():
            if cell.text:
                every[frame_dir] = cell.text, f"{rule.csv}:{cell.line}"
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
        every = {frame_dir: (text, paths[frame_dir]) for frame_dir, text in texts.items()}
    different = {text for text, _ in every.values()}
    known = {name: index for index, name in enumerate(classes)}
    numbers = all(map(_INTEGER.match, different))
    if not (numbers or known) and any(map(_NUMBER.match, different)):
        raise _mixed(every)
    if numbers and not (different and different <= known.keys()):
        labels = {frame_dir: int(text) - rule.first for frame_dir, text in texts.items()}
    else:
        known = known or {name: index for index, name in enumerate(sorted(different))}
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


def _mixed(every: Mapping[str, tuple[str, str]]) -> BuildError:
    """Return the error for labels that are neither all numbers nor all names.

    Taken as names, they would all be numbered anew, in the order of their texts.
    """

    def those(pattern: re.Pattern[str], matched: bool) -> list[str]:
        return [name for name, (text, _) in every.items() if bool(pattern.match(text)) == matched]

    # Those that are in the way of numbers, or of names where these are the rule.
    odd, rule = those(_INTEGER, False), "no whole number"
    numbers = those(_NUMBER, True)
    if len(numbers) < len(odd) and 2 * len(numbers) < len(every):
        odd, rule = numbers, "a number, where others are names"
    return BuildError(
        f"{counted(len(odd), 'label')} of {len(every)} {'is' if len(odd) == 1 else 'are'} {rule}:\n"
        + "\n".join(_rows(every, odd)),
        where=shown(every[odd[0]][1]),
        hint="mend these, or name all classes by the option 'classes'",
    )


def _rows(every: Mapping[str, tuple[str, str]], odd: Sequence[str]) -> Iterator[str]:
    for frame_dir in odd[:_SHOWN]:
        text, place = every[frame_dir]
        yield f"    {shown(frame_dir)}: {text!r} ({shown(place)})"
    if len(odd) > _SHOWN:
        yield f"    ... and {len(odd) - _SHOWN} more"


def _folder(path: str) -> str:
    return path.rpartition("/")[0].rpartition("/")[2]


def _match(pattern: str, path: str) -> str:
    match = re.search(pattern, path[:MAX_PATH])
    return (match["label"] or "") if match else ""
