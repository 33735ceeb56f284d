"""Labels for own data: from a csv file, the folder's name, or a pattern."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from skelconv.data.errors import BuildError
from skelconv.files.reading import read_text
from skelconv.files.tables import read_table
from skelconv.text.counts import counted
from skelconv.text.escaping import shown

Key = TypeVar("Key", bound=Hashable)

_INTEGER = re.compile(r"\d{1,9}\Z", re.ASCII)
_DECIMALS = re.compile(r"(\d{1,9})\.0+\Z", re.ASCII)
# What was meant as a number, whether it can be a label or not.
_NUMBER = re.compile(r"\s*[+-]?(\d[\d_.,]*|[.,]\d+)(e[+-]?\d+)?\s*\Z", re.IGNORECASE)
# How many of the rows that make labels ambiguous are named.
_SHOWN = 5
# Longer paths are cut before a pattern is searched for in them.
_MAX_PATH = 1024


@dataclass(frozen=True)
class LabelRule:
    """Where labels come from: one of `csv`, `folder` and `pattern`.

    Attributes
    ----------
    csv : Path, optional
        A csv file with the columns ``id`` and ``label``.
    folder : bool
        Whether the name of the folder that a clip is in is its class.
    pattern : str, optional
        A regular expression with a group ``label``, searched for in a clip's path.
    classes : sequence of str or Path
        The classes' names in the order of labels, or a file with one a line; by default the names
        that occur, sorted.
    first : int
        The number of the first class, for labels that are numbers.
    strip : str
        An ending of the names in the csv file that is left out of ids.
    """

    csv: Path | None = None
    folder: bool = False
    pattern: str | None = None
    classes: Sequence[str] | Path = ()
    first: int = 0
    strip: str = ""


@dataclass(frozen=True)
class Labels:
    """The labels of a source's clips.

    Attributes
    ----------
    labels : mapping of str to int
        By id.
    faults : mapping of str to str
        For each clip without a label, by id: why, and where it was looked for.
    names : sequence of str
        The classes, where labels are more than numbers.
    unused : sequence of str
        Ids in the csv file that no clip has.
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

    Returns
    -------
    Labels
        The labels, and which clips have none.

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
    # Labels of other clips too, so that a part of the data gets the same numbers as the whole.
    every: dict[str, tuple[str, str]] = {}
    if rule.csv is not None:
        cells = read_table(rule.csv, "label", rule.strip)
        for clip_id in paths:
            if clip_id not in cells:
                faults[clip_id] = f"no label: {rule.csv} has no row with this id"
            elif not cells[clip_id].text:
                faults[clip_id] = f"no label: line {cells[clip_id].line} of {rule.csv} has none"
            else:
                texts[clip_id] = cells[clip_id].text
        for clip_id, cell in cells.items():
            if cell.text:
                every[clip_id] = cell.text, f"{rule.csv}:{cell.line}"
        unused = [clip_id for clip_id in cells if clip_id not in paths]
    else:
        for clip_id, path in paths.items():
            text = _folder(path) if rule.folder else _match(rule.pattern or "", path)
            if text:
                texts[clip_id] = text
            elif rule.folder:
                faults[clip_id] = "no label: it is not in a folder that could name its class"
            else:
                faults[clip_id] = f"no label: the pattern {rule.pattern!r} finds none in its path"
        every = {clip_id: (text, paths[clip_id]) for clip_id, text in texts.items()}
    labels, unknown, names = _numbered(texts, every, classes, rule.first)
    return Labels(labels, {**faults, **unknown}, names, unused)


def listed_labels(given: Mapping[str, tuple[str, str]]) -> Labels:
    """Number the labels that a list of clips gives; see `find_labels`.

    Parameters
    ----------
    given : mapping of str to (str, str)
        By id the text of the label, and the place in the list.

    Returns
    -------
    Labels
        The labels, and which clips have none.

    Raises
    ------
    BuildError
        When some labels look like numbers and others do not.
    """
    texts = {clip_id: text for clip_id, (text, _) in given.items() if text}
    places = {clip_id: place for clip_id, (_, place) in given.items()}
    faults = {
        clip_id: f"no label: {places[clip_id]} has none"
        for clip_id in given
        if clip_id not in texts
    }
    labels, unknown, names = number_labels(texts, places, ())
    return Labels(labels, {**faults, **unknown}, names)


def number_labels(
    texts: Mapping[Key, str], places: Mapping[Key, str], classes: Sequence[str], first: int = 0
) -> tuple[dict[Key, int], dict[Key, str], tuple[str, ...]]:
    """Turn labels as they are written into numbers, by the rule of `find_labels`.

    Parameters
    ----------
    texts : mapping of key to str
        The labels.
    places : mapping of key to str
        Where each stands, for errors.
    classes : sequence of str
        The classes' names in the order of labels; by default the names that occur, sorted.
    first : int
        The number of the first class, for labels that are numbers.

    Returns
    -------
    labels : dict of key to int
        The numbers.
    faults : dict of key to str
        Why a label has none.
    names : tuple of str
        The classes, where labels are more than numbers.

    Raises
    ------
    BuildError
        When some labels are whole numbers or look like numbers, others do not, and the classes
        are not given.
    """
    every = {key: (text, places[key]) for key, text in texts.items()}
    return _numbered(texts, every, classes, first)


def _numbered(
    texts: Mapping[Key, str],
    every: Mapping[Key, tuple[str, str]],
    classes: Sequence[str],
    first: int,
) -> tuple[dict[Key, int], dict[Key, str], tuple[str, ...]]:
    texts = {key: _whole(text, classes) for key, text in texts.items()}
    every = {key: (_whole(text, classes), place) for key, (text, place) in every.items()}
    different = {text for text, _ in every.values()}
    known = {name: index for index, name in enumerate(classes)}
    numbers = all(map(_INTEGER.match, different))
    if not (numbers or known) and any(map(_NUMBER.match, different)):
        raise _mixed(every)
    if numbers and not (different and different <= known.keys()):
        labels = {clip_id: int(text) - first for clip_id, text in texts.items()}
    else:
        known = known or {name: index for index, name in enumerate(sorted(different))}
        labels = {clip_id: known.get(text, -1) for clip_id, text in texts.items()}
    faults = {}
    for clip_id, label in list(labels.items()):
        if label < 0 or (known and label >= len(known)):
            faults[clip_id] = f"its label {texts[clip_id]!r} is none of the classes"
            del labels[clip_id]
    return labels, faults, tuple(known)


def read_classes(path: Path) -> tuple[str, ...]:
    """Read a file of class names, one a line.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    tuple of str
        The names in the order of labels.

    Raises
    ------
    BuildError
        When it cannot be read, is empty, or names a class twice.
    """
    names = [line.strip() for line in read_text(path).splitlines()]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise BuildError("it names no class", where=shown(str(path)))
    for line, name in enumerate(names, 1):
        if not name or name in names[: line - 1]:
            what = f"the class {name!r} is there already" if name else "the line is empty"
            raise BuildError(what, where=f"{shown(str(path))}:{line}")
    return tuple(names)


def _whole(text: str, classes: Sequence[str]) -> str:
    """Return a number that a table with gaps wrote as ``3.0``, and is no class, as ``3``."""
    match = _DECIMALS.match(text)
    return match[1] if match and text not in classes else text


def _mixed(every: Mapping[Key, tuple[str, str]]) -> BuildError:
    """Return the error for labels that are neither all numbers nor all names.

    As names, all of them would get new numbers, in the order of their texts.
    """

    def those(pattern: re.Pattern[str], matched: bool) -> list[Key]:
        return [name for name, (text, _) in every.items() if bool(pattern.match(text)) == matched]

    # Those that are not numbers, or those that are where most are names.
    odd, rule = those(_INTEGER, False), ("is not a whole number", "are not whole numbers")
    numbers = those(_NUMBER, True)
    if len(numbers) < len(odd) and 2 * len(numbers) < len(every):
        odd, rule = numbers, ("is a number among names", "are numbers among names")
    return BuildError(
        f"{counted(len(odd), 'label')} of {len(every)} {rule[len(odd) > 1]}:\n"
        + "\n".join(_rows(every, odd)),
        where=shown(every[odd[0]][1]),
        hint="correct these, or name all classes with the option 'classes'",
    )


def _rows(every: Mapping[Key, tuple[str, str]], odd: Sequence[Key]) -> Iterator[str]:
    for key in odd[:_SHOWN]:
        text, place = every[key]
        yield f"    {shown(str(key))}: {text!r} ({shown(place)})"
    if len(odd) > _SHOWN:
        yield f"    ... and {len(odd) - _SHOWN} more"


def _folder(path: str) -> str:
    return path.rpartition("/")[0].rpartition("/")[2]


def _match(pattern: str, path: str) -> str:
    match = re.search(pattern, path[:_MAX_PATH])
    return (match["label"] or "") if match else ""
