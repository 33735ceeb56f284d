"""What the audit found, gathered while it goes through the clips."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from skelconv.data.clip import Array, Clip
from skelconv.datasets.verify.catalog import SEVERITIES, Rule, Severity

MAX_IDS = 10_000
"""How many ids a finding names; it counts all of them."""
# Findings that only numbers tell apart, such as a number of joints, would be as many as clips.
_MAX_KINDS = 20


@dataclass(frozen=True)
class Finding:
    """Something that the audit found.

    Attributes
    ----------
    code : str
        Its rule's code, such as ``SK101``.
    severity : {"error", "warning", "note"}
        How bad it is; notes leave a dataset sound.
    what : str
        What it is.
    remedy : str
        What to do about it.
    clips : int
        How many clips it concerns; 0 for the dataset as a whole.
    ids : sequence of str
        These clips, or as many as there is room for (10,000), in order.
    example : str
        What the first of them shows, such as ``412 of 450 frames``; empty where there is no more.
    """

    code: str
    severity: Severity
    what: str
    remedy: str
    clips: int = 0
    ids: Sequence[str] = ()
    example: str = ""

    def __str__(self) -> str:
        if not self.clips:
            return f"{self.code} {self.what}"
        first = self.ids[0] if not self.example else f"{self.ids[0]} ({self.example})"
        if self.clips == 1:
            return f"{self.code} {self.what}: {first}"
        return f"{self.code} {self.what}: {self.clips} clips, the first is {first}"


@dataclass(frozen=True)
class Verification:
    """The result of an audit.

    Attributes
    ----------
    clips : int
        How many clips were looked at.
    num_classes : int
        How many classes a trainer must be given: the highest label and one, or the number of
        names where there are more; 0 where there are no labels.
    findings : sequence of Finding
        The worst first, then in the order of their codes.
    """

    clips: int
    num_classes: int
    findings: Sequence[Finding]

    @property
    def sound(self) -> bool:
        """Whether there is nothing but notes."""
        return all(finding.severity == "note" for finding in self.findings)

    def count(self, severity: str) -> int:
        """Return how many findings have a severity.

        Parameters
        ----------
        severity : {"error", "warning", "note"}
            The severity.

        Returns
        -------
        int
            The number.
        """
        return sum(finding.severity == severity for finding in self.findings)


@dataclass
class _Gathered:
    clips: int = 0
    ids: list[str] = field(default_factory=list)
    example: str = ""


class Findings:
    """Gathers findings; what only the clip tells apart is one finding.

    Parameters
    ----------
    codes : collection of str
        Those that are asked for; the others are passed over.
    """

    def __init__(self, codes: Collection[str]) -> None:
        self._codes = codes
        self._found: dict[Rule, dict[str, _Gathered]] = {}

    def add(self, rule: Rule, what: str = "", ids: Iterable[str] = (), example: str = "") -> None:
        """Add a finding of the dataset.

        Parameters
        ----------
        rule : Rule
            What was found.
        what : str
            In words, where the title does not say it all.
        ids : iterable of str
            The clips that it concerns.
        example : str
            What the first of them shows.
        """
        if rule.code in self._codes:
            gathered = self._of(rule, what or rule.title)
            for clip_id in ids:
                _count(gathered, clip_id)
            gathered.example = gathered.example or example

    def add_clip(
        self, rule: Rule, clip_id: str, what: str = "", example: Callable[[], str] | str = ""
    ) -> None:
        """Add a clip to a finding.

        Parameters
        ----------
        rule : Rule
            What was found.
        clip_id : str
            The clip.
        what : str
            In words, the same for all clips of a finding.
        example : callable or str
            What this clip shows; it is asked of the first one.
        """
        if rule.code in self._codes:
            gathered = self._of(rule, what or rule.title)
            if not gathered.clips:
                gathered.example = example if isinstance(example, str) else example()
            _count(gathered, clip_id)

    def add_clips(
        self,
        rule: Rule,
        clips: Sequence[Clip],
        flags: Array,
        example: Callable[[int], str] | None = None,
        what: str = "",
    ) -> None:
        """Add those of some clips that have a flag.

        Parameters
        ----------
        rule : Rule
            What was found.
        clips : sequence of Clip
            N clips.
        flags : ndarray of bool of shape (N,)
            Which of them have it.
        example : callable from int to str, optional
            What the clip at a position shows; it is asked of the first one.
        what : str
            In words, where the title does not say it all.
        """
        for n in np.flatnonzero(flags).tolist():
            told = partial(example, n) if example else ""
            self.add_clip(rule, clips[n].id, what, told)

    def all(self) -> tuple[Finding, ...]:
        """Return all findings, the worst first.

        Returns
        -------
        tuple of Finding
            Then in the order of their codes.
        """
        findings = [
            Finding(
                rule.code,
                rule.severity,
                what,
                rule.remedy,
                found.clips,
                tuple(found.ids),
                found.example,
            )
            for rule, kinds in self._found.items()
            for what, found in kinds.items()
        ]
        return tuple(sorted(findings, key=lambda one: (SEVERITIES.index(one.severity), one.code)))

    def _of(self, rule: Rule, what: str) -> _Gathered:
        kinds = self._found.setdefault(rule, {})
        if what not in kinds and len(kinds) >= _MAX_KINDS:
            what = f"{rule.title} (in further ways)"
        return kinds.setdefault(what, _Gathered())


def _count(gathered: _Gathered, clip_id: str) -> None:
    gathered.clips += 1
    if len(gathered.ids) < MAX_IDS:
        gathered.ids.append(clip_id)
