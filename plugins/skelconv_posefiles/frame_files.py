"""What sources do whose format has one file per frame, one folder per clip or for all clips."""

from __future__ import annotations

import os.path
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from skelconv import Clip, ClipError
from skelconv.files import Entry, Found, Ref
from skelconv.plugin import Inventory, Item, Rejected
from skelconv.text import shown
from skelconv_posefiles.folder import PoseFolder
from skelconv_posefiles.poses import PoseSequence

_FILE = r"(?P<prefix>(?:.*\D)?)(?P<frame>\d{1,18})"

_SINGLE = "each name has one frame only; the frame is the last number of a file's name"

# How many files are opened before the build, to see what is in them.
_PEEKED_CLIPS, _PEEKED_FRAMES = 4, 5


class Frames(Protocol):
    """The frames of a clip, which are read one after the other."""

    def add(self, number: int, content: bytes) -> None:
        """Read a frame.

        Parameters
        ----------
        number : int
            Its number.
        content : bytes
            The content of its file.
        """

    def poses(self) -> PoseSequence:
        """Return the clip.

        Returns
        -------
        PoseSequence
            All frames.
        """


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
    ending : str
        What the name of a file has after the frame's number.
    frames : callable
        Makes a clip's `Frames`.
    notes : callable, optional
        From the content of a few files to what the user should know of all.
    """

    def __init__(
        self,
        folder: PoseFolder,
        *,
        clips: Literal["folders", "names"],
        ending: str,
        frames: Callable[[], Frames],
        notes: Callable[[Iterable[bytes]], list[str]] = lambda contents: [],
    ) -> None:
        self._folder = folder
        self._clips = clips
        self._ending = ending
        self._frames = frames
        self._notes = notes

    def inventory(self) -> Inventory:
        """Find the clips, by the names of files; a few are opened to see what is in them.

        Returns
        -------
        Inventory
            An item for each clip; other files are strays.

        Raises
        ------
        BuildError
            When the folder cannot be listed or has no such file, or labels cannot be read.
        """
        groups: dict[tuple[str, str], _Frames] = {}
        strays = []
        file = re.compile(_FILE + re.escape(self._ending) + r"\Z", re.ASCII)
        for entry in self._folder.entries():
            folder, _, name = entry.path.rpartition("/")
            match = file.match(name)
            if match is None or name.startswith("."):
                strays.append(self._folder.place(entry.path))
                continue
            groups.setdefault((folder, match["prefix"]), _Frames()).add(entry, match["frame"])
        rejected: list[Rejected] = []
        if self._clips == "folders":
            found = list(self._folders(groups, rejected))
        else:
            found = [self._found(_named(*key), key, frames) for key, frames in groups.items()]
        notes = self._notes(self._some(found))
        if len(groups) > 1 and all(len(frames.numbers) == 1 for frames in groups.values()):
            name = shown(next(iter(groups))[1])
            notes = [*notes, f"{_SINGLE}: {name}NUMBER{shown(self._ending)}"]
        return self._folder.inventory(found, strays, rejected, notes)

    def _some(self, found: Sequence[Found]) -> Iterator[bytes]:
        """Read a few files."""
        for clip in found[:_PEEKED_CLIPS]:
            paths = [path for _, path in self._paths(clip.ref)]
            for path in paths[:: max(1, len(paths) // _PEEKED_FRAMES)]:
                with suppress(ClipError):  # it is told when the clip is loaded
                    yield self._folder.read(path)

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
            When a file cannot be read or is not in the format.
        """
        frames = self._frames()
        for number, path in self._paths(Ref(*item.ref).found):
            with self._folder.errors_at(path):
                frames.add(number, self._folder.read(path))
        folder, prefix, *_ = Ref(*item.ref).found
        with self._folder.errors_at(os.path.join(folder, prefix)):
            return self._folder.clip(item, frames.poses())

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
        return self._folder.stamp(*(path for _, path in self._paths(Ref(*item.ref).found)))

    def _paths(self, found: Any) -> Iterator[tuple[int, str]]:
        """Yield the frame number and path of each file of a clip."""
        folder, prefix, width, runs = found
        for start, stop in runs:
            for number in range(start, stop):
                yield number, os.path.join(folder, f"{prefix}{number:0{width}d}{self._ending}")


def _named(folder: str, prefix: str) -> str:
    name = prefix.rstrip("_-. ")
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
