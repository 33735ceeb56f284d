"""The result of a build."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from skelconv.data.classes import ClassCount


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A clip that could not be converted.

    Attributes
    ----------
    id : str
        Its id.
    reason : str
        What is wrong with it.
    path : str or None
        The file at fault.
    line : int or None
        The line of that file, from 1.
    unread : bool
        Whether an input could not be read (I/O error): the same command tries the clip again.
    """

    id: str
    reason: str
    path: str | None = None
    line: int | None = None
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Unmet:
    """A count that differs from what the recipe expects.

    Attributes
    ----------
    what : str
        ``clips``, or the name of a split.
    expected, found : int
        The counts.
    """

    what: str
    expected: int
    found: int


@dataclass(frozen=True)
class BuildReport:
    """The result of a build.

    Each item of the plan, and each that the source rejected, is counted once: in `clips`, in
    `quarantined` or in `dropped`.

    Attributes
    ----------
    target : Path
        The output.
    clips : int
        Number of clips in the output.
    splits : mapping of str to int
        Number of these clips in each split, by its name.
    classes : sequence of ClassCount
        Number of these clips with each label, and the names of the classes.
    notes : sequence of str
        What source and transforms say of the whole: of files that are not used, or which number of
        a class became which.
    quarantined : sequence of Quarantined
        The clips that could not be converted.
    dropped : mapping of str to int
        Number of clips that transforms left out, by reason.
    left_out : mapping of str to int
        Number of clips that the source left out, by reason.
    absent : sequence of str
        Ids of clips that the official dataset, or a list of the user's, names and that do not
        exist.
    strays : sequence of str
        Files that are not part of the dataset, and were not used.
    unmet : sequence of Unmet
        The counts that differ from what the recipe expects.
    missing_parts : sequence of str
        In a merge of the parts of a build, those that are not there, such as ``3/8``.
    sha256 : str
        SHA-256 of the output, in hexadecimal.
    resumed : int
        Number of items that an earlier run had done already.
    already_built : bool
        Whether a complete output from the same recipe and data existed; nothing was done then.
    """

    target: Path
    clips: int
    splits: Mapping[str, int]
    classes: Sequence[ClassCount] = ()
    notes: Sequence[str] = ()
    quarantined: Sequence[Quarantined] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    absent: Sequence[str] = ()
    strays: Sequence[str] = ()
    unmet: Sequence[Unmet] = ()
    missing_parts: Sequence[str] = ()
    sha256: str = ""
    resumed: int = 0
    already_built: bool = False

    @property
    def clean(self) -> bool:
        """Whether nothing was quarantined or is missing, and counts are as the recipe expects."""
        return not (self.quarantined or self.unmet or self.missing_parts)
