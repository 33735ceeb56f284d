"""The guess of ``pose-table``."""

from __future__ import annotations

import json
import os.path
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from skelconv import ClipError
from skelconv.files import Samples, layout_with
from skelconv.plugin import Guess
from skelconv.text import counted
from skelconv_posefiles.guesses.headers import column_for, joint_of_places, long_values
from skelconv_posefiles.guesses.saying import (
    Y_FIRST,
    labels_in,
    layout_of_number,
    layout_of_some,
    sized,
    units_of,
)
from skelconv_posefiles.guesses.seen_rows import SeenRows
from skelconv_posefiles.guesses.telling import columns_told, header_told, unread_table
from skelconv_posefiles.guesses.wide import wide_columns
from skelconv_posefiles.loose.cells import word
from skelconv_posefiles.loose.columns import regular
from skelconv_posefiles.loose.options import TABLE_ENDINGS
from skelconv_posefiles.loose.records import Records
from skelconv_posefiles.loose.rows import Rows, TextRows
from skelconv_posefiles.loose.unfolded import Unfolded, unfolded

# How many rows are taken apart.
_ROWS = 20_000
# Of how many rows the cells of a column are looked at, and how many joints a body has at least.
_LOOKED_AT, _LEAST = 400, 5
_MOST_PERSONS = 6
_NUMBERED = re.compile(r"\d{1,9}\.\w+(\.gz)?\Z", re.ASCII)
_JSON = (".json", ".jsonl", ".ndjson")


def guess_table(samples: Samples) -> Guess | None:
    """Guess whether these are tables of poses.

    Parameters
    ----------
    samples : Samples
        Some files.

    Returns
    -------
    Guess or None
        None where there is no table; one without columns of x and y is the least likely guess.
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


def _is_json(path: str) -> bool:
    return path.removesuffix(".gz").lower().endswith(_JSON)


def _rows(samples: Samples, path: str) -> Rows | None:
    content = samples.head(path)
    try:
        if _is_json(path):
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
        return unfolded(TextRows(text))
    except (ClipError, UnicodeError):
        return None


def _guess(samples: Samples, path: str, files: Sequence[str]) -> Guess | None:
    rows = _rows(samples, path)
    if rows is None or not len(rows):
        return None
    header = rows.header
    named = isinstance(rows, Records | Unfolded)
    if not named and not any(letter.isalpha() for name in header for letter in name):
        return None  # numbers alone are an array
    found = wide_columns(header)
    values = found.patterns
    wide = bool(values)
    columns: dict[str, Any] = {}
    if wide:
        joint = joint_of_places(header, values)
    else:
        values = long_values(header)
        joint = column_for("joint", header, values.values()) or _joint_by_names(rows)
        if not values or not joint:
            return unread_table(samples, path, rows, labels_in(samples, files))
    if joint:
        columns["joint"] = joint
    taken = _fitting(header, [*values.values(), *columns.values()])
    for role in ("frame", "time", "person", "id", "label"):
        column = column_for(role, header, taken)
        if column and not (role == "time" and "frame" in columns):
            columns[role] = column
            taken.add(column)
    if "frame" not in columns and "time" not in columns and _numbers_frames(rows):
        columns["frame"] = "key"
        taken.add("key")
    in_frames = not {"frame", "time"} & columns.keys() and _are_frames(path, files, rows)
    if in_frames:
        columns = {role: name for role, name in columns.items() if role in ("joint", "person")}
        if "person" not in columns and "id" in header:
            columns["person"] = "id"
    seen = SeenRows(rows, columns, values, found)
    if not seen.names:  # no row is as long as the header
        return unread_table(samples, path, rows, labels_in(samples, files))
    options: dict[str, Any] = {"root": samples.root}
    unknown: dict[str, str] = {}
    reason = f"{os.path.basename(path)}: a {'wide' if wide else 'long'} table of "
    reason += f"{counted(len(seen.names), 'joint')}"
    reason += f" of {counted(len(found.persons), 'person')}" if found.persons else ""
    if found.persons:
        columns.pop("person", None)
    _set_ids(columns, seen, unknown, files)
    if in_frames:
        options["one_file_is"] = "frame"
        reason += ", in a file for each frame"
    elif not {"frame", "time"} & columns.keys() and not (wide and "person" not in columns):
        unknown["columns.frame"] = "the column of the frame's number"
    units = units_of(seen.coordinates)
    if seen.scored_by_z:
        values["score"] = values.pop("z")
    if "z" in values and seen.fractions:
        del values["z"]
        reason += "; x and y are fractions of the image, so z is left out"
    three = "z" in values
    if seen.y_first:
        values["x"], values["y"] = values["y"], values["x"]
        reason += f"; {Y_FIRST}"
    _set_layout(options, unknown, seen, columns, wide, three)
    if any(not name.isdecimal() for name in seen.names):
        reason += ", with names"
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
    used = _fitting(header, [*values.values(), *columns.values()])
    return Guess(
        options=options,
        reason=reason,
        confidence=confidence,
        unknown=unknown,
        advice=advice,
        details=(header_told(header), *columns_told(header, seen.names, values, columns, used)),
    )


def _fitting(header: Sequence[str], columns: Sequence[str]) -> set[str]:
    """Return the columns that names or patterns stand for."""
    patterns = [regular(column) for column in columns]
    return {name for name in header if any(one.match(name[:200]) for one in patterns)}


def _joint_by_names(rows: Rows) -> str | None:
    """Return a column whose cells are the joints of a layout, whatever it is called."""
    try:
        cells = [rows.cells(row, range(len(rows.header))) for row in range(min(len(rows), 400))]
    except ClipError:
        return None
    for at, name in enumerate(rows.header):
        names = dict.fromkeys(word(row[at]) for row in cells)
        if _LEAST <= len(names) <= len(cells) and "" not in names and layout_with([*names]):
            return name
    return None


def _are_frames(path: str, files: Sequence[str], rows: Rows) -> bool:
    """Return whether a file seems to be a frame: all are numbered, and have few rows."""
    ending = os.path.splitext(path.removesuffix(".gz"))[1]
    alike = [name for name in files if name.removesuffix(".gz").endswith(ending)]
    numbered = len(alike) > 1 and all(_NUMBERED.search(name) for name in alike)
    return numbered and len(rows) <= _MOST_PERSONS


def _numbers_frames(rows: Rows) -> bool:
    """Return whether the records are members of an object that are called by numbers."""
    if "key" not in rows.header:
        return False
    at = [rows.header.index("key")]
    keys = [word(rows.cells(row, at)[0]) for row in range(min(len(rows), _LOOKED_AT))]
    return all(key.isdecimal() for key in keys)


def _set_layout(
    options: dict[str, Any],
    unknown: dict[str, str],
    seen: SeenRows,
    columns: Mapping[str, Any],
    wide: bool,
    three: bool,
) -> None:
    """Decide on the layout, by the names of joints or by their number."""
    if any(not name.isdecimal() for name in seen.names):
        some = layout_of_some(seen.names) if wide and "joint" in columns else None
        options["layout"] = layout_with(seen.names) or some or "from-file"
        return
    numbers = [int(name) for name in seen.names]
    first, last = min(numbers), max(numbers)
    if "joint" in columns:
        first = first if first < 2 else 0  # of lists only some joints may have been seen
    elif last + 1 - first != len(numbers):
        unknown["layout"] = (
            f"the layout: its {len(numbers)} joints are numbered from {first} to {last}, and not "
            "one behind the other (option header gives them other names)"
        )
        return
    found, lacking = layout_of_number(last + 1 - first, three, only=False)
    options |= found
    unknown |= lacking
    if first and (not wide or "joint" in columns):
        options["first_joint"] = first


def _set_ids(
    columns: dict[str, Any], seen: SeenRows, unknown: dict[str, str], files: Sequence[str]
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
