"""The guess of ``pose-table``."""

from __future__ import annotations

import json
import math
import os.path
from collections import Counter
from collections.abc import Sequence
from typing import Any

from skelconv import ClipError
from skelconv.files import Samples, layout_with
from skelconv.plugin import Guess
from skelconv.text import counted
from skelconv_posefiles.guesses.headers import column_for, long_values, wide_values
from skelconv_posefiles.guesses.saying import labels_in, layout_of_number, sized, units_of
from skelconv_posefiles.loose.cells import frame_number, number, word
from skelconv_posefiles.loose.columns import regular
from skelconv_posefiles.loose.options import TABLE_ENDINGS
from skelconv_posefiles.loose.records import Records
from skelconv_posefiles.loose.rows import Rows, TextRows

# How many rows are taken apart, and for how many of them coordinates are looked at.
_ROWS, _POINTS = 20_000, 400
_SENTINELS = (-1.0, 9999.0, -9999.0, 999.0, -999.0, -100.0)


def guess_table(samples: Samples) -> Guess | None:
    """Guess whether these are tables of poses.

    Parameters
    ----------
    samples : Samples
        Some files.

    Returns
    -------
    Guess or None
        None where no table has columns of x and y.
    """
    files = samples.ending_with(TABLE_ENDINGS)
    best: Guess | None = None
    for path in _one_of_each(files):
        guess = _guess(samples, path, files)
        if guess and (best is None or guess.confidence > best.confidence):
            best = guess
    return best


def _one_of_each(files: Sequence[str]) -> list[str]:
    """Return a file of each ending and folder, of those there are most of first; four at most."""
    kinds = Counter(os.path.splitext(path.removesuffix(".gz"))[1].lower() for path in files)
    chosen = []
    for kind, _ in kinds.most_common(4):
        alike = [path for path in files if path.removesuffix(".gz").lower().endswith(kind)]
        # A table of labels may be the first of its folder.
        chosen += list(dict.fromkeys([alike[0], alike[len(alike) // 2]]))
    return chosen


def _rows(samples: Samples, path: str) -> Rows | None:
    content = samples.head(path)
    try:
        if path.removesuffix(".gz").lower().endswith((".json", ".jsonl", ".ndjson")):
            first = content.lstrip()[:1]
            if first not in (b"{", b"["):
                return None
            if b"\n" in content.strip():
                lines = content.rsplit(b"\n", 1)[0] if len(content) >= 2**20 else content
                try:
                    return Records(b"\n".join(lines.split(b"\n")[:_ROWS]))
                except ClipError:
                    pass
            document = samples.document(path)
            return Records(json.dumps(document).encode()) if document is not None else None
        text = content if len(content) < 2**20 else content.rpartition(b"\n")[0]
        text = b"\n".join(text.split(b"\n")[: _ROWS + 1]) if b"\0" not in text else text
        return TextRows(text)
    except (ClipError, UnicodeError):
        return None


def _guess(samples: Samples, path: str, files: Sequence[str]) -> Guess | None:
    rows = _rows(samples, path)
    if rows is None or not len(rows) or not any(name[:1].isalpha() for name in rows.header):
        return None
    header = rows.header
    values, joints = wide_values(header)
    wide = bool(values)
    columns: dict[str, Any] = {}
    if not wide:
        values = long_values(header)
        joint = column_for("joint", header, values.values())
        if not values or not joint:
            return None
        columns["joint"] = joint
    patterns = [regular(value) for value in values.values()]
    taken = {name for name in header if any(one.match(name[:200]) for one in patterns)}
    taken |= {*columns.values()}
    for role in ("frame", "time", "person", "id", "label"):
        column = column_for(role, header, taken)
        if column and not (role == "time" and "frame" in columns):
            columns[role] = column
            taken.add(column)
    seen = _Seen(rows, columns, values, joints)
    if not seen.names:  # no row is as long as the header
        return None
    options: dict[str, Any] = {"root": samples.root}
    unknown: dict[str, str] = {}
    reason = f"{os.path.basename(path)}: a {'wide' if wide else 'long'} table of "
    reason += f"{counted(len(seen.names), 'joint')}"
    _set_ids(samples, seen, columns, unknown, files)
    if "frame" not in columns and "time" not in columns and not (wide and "person" not in columns):
        unknown["columns.frame"] = "the column of the frame's number"
    units = units_of(seen.coordinates)
    if "z" in values and seen.fractions:
        del values["z"]
        reason += "; x and y are fractions of the image, so z is left out"
    three = "z" in values
    named = [name for name in seen.names if not name.isdecimal()]
    if named:
        options["layout"] = layout_with(seen.names) or "from-file"
        reason += ", with names"
    else:
        first, last = (end(map(int, seen.names), default=0) for end in (min, max))
        found, lacking = layout_of_number(last + 1 - first, three, only=False)
        options |= found
        unknown |= lacking
        if not wide and first:
            options["first_joint"] = first
    options["columns"] = {**columns, **values}
    if seen.comma:
        options["decimal"] = ","
    if seen.missing:
        options["missing"] = seen.missing
    if seen.first_frame:
        options["first_frame"] = seen.first_frame
    # What is in three dimensions stays as it is, whatever its units.
    advice = {} if three else sized(options, unknown, units)
    if "label" not in columns:
        advice |= labels_in(samples, files)
    known = {role for role in ("frame", "time", "person") if role in columns}
    confidence = 0.6 + 0.05 * len(known) - 0.2 * bool(unknown.keys() - {"img_shape", "layout"})
    return Guess(
        options=options, reason=reason, confidence=confidence, unknown=unknown, advice=advice
    )


def _set_ids(
    samples: Samples,
    seen: _Seen,
    columns: dict[str, Any],
    unknown: dict[str, str],
    files: Sequence[str],
) -> None:
    """Decide whether a column has ids of clips, and whether one is needed."""
    if "id" in columns and not (seen.different("id") > 1 or len(files) == 1):
        del columns["id"]
    if "id" in columns and seen.different("id") == len(seen.rows_of("id")) > 1:
        del columns["id"]  # a number of each row
    if "id" in columns:
        return
    if seen.different("label") > 1:
        unknown["columns.id"] = (
            "the column of the clip's id: the rows of this file have different labels, and "
            "nothing says which rows are a clip"
        )


class _Seen:
    """What the first rows of a table hold."""

    def __init__(
        self,
        rows: Rows,
        columns: dict[str, Any],
        values: dict[str, str],
        joints: Sequence[str],
    ) -> None:
        header = [*rows.header]
        self._cells: dict[str, list[Any]] = {role: [] for role in columns}
        self.coordinates: list[float] = []
        self.comma = False
        pairs: Counter[float] = Counter()
        z_values: list[float] = []
        names: dict[str, None] = dict.fromkeys(joints)
        places = _places(header, values, joints)
        at = [header.index(column) for column in columns.values()]
        for row in range(min(len(rows), _ROWS)):
            try:
                mine = rows.cells(row, at)
                cells = rows.cells(row, range(len(header))) if row < _POINTS else []
            except ClipError:
                continue
            for role, cell in zip(columns, mine, strict=True):
                self._cells[role].append(cell)
            if "joint" in columns:
                names.setdefault(word(self._cells["joint"][-1]))
            if row >= _POINTS:
                continue
            for place in places:
                point = [self._number(cells[at]) for at in place]
                if not math.isnan(point[0]) and point[0] == point[1]:
                    pairs[point[0]] += 1
                self.coordinates += point[:2]
                z_values += point[2:3]
        self.names = [name for name in names if name]
        self.missing = [value for value in _SENTINELS if pairs[value] > 2]
        self.coordinates = [v for v in self.coordinates if v not in self.missing]
        self.first_frame = self._first_frame()
        # MediaPipe's x and y are fractions, z beside them is to another scale.
        self.fractions = bool(z_values) and units_of(self.coordinates) == "fractions"

    def _number(self, cell: Any) -> float:
        try:
            return number(cell, ())
        except ValueError:
            pass
        try:
            found = number(cell, (), comma=True)
            self.comma |= not math.isnan(found)
        except ValueError:
            return math.nan
        return found

    def _first_frame(self) -> int | str | None:
        try:
            numbers = [frame_number(cell, []) for cell in self._cells.get("frame", ())]
        except ValueError:
            return None
        least = min(numbers, default=0)
        return least if least == 1 else "first" if least else None

    def different(self, role: str) -> int:
        """Return how many different cells there are of a role."""
        return len({word(cell) for cell in self._cells.get(role, ())})

    def rows_of(self, role: str) -> list[Any]:
        """Return the cells of a role."""
        return self._cells.get(role, [])


def _places(
    header: Sequence[str], values: dict[str, str], joints: Sequence[str]
) -> list[list[int]]:
    """Return the positions of x, y and z of some joints."""
    names = [name for name in ("x", "y", "z") if name in values]
    found = []
    for joint in joints[:40] if joints else [""]:
        columns = [values[name].replace("{joint}", joint).replace("{n}", joint) for name in names]
        if all(column in header for column in columns):
            found.append([header.index(column) for column in columns])
    return found
