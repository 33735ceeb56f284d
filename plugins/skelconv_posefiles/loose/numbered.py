"""Files that are a frame each: which belong to one clip."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from skelconv.files import Entry, Found
from skelconv.plugin import Rejected
from skelconv.text import shown
from skelconv_posefiles.folder import PoseFolder

_NUMBER = re.compile(r"\d{1,18}\Z", re.ASCII)


class _File(NamedTuple):
    """A frame's number, where it is in the path, and the file."""

    number: int
    span: tuple[int, int]
    entry: Entry


def grouped(
    folder: PoseFolder, entries: Iterable[Entry], pattern: str, rejected: list[Rejected]
) -> Iterator[Found]:
    """Group files into clips by their paths.

    Parameters
    ----------
    folder : PoseFolder
        Where they are.
    entries : iterable of Entry
        The files.
    pattern : str
        A regular expression with the groups ``clip`` and ``frame``.
    rejected : list of Rejected
        Files that do not fit it are put here, and clips whose files are not alike.

    Yields
    ------
    Found
        A clip, whose ref is for `paths_of`.
    """
    compiled = re.compile(pattern)
    clips: dict[str, list[_File]] = {}
    for entry in entries:
        match = compiled.search(entry.path)
        if match is None or not _NUMBER.match(match["frame"] or ""):
            reason = "its path does not say which frame of which clip it is (option pattern)"
            rejected.append(Rejected(shown(entry.path), reason, folder.place(entry.path)))
            continue
        file = _File(int(match["frame"]), match.span("frame"), entry)
        clips.setdefault(match["clip"] or "", []).append(file)
    for clip, files in clips.items():
        files.sort(key=lambda file: (file.number, file.entry.path))
        for one, other in itertools.pairwise(files):
            if one.number == other.number:
                both = f"{shown(one.entry.path)} and {shown(other.entry.path)}"
                what = f"{both} are both its frame {one.number}"
                rejected.append(Rejected(shown(clip), what, folder.place(other.entry.path)))
                break
        else:
            entries_of = [file.entry for file in files]
            fault = next((f"{shown(e.path)} {e.fault}" for e in entries_of if e.fault), "")
            yield Found(
                clip,
                _packed(files),
                folder.place(entries_of[0].path),
                sum(entry.size for entry in entries_of),
                max(entry.mtime_ns for entry in entries_of),
                fault,
            )


def paths_of(ref: Any) -> Iterator[tuple[int, str]]:
    """Yield the frame number and path of each file of a clip.

    Parameters
    ----------
    ref : Any
        From `grouped`.

    Yields
    ------
    (int, str)
        The number and the path.
    """
    for before, width, after, start, stop in ref:
        for number in range(start, stop):
            yield number, f"{before}{number:0{width}d}{after}"


def _packed(files: Sequence[_File]) -> tuple[tuple[str, int, str, int, int], ...]:
    """Write paths that differ in a number as ranges: ten thousand frames are then one tuple."""
    runs: list[tuple[str, int, str, int, int]] = []
    for number, (start, end), entry in files:
        path = entry.path
        if runs:
            before, width, after, first, stop = runs[-1]
            if stop == number and path == f"{before}{number:0{width}d}{after}":
                runs[-1] = before, width, after, first, stop + 1
                continue
        width = end - start if path[start] == "0" else 1
        runs.append((path[:start], width, path[end:], number, number + 1))
    return tuple(runs)
