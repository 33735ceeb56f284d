"""The clips that there are: video files below a folder, or parts of them by a list."""

from __future__ import annotations

import os.path
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from typing import NamedTuple

from skelconv import BuildError
from skelconv.files import Catalog, Entry, Found, Ref, walk
from skelconv.plugin import Inventory, Item, Rejected
from skelconv.text import counted, shown
from skelconv_video.cuts import ClipCut
from skelconv_video.decode import Cut
from skelconv_video.guarded import GuardedSplit

NOT_WANTED = "it is in no part of the split under 'only'"
NOT_CUT = "no clip is cut out of this video"


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
        An ending of names that is left out of ids, such as ``_rgb``.
    catalog : Catalog
        Ids of videos, and clips' labels.
    cuts : callable, optional
        Reads which clips are cut out of the videos; by default each video is a clip.
    only : callable, optional
        Makes the split that a clip must be in a part of.
    """

    root: str
    suffixes: Sequence[str]
    strip: str
    catalog: Catalog
    cuts: Callable[[], Iterable[ClipCut]] | None = None
    only: Callable[[], GuardedSplit] | None = None

    def inventory(self) -> Inventory:
        """List the clips, in the order of ids.

        Returns
        -------
        Inventory
            The clips, and all other files.

        Raises
        ------
        BuildError
            When a folder or a list cannot be read, or there is no clip.
        """
        videos, rejected, strays = self._videos()
        left_out: dict[str, Sequence[str]] = {}
        absent: list[str] = []
        if self.cuts is None:
            found = [self._found(name, entry, Cut()) for name, entry in videos.items()]
        else:
            found, absent, unused = self._cut(videos, _by_id(self.cuts()))
            if unused:
                left_out[NOT_CUT] = unused
        split = self.only() if self.only else None
        if split is not None:
            wanted = [clip for clip in found if split.has(clip.id)]
            others = sorted({clip.id for clip in found} - {clip.id for clip in wanted})
            if others and not wanted:
                what = f"none of its clips ({len(others)}) is in the split under 'only'"
                raise BuildError(what, where=shown(self.root))
            if others:
                left_out[NOT_WANTED] = others
            found = wanted
        listed = self.catalog.inventory(self.root, found, strays, rejected)
        missing = dict.fromkeys([*absent, *listed.absent])
        if split is not None:
            missing = {name: None for name in missing if split.has(name)}
        return replace(listed, absent=list(missing), left_out=left_out)

    def video(self, item: Item) -> Video:
        """Return the video of a clip.

        Parameters
        ----------
        item : Item
            The clip's item.

        Returns
        -------
        Video
            The file, and the clip's part of it.
        """
        ref = Ref(*item.ref)
        path, *cut = ref.found
        return Video(os.path.join(self.root, path), ref.label, Cut(*cut))

    def _videos(self) -> tuple[dict[str, Entry], list[Rejected], list[str]]:
        """Find the videos by name, those that are rejected, and other files."""
        videos: dict[str, Entry] = {}
        rejected = []
        strays = []
        for entry in walk(self.root):
            stem, suffix = os.path.splitext(entry.path)
            # Hidden files are not data: macOS leaves a "._NAME" beside each NAME on foreign disks.
            hidden = any(part.startswith(".") for part in entry.path.split("/"))
            if hidden or suffix.lower() not in self.suffixes:
                strays.append(self._place(entry))
                continue
            name = self.catalog.id_of(stem.removesuffix(self.strip))
            if not _is_utf8(entry.path):
                reason = "its name is not in UTF-8: rename the file, or the folder that it is in"
                rejected.append(Rejected(shown(name), reason, self._place(entry)))
            elif name in videos:
                reason = f"{self._place(videos[name])} has this name already"
                rejected.append(Rejected(name, reason, self._place(entry)))
            else:
                videos[name] = entry
        if not videos and not rejected:
            raise BuildError(
                "there is no video in it",
                where=shown(self.root),
                hint=f"videos end in {', '.join(self.suffixes)} (option suffixes)",
            )
        return videos, rejected, strays

    def _cut(
        self, videos: dict[str, Entry], wanted: Sequence[ClipCut]
    ) -> tuple[list[Found], list[str], list[str]]:
        """Find the clips of a list, those whose video is not there, and videos without a clip."""
        found = []
        absent = []
        used = set()
        for clip in wanted:
            for given, cut in clip.places:
                name = self._name(given)
                if name in videos:
                    used.add(name)
                    found.append(self._found(clip.id, videos[name], cut, clip))
                    break
            else:
                absent.append(clip.id)
        if not found:
            needed = [f"{clip.where} needs {clip.places[-1][0]!r}" for clip in wanted[:1]]
            raise BuildError(
                f"the list names {counted(len(wanted), 'clip')}, and none has its video in it",
                where=shown(self.root),
                hint="; ".join([*needed, "videos are named by the options ids and strip"]),
            )
        return found, absent, sorted(videos.keys() - used)

    def _name(self, given: str) -> str:
        """Return the name of a video that is in a list with its ending or without."""
        stem, suffix = os.path.splitext(given)
        stem = stem if suffix.lower() in self.suffixes else given
        return self.catalog.id_of(stem.removesuffix(self.strip))

    def _found(self, name: str, entry: Entry, cut: Cut, wanted: ClipCut | None = None) -> Found:
        fault = wanted.fault if wanted else ""
        return Found(
            path=os.path.splitext(entry.path)[0].removesuffix(self.strip),
            ref=(entry.path, *astuple(cut)),
            place=self._place(entry),
            size=entry.size,
            mtime_ns=entry.mtime_ns,
            fault=entry.fault or fault or ("" if entry.size else "it is empty: it has no bytes"),
            id=name,
            id_place=wanted.where if wanted else "",
        )

    def _place(self, entry: Entry) -> str:
        return shown(os.path.join(self.root, entry.path))


def _by_id(wanted: Iterable[ClipCut]) -> list[ClipCut]:
    clips: dict[str, ClipCut] = {}
    for clip in wanted:
        first = clips.setdefault(clip.id, clip)
        if first is not clip:
            raise BuildError(f"the id {clip.id!r} is in {first.where} already", clip.where)
    return list(clips.values())


def _is_utf8(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
