"""The source ``openpose``: one file per frame, one folder per clip or for all clips."""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from skelconv import Clip, ClipError
from skelconv.files import Entry, Found, Ref
from skelconv.plugin import Inventory, Item, Rejected
from skelconv.text import shown
from skelconv_posefiles.folder import PoseFolder
from skelconv_posefiles.formats.openpose import FURTHER, Person, further_in, parse_frame
from skelconv_posefiles.poses import PoseSequence, Skeleton

_FILE = re.compile(r"(?P<prefix>(?:.*[_-])?\D*)(?P<frame>\d{1,18})_keypoints\.json\Z", re.ASCII)

# How many files are opened before the build, to see what is in them.
_PEEKED_CLIPS, _PEEKED_FRAMES = 4, 5
_WORDS = {"hand_left": "left hands", "hand_right": "right hands", "face": "faces"}


@dataclass
class _Frames:
    """The files of one clip."""

    numbers: list[int] = field(default_factory=list)
    widths: set[int] = field(default_factory=set)
    padded: set[int] = field(default_factory=set)
    size: int = 0
    mtime_ns: int = 0
    fault: str = ""

    def add(self, entry: Entry, digits: str) -> None:
        self.numbers.append(int(digits))
        self.widths.add(len(digits))
        if digits.startswith("0") and len(digits) > 1:
            self.padded.add(len(digits))
        self.size += entry.size
        self.mtime_ns = max(self.mtime_ns, entry.mtime_ns)
        if entry.fault:
            self.fault = self.fault or f"{shown(entry.path)} {entry.fault}"

    def close(self) -> str:
        """Return what is wrong with them as a whole, or nothing."""
        # Workers make the names from numbers that are all padded to one minimum width.
        if self.padded - {min(self.widths)}:
            return self.fault or "its frames' numbers are padded to different widths"
        return self.fault


class FrameFiles:
    """Gives a clip for every name, of which there is a file for each frame.

    Parameters
    ----------
    folder : PoseFolder
        The files.
    clips : {"folders", "names"}
        Whether each folder is a clip, or each name, in whatever folder it is.
    further : sequence of str
        What the layout has beside the body; see `skelconv_posefiles.formats.openpose.FURTHER`.
    """

    def __init__(
        self,
        folder: PoseFolder,
        *,
        clips: Literal["folders", "names"],
        further: Sequence[str] = (),
    ) -> None:
        self._folder = folder
        self._clips = clips
        self._further = further

    def inventory(self) -> Inventory:
        """Find the clips, by the names of files; a few are opened to see what is in them.

        Returns
        -------
        Inventory
            An item for each clip; other files are strays. A note tells what the layout leaves out.

        Raises
        ------
        BuildError
            When the folder cannot be listed or has no such file, or labels cannot be read.
        """
        groups: dict[tuple[str, str], _Frames] = {}
        strays = []
        for entry in self._folder.entries():
            folder, _, name = entry.path.rpartition("/")
            match = _FILE.match(name)
            if match is None or name.startswith("."):
                strays.append(self._folder.place(entry.path))
                continue
            groups.setdefault((folder, match["prefix"]), _Frames()).add(entry, match["frame"])
        rejected: list[Rejected] = []
        if self._clips == "folders":
            found = list(self._folders(groups, rejected))
        else:
            found = [self._found(_named(*key), key, frames) for key, frames in groups.items()]
        return self._folder.inventory(found, strays, rejected, self._unused(found))

    def _unused(self, found: Sequence[Found]) -> list[str]:
        """Say what files have and the layout does not, judged by a few of them."""
        seen: set[str] = set()
        for clip in found[:_PEEKED_CLIPS]:
            paths = [path for _, path in _paths(clip.ref)]
            for path in paths[:: max(1, len(paths) // _PEEKED_FRAMES)]:
                with suppress(ClipError):  # it is told when the clip is loaded
                    seen.update(further_in(self._folder.read(path)))
        unused = [_WORDS[part] for part in FURTHER if part in seen - set(self._further)]
        if not unused:
            return []
        return [
            f"the files have {', '.join(unused)} too, which {self._folder.form.layout} leaves out "
            "(layout: openpose67 has hands, openpose137 hands and faces)"
        ]

    def _folders(
        self, groups: dict[tuple[str, str], _Frames], rejected: list[Rejected]
    ) -> Iterator[Found]:
        prefixes: dict[str, list[str]] = {}
        for folder, prefix in groups:
            prefixes.setdefault(folder, []).append(prefix)
        for folder, inside in prefixes.items():
            if folder and len(inside) == 1:
                yield self._found(folder, (folder, inside[0]), groups[folder, inside[0]])
                continue
            reason = (
                f"the folder holds the frames of {len(inside)} names"
                if folder
                else "the frames are not in a folder below the root"
            )
            reason += " (set clips to names)"
            place = self._folder.place(folder)
            rejected += [Rejected(shown(_named(folder, one)), reason, place) for one in inside]

    def _found(self, path: str, key: tuple[str, str], frames: _Frames) -> Found:
        folder, prefix = key
        ref = (folder, prefix, min(frames.widths), _runs(sorted(frames.numbers)))
        place = self._folder.place(os.path.join(folder, prefix))
        return Found(path, ref, place, frames.size, frames.mtime_ns, frames.close())

    def load(self, item: Item) -> Clip:
        """Load one clip; see `skelconv_posefiles.poses.to_clip`.

        A person is identified by ``person_id`` where OpenPose tracked, else by the position in
        the frame.

        Parameters
        ----------
        item : Item
            The clip's item.

        Returns
        -------
        Clip
            The clip.

        Raises
        ------
        ClipError
            When a file cannot be read or is not OpenPose's.
        """
        rows: list[tuple[int, Person]] = []
        numbers = []
        for number, path in _paths(Ref(*item.ref).found):
            numbers.append(number)
            with self._folder.errors_at(path):
                persons = parse_frame(self._folder.read(path), self._further)
            rows += [(number, one) for one in persons]
        tracked = all(person.track >= 0 for _, person in rows)
        skeletons = [
            Skeleton(
                frame,
                person.track if tracked else person.position,
                person.keypoint,
                person.score,
            )
            for frame, person in rows
        ]
        folder, prefix, *_ = Ref(*item.ref).found
        with self._folder.errors_at(os.path.join(folder, prefix)):
            return self._folder.clip(item, PoseSequence(skeletons, frames=numbers))

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
        return self._folder.stamp(*(path for _, path in _paths(Ref(*item.ref).found)))


def _paths(found: Any) -> Iterator[tuple[int, str]]:
    """Yield the frame number and path of each file of a clip."""
    folder, prefix, width, runs = found
    for start, stop in runs:
        for number in range(start, stop):
            yield number, os.path.join(folder, f"{prefix}{number:0{width}d}_keypoints.json")


def _named(folder: str, prefix: str) -> str:
    name = prefix.rstrip("_-")
    return "/".join(part for part in (folder, name) if part)


def _runs(numbers: list[int]) -> tuple[tuple[int, int], ...]:
    """Write ascending numbers as ranges: ten thousand frames are then one pair."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number:
            runs[-1] = runs[-1][0], number + 1
        else:
            runs.append((number, number + 1))
    return tuple(runs)
