"""What came of a build."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A clip that could not be converted.

    Attributes
    ----------
    id : str
        Its `frame_dir`.
    reason : str
        What is wrong with it.
    path : str or None
        The file at fault.
    line : int or None
        The line of that file, from 1.
    """

    id: str
    reason: str
    path: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Unmet:
    """A count that a recipe expects and the build did not give.

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
    """What came of a build.

    Clips in = `clips` + quarantined + dropped.

    Attributes
    ----------
    target : Path
        The output.
    clips : int
        How many clips it holds.
    splits : mapping of str to int
        How many of them each split has.
    quarantined : sequence of Quarantined
        The clips that could not be converted.
    dropped : mapping of str to int
        How many clips transforms left out, by reason.
    left_out : mapping of str to int
        How many clips the source did not offer, by reason.
    absent : sequence of str
        Clips that the official dataset or a list of the user's names, and that are not there.
    strays : sequence of str
        Files that are not part of the dataset.
    unmet : sequence of Unmet
        What the recipe expects and the build did not give.
    sha256 : str
        Digest of the output.
    resumed : int
        How many items an earlier run had done already.
    already_built : bool
        The output was there, whole, from the same recipe and data; nothing was done.
    """

    target: Path
    clips: int
    splits: Mapping[str, int]
    quarantined: Sequence[Quarantined] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    absent: Sequence[str] = ()
    strays: Sequence[str] = ()
    unmet: Sequence[Unmet] = ()
    sha256: str = ""
    resumed: int = 0
    already_built: bool = False

    @property
    def clean(self) -> bool:
        """Whether nothing was quarantined and all that was expected is there."""
        return not self.quarantined and not self.unmet
