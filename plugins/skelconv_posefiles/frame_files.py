"""The source ``openpose``: a file a frame, a folder a clip or all clips in one."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from skelconv import Clip, ClipError, Inventory, Item, Rejected
from skelconv.listing.catalog import Catalog, Found, Ref
from skelconv.listing.files import Entry, read, shown, walk
from skelconv_posefiles.formats.openpose import Person, parse_frame
from skelconv_posefiles.poses import Form, Poses, Skeleton, to_clip

_FILE = re.compile(r"(?P<prefix>(?:.*[_-])?\D*)(?P<frame>\d{1,18})_keypoints\.json\Z", re.ASCII)


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
        """Say what is wrong with them as a whole."""
        # Workers put the names together again from numbers of one least width.
        if self.padded - {min(self.widths)}:
            return self.fault or "its frames' numbers are padded to different widths"
        return self.fault


class FrameFiles:
    """Gives a clip for every name, of which there is a file a frame.

    Parameters
    ----------
    root : str
        The folder.
    clips : {"folders", "names"}
        Whether each folder is a clip, or each name, wherever it lies.
    form : Form
        What the user says of all clips.
    catalog : Catalog
        Ids, labels and frame counts.
    max_bytes : int
        The largest file that is read.
    """

    def __init__(
        self,
        root: str,
        *,
        clips: Literal["folders", "names"],
        form: Form,
        catalog: Catalog,
        max_bytes: int,
    ) -> None:
        self._root = root
        self._clips = clips
        self._form = form
        self._catalog = catalog
        self._max_bytes = max_bytes

    def inventory(self) -> Inventory:
        """Find the clips, without opening a file.

        Raises
        ------
        BuildError
            When the folder cannot be listed or holds no such file, or labels cannot be read.
        """
        groups: dict[tuple[str, str], _Frames] = {}
        strays = []
        for entry in walk(self._root):
            folder, _, name = entry.path.rpartition("/")
            match = _FILE.match(name)
            if match is None or name.startswith("."):
                strays.append(self._locate(entry.path))
                continue
            groups.setdefault((folder, match["prefix"]), _Frames()).add(entry, match["frame"])
        rejected: list[Rejected] = []
        if self._clips == "folders":
            found = list(self._folders(groups, rejected))
        else:
            found = [self._found(_named(*key), key, frames) for key, frames in groups.items()]
        return self._catalog.inventory(self._root, found, strays, rejected)

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
                else "the frames lie in no folder of their own"
            )
            reason += " (set clips to names)"
            place = self._locate(folder)
            rejected += [Rejected(shown(_named(folder, one)), reason, place) for one in inside]

    def _found(self, path: str, key: tuple[str, str], frames: _Frames) -> Found:
        folder, prefix = key
        ref = (folder, prefix, min(frames.widths), _runs(sorted(frames.numbers)))
        place = self._locate(f"{folder}/{prefix}" if folder else prefix)
        return Found(path, ref, place, frames.size, frames.mtime_ns, frames.close())

    def load(self, item: Item) -> Clip:
        """Load one clip; see `skelconv_posefiles.poses.to_clip`.

        A person is followed by ``person_id`` where OpenPose tracked, else it is a position in the
        frame.

        Raises
        ------
        ClipError
            When a file cannot be read or is not OpenPose's.
        """
        ref = Ref(*item.ref)
        folder, prefix, width, runs = ref.found
        rows: list[tuple[int, Person]] = []
        number = 0
        for start, stop in runs:
            for number in range(start, stop):
                name = f"{prefix}{number:0{width}d}_keypoints.json"
                path = os.path.join(self._root, folder, name)
                content = read(path, self._max_bytes)
                try:
                    rows += [(number, person) for person in parse_frame(content)]
                except ClipError as error:
                    raise ClipError(error.reason, shown(path), error.line) from error
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
        try:
            return to_clip(
                item.id,
                Poses(skeletons, last_frame=number),
                self._form,
                label=ref.label,
                total_frames=ref.total_frames,
            )
        except ClipError as error:
            place = self._locate(f"{folder}/{prefix}" if folder else prefix)
            raise ClipError(error.reason, place) from error

    def _locate(self, path: str) -> str:
        return shown(os.path.join(self._root, path))


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
