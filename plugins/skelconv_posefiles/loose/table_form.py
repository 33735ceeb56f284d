"""What the recipe says about tables, and which rows of one are a clip."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass
class Listed:
    """The rows of one clip in a table.

    Attributes
    ----------
    label : str, optional
        The text of its label, where the table has labels.
    line : int, optional
        The line of its first row.
    rows : sequence of int
        Its rows.
    named : bool
        Whether the file has its id.
    """

    label: str | None = None
    line: int | None = None
    rows: Sequence[int] = field(default_factory=lambda: array("q"))
    named: bool = False


@dataclass(frozen=True)
class TableForm:
    """What the recipe says about all tables.

    Attributes
    ----------
    values : mapping of str to str
        For x, y, z where it is there, and score where it is there: a column, or the pattern of
        columns.
    wide : bool
        Whether these are patterns: a row has all joints.
    joint, frame, time, person, id, label : str, optional
        Columns; of a wide table ``joint`` is a pattern too, where each place names its joint.
    in_frames : bool
        Whether a file is a frame, and not a clip.
    lenient : bool
        Whether the columns of persons and scores may be absent.
    layout : str, optional
        The layout's name; None where the file names its joints.
    first_joint : int, optional
        The number of the first joint; by default 0, and the least one of a wide table.
    header : sequence of str, optional
        The columns' names, where the file does not have them.
    skip : int
        Lines before the table.
    separator, encoding : str, optional
        See `skelconv_posefiles.loose.rows.TextRows`.
    comma : bool
        Whether decimals are behind a comma.
    missing : collection of float or str
        Coordinates that mean that there is none.
    records : str, optional
        See `skelconv_posefiles.loose.records.Records`.
    """

    values: Mapping[str, str]
    wide: bool
    joint: str | None = None
    frame: str | None = None
    time: str | None = None
    person: str | None = None
    id: str | None = None
    label: str | None = None
    in_frames: bool = False
    lenient: bool = False
    layout: str | None = None
    first_joint: int | None = None
    header: Sequence[str] | None = None
    skip: int = 0
    separator: str | None = None
    encoding: str | None = None
    comma: bool = False
    missing: Collection[float | str] = frozenset()
    records: str | None = None

    @property
    def channels(self) -> int:
        """C."""
        return 3 if "z" in self.values else 2

    @property
    def listing(self) -> bool:
        """Whether a file says itself which clips are in it, or what label they have."""
        return self.id is not None or self.label is not None

    @property
    def slotted(self) -> bool:
        """Whether rows are wide, and each place in them names its joint."""
        return self.wide and self.joint is not None
