"""The source of PKU-MMD, which cuts the actions out of recordings."""

from __future__ import annotations

import os.path
from collections.abc import Collection, Iterator
from dataclasses import replace

from skelconv import Clip, ClipError
from skelconv.files import Catalog, Ref, read, walk
from skelconv.plugin import Inventory, Item, Rejected
from skelconv.text import counted, shown
from skelconv_datasets.files import DatasetFiles
from skelconv_datasets.forms.pku_mmd import CLASSES, FORM, parse, read_actions

_ENDINGS = (".txt", ".label")


class PkuActions(DatasetFiles):
    """Gives a clip for every action, ``0002-L@000120-000184`` for the frames 120 to 183.

    Parameters
    ----------
    root : str
        The folder of the recordings.
    actions : str
        The folder of the files that list their actions.
    max_bytes : int
        The largest file that is read.
    cut : bool
        Whether an action that ends behind its recording ends with it, where at least half of it
        is there, or is an error.
    """

    def __init__(self, root: str, actions: str, max_bytes: int, *, cut: bool = False) -> None:
        super().__init__(root, FORM, Catalog("name"), max_bytes)
        self._actions = actions
        self._cut = cut

    def inventory(self) -> Inventory:
        """Find the recordings and their actions.

        Returns
        -------
        Inventory
            An item for each action; recordings without a list of actions, or with an empty one,
            are left out, and lists without a recording are absent.

        Raises
        ------
        BuildError
            When a folder cannot be listed, or has no recording.
        """
        whole = super().inventory()
        rejected = list(whole.rejected)
        left_out: dict[str, list[str]] = {}
        items: dict[str, Item] = {}
        for item in whole.items:
            listed = self._list_of(item.id)
            if listed is None:
                left_out.setdefault("no list of actions", []).append(item.id)
                continue
            try:
                parts = list(self._parts(item, read(listed, self._max_bytes, "max_file_mb")))
                if not parts:
                    left_out.setdefault("its list of actions is empty", []).append(item.id)
                for part in parts:
                    if part.id in items:
                        reason = f"{shown(listed)} has this action already"
                        rejected.append(Rejected(part.id, reason, shown(listed)))
                    else:
                        items[part.id] = part
            except ClipError as error:
                where = f" (line {error.line})" if error.line else ""
                rejected.append(Rejected(item.id, error.reason + where, shown(listed)))
        ordered = [items[name] for name in sorted(items)]
        return Inventory(
            ordered,
            strays=whole.strays,
            left_out=left_out,
            absent=self._absent(
                {*(one.id for one in whole.items), *(one.id for one in whole.rejected)}
            ),
            rejected=rejected,
            label_names=CLASSES,
            labels=[Ref(*item.ref).label for item in ordered],
            inputs=[shown(self._path(item)) for item in ordered],
        )

    def _absent(self, there: Collection[str]) -> list[str]:
        stems = (os.path.splitext(os.path.basename(entry.path)) for entry in walk(self._actions))
        listed = {stem for stem, ending in stems if ending in _ENDINGS and stem[:1] != "."}
        return sorted(map(shown, listed.difference(there)))

    def _list_of(self, name: str) -> str | None:
        paths = (os.path.join(self._actions, name + ending) for ending in _ENDINGS)
        return next(filter(os.path.exists, paths), None)

    def _parts(self, item: Item, content: bytes) -> Iterator[Item]:
        inside = Ref(*item.ref).found[0]
        for label, start, stop in read_actions(content):
            name = f"{item.id}@{start:06}-{stop:06}"
            yield replace(item, id=name, ref=tuple(Ref((inside, (start, stop)), label, None)))

    def load(self, item: Item) -> Clip:
        """Load one action.

        Parameters
        ----------
        item : Item
            The clip's item.

        Returns
        -------
        Clip
            The frames of the action.

        Raises
        ------
        ClipError
            When the recording cannot be read or is not in this form, or ends before the action
            does.
        """
        ref = Ref(*item.ref)
        path = self._path(item)
        start, stop = ref.found[1]
        # Only these lines are parsed: a recording has twenty actions.
        lines = read(path, self._max_bytes, "max_file_mb").rstrip().split(b"\n")
        total = len(lines) if lines[0] or len(lines) > 1 else 0
        if start >= total:
            reason = f"it has {counted(total, 'frame')}, and the action begins at {start}"
            raise ClipError(reason, shown(path))
        if stop > total and (not self._cut or 2 * (total - start) < stop - start):
            has = counted(total, "frame")
            reason = f"it has {has}, and the action is the frames {start} to {stop - 1}"
            less = ", of which less than half are there" if self._cut else " (option beyond)"
            raise ClipError(reason + less, shown(path))
        try:
            poses = parse(b"\n".join(lines[start:stop]))
            return poses.clip(item.id, FORM.layout, ref.label)
        except ClipError as error:
            line = error.line and error.line + start
            raise ClipError(error.reason, shown(path), line) from error
