"""From a table to poses: a row for each joint (long), or for each frame or person (wide)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from skelconv import Array, ClipError
from skelconv.files import Budget, layout_of_joints, match_joints
from skelconv.plugin import layout_named
from skelconv_posefiles.loose.cells import frame_number, number, plain_numbers, whole, word
from skelconv_posefiles.loose.columns import Wide, single, wide
from skelconv_posefiles.loose.records import Records
from skelconv_posefiles.loose.rows import Rows, TextRows
from skelconv_posefiles.loose.slots import ROW, Slots
from skelconv_posefiles.loose.table_form import Listed, TableForm
from skelconv_posefiles.loose.unfolded import unfolded
from skelconv_posefiles.poses import MAX_KEYPOINTS, PoseSequence, Skeleton

JSON_ENDINGS = (".json", ".jsonl", ".ndjson")

# What a person in a frame, the arrays of such a one for each of V, and a keypoint that is there
# take at most, in bytes.
_PERSON, _ROW, _KEYPOINT = 800, 80, 300


def open_table(form: TableForm, content: bytes, suffix: str) -> Table | Nobody:
    """Take a file apart into rows.

    Parameters
    ----------
    form : TableForm
        What the recipe says.
    content : bytes
        The file's content.
    suffix : str
        Its ending, in lower case.

    Returns
    -------
    Table or Nobody
        The table.

    Raises
    ------
    ClipError
        When it is no table, or lacks a column.
    """
    rows: Rows
    if suffix in JSON_ENDINGS:
        rows = Records(content, form.records, may_be_empty=form.in_frames)
        if not len(rows):
            return Nobody(form.layout)
    else:
        text = TextRows(
            content,
            separator=form.separator,
            header=form.header,
            skip=form.skip,
            encoding=form.encoding,
        )
        rows = unfolded(text)
    return table_of(rows, form, len(content))


def table_of(rows: Rows, form: TableForm, size: int) -> Table:
    """Return a table of rows, of which each may name its joints itself.

    Parameters
    ----------
    rows : Rows
        The rows.
    form : TableForm
        What the recipe says.
    size : int
        Bytes of the file.

    Returns
    -------
    Table
        The table.

    Raises
    ------
    ClipError
        When it lacks a column.
    """
    if form.slotted:
        rows = Slots(rows, {**form.values, "joint": str(form.joint)})
        form = replace(form, wide=False)
        if not (form.frame or form.time or form.in_frames):
            form = replace(form, time=ROW)
    return Table(rows, form, size)


@dataclass(frozen=True)
class Nobody:
    """A frame of which the file has no records.

    Attributes
    ----------
    layout : str, optional
        The recipe's layout.
    persons : sequence of str
        Nobody.
    """

    layout: str | None

    persons: Sequence[str] = ()

    @property
    def clips(self) -> Mapping[str, Listed]:  # numpydoc ignore=RT01
        """The one frame."""
        return {"": Listed()}

    def poses(self, key: str) -> PoseSequence:  # numpydoc ignore=PR01,RT01
        """Return no skeletons."""
        return PoseSequence([], frames=[0])


class Table:
    """A table that was read.

    Parameters
    ----------
    rows : Rows
        Its rows.
    form : TableForm
        What the recipe says.
    size : int
        Bytes of the file.
    """

    def __init__(self, rows: Rows, form: TableForm, size: int) -> None:
        self._rows, self._form, self._size = rows, form, size
        header = rows.header
        self._at = {
            name: single(header, column)
            for name in ("joint", "frame", "time", "person", "id", "label")
            if (column := getattr(form, name)) is not None and self._is_there(name, column)
        }
        self._known: dict[str, int] = {}
        self._wide: Wide | None = None
        self._single: tuple[int, ...] = ()
        if form.wide:
            self._wide = wide(header, form.values)
            if form.layout is not None:  # what all files lack is then seen in the first of them
                self._order(self._wide.joints, len(layout_named(form.layout).joints))
        else:
            self._single = tuple(
                single(header, column)
                for value, column in form.values.items()
                if self._is_there(value, column)
            )
        self._scored = "score" in form.values and self._is_there("score", form.values["score"])

    @property
    def persons(self) -> Sequence[str]:  # numpydoc ignore=RT01
        """What the table calls the persons of the poses that were read last, by their numbers."""
        return [*self._known]

    def _is_there(self, name: str, column: str) -> bool:
        optional = self._form.lenient and name in ("person", "score")
        return not optional or column in self._rows.header

    @cached_property
    def clips(self) -> Mapping[str, Listed]:  # numpydoc ignore=RT01
        """The clips of the table by their ids; a clip without one has the id ``""``.

        Raises
        ------
        ClipError
            When a row has no id or one that is unknown, or a clip has two labels.
        """
        keys = [self._at[name] for name in ("id", "label") if name in self._at]
        everything = Listed(None, None, range(len(self._rows)))
        if not keys:
            return {"": everything}
        clips: dict[str, Listed] = {}
        labelled = "label" in self._at
        row = 0
        try:  # once, for there may be millions of rows
            for row in range(len(self._rows)):
                cells = [self._word(cell) for cell in self._rows.cells(row, keys)]
                if not any(cells) and not self._filled(row):
                    continue
                label = cells.pop() if labelled else None
                key = cells[0] if cells else ""
                if cells and not key:
                    raise ValueError("the row has no id")
                clip = clips.get(key)
                if clip is None:
                    clip = clips[key] = Listed(label, self._rows.line(row), named=bool(key))
                if clip.label != label:
                    raise ValueError(f"its rows have two labels, {clip.label!r} and {label!r}")
                clip.rows.append(row)  # type: ignore[attr-defined]
        except (ValueError, ClipError) as error:
            raise self._error_at(row, error) from error
        return clips

    def _filled(self, row: int) -> bool:
        return any(word(cell) for cell in self._rows.cells(row, range(len(self._rows.header))))

    @cached_property
    def layout(self) -> str:  # numpydoc ignore=RT01
        """The layout of the keypoints: the recipe's, or that of the joints that are named.

        Raises
        ------
        ClipError
            When it is the file's, and the file has no names or such as cannot be joints.
        """
        if self._form.layout is not None:
            return self._form.layout
        names: dict[str, None] = {}
        if self._wide:
            names = dict.fromkeys(self._wide.joints)
        else:
            for row in range(len(self._rows)):
                names.setdefault(self._word(self._rows.cells(row, [self._at["joint"]])[0]))
        names.pop("", None)
        if all(name.isdecimal() for name in names):
            raise ClipError("its joints are numbers, and have no names (option layout)", line=1)
        return layout_of_joints([*names], (), f"joints{len(names)}")

    def poses(self, key: str) -> PoseSequence:
        """Return the skeletons of a clip.

        Parameters
        ----------
        key : str
            One of `clips`.

        Returns
        -------
        PoseSequence
            Its skeletons.

        Raises
        ------
        ClipError
            With the line, when a row is wrong.
        """
        joints = len(layout_named(self.layout).joints)
        rows = self.clips[key].rows
        read = self._read_wide if self._wide else self._read_long
        found, order = read(rows, joints)
        if len(found) * joints > MAX_KEYPOINTS:
            raise ClipError(f"{len(found)} persons in frames: too many for one clip")
        if "time" in self._at:
            rank = {time: at for at, time in enumerate(sorted(order))}
            found = {(rank[time], person): pose for (time, person), pose in found.items()}
            order = dict.fromkeys(rank.values())
        channels = self._form.channels
        skeletons = [
            Skeleton(int(frame), person, pose[:, :channels], pose[:, channels])
            for (frame, person), pose in found.items()
        ]
        own = self.layout if self._form.layout is None else None
        return PoseSequence(skeletons, frames=[int(frame) for frame in order], layout=own)

    def _read_wide(
        self, rows: Sequence[int], joints: int
    ) -> tuple[dict[tuple[float, int], Array], dict[float, None]]:
        """Return x, y, z and score (V, C + 1) by frame and person, and all frames."""
        assert self._wide is not None  # noqa: S101 (the caller has looked)
        order = self._order(self._wide.joints, joints)
        persons = {name: number for number, name in enumerate(self._wide.persons)}
        width = len(self._form.values)
        columns = [
            column
            for of_joints in self._wide.persons.values()
            for joint in of_joints
            for column in of_joints[joint]
        ]
        found: dict[tuple[float, int], Array] = {}
        lines: dict[tuple[float, int], Any] = {}
        frames: dict[float, None] = {}
        budget = Budget(self._size)
        known = self._known = {}
        series: list[str] = []
        for at, row in enumerate(rows):
            with self._errors_at(row):
                frame, person = self._who(row, at, known, series)
                frames.setdefault(frame)
                if (frame, person) in lines:
                    raise ValueError(self._again(frame, lines[frame, person]))
                lines[frame, person] = self._rows.line(row)
                if not budget.take(len(persons) * (_PERSON + _ROW * joints)):
                    raise ValueError(budget.reason)
                values = self._values(row, columns)
                for name, one in persons.items():
                    part = values[one * joints * width : (one + 1) * joints * width]
                    found[frame, one if name else person] = self._pose(part, width)[order]
        return found, frames

    def _read_long(
        self, rows: Sequence[int], joints: int
    ) -> tuple[dict[tuple[float, int], Array], dict[float, None]]:
        cells: dict[tuple[float, int], dict[int, list[float]]] = {}
        budget = Budget(self._size)
        known = self._known = {}
        series: list[str] = []
        positions: dict[str, int] = {}
        frames: dict[float, None] = {}
        for at, row in enumerate(rows):
            with self._errors_at(row):
                who = self._who(row, at, known, series)
                frames.setdefault(who[0])
                if self._says_only_a_frame(row):
                    continue
                joint = self._joint(row, positions, joints)
                if not budget.take(_KEYPOINT + (0 if who in cells else _PERSON + _ROW * joints)):
                    raise ValueError(budget.reason)
                of_person = cells.setdefault(who, {})
                if joint in of_person:
                    raise ValueError(f"keypoint {joint} of this person is in this frame already")
                of_person[joint] = self._values(row, self._single)
        found = {}
        for who, values in cells.items():
            pose = np.full((joints, self._form.channels + 1), np.nan)
            pose[[*values]] = self._pose([n for each in values.values() for n in each])
            found[who] = pose
        return found, frames

    def _says_only_a_frame(self, row: int) -> bool:
        """Return whether a record has neither a joint nor a value: its frame has nobody."""
        if isinstance(self._rows, TextRows):  # has text in all of its cells
            return False
        cells = self._rows.cells(row, [self._at["joint"], *self._single])
        return all(cell is None for cell in cells)

    def _who(
        self, row: int, at: int, known: dict[str, int], series: list[str]
    ) -> tuple[float, int]:
        """Return the frame, or the time, and the person of a row."""
        names = [name for name in ("frame", "time", "person") if name in self._at]
        cells = dict(zip(names, self._rows.cells(row, [self._at[n] for n in names]), strict=True))
        person = 0
        if "person" in cells:
            person = known.setdefault(self._word(cells["person"]), len(known))
        if "frame" in cells:
            with _naming(self._form.frame):
                return frame_number(cells["frame"], series), person
        if "time" in cells:
            with _naming(self._form.time):
                time = number(cells["time"], (), comma=self._form.comma)
                if not np.isfinite(time):
                    raise ValueError("the row has no time")
                return time, person
        # Rows with all joints are frames in turn, or persons where the file is a frame.
        if not self._wide or (self._form.in_frames and "person" in cells):
            return 0, person
        return (0, at) if self._form.in_frames else (at, person)

    def _again(self, frame: float, line: int | None) -> str:
        where = f"line {line}" if line else "the file"
        hint = "" if "person" in self._at else " (option columns: person)"
        return f"this person's frame {frame:g} is in {where} already{hint}"

    def _joint(self, row: int, positions: dict[str, int], joints: int) -> int:
        (cell,) = self._rows.cells(row, [self._at["joint"]])
        name = self._word(cell)
        if name not in positions:
            if any(letter.isalpha() for letter in name):
                layout = layout_named(self.layout)
                positions[name] = match_joints([name], layout, partial=True)[0]
            else:
                first = self._form.first_joint or 0
                position = whole(cell) - first
                if not 0 <= position < joints:
                    raise ValueError(
                        f"keypoint {name} is not from {first} to {first + joints - 1} "
                        "(options layout, first_joint)"
                    )
                positions[name] = position
        return positions[name]

    def _order(self, names: Sequence[str], joints: int) -> Array:
        """Return for each joint of the layout its position in the table."""
        if not all(name.isdecimal() for name in names):
            return np.argsort(match_joints(names, layout_named(self.layout)), kind="stable")
        numbers = [int(name) for name in names]
        first = min(numbers) if self._form.first_joint is None else self._form.first_joint
        if sorted(numbers) != [*range(first, first + joints)]:
            raise ClipError(
                f"its columns are of {len(names)} joints, numbered from {min(numbers)} to "
                f"{max(numbers)}, where {layout_named(self.layout).name} has {joints} "
                "(options layout, first_joint)",
                line=1,
            )
        return np.argsort(numbers, kind="stable")

    def _values(self, row: int, columns: Sequence[int]) -> list[float]:
        form = self._form
        found = self._rows.cells(row, columns)
        if not form.missing and not form.comma:
            with suppress(ValueError):  # most rows hold plain numbers only
                return plain_numbers(found)
        values = []
        width = len(form.values) if self._wide else len(columns)
        coordinates = width - self._scored
        for at, cell in enumerate(found):
            missing = form.missing if at % width < coordinates else ()
            try:
                values.append(number(cell, missing, comma=form.comma))
            except ValueError as error:
                column = self._rows.header[columns[at]]
                raise ValueError(f"column {column[:40]!r}: {error}") from None
        return values

    def _pose(self, values: Sequence[float], width: int = 0) -> Array:
        """Return x, y, z and score (V, C + 1), the score 1 where there is none."""
        width = width or self._form.channels + self._scored
        pose = np.array(values, np.float64).reshape(-1, width)
        if self._scored:
            return pose
        return np.concatenate((pose, np.ones((len(pose), 1))), 1)

    def _word(self, cell: Any) -> str:
        text = word(cell)
        self._rows.check_text(text)
        return text

    @contextmanager
    def _errors_at(self, row: int) -> Iterator[None]:
        """Name a row in the errors of a block."""
        try:
            yield
        except (ValueError, ClipError) as error:
            raise self._error_at(row, error) from error

    def _error_at(self, row: int, error: Exception) -> ClipError:
        reason = error.reason if isinstance(error, ClipError) else str(error)
        line = self._rows.line(row)
        return ClipError(
            reason if line else f"record {self._rows.number(row)}: {reason}", line=line
        )


@contextmanager
def _naming(column: str | None) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise ValueError(f"column {column!r}: {error}") from None
