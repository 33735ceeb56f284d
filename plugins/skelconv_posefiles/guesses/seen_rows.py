"""What the first rows of a table hold: coordinates, names of joints, frames."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from skelconv import ClipError
from skelconv_posefiles.guesses.saying import lies_on_its_side, units_of
from skelconv_posefiles.guesses.wide import WideColumns, filled
from skelconv_posefiles.loose.cells import frame_number, number, word
from skelconv_posefiles.loose.columns import places_in, regular
from skelconv_posefiles.loose.rows import Rows

# How many rows are taken apart, of how many of them coordinates are looked at, and of how many
# joints.
_ROWS, _POINTS, _JOINTS = 20_000, 400, 40
_MOVENET = 17
_SENTINELS = (-1.0, 9999.0, -9999.0, 999.0, -999.0, -100.0)


class SeenRows:
    """What the first rows of a table hold.

    Parameters
    ----------
    rows : Rows
        The table.
    columns : mapping of str to str
        The columns of frame, time, person, id, label and joint, where they are there.
    values : mapping of str to str
        The columns of x, y, z and score, or their patterns.
    found : WideColumns
        The joints of a wide table.

    Attributes
    ----------
    names : list of str
        The joints, by name or number.
    coordinates : list of float
        Some x and y.
    missing : list of float
        What stands for missing coordinates.
    first_frame : int, str or None
        The option, where frames do not begin with 0.
    fractions : bool
        Whether x and y beside z are fractions of an image.
    scored_by_z : bool
        Whether the third value of each list is no z, but a score.
    y_first : bool
        Whether the first place of each list is y.
    comma : bool
        Whether decimals are behind a comma.
    """

    def __init__(
        self,
        rows: Rows,
        columns: Mapping[str, str],
        values: Mapping[str, str],
        found: WideColumns,
    ) -> None:
        header = [*rows.header]
        self._cells: dict[str, list[Any]] = {role: [] for role in columns}
        self.coordinates: list[float] = []
        self.comma = False
        pairs: Counter[float] = Counter()
        z_values: list[float] = []
        by_places = bool(places_in(columns.get("joint", "")))
        names: dict[str, None] = dict.fromkeys([] if by_places else found.joints)
        places = _places(header, values, found)
        bodies: list[list[float]] = []
        known = {role: header.index(c) for role, c in columns.items() if c in header}
        named = [
            at
            for at, name in enumerate(header)
            if by_places and regular(columns["joint"]).match(name)
        ]
        for row in range(min(len(rows), _ROWS)):
            try:
                mine = rows.cells(row, [*known.values()])
                names.update(dict.fromkeys(word(cell) for cell in rows.cells(row, named)))
                cells = rows.cells(row, range(len(header))) if row < _POINTS else []
            except ClipError:
                continue
            for role, cell in zip(known, mine, strict=True):
                self._cells[role].append(cell)
            if "joint" in known:
                names.setdefault(word(self._cells["joint"][-1]))
            if row >= _POINTS:
                continue
            bodies.append([self._number(cells[at]) for place in places for at in place[:2]])
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
        z_values = [value for value in z_values if math.isfinite(value)]
        flat = all(0 <= value <= 1 for value in z_values) and len(set(z_values)) > 1
        last = values.get("z", "").endswith((".2", "+2}"))
        self.scored_by_z = flat and "score" not in values and last
        lists = values.get("x", "").endswith(".0") and len(places) == len(found.joints) == _MOVENET
        self.y_first = lists and lies_on_its_side(np.array(bodies).reshape(-1, _MOVENET, 2))
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

    def different(self, role: str) -> int:  # numpydoc ignore=PR01
        """Return how many different cells there are of a role."""
        return len({word(cell) for cell in self._cells.get(role, ())})

    def rows_of(self, role: str) -> list[Any]:  # numpydoc ignore=PR01
        """Return the cells of a role."""
        return self._cells.get(role, [])


def _places(
    header: Sequence[str], values: Mapping[str, str], found: WideColumns
) -> list[list[int]]:
    """Return the positions of x, y and z of some joints."""
    names = [name for name in ("x", "y", "z") if name in values]
    at = {name: place for place, name in reversed([*enumerate(header)])}
    person = found.persons[0] if found.persons else ""
    places = []
    for joint in found.joints[:_JOINTS] or [""]:
        columns = [filled(values[name], joint, person) for name in names]
        if all(column in at for column in columns):
            places.append([at[column] for column in columns])
    return places
