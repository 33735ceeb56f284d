"""Wide rows whose places say themselves which joint they hold: a list that lacks some joints."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from skelconv import ClipError
from skelconv_posefiles.loose.cells import word
from skelconv_posefiles.loose.columns import wide
from skelconv_posefiles.loose.rows import Rows

ROW = "{row}"
"""The column that numbers the rows of the wide table."""


class Slots:
    """The rows of a long table, one for each keypoint in a row of a wide one.

    In ``{"frame": 3, "keypoints": [{"id": 9, "x": 4, "y": 2}]}`` the first place of the list is not
    the first joint. A row without any keypoint gives one without a joint, so that its frame is
    there.

    Parameters
    ----------
    rows : Rows
        The wide table.
    patterns : mapping of str to str
        For ``joint`` and some of x, y, z and score the pattern of its columns.
    """

    def __init__(self, rows: Rows, patterns: Mapping[str, str]) -> None:
        self._rows = rows
        (of_joints,) = wide(rows.header, patterns).persons.values()
        self._own = len(rows.header)
        self._at = [*of_joints.values()]
        joint = [*patterns].index("joint")
        named = [columns[joint] for columns in self._at]
        self._row, self._slot = array("q"), array("q")
        for row in range(len(rows)):
            there = [-1]
            with suppress(ClipError):  # told when the row is read
                cells = rows.cells(row, named)
                there = [slot for slot, cell in enumerate(cells) if word(cell)] or [-1]
            self._row.extend([row] * len(there))
            self._slot.extend(there)
        self.header: Sequence[str] = [*rows.header, *patterns.values(), ROW]

    def __len__(self) -> int:
        """Return the number of keypoints, and of rows without any."""
        return len(self._row)

    def line(self, row: int) -> int | None:  # numpydoc ignore=PR01
        """Return the line that a keypoint is in, where rows are lines."""
        return self._rows.line(self._row[row])

    def number(self, row: int) -> int:  # numpydoc ignore=PR01
        """Return the number of the record that a keypoint is in."""
        return self._rows.number(self._row[row])

    def cells(self, row: int, columns: Sequence[int]) -> list[Any]:
        """Return the cells of a keypoint in some columns; see `Rows`.

        Parameters
        ----------
        row : int
            The keypoint, from 0.
        columns : sequence of int
            Positions in the header.

        Returns
        -------
        list
            Text and numbers; None for what is not there.
        """
        slot, wide_row = self._slot[row], self._row[row]
        last = len(self.header) - 1
        own = {column: column for column in columns if column < self._own}
        if slot >= 0:
            at = self._at[slot]
            own |= {c: at[c - self._own] for c in columns if self._own <= c < last}
        found = dict(zip(own, self._rows.cells(wide_row, [*own.values()]), strict=True))
        found[last] = wide_row
        return [found.get(column) for column in columns]

    def check_text(self, cell: str) -> None:  # numpydoc ignore=PR01
        """Refuse text whose letters are unknown; see `Rows`."""
        self._rows.check_text(cell)
