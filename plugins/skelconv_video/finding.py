"""What there is below a root: videos, and folders of images, in folders and archives."""

from __future__ import annotations

import os.path
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from skelconv import BuildError
from skelconv.files import Entry
from skelconv.plugin import Rejected
from skelconv.text import counted, shown
from skelconv_video.choice import Choice, is_hidden
from skelconv_video.file_lists import Listed
from skelconv_video.kinds import (
    is_sniffed,
    kind_by,
    stem_of,
    suffix_of,
    why_stray,
)
from skelconv_video.places import Place, place_at
from skelconv_video.series import SeriesError

_SHOWN = 3


class Recording(NamedTuple):
    """A video, or a folder of images.

    Attributes
    ----------
    archive : str
        The archive's path in the root; empty if it is in none, or the root is one.
    path : str
        The path of the video or the folder in the root, or in the archive.
    images : int
        How many images are its frames; 0 for a video.
    stem : str
        The path without endings, through archives, from which its name is made.
    place : str
        Where it is, for people.
    size, mtime_ns : int
        Bytes, and time of the last change.
    fault : str
        Why it cannot be read, where that is known already.
    id, label, listed : str
        Its id and class, where a list gives them, and the line of the list.
    """

    archive: str
    path: str
    images: int
    stem: str
    place: str
    size: int = 0
    mtime_ns: int = 0
    fault: str = ""
    id: str = ""
    label: str = ""
    listed: str = ""


@dataclass
class Findings:
    """All that there is.

    Attributes
    ----------
    recordings : list of Recording
        Videos, and folders of images.
    rejected : list of Rejected
        Archives that cannot be read.
    strays : list of str
        Other files, each with the reason.
    gaps : list of str
        The folders of images whose numbers have gaps, and where.
    absent : list of str
        What a list names and is not there.
    """

    recordings: list[Recording] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)


def find(root: str, choice: Choice) -> Findings:
    """Find all videos and folders of images.

    Parameters
    ----------
    root : str
        A folder, or an archive.
    choice : Choice
        Which files are data.

    Returns
    -------
    Findings
        All of them, in an order that is the same in every run.

    Raises
    ------
    BuildError
        When the root cannot be listed, or it is not clear what is to be taken.
    """
    finder = _Finder(root, choice)
    finder.find()
    finder.check()
    return finder.found


def find_listed(root: str, lines: Sequence[Listed], choice: Choice) -> Findings:
    """Find the videos and folders of images that a list names.

    Parameters
    ----------
    root : str
        The folder, or the archive, from which the list's paths go.
    lines : sequence of Listed
        The list.
    choice : Choice
        Which images are frames.

    Returns
    -------
    Findings
        What the list names, in its order.

    Raises
    ------
    BuildError
        When it is not clear what is to be taken.
    """
    finder = _Finder(root, choice)
    for line in lines:
        finder.find_one(line)
    return finder.found


class _Finder:
    """Goes through a root, folder by folder."""

    def __init__(self, root: str, choice: Choice) -> None:
        self.found = Findings()
        self._root = root
        self._choice = choice
        self._endings: dict[bool, str] = {}  # the first of images, and of videos

    def find(self) -> None:
        """Find everything."""
        self._look_into(place_at(self._root), archive="")

    def find_one(self, line: Listed) -> None:
        """Find what a line of a list names."""
        found = self.found
        before = len(found.recordings), len(found.rejected)
        place = place_at(self._root)
        path = line.path.removeprefix("./").rstrip("/")
        entry = place.entry(path)
        if entry is None:
            names = [name for name in place.names(path) if self._choice.kind(name)]
            files = {name: place.entry(f"{path}/{name}") for name in names}
            self._add_images(place, "", path, {name: file for name, file in files.items() if file})
        elif kind_by(suffix_of(path)) == "archive" and not place.is_archive:
            self._look_into_archive(entry)
        else:
            self._add_video(place, "", entry)
        new = found.recordings[before[0] :]
        del found.recordings[before[0] :]
        if len(new) > 1:
            reason = f"the list has one line for it, and it holds {len(new)} clips"
            found.rejected.append(Rejected(line.id or path, reason, line.where))
        elif new:
            fault = new[0].fault or _miscounted(line, new[0])
            found.recordings.append(
                new[0]._replace(id=line.id, label=line.label, listed=line.where, fault=fault)
            )
        elif len(found.rejected) == before[1]:
            found.absent.append(line.id or line.path)

    def check(self) -> None:
        """Refuse videos beside folders of images: they may be the same clips."""
        if self._choice.suffixes is not None or len(self._endings) < 2:
            return
        kinds = []
        for images, what in ((False, "video"), (True, "folder")):
            places = [each.place for each in self.found.recordings if bool(each.images) == images]
            more = ", ..." if len(places) > _SHOWN else ""
            of = " of images" if images else ""
            kinds.append(f"{counted(len(places), what)}{of} ({', '.join(places[:_SHOWN])}{more})")
        raise BuildError(
            f"it holds {' and '.join(kinds)}",
            where=shown(self._root),
            hint="say which of them are clips: "
            + " or ".join(f"suffixes: [{self._endings[images]}]" for images in (False, True)),
        )

    def _look_into(self, place: Place, archive: str) -> None:
        """Go through a place, with one folder's files in memory at a time."""
        for folder, entries in groupby(place.entries(), key=lambda entry: _folder(entry.path)):
            files: dict[str, Entry] = {}
            for entry in entries:
                name = entry.path.rpartition("/")[2]
                kind = self._choice.kind(entry.path)
                if is_hidden(entry.path):
                    self._leave(place, entry.path, "hidden")
                elif kind == "archive" and not archive and not place.is_archive:
                    self._look_into_archive(entry)
                elif kind == "archive":
                    self._leave(place, entry.path, "an archive in an archive")
                elif kind == "image":
                    files[name] = entry
                elif kind == "video" or self._is_video(place, entry):
                    files[name] = entry
                    self._add_video(place, archive, entry)
                else:
                    self._leave(place, entry.path, why_stray(suffix_of(name)))
            if files:
                self._add_images(place, archive, folder, files)

    def _look_into_archive(self, entry: Entry) -> None:
        path = os.path.join(self._root, entry.path)
        try:
            if entry.fault:
                raise BuildError(entry.fault)
            self._look_into(place_at(path), entry.path)
        except BuildError as error:
            self.found.rejected.append(Rejected(stem_of(entry.path), error.what, shown(path)))

    def _is_video(self, place: Place, entry: Entry) -> bool:
        wanted = self._choice.suffixes is None and is_sniffed(suffix_of(entry.path))
        return wanted and place.has_video(entry.path)

    def _leave(self, place: Place, path: str, reason: str) -> None:
        self.found.strays.append(f"{place.locate(path)} ({reason})")

    def _add_video(self, place: Place, archive: str, entry: Entry) -> None:
        self._endings.setdefault(False, suffix_of(entry.path))
        self.found.recordings.append(
            Recording(
                archive,
                entry.path,
                0,
                _joined(archive, stem_of(entry.path)),
                place.locate(entry.path),
                entry.size,
                entry.mtime_ns,
                entry.fault,
            )
        )

    def _add_images(
        self, place: Place, archive: str, folder: str, files: Mapping[str, Entry]
    ) -> None:
        where = place.locate(folder)
        stem = _joined(archive, folder) or stem_of(os.path.basename(os.path.abspath(self._root)))
        try:
            series = self._choice.series(list(files))
        except SeriesError as error:
            if not error.pattern:
                self.found.rejected.append(Rejected(stem, str(error), where))
                return
            hint = f"say which are frames, such as images: '{error.pattern}'"
            raise BuildError(str(error), where=where, hint=hint) from error
        for name in series.others:
            self._leave(place, files[name].path, "an image that is not one of a series")
        if not series.names:
            return
        self._endings.setdefault(True, suffix_of(series.names[0]))
        if series.gaps:
            gaps = ", ".join(_span(*gap) for gap in series.gaps[:_SHOWN])
            gaps += ", ..." if len(series.gaps) > _SHOWN else ""
            self.found.gaps.append(f"{where}: {gaps}")
        entries = [files[name] for name in series.names]
        faults = (f"{shown(each.path)} {each.fault}" for each in entries if each.fault)
        self.found.recordings.append(
            Recording(
                archive,
                folder,
                len(entries),
                stem,
                where,
                sum(each.size for each in entries),
                max(each.mtime_ns for each in entries),
                next(faults, ""),
            )
        )


def _miscounted(line: Listed, found: Recording) -> str:
    if line.frames is None:
        return ""
    if not found.images:
        return f"{line.where} has three words, as for a folder of images, and this is a video"
    if found.images != line.frames:
        there = f"there are {found.images} images"
        return f"{line.where} says that it has {line.frames} frames, and {there}"
    return ""


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _joined(archive: str, path: str) -> str:
    return "/".join(part for part in (stem_of(archive), path) if part)


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first} to {last}"
