"""What a merge takes over from its parts, so that it reads as the build of the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from skelconv.engine.keeping import together
from skelconv.engine.membership import Membership, Names
from skelconv.engine.report import BuildReport, Quarantined, Recordings
from skelconv.recipe.model import digest_of

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Whole:
    """The build that parts are of, and what the parts report.

    Attributes
    ----------
    recipe : mapping of str to JSON value
        The resolved recipe of the parts.
    recipe_sha256 : str
        Its digest.
    hidden : mapping of str to str
        Digests of what the recipe does not show; see `Recipe.hidden`.
    versions : mapping of str to str
        The versions with which the parts were built.
    source : mapping of str to JSON value
        The number of items and the digest of the whole inventory.
    reports : sequence of BuildReport
        The report of each part, in order.
    complete : bool
        Whether the whole is everything that the source found; False with a limit.
    missing : sequence of str
        The parts that are not there, such as ``3/8``.
    """

    recipe: Mapping[str, Any]
    recipe_sha256: str
    hidden: Mapping[str, str]
    versions: Mapping[str, str]
    source: Mapping[str, Any]
    reports: Sequence[BuildReport]
    complete: bool = True
    missing: Sequence[str] = ()

    def sink_options(self, name: str) -> dict[str, Any]:
        """Return the options that the parts were written with.

        Parameters
        ----------
        name : str
            A sink.

        Returns
        -------
        dict of str to JSON value
            Without the path; empty where the parts were written by another sink.
        """
        sink = self.recipe.get("sink")
        if not isinstance(sink, dict) or sink.get("use") != name:
            return {}
        given = sink.get("with")
        options = given if isinstance(given, dict) else {}
        return {key: value for key, value in options.items() if key != "path"}


@dataclass(frozen=True, slots=True)
class Parts:
    """The datasets that a merge or a conversion reads.

    Attributes
    ----------
    files : sequence of mapping
        ``name`` and, for files on this machine, ``bytes`` and ``sha256`` of each, in order.
    whole : Whole, optional
        Where they are the parts of one build.
    cite : sequence of str
        BibTeX entries of what they were made from.
    """

    files: Sequence[Mapping[str, str | int]]
    whole: Whole | None = None
    cite: Sequence[str] = ()

    def added_to(self, report: BuildReport) -> BuildReport:
        """Return the report of the merge with what the parts report.

        What the source says of the whole, such as the absent clips, is in the report of each part
        and counts once; what became of items is only in the report of one.

        Parameters
        ----------
        report : BuildReport
            Of the merge alone.

        Returns
        -------
        BuildReport
            Of the whole.
        """
        if self.whole is None:
            return report
        reports = self.whole.reports
        dropped: dict[str, int] = {}
        left_out: dict[str, int] = {}
        for part in reports:
            for reason, count in part.dropped.items():
                dropped[reason] = dropped.get(reason, 0) + count
            for reason, count in part.left_out.items():
                left_out[reason] = max(left_out.get(reason, 0), count)
        # To read them again is up to the builds of the parts.
        quarantined = [replace(clip, unread=False) for clip in _once(reports, _quarantined)]
        return replace(
            report,
            quarantined=(*quarantined, *report.quarantined),
            dropped={**dropped, **report.dropped},
            left_out={**left_out, **report.left_out},
            not_kept=together(report.not_kept, (part.not_kept for part in reports)),
            notes=(*_once(reports, lambda part: part.notes), *report.notes),
            absent=_most(part.absent for part in reports),
            strays=_most(part.strays for part in reports),
            recordings=sum((part.recordings for part in reports), Recordings()),
            membership=_together([part.membership for part in reports], report.membership.empty),
            missing_parts=self.whole.missing,
        )

    def added_to_provenance(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return the provenance of the merge as that of the whole, with the list of parts.

        Parameters
        ----------
        content : mapping of str to JSON value
            The provenance of the merge alone.

        Returns
        -------
        dict of str to JSON value
            Where they are the parts of one build, with what the merge itself did under ``merge``.
        """
        content = {**content, "cite": list(dict.fromkeys([*self.cite, *content["cite"]]))}
        if self.whole is None:
            return {**content, "parts": list(self.files)}
        own = {key: content[key] for key in ("recipe", "hidden", "versions", "source")}
        sink = content["recipe"]["sink"]
        recipe = {**self.whole.recipe, "sink": sink}
        same = _without_path(sink) == _without_path(self.whole.recipe.get("sink"))
        return {
            **content,
            "recipe": recipe,
            "recipe_sha256": self.whole.recipe_sha256
            if same
            else digest_of(recipe, self.whole.hidden),
            "hidden": {**own["hidden"], **self.whole.hidden},
            "versions": {**own["versions"], **self.whole.versions},
            "source": self.whole.source,
            "parts": list(self.files),
            "merge": own,
        }


def _quarantined(report: BuildReport) -> Sequence[Quarantined]:
    return report.quarantined


def _once(
    reports: Iterable[BuildReport], find: Callable[[BuildReport], Sequence[Value]]
) -> list[Value]:
    """Join what reports list; what is in several is there as often as in one of them."""
    found: Counter[Value] = Counter()
    for report in reports:
        found |= Counter(find(report))
    return list(found.elements())


def _most(found: Iterable[Names]) -> Names:
    """Return what the source says of the whole, which each part has found."""
    return max(found, key=lambda names: names.count, default=Names())


def _together(parts: Sequence[Membership], empty: tuple[str, ...]) -> Membership:
    """Return that of the whole: what is known of made clips is only in the part that made them."""
    whole = replace(max(parts, key=_names_without_clip), empty=empty)
    if not whole.of_made:
        return whole
    return replace(
        whole,
        in_no_part=_sum(part.in_no_part for part in parts),
        in_two_parts=_sum(part.in_two_parts for part in parts),
        unmade=_sum(part.unmade for part in parts),
    )


def _sum(found: Iterable[Names]) -> Names:
    return sum(found, Names())


def _names_without_clip(membership: Membership) -> int:
    return membership.without_clip.count + membership.absent


def _without_path(sink: Any) -> Any:
    if not isinstance(sink, dict) or not isinstance(sink.get("with"), dict):
        return sink
    return {**sink, "with": {**sink["with"], "path": None}}
