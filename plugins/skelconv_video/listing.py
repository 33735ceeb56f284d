"""Which clips there are: video files below a folder, or the parts of them that a table cuts out."""

from __future__ import annotations

import csv
import math
import os.path
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from skelconv import BuildError, Inventory, Item, Rejected
from skelconv.listing.catalog import Catalog, Found, Ref
from skelconv.listing.files import Entry, reason_of, walk
from skelconv_video.decode import Cut

_COLUMNS = ("id", "video", "start", "end")


class Video(NamedTuple):
    """A clip's video.

    Attributes
    ----------
    path : str
        The file.
    label : int, optional
        The clip's class.
    cut : Cut
        The part of it that is the clip.
    """

    path: str
    label: int | None
    cut: Cut


@dataclass(frozen=True)
class Listing:
    """Finds clips.

    Attributes
    ----------
    root : str
        The folder of the videos, nested or not.
    suffixes : sequence of str
        Endings of videos, in lower case, with their dots.
    strip : str
        An ending of names that is no part of ids, such as ``_rgb``.
    catalog : Catalog
        What clips are called, and their labels.
    cuts : Path, optional
        A csv file with the columns id, video (its path in `root`, with or without the ending),
        start and end (seconds; empty is the video's own).
    """

    root: str
    suffixes: Sequence[str]
    strip: str
    catalog: Catalog
    cuts: Path | None = None

    def inventory(self) -> Inventory:
        """List the clips, in the order of ids.

        Raises
        ------
        BuildError
            When a folder or a table cannot be read, or there is no clip.
        """
        strays = []
        videos: dict[str, Entry] = {}
        rejected = []
        for entry in walk(self.root):
            stem, suffix = os.path.splitext(entry.path)
            if suffix.lower() not in self.suffixes or os.path.basename(entry.path)[0] == ".":
                strays.append(entry.path)
                continue
            name = stem.removesuffix(self.strip)
            if name in videos:
                reason = f"the name stands for {videos[name].path} already"
                rejected.append(Rejected(name, reason, os.path.join(self.root, entry.path)))
            else:
                videos[name] = entry
        if self.cuts is None:
            found = [self._found(name, entry, Cut()) for name, entry in videos.items()]
            return self.catalog.inventory(self.root, found, strays, rejected)
        found, absent = [], []
        for name, video, cut in _read_cuts(self.cuts):
            stem, suffix = os.path.splitext(video)
            stem = stem if suffix.lower() in self.suffixes else video
            stem = stem.removesuffix(self.strip)
            if stem in videos:
                found.append(self._found(name, videos[stem], cut))
            else:
                absent.append(name)
        listed = self.catalog.inventory(self.root, found, strays, rejected)
        return Inventory(
            items=listed.items,
            absent=[*listed.absent, *absent],
            strays=listed.strays,
            rejected=listed.rejected,
            label_names=listed.label_names,
        )

    def video(self, item: Item) -> Video:
        """Return the video of a clip."""
        ref = Ref(*item.ref)
        path, start, end = ref.found
        return Video(os.path.join(self.root, path), ref.label, Cut(start, end))

    def _found(self, name: str, entry: Entry, cut: Cut) -> Found:
        place = os.path.join(self.root, entry.path)
        fault = entry.fault or ("it is empty: it has no bytes" if not entry.size else "")
        ref = (entry.path, cut.start, cut.end)
        return Found(name, ref, place, entry.size, entry.mtime_ns, fault)


def _read_cuts(path: Path) -> Iterator[tuple[str, str, Cut]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            lacking = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
            if lacking:
                raise BuildError(
                    f"its header lacks the column {lacking[0]!r}",
                    where=f"{path}:1",
                    hint=f"it must name {', '.join(_COLUMNS)}",
                )
            for row in reader:
                where = f"{path}:{reader.line_num}"
                cells = [(row[name] or "").strip() for name in _COLUMNS]
                if not (cells[0] and cells[1]):
                    raise BuildError("the id or the video is missing", where=where)
                start, end = (_seconds(cell, where) for cell in cells[2:])
                if start is not None and end is not None and end <= start:
                    raise BuildError(f"it ends at {end:g} s and begins at {start:g} s", where=where)
                yield cells[0], cells[1], Cut(start, end)
    except (OSError, UnicodeError) as error:
        raise BuildError(f"cannot be read: {reason_of(error)}", where=str(path)) from error
    except csv.Error as error:
        raise BuildError(f"is no csv: {error}", where=str(path)) from error


def _seconds(cell: str, where: str) -> float | None:
    if not cell:
        return None
    try:
        seconds = float(cell)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < 10**7:
        raise BuildError(f"{cell[:40]!r} is no time in seconds", where=where)
    return seconds
