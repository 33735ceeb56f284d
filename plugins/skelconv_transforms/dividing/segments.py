"""Segments of clips by a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from skelconv import BuildError, Clip, ClipDropped, ClipError
from skelconv.files import read_rows
from skelconv.plugin import Classes, Label, Unmade
from skelconv_transforms.dividing.labels import TableLabels, whole_number
from skelconv_transforms.dividing.naming import frames_named, numbers_of_people, person_named

if TYPE_CHECKING:
    from skelconv_transforms.dividing.options import SegmentsOptions

# A time that is a frame's may be written with three digits.
_SLACK = Fraction(1, 1000)
_MOST_SECONDS = 10**7


class Span(NamedTuple):
    """The place of a segment.

    Attributes
    ----------
    id : str
        The clip that it is of.
    start : int
        Its first frame, from 0.
    stop : int or None
        The frame behind its last one; None for the end of the clip.
    person : int or None
        The number of the person; None for all.
    """

    id: str
    start: int
    stop: int | None
    person: int | None


class Segment(NamedTuple):
    """A segment of a table.

    Attributes
    ----------
    span : Span
        Its place.
    line : int
        Of the file, counted from 1.
    label : int, tuple of int or None
        Its label, where the table has labels.
    """

    span: Span
    line: int
    label: Label


@dataclass(frozen=True)
class Table:
    """The rows of a table, before labels are numbers.

    Attributes
    ----------
    lines : mapping of Span to list of int
        The lines of each segment; several, where it has several labels.
    texts, places : mapping of int to str
        The label as it is written, and its place, by line; empty where the table has no labels.
    """

    lines: Mapping[Span, list[int]]
    texts: Mapping[int, str]
    places: Mapping[int, str]


class Segments:
    """Gives the segments of a clip, ``ID@000120-000184`` for frames 120 to 183.

    Parameters
    ----------
    csv : Path
        The table, for messages.
    segments : sequence of Segment
        Its segments.
    names : tuple of str
        The classes of their labels.
    labelled : bool
        Whether the table has labels; else a segment has that of the clip.
    cut : bool
        Whether a segment that ends behind the clip ends with it, or is an error.
    """

    def __init__(
        self,
        csv: Path,
        segments: Sequence[Segment],
        names: tuple[str, ...],
        *,
        labelled: bool,
        cut: bool,
    ) -> None:
        self._csv = csv
        self._of: dict[str, list[Segment]] = {}
        for segment in segments:
            self._of.setdefault(segment.span.id, []).append(segment)
        self._names = names
        self._labelled = labelled
        self._cut = cut

    def listed(self) -> Iterator[str]:
        """Return the clips that the table names.

        Yields
        ------
        str
            An id.
        """
        yield from self._of

    def classes(self, known: Classes) -> Classes:
        """Return the classes after it, and say how many segments overlap.

        Parameters
        ----------
        known : Classes
            Those before it.

        Returns
        -------
        Classes
            Those of the table, where it has labels.
        """
        every = [segment for segments in self._of.values() for segment in segments]
        if self._labelled:
            labels = (segment.label for segment in every)
            known = replace(Classes.of(self._names, labels), notes=known.notes)
        overlapping = sum(_overlapping(segments) for segments in self._of.values())
        if not overlapping:
            return known
        note = (
            f"segments: {overlapping} of {len(every)} begin within another one of the same "
            "recording, and share frames with it"
        )
        return replace(known, notes=(*known.notes, note))

    def divide(self, clip: Clip) -> Iterator[Clip | Unmade]:
        """Give the segments, in the order of the table.

        Parameters
        ----------
        clip : Clip
            The clip.

        Yields
        ------
        Clip or Unmade
            A segment; one that is not within the clip cannot be made.

        Raises
        ------
        ClipDropped
            When the table has none of it.
        """
        segments = self._of.get(clip.id)
        if not segments:
            raise ClipDropped("the table of segments has no row for it")
        total = clip.total_frames
        rows: dict[int, int] = {}
        for row, number in enumerate(numbers_of_people(clip)):
            rows.setdefault(number, row)
        for segment in segments:
            _, start, stop, person = segment.span
            stop = total if stop is None else stop
            name = clip.id if person is None else person_named(clip.id, person)
            name = frames_named(name, start, stop)
            fault = ""
            if start >= total or (stop > total and not self._cut):
                fault = f"frames {start} to {stop - 1} are asked for, and there are {total}"
            elif person is not None and person not in rows:
                there = ", ".join(map(str, sorted(rows)[:20])) or "nobody"
                fault = f"person {person} is asked for, and there are {there}"
            if fault:
                yield Unmade(name, ClipError(fault, path=str(self._csv), line=segment.line))
                continue
            cut = clip.take("T", slice(start, min(stop, total)))
            if person is not None:
                cut = cut.take("M", [rows[person]])
                if not cut.present().any():
                    yield Unmade(name, ClipDropped("the person is not in these frames"))
                    continue
            yield cut.replace(id=name, label=segment.label if self._labelled else clip.label)


def segments(options: SegmentsOptions) -> Segments:
    """Make the transform, and read its table.

    Parameters
    ----------
    options : SegmentsOptions
        Its options.

    Returns
    -------
    Segments
        The transform.

    Raises
    ------
    BuildError
        When the table cannot be used.
    """
    table = read_table(options)
    csv = options.csv.expanduser()
    numbers, names = TableLabels(options.classes, options.first).numbers(table.texts, table.places)
    rows = []
    for span, lines in table.lines.items():
        label: Label = numbers.get(lines[0])
        if options.several and table.texts:
            label = tuple(number for line in lines if isinstance(number := numbers[line], int))
        rows.append(Segment(span, lines[0], label))
    return Segments(csv, rows, names, labelled=bool(table.texts), cut=options.beyond == "cut")


def read_table(options: SegmentsOptions) -> Table:
    """Read a table of segments.

    Parameters
    ----------
    options : SegmentsOptions
        The file, and what is in it.

    Returns
    -------
    Table
        Its rows.

    Raises
    ------
    BuildError
        When it cannot be read or is not in this format, a segment is there twice, or some have
        labels and others have none.
    """
    path = options.csv.expanduser()
    lines: dict[Span, list[int]] = {}
    texts: dict[int, str] = {}
    places: dict[int, str] = {}
    unlabelled = 0
    for line, row in read_rows(path, ("id", "start", "end"), ("label", "person")):
        where = f"{path}:{line}"
        name, start, end, label, person = row
        span = _span(name.removesuffix(options.strip), start, end, person, options, where)
        of_span = lines.setdefault(span, [])
        if of_span and not (options.several and label):
            raise BuildError(
                f"this segment is in line {of_span[0]} already",
                where,
                "where a segment has several labels, with a row for each: several: true",
            )
        if of_span and label in [texts[known] for known in of_span if known in texts]:
            raise BuildError(f"this segment has the label {label!r} already", where)
        of_span.append(line)
        if label:
            texts[line], places[line] = label, where
        else:
            unlabelled = unlabelled or line
    if texts and unlabelled:
        raise BuildError(
            "it has no label, and others have one",
            where=f"{path}:{unlabelled}",
            hint="give every segment a label, or leave the column out",
        )
    return Table(lines, texts, places)


def _span(
    name: str, start: str, end: str, person: str, options: SegmentsOptions, where: str
) -> Span:
    if not name:
        raise BuildError("the id is missing", where)
    number = whole_number(person) if person else None
    if person and number is None:
        raise BuildError(f"{person[:40]!r} is not a person's number", where)
    if options.unit == "seconds":
        rate = Fraction(str(options.fps))
        first, stop = (_at(cell, rate, where) for cell in (start, end))
    else:
        first, stop = (_frame(cell, options.first_frame, where) for cell in (start, end))
        if stop is not None and options.end == "included":
            stop += 1
    if stop is not None and stop <= (first or 0):
        unit = "" if options.unit == "frames" else " s, which is no whole frame"
        raise BuildError(f"it is from {start or 'the start'} to {end}{unit}: nothing", where)
    return Span(name, first or 0, stop, number)


def _frame(cell: str, first: int, where: str) -> int | None:
    if not cell:
        return None
    number = whole_number(cell)
    if number is None or number < first:
        least = "" if not first else f" from {first} on"
        raise BuildError(f"{cell[:40]!r} is not the number of a frame{least}", where)
    return number - first


def _at(cell: str, rate: Fraction, where: str) -> int | None:
    """Return the first frame that is not displayed before a time."""
    if not cell:
        return None
    try:
        seconds = Fraction(cell) if len(cell) < 20 and set(cell) <= set("0123456789.") else None
    except ValueError:
        seconds = None
    if seconds is None or seconds >= _MOST_SECONDS:
        raise BuildError(f"{cell[:40]!r} is not a time in seconds", where)
    return max(0, ceil((seconds - min(_SLACK, 1 / (4 * rate))) * rate))


def _overlapping(segments: Sequence[Segment]) -> int:
    """Count the segments that begin within another one of the same person."""
    count = 0
    reached: dict[int | None, float] = {}
    for _, start, stop, person in sorted(
        (one.span for one in segments), key=lambda span: (span.start, span.stop or 0)
    ):
        last = reached.get(person, 0.0)
        count += start < last
        reached[person] = max(last, float("inf") if stop is None else stop)
    return count
