"""Files that are a frame each: which belong to one clip."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from typing import Any

from skelconv.files import Entry, Found
from skelconv.plugin import Rejected
from skelconv.text import shown
from skelconv_posefiles.folder import PoseFolder


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
    clips: dict[str, list[tuple[int, Entry]]] = {}
    for entry in entries:
        match = compiled.search(entry.path)
        if match is None or not (match["frame"] or "").isdecimal():
            reason = "its path does not say which frame of which clip it is (option pattern)"
            rejected.append(Rejected(shown(entry.path), reason, folder.place(entry.path)))
            continue
        clips.setdefault(match["clip"] or "", []).append((int(match["frame"]), entry))
    for clip, files in clips.items():
        files.sort(key=lambda file: (file[0], file[1].path))
        for (number, one), (other_number, other) in itertools.pairwise(files):
            if number == other_number:
                what = f"{shown(one.path)} and {shown(other.path)} are both its frame {number}"
                rejected.append(Rejected(shown(clip), what, folder.place(other.path)))
                break
        else:
            entries_of = [entry for _, entry in files]
            fault = next((f"{shown(e.path)} {e.fault}" for e in entries_of if e.fault), "")
            yield Found(
                clip,
                _packed([(number, entry.path) for number, entry in files]),
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


def _packed(files: list[tuple[int, str]]) -> tuple[tuple[str, int, str, int, int], ...]:
    """Write paths that differ in a number as ranges: ten thousand frames are then one tuple."""
    runs: list[tuple[str, int, str, int, int]] = []
    for number, path in files:
        if runs:
            before, width, after, start, stop = runs[-1]
            if stop == number and path == f"{before}{number:0{width}d}{after}":
                runs[-1] = before, width, after, start, stop + 1
                continue
        digits = max(
            (match for match in re.finditer(r"\d+", path) if int(match[0][-18:]) == number),
            key=lambda match: match.start(),
        )
        width = len(digits[0]) if digits[0].startswith("0") else 1
        runs.append((path[: digits.start()], width, path[digits.end() :], number, number + 1))
    return tuple(runs)
