"""Pictures of several clips beside and below each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from skelconv.data.clip import Array
from skelconv.pictures import palette
from skelconv.pictures.grounds import Ground
from skelconv.pictures.panel import Panel
from skelconv.pictures.raster import paint
from skelconv.pictures.shapes import Border, Shape, moved

_GAP = 8


class Cell(NamedTuple):
    """A panel with what is behind its people.

    Attributes
    ----------
    panel : Panel
        The people.
    ground : Ground
        What is behind them, of the size of the panel without its caption.
    """

    panel: Panel
    ground: Ground


class Sheet:
    """Cells in rows of columns.

    Parameters
    ----------
    cells : sequence of Cell
        The cells, row by row.
    columns : int
        How many are in a row.
    """

    def __init__(self, cells: Sequence[Cell], columns: int) -> None:
        self._cells = cells
        rows = [cells[first : first + columns] for first in range(0, len(cells), columns)]
        widths = [
            max(row[column].panel.width for row in rows if column < len(row))
            for column in range(min(columns, len(cells)))
        ]
        heights = [max(cell.panel.height for cell in row) for row in rows]
        lefts = np.cumsum([_GAP, *(width + _GAP for width in widths)])
        tops = np.cumsum([_GAP, *(height + _GAP for height in heights)])
        self._corners = [
            (int(lefts[index % columns]), int(tops[index // columns]))
            for index in range(len(cells))
        ]
        self.width, self.height = int(lefts[-1]), int(tops[-1])

    @property
    def frames(self) -> int:
        """The number of frames of the longest clip."""
        return max((cell.panel.frames for cell in self._cells), default=0)

    def picture(self, frames: Sequence[int]) -> Array:
        """Draw all cells.

        Parameters
        ----------
        frames : sequence of int
            The frame of each cell.

        Returns
        -------
        ndarray of uint8 of shape (height, width, 3)
            RGB.
        """
        picture = np.full((self.height, self.width, 3), palette.PAPER, np.uint8)
        for (panel, ground), (left, top), frame in zip(
            self._cells, self._corners, frames, strict=True
        ):
            caption = panel.height - panel.placed.height
            cell = np.full((panel.height, panel.width, 3), palette.PAPER, np.uint8)
            behind = ground.frame(max(min(frame, panel.frames - 1), 0))
            cell[caption:, : panel.placed.width] = behind
            border = Border((0, caption), panel.placed.width, panel.placed.height, palette.FAINT)
            drawn = paint(cell, [border, *panel.shapes(frame)])
            picture[top : top + panel.height, left : left + panel.width] = drawn
        return picture

    def shapes(self, frames: Sequence[int]) -> Iterator[Shape]:
        """Draw all cells as shapes, without what is behind the people.

        Parameters
        ----------
        frames : sequence of int
            The frame of each cell.

        Yields
        ------
        Line, Dot, Text or Border
            What the picture is made of.
        """
        for (panel, _), (left, top), frame in zip(self._cells, self._corners, frames, strict=True):
            caption = panel.height - panel.placed.height
            border = Border((0, caption), panel.placed.width, panel.placed.height, palette.FAINT)
            for shape in (border, *panel.shapes(frame)):
                yield moved(shape, left, top)
