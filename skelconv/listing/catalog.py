"""From the clips that were found to an inventory: ids, labels, frame counts, what is refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from skelconv.errors import BuildError
from skelconv.listing.files import shown
from skelconv.listing.labels import LabelRule, Labels, find_labels
from skelconv.listing.tables import read_table
from skelconv.stages import Inventory, Item, Rejected

Ids = Literal["path", "name", "folder"]


class Found(NamedTuple):
    """A clip that was found.

    Attributes
    ----------
    path : str
        Its path within the root, without an ending.
    ref : Any
        What the source needs to find it again: small plain data.
    place : str
        The file or folder, for people.
    size, mtime_ns : int
        Bytes, and time of the last change.
    fault : str
        Why it cannot be read, where that is known already.
    id : str
        What it is called, where its path does not say it.
    id_place : str
        The place in a list that says it, for people.
    """

    path: str
    ref: Any
    place: str
    size: int = 0
    mtime_ns: int = 0
    fault: str = ""
    id: str = ""
    id_place: str = ""


class Ref(NamedTuple):
    """What an item carries to a worker.

    Attributes
    ----------
    found : Any
        `Found.ref`.
    label : int, optional
        The class.
    total_frames : int, optional
        T, as the user states it.
    """

    found: Any
    label: int | None
    total_frames: int | None


@dataclass(frozen=True)
class Catalog:
    """What the user says of the clips as a whole.

    Attributes
    ----------
    ids : {"path", "name", "folder"}
        What a clip is called by: its path, the last part of it, or all of it but that.
    labels : LabelRule, optional
        Where labels come from.
    total_frames : Path, optional
        A csv file with the columns ``id`` and ``total_frames``.
    """

    ids: Ids = "path"
    labels: LabelRule | None = None
    total_frames: Path | None = None

    def inventory(
        self,
        root: str,
        found: Iterable[Found],
        strays: Sequence[str] = (),
        rejected: Iterable[Rejected] = (),
    ) -> Inventory:
        """Sort what was found into items and what is refused, in the order of ids.

        Raises
        ------
        BuildError
            When nothing was found, or a file of labels or frame counts cannot be read.
        """
        refused = list(rejected)
        clips: dict[str, Found] = {}
        for clip in sorted(found, key=lambda clip: clip.path):
            frame_dir = clip.id or self.id_of(clip.path)
            if not frame_dir:
                refused.append(Rejected(shown(clip.path), "its name is no id", clip.place))
            elif not frame_dir.isprintable():
                reason = "its id has characters that cannot be printed"
                place = shown(clip.id_place) or clip.place
                refused.append(Rejected(shown(frame_dir), reason, place))
            elif frame_dir in clips:
                reason = f"the id stands for {clips[frame_dir].place} already"
                refused.append(Rejected(frame_dir, reason, clip.place))
            else:
                clips[frame_dir] = clip
        if not clips and not refused:
            raise BuildError(
                "there is no file of this form in it",
                where=shown(root),
                hint="set 'root' to the folder that holds the files",
            )
        labels = Labels({}, {}, ())
        if self.labels:
            labels = find_labels(self.labels, {name: clip.path for name, clip in clips.items()})
        totals = self._totals()
        items = []
        for frame_dir, clip in sorted(clips.items()):
            fault = clip.fault or labels.faults.get(frame_dir, "")
            if totals is not None and frame_dir not in totals:
                fault = fault or f"{self.total_frames} does not state its frame count"
            if fault:
                refused.append(Rejected(frame_dir, fault, clip.place))
                continue
            total = None if totals is None else totals[frame_dir]
            ref = tuple(Ref(clip.ref, labels.labels.get(frame_dir), total))
            items.append(Item(frame_dir, ref, clip.size, clip.mtime_ns))
        return Inventory(
            items=items,
            absent=labels.unused,
            strays=strays,
            rejected=refused,
            label_names=labels.names,
        )

    def id_of(self, path: str) -> str:
        """Return what a path within the root, without an ending, is called."""
        folder, _, name = path.rpartition("/")
        return {"path": path, "name": name, "folder": folder}[self.ids]

    def _totals(self) -> dict[str, int] | None:
        if self.total_frames is None:
            return None
        totals = {}
        for frame_dir, cell in read_table(self.total_frames, "total_frames").items():
            if not (cell.text.isdecimal() and len(cell.text) < 10 and int(cell.text)):
                raise BuildError(
                    f"{cell.text[:40]!r} is no number of frames",
                    where=f"{self.total_frames}:{cell.line}",
                )
            totals[frame_dir] = int(cell.text)
        return totals
