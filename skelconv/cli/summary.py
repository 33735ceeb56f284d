"""How `plan` and `build` print what they found: lists first and short, and the summary last."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from skelconv.cli.output import WIDTH, wrapped
from skelconv.data.parts import PartName
from skelconv.text.counts import counted

if TYPE_CHECKING:
    from skelconv.engine.membership import Membership, Names
    from skelconv.engine.report import BuildReport

NOT_CLEAN = 2
_SHOWN = 5
_PARTS = 20
_FEW_PARTS = 6
# With room for what is in front.
_WIDTH = WIDTH - 6


def cut(text: str, width: int = _WIDTH) -> str:
    """Return text that fits in a line; of what is longer, the middle is left out.

    Parameters
    ----------
    text : str
        An id, a path or a reason.
    width : int
        The number of characters.

    Returns
    -------
    str
        The text, or its two ends with ``...`` between them.
    """
    if len(text) <= width:
        return text
    kept = width - 3
    return f"{text[: kept - kept // 2]}...{text[-(kept // 2) :]}"


def listing(
    title: str, lines: Sequence[str], count: int | None = None, where: str = "--json"
) -> Iterator[str]:
    """Return a title and the first lines below it.

    Parameters
    ----------
    title : str
        The title, without a colon.
    lines : sequence of str
        The first lines or all of them.
    count : int, optional
        How many there are, where these are only the first; if there are none, there is no title
        either.
    where : str
        Where all of them are; empty where they are nowhere.

    Yields
    ------
    str
        A line.
    """
    count = len(lines) if count is None else count
    if not count:
        return
    yield f"{title}:"
    for line in lines[:_SHOWN]:
        yield f"  {cut(line)}"
    if count > _SHOWN:
        yield f"  ... and {count - _SHOWN} more" + (f" (all of them: {where})" if where else "")


def strays(names: Names) -> Iterator[str]:
    """Describe the files that are not part of the dataset.

    Parameters
    ----------
    names : Names
        The files.

    Yields
    ------
    str
        A line.
    """
    title = f"{counted(names.count, 'file is', 'files are')} not part of the dataset"
    yield from listing(title, names.first, names.count, "skelconv plan RECIPE --json")


def absent(names: Names) -> Iterator[str]:
    """Describe the clips that a list of the source's names and that do not exist.

    Parameters
    ----------
    names : Names
        Their ids.

    Yields
    ------
    str
        A line.
    """
    title = f"{counted(names.count, 'listed clip is', 'listed clips are')} not there"
    yield from listing(title, names.first, names.count, "skelconv plan RECIPE --json")


def membership(found: Membership) -> Iterator[str]:
    """Describe how the clips and the lists of the splits fit together.

    Parameters
    ----------
    found : Membership
        What does not fit.

    Yields
    ------
    str
        A line.
    """
    for names, one, many in (
        (found.without_clip, "name in the splits has no clip", "names in the splits have no clip"),
        (
            found.without_item,
            "name in a transform's list has no clip",
            "names in transforms' lists have no clip",
        ),
        (found.unmade, "listed clip was not made", "listed clips were not made"),
        (found.in_no_part, "clip is in no part", "clips are in no part"),
        (
            found.in_two_parts,
            "clip is in two parts that exclude each other",
            "clips are in two parts that exclude each other",
        ),
    ):
        yield from listing(counted(names.count, one, many), names.first, names.count, where="")
    yield from found.advice


def recordings(report: BuildReport) -> Iterator[str]:
    """Say what became of the recordings, where they are not one with the clips.

    Parameters
    ----------
    report : BuildReport
        The result of a build.

    Yields
    ------
    str
        A line.
    """
    found = report.recordings
    lost = found.quarantined + found.rejected
    clips = report.clips, len(report.quarantined), sum(report.dropped.values())
    if clips != (found.converted, lost, found.dropped):
        yield (
            f"  of {counted(int(found), 'recording')}: {found.converted} gave clips, "
            f"{lost} quarantined, {found.dropped} dropped"
        )


def parts(counts: Mapping[str, int]) -> Iterator[str]:
    """Describe the parts of a dataset.

    Parameters
    ----------
    counts : mapping of str to int
        The number of clips by part.

    Yields
    ------
    str
        A line.
    """
    lines: dict[Hashable, list[str]] = {}
    for name in counts:
        # Those of one division, such as a fold, are in one line where there are many.
        kind, division = PartName.of(name)
        lines.setdefault(division if kind and len(counts) > _FEW_PARTS else name, []).append(name)
    for names in list(lines.values())[:_PARTS]:
        width = max((_WIDTH - 12) // len(names) - 2, _FEW_PARTS)
        yield "  " + ", ".join(f"{cut(name, width)}: {counts[name]}" for name in names)
    if len(lines) > _PARTS:
        more = sum(map(len, list(lines.values())[_PARTS:]))
        yield f"  ... and {more} more parts (all of them: --json)"


def reasons(word: str, counts: Mapping[str, int]) -> Iterator[str]:
    """Describe how many clips were left out, the most frequent reasons first.

    Parameters
    ----------
    word : str
        Such as ``dropped``.
    counts : mapping of str to int
        Their number by reason.

    Yields
    ------
    str
        A line.
    """
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    for reason, count in ordered[:_PARTS]:
        yield f"{word}, {reason}: {count}"
    if rest := ordered[_PARTS:]:
        others = counted(len(rest), "other reason")
        yield f"{word}, {others}: {sum(count for _, count in rest)}"


def not_kept(counts: Mapping[str, int]) -> Iterator[str]:
    """Say what the format of the output has no place for.

    Parameters
    ----------
    counts : mapping of str to int
        The number of clips that have it, by its name.

    Yields
    ------
    str
        A line; a long one is wrapped.
    """
    if counts:
        (first, count), *others = counts.items()
        found = [f"{cut(first)} ({counted(count, 'clip')})"]
        found += [f"{cut(name)} ({count})" for name, count in others]
        yield from wrapped(f"the format does not keep: {', '.join(found)}", below="  ")


def ending(faults: Sequence[str]) -> Iterator[str]:
    """Say why the exit code is 2, where it is.

    Parameters
    ----------
    faults : sequence of str
        What is not clean.

    Yields
    ------
    str
        A line.
    """
    if faults:
        yield f"exit code {NOT_CLEAN}: {'; '.join(faults)}"


def notes(lines: Iterable[str]) -> Iterable[str]:
    """Show what source and transforms say of the whole.

    Parameters
    ----------
    lines : iterable of str
        The notes.

    Yields
    ------
    str
        A line; a long note is wrapped.
    """
    for line in lines:
        yield from wrapped(f"note: {line}", below="  ")
