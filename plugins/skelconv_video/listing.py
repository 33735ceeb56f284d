"""The clips that there are: videos and folders of images, or parts of them by a list."""

from __future__ import annotations

import os.path
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import NamedTuple

from skelconv import BuildError, ClipError
from skelconv.files import Catalog, Found, Ref
from skelconv.plugin import Inventory, Item, Rejected
from skelconv.text import counted, shown
from skelconv_video.choice import Choice
from skelconv_video.cuts import ClipCut
from skelconv_video.decode import Cut, Footage
from skelconv_video.file_lists import LISTS, Listed, read_list
from skelconv_video.finding import Findings, Recording, find, find_listed
from skelconv_video.footage import Images, VideoFile
from skelconv_video.guarded import GuardedSplit
from skelconv_video.kinds import kind_by, stem_of, suffix_of
from skelconv_video.places import Place, place_at
from skelconv_video.series import SeriesError

_SHOWN = 3

NOT_WANTED = "it is in no part of the split under 'only'"
NOT_CUT = "no clip is cut out of this video"


class Wanted(NamedTuple):
    """What a clip is decoded from.

    Attributes
    ----------
    footage : Footage
        A video, or a series of images.
    label : int, optional
        The clip's class.
    cut : Cut
        The part of it that is the clip.
    """

    footage: Footage
    label: int | None
    cut: Cut


@dataclass(frozen=True)
class Listing:
    """Finds clips.

    Attributes
    ----------
    root : str
        The folder of the videos or images, nested or not, or an archive, a list of files, or one
        video.
    choice : Choice
        Which files are data.
    strip : str
        An ending of names that is left out of ids, such as ``_rgb``.
    catalog : Catalog
        Ids of videos, and clips' labels.
    image_fps : float, optional
        How many images there are in a second.
    timed : bool
        Whether frames are chosen by time, so that it must be known.
    files : Path, optional
        A list of files, whose paths go from the root.
    cuts : callable, optional
        Reads which clips are cut out of the videos; by default each video is a clip.
    only : callable, optional
        Makes the split that a clip must be in a part of.
    """

    root: str
    choice: Choice
    strip: str
    catalog: Catalog
    image_fps: float | None = None
    timed: bool = False
    files: Path | None = None
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
            When a folder or a list cannot be read, there is no clip, or it is not clear what is
            to be taken.
        """
        findings = self._findings()
        videos, rejected = self._by_name(findings)
        left_out: dict[str, Sequence[str]] = {}
        absent = list(findings.absent)
        if self.cuts is None:
            found = [self._found(name, video, Cut()) for name, video in videos.items()]
        else:
            found, gone, unused = self._cut(videos, _by_id(self.cuts()))
            absent += gone
            if unused:
                left_out[NOT_CUT] = unused
        self._check_times(found)
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
        listed = self.catalog.inventory(self.root, found, findings.strays, rejected)
        missing = dict.fromkeys([*absent, *listed.absent])
        if split is not None:
            missing = {name: None for name in missing if split.has(name)}
        notes = [*listed.notes, *_told_of_gaps(findings.gaps)]
        return replace(listed, absent=list(missing), left_out=left_out, notes=notes)

    def wanted(self, item: Item) -> Wanted:
        """Return what a clip is decoded from.

        Parameters
        ----------
        item : Item
            The clip's item.

        Returns
        -------
        Wanted
            The footage, and the clip's part of it.

        Raises
        ------
        ClipError
            When it is not there any more.
        """
        ref = Ref(*item.ref)
        archive, path, images, *cut = ref.found
        place = self._place(archive)
        if images:
            names = self._series(place, path)
            footage: Footage = Images(place, path, names, self.image_fps)
        else:
            footage = VideoFile(path, place)
        return Wanted(footage, ref.label, Cut(*cut))

    def stamp(self, item: Item) -> tuple[int, int]:
        """Return the present size and time of change of a clip's files.

        Parameters
        ----------
        item : Item
            The clip's item.

        Returns
        -------
        (int, int)
            Bytes, and the time of the last change in nanoseconds.
        """
        archive, path, images, *_ = Ref(*item.ref).found
        place = self._place(archive)
        if not images:
            return place.stamp([path])
        return place.stamp(
            [f"{path}/{name}" if path else name for name in self._series(place, path)]
        )

    def _place(self, archive: str) -> Place:
        return place_at(os.path.join(self._base, archive) if archive else self._base)

    def _series(self, place: Place, folder: str) -> Sequence[str]:
        try:
            return self.choice.series(place.names(folder)).names
        except (SeriesError, BuildError) as error:
            raise ClipError(
                f"its images have changed: {error}", path=place.locate(folder)
            ) from error

    @property
    def _is_one_file(self) -> bool:
        """Whether the root is a file, and no archive."""
        return os.path.isfile(self.root) and kind_by(suffix_of(self.root)) != "archive"

    @property
    def _base(self) -> str:
        """The folder or archive from which paths go."""
        return os.path.dirname(self.root) if self._is_one_file else self.root

    def _findings(self) -> Findings:
        """Find the videos and the folders of images."""
        files = self.files
        if self._is_one_file and suffix_of(self.root) in LISTS:
            if files is not None:
                raise BuildError(
                    "root is a list of files, and there is another one under 'files'",
                    where=shown(self.root),
                    hint="name the folder of the videos under root",
                )
            files = Path(self.root)
        if files is not None:
            found = find_listed(self._base, read_list(files), self.choice)
            kind = f"nothing of what {shown(str(files))} names is in it"
        elif self._is_one_file:
            return find_listed(self._base, [Listed(os.path.basename(self.root), "")], self.choice)
        else:
            found = find(self.root, self.choice)
            kind = "there is no video in it, and no folder of numbered images"
        if not found.recordings and not found.rejected:
            first = f"the first is {shown(found.absent[0])}; " if found.absent else ""
            raise BuildError(kind, where=shown(self._base or "."), hint=first + self._hint(found))
        return found

    def _hint(self, found: Findings) -> str:
        if found.absent:
            return "paths go from root"
        if self.choice.suffixes is not None:
            return f"files end in {', '.join(self.choice.suffixes)} (option suffixes)"
        if found.strays:
            return f"there is {found.strays[0]}"
        return "name the folder that holds them"

    def _by_name(self, findings: Findings) -> tuple[dict[str, Recording], list[Rejected]]:
        """Sort what was found by names, and reject what has none of its own."""
        videos: dict[str, Recording] = {}
        rejected = list(findings.rejected)
        for video in findings.recordings:
            name = video.id or self.catalog.id_of(self._stem(video))
            if not _is_utf8(video.path):
                reason = "its name is not in UTF-8: rename the file, or the folder that it is in"
                rejected.append(Rejected(shown(name), reason, video.place))
            elif name in videos:
                reason = f"{videos[name].place} has this name already"
                rejected.append(Rejected(name, reason, video.place))
            else:
                videos[name] = video
        return videos, rejected

    def _cut(
        self, videos: dict[str, Recording], wanted: Sequence[ClipCut]
    ) -> tuple[list[Found], list[str], list[str]]:
        """Find the clips of a list, those whose video is not there, and videos without a clip."""
        found = []
        absent = []
        used = set()
        for clip in wanted:
            for given, cut in clip.places:
                name = given if given in videos else self._name(given)
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
        stem = stem_of(given) if self.choice.may_end(given) else given
        return self.catalog.id_of(stem.removesuffix(self.strip))

    def _stem(self, video: Recording) -> str:
        """Return the path from which a video's name is made; a list's may lead elsewhere."""
        stem = video.stem.removesuffix(self.strip)
        return "/".join(part for part in stem.split("/") if part not in ("", ".", ".."))

    def _found(self, name: str, video: Recording, cut: Cut, wanted: ClipCut | None = None) -> Found:
        fault = wanted.fault if wanted else ""
        return Found(
            path=self._stem(video),
            ref=(video.archive, video.path, bool(video.images), *astuple(cut)),
            place=video.place,
            size=video.size,
            mtime_ns=video.mtime_ns,
            fault=video.fault or fault or ("" if video.size else "it is empty: it has no bytes"),
            id=name,
            id_place=wanted.where if wanted else video.listed,
            label=video.label if video.listed else None,
        )

    def _check_times(self, found: Iterable[Found]) -> None:
        """Refuse to choose images by time where it is not known."""
        if self.image_fps is not None:
            return
        for clip in found:
            _, _, images, start, end, *_ = clip.ref
            if images and (self.timed or start is not None or end is not None):
                raise BuildError(
                    "its images have no times, and the recipe chooses frames by time",
                    where=clip.place,
                    hint="say how many images there are in a second: image_fps: 25",
                )


def _told_of_gaps(gaps: Sequence[str]) -> list[str]:
    if not gaps:
        return []
    places = "; ".join(gaps[:_SHOWN]) + ("; ..." if len(gaps) > _SHOWN else "")
    what = counted(len(gaps), "folder of images lacks", "folders of images lack")
    return [f"{what} numbers, and the images around a gap follow each other: {places}"]


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
