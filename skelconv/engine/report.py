"""The result of a build."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from skelconv.data.classes import ClassCount
from skelconv.engine.membership import Membership, Names
from skelconv.text.counts import counted


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
class Recordings:
    """What became of the recordings, which are the items of a plan and those that are rejected.

    Each is counted once.

    Attributes
    ----------
    converted : int
        Those that gave clips.
    quarantined : int
        Those that gave none, since they failed, or clips of them did.
    dropped : int
        Those that gave none, as transforms left them out on purpose.
    rejected : int
        Those that the source rejected, which are quarantined too. Each part of a build reports all
        of them.
    """

    converted: int = 0
    quarantined: int = 0
    dropped: int = 0
    rejected: int = 0

    def __add__(self, more: Recordings) -> Recordings:
        return Recordings(
            self.converted + more.converted,
            self.quarantined + more.quarantined,
            self.dropped + more.dropped,
            max(self.rejected, more.rejected),
        )

    def __int__(self) -> int:
        return self.converted + self.quarantined + self.dropped + self.rejected


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

    Each item of the plan, and each that the source rejected, is counted once in `recordings`.
    Each that transforms make no clips of, and each clip that they make, is counted once in `clips`,
    in `quarantined` or in `dropped`.

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
        The clips that could not be converted; a recording where it failed as a whole.
    dropped : mapping of str to int
        Number of clips that transforms left out, by reason; a recording counts as one.
    recordings : Recordings
        What became of the recordings.
    left_out : mapping of str to int
        Number of clips that the source left out, by reason.
    absent : Names
        Ids of clips that the official dataset, or a list of the user's, names and that do not
        exist.
    strays : Names
        Files that are not part of the dataset, and were not used.
    membership : Membership
        How the clips and the lists of the splits fit together. Of a build of all that the source
        found, a part is also empty where none of its clips is in the output.
    not_kept : mapping of str to int
        Number of clips that have something that the format of the output has no place for, by its
        name: an attribute or a field of clips, or ``split NAME``.
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
    recordings: Recordings = Recordings()
    left_out: Mapping[str, int] = field(default_factory=dict)
    absent: Names = field(default_factory=Names)
    strays: Names = field(default_factory=Names)
    membership: Membership = field(default_factory=Membership)
    not_kept: Mapping[str, int] = field(default_factory=dict)
    unmet: Sequence[Unmet] = ()
    missing_parts: Sequence[str] = ()
    sha256: str = ""
    resumed: int = 0
    already_built: bool = False

    @property
    def clean(self) -> bool:
        """Whether there is nothing in `faults`."""
        return not self.faults

    @property
    def faults(self) -> list[str]:
        """What makes the exit code 2, in a few words each: it is done, but not clean."""
        found = [
            counted(len(self.quarantined), "clip is", "clips are") + " quarantined"
            if self.quarantined
            else "",
            *self.membership.faults,
            "counts are not those that the recipe expects" if self.unmet else "",
            counted(len(self.missing_parts), "part of the build is", "parts of the build are")
            + " missing"
            if self.missing_parts
            else "",
        ]
        return list(filter(None, found))
