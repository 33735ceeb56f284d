"""How commands show the classes of a dataset."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from skelconv.cli.output import WIDTH, columns, wrapped
from skelconv.data.classes import ClassCount, facts
from skelconv.text.commands import skelconv_command

# More classes would push what a build says off the screen.
_MANY = 20
_LONGEST_NAME = 32
_BAR = 30


def table(counts: Sequence[ClassCount]) -> Iterable[str]:
    """Show the number, the name and the clips of each class.

    Parameters
    ----------
    counts : sequence of ClassCount
        The classes.

    Yields
    ------
    str
        A line: with the clips of each split where that fits into 80 columns, or else with a bar.
    """
    splits = list(counts[0].splits) if counts else []
    rows = [["label", "class", "clips", *splits]]
    rows += [
        [_number(one), _short(one.name), str(one.clips), *map(str, one.splits.values())]
        for one in counts
    ]
    if not splits or sum(max(map(len, cells)) + 2 for cells in zip(*rows, strict=True)) > WIDTH:
        most = max((one.clips for one in counts), default=0) or 1
        bars = ["", *("#" * (one.clips * _BAR // most) for one in counts)]
        rows = [[*row[:3], bar] for row, bar in zip(rows, bars, strict=True)]
    yield from columns(rows)


def summary(counts: Sequence[ClassCount], whole_table: str = "") -> Iterable[str]:
    """Show the classes in a few lines, and what is to be told of them.

    Parameters
    ----------
    counts : sequence of ClassCount
        The classes.
    whole_table : str
        The dataset that ``skelconv stats`` shows the whole table of, if there is one.

    Yields
    ------
    str
        A line; nothing where no clip has a label.
    """
    classes = [one for one in counts if one.label is not None]
    used = [one for one in classes if one.clips]
    if not used:
        return
    if len(used) <= _MANY:
        yield "classes:"
        shown = used if len(classes) > _MANY else classes  # of the others there may be very many
        yield from (f"  {line}" for line in table(shown))
    else:
        fewest, most = (choose(used, key=lambda one: one.clips) for choose in (min, max))
        yield f"classes: {len(classes)}"
        yield f"  fewest clips: {_with_clips(fewest)}"
        yield f"  most clips: {_with_clips(most)}"
    if whole_table and len(classes) > _MANY:
        yield f"  the whole table: {skelconv_command('stats', whole_table)}"
    for fact in facts(counts):
        yield from wrapped(fact, "  ", "    ")


def _number(one: ClassCount) -> str:
    return "none" if one.label is None else str(one.label)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 3]}..."


def _called(one: ClassCount) -> str:
    return f"{one.label} {_short(one.name)}".rstrip()


def _with_clips(one: ClassCount) -> str:
    return f"{one.clips} in {_called(one)}"
