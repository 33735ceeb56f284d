"""From the clips that were found to an inventory: ids, labels, frame counts, rejected clips."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from skelconv.data.errors import BuildError
from skelconv.files.labels import LabelRule, Labels, find_labels, listed_labels
from skelconv.files.tables import read_table
from skelconv.plugin.interfaces.sources import Inventory, Item, Rejected
from skelconv.text.escaping import shown

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
        Its id, where its path does not say it.
    id_place : str
        The place in a list that says it, for people.
    label : str, optional
        The text of its label, where a list of the clips has labels; empty where it has none.
    """

    path: str
    ref: Any
    place: str
    size: int = 0
    mtime_ns: int = 0
    fault: str = ""
    id: str = ""
    id_place: str = ""
    label: str | None = None


class Ref(NamedTuple):
    """What an item carries to a worker.

    Attributes
    ----------
    found : Any
        `Found.ref`.
    label : int, optional
        The class.
    total_frames : int, optional
        T, as the user declares it.
    """

    found: Any
    label: int | None
    total_frames: int | None


@dataclass(frozen=True)
class Catalog:
    """What the user says about the clips as a whole.

    Attributes
    ----------
    ids : {"path", "name", "folder"}
        What a clip's id is: its path, the last part of it, or all but the last part.
    labels : LabelRule, optional
        Where labels come from; by default from the list of the clips, where it has any.
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
        """Sort what was found into items and rejected clips, in the order of ids.

        Parameters
        ----------
        root : str
            The folder of the data, for errors.
        found : iterable of Found
            The clips.
        strays : sequence of str
            Other files in it.
        rejected : iterable of Rejected
            What is known already not to be a clip.

        Returns
        -------
        Inventory
            All of it.

        Raises
        ------
        BuildError
            When nothing was found, or a file of labels or frame counts cannot be read.
        """
        refused = list(rejected)
        clips: dict[str, Found] = {}
        for clip in sorted(found, key=lambda clip: clip.path):
            clip_id = clip.id or self.id_of(clip.path)
            if not clip_id:
                refused.append(Rejected(shown(clip.path), "its name is not a valid id", clip.place))
            elif not clip_id.isprintable():
                reason = "its id has characters that cannot be printed"
                place = shown(clip.id_place) or clip.place
                refused.append(Rejected(shown(clip_id), reason, place))
            elif clip_id in clips:
                reason = f"{clips[clip_id].place} has this id already"
                refused.append(Rejected(clip_id, reason, clip.place))
            else:
                clips[clip_id] = clip
        if not clips and not refused:
            raise BuildError(
                "there is no file of this form in it",
                where=shown(root),
                hint="name the folder that holds the files",
            )
        labels = Labels({}, {}, ())
        if self.labels:
            labels = find_labels(self.labels, {name: clip.path for name, clip in clips.items()})
        elif any(clip.label for clip in clips.values()):
            given = {name: (clip.label or "", clip.id_place) for name, clip in clips.items()}
            labels = listed_labels(given)
        totals = self._totals()
        items = []
        found_labels: list[int | None] = []
        inputs = []
        for clip_id, clip in sorted(clips.items()):
            fault = clip.fault or labels.faults.get(clip_id, "")
            if totals is not None and clip_id not in totals:
                fault = fault or f"{self.total_frames} has no row with this id"
            if fault:
                refused.append(Rejected(clip_id, fault, clip.place))
                continue
            total = None if totals is None else totals[clip_id]
            label = labels.labels.get(clip_id)
            items.append(
                Item(clip_id, tuple(Ref(clip.ref, label, total)), clip.size, clip.mtime_ns)
            )
            found_labels.append(label)
            inputs.append(clip.place)
        return Inventory(
            items=items,
            absent=labels.unused,
            strays=strays,
            rejected=refused,
            label_names=labels.names,
            # Without a rule, the files themselves may have labels.
            labels=found_labels if self.labels or labels.labels else None,
            inputs=inputs,
        )

    def id_of(self, path: str) -> str:
        """Return the id that belongs to a path.

        Parameters
        ----------
        path : str
            A path within the root, without an ending.

        Returns
        -------
        str
            The id.
        """
        folder, _, name = path.rpartition("/")
        return {"path": path, "name": name, "folder": folder}[self.ids]

    def _totals(self) -> dict[str, int] | None:
        if self.total_frames is None:
            return None
        totals = {}
        for clip_id, cell in read_table(self.total_frames, "total_frames").items():
            if not (cell.text.isdecimal() and len(cell.text) < 10 and int(cell.text)):
                raise BuildError(
                    f"{cell.text[:40]!r} is not a number of frames",
                    where=f"{self.total_frames}:{cell.line}",
                )
            totals[clip_id] = int(cell.text)
        return totals
