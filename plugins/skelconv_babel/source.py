"""The source `babel`: BABEL's features and labels for action recognition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from skelconv import Clip, ClipError, DatasetError
from skelconv.plugin import Inventory, Item, Rejected
from skelconv_babel.classes import class_names
from skelconv_babel.files import PartFiles, map_keypoints, part_files, read_segment, require
from skelconv_babel.labels import Entry, read_entries
from skelconv_babel.looping import loop_length


class BabelSource:
    """Gives BABEL's segments, in chunks of 5 s at 30 fps: one person, 25 joints in metres.

    The labels of the part ``test`` are not published: its clips have none.

    In BABEL's files, each frame has its middle of the spine at the origin, and all are rotated so
    that the first frame's spine is vertical and its shoulders are along the x axis.

    A segment of several actions is in the files once for each. Its entries have the same segment,
    sequence, chunk and annotator: joined by ``_``, as MMAction2's babel2mma2.py (4d6c934) names
    clips, these are not a unique id. With `join`, such entries are one clip. Without it, the first
    has the plain id, and the next ones have ``+2``, ``+3``, ... after it, in the order of the file;
    this is the only difference between the clips of `named_by_part=False` and `dtype="float16"` and
    those of that script.

    The arrays may be larger than memory. Each load maps its file, copies its rows and closes it.

    Parameters
    ----------
    root : Path
        The folder of the files.
    classes : {60, 120}
        The number of classes.
    parts : sequence of {"train", "val", "test"}
        Which parts.
    extra : bool
        Whether to take the files of the 'Dense+Extra' annotations.
    join : bool
        Whether entries of the same segment become one clip. Every clip then has a tuple of
        labels, in the order of the file.
    trim : bool
        Whether to undo the looping of short segments (see `skelconv_babel.looping`).
    named_by_part : bool
        Whether ids begin with the part, which the split `babel` needs.
    dtype : str
        Of the coordinates, where the file's is longer. BABEL's arrays are float64, but what they
        were computed from is float32.
    """

    def __init__(
        self,
        root: Path,
        *,
        classes: int,
        parts: Sequence[str] = ("train", "val"),
        extra: bool = False,
        join: bool = True,
        trim: bool = False,
        named_by_part: bool = True,
        dtype: str = "float32",
    ) -> None:
        self._root = root
        self._classes = classes
        self._parts = parts
        self._extra = extra
        self._join = join
        self._trim = trim
        self._named_by_part = named_by_part
        self._dtype = np.dtype(dtype)

    def inventory(self) -> Inventory:
        """List the segments, in the order of the files. The labels are read, the joints are not.

        Returns
        -------
        Inventory
            An entry without a valid label or id is rejected.

        Raises
        ------
        DatasetError
            When a file is not there, is not what it should be, or does not fit the other one.
        """
        items: list[Item] = []
        rejected: list[Rejected] = []
        for part in self._parts:
            keypoints, labels = self._files(part)
            status = require(keypoints)
            entries = read_entries(labels, self._classes, unlabelled=part == "test")
            segments = len(map_keypoints(keypoints))
            if len(entries) != segments:
                raise DatasetError(
                    f"it labels {len(entries)} segments, and {keypoints.name} has {segments}",
                    where=str(labels),
                )
            rejected += [
                Rejected(f"{part}, segment {row}", entry.fault, str(labels))
                for row, entry in enumerate(entries)
                if entry.fault
            ]
            prefix = f"{part}_" if self._named_by_part else ""
            clips = _joined(entries) if self._join else _each(entries)
            items += [
                Item(prefix + name, (part, rows, label), status.st_size, status.st_mtime_ns)
                for name, rows, label in clips
            ]
        return Inventory(
            items,
            rejected=rejected,
            label_names=class_names(self._classes),
            labels=[item.ref[2] for item in items],
        )

    def load(self, item: Item) -> Clip:
        """Load one clip.

        Parameters
        ----------
        item : Item
            One of the inventory.

        Returns
        -------
        Clip
            With keypoints of shape (1, T, 25, 3), T at most 150, in metres.

        Raises
        ------
        ClipError
            When its file changed since it was listed, a coordinate is not finite, or entries that
            are to be joined hold different joints.
        """
        part, (row, *others), label = item.ref
        path = self._files(part).keypoints
        try:
            status = require(path)
            if (status.st_size, status.st_mtime_ns) != (item.size, item.mtime_ns):
                raise ClipError("the file has changed since its segments were listed")
            array = map_keypoints(path)
            keypoint = read_segment(array, row)
            for other in others:
                if read_segment(array, other).tobytes() != keypoint.tobytes():
                    raise ClipError(
                        f"segments {row} and {other} have the same ids and different joints, "
                        "so their labels cannot be joined"
                    )
        except DatasetError as error:
            raise ClipError(error.what, path=str(path)) from None
        except ClipError as error:
            raise ClipError(error.reason, path=str(path)) from None
        if self._trim:
            keypoint = keypoint[:, : loop_length(keypoint[0])]
        if keypoint.dtype.itemsize > self._dtype.itemsize:
            with np.errstate(over="ignore"):
                keypoint = keypoint.astype(self._dtype)
            if not np.isfinite(keypoint).all():
                raise ClipError(f"segment {row} is out of the range of {self._dtype}", str(path))
        return Clip(item.id, keypoint, "ntu25", label)

    def _files(self, part: str) -> PartFiles:
        return part_files(self._root, part, self._classes, extra=self._extra)


def _each(entries: Iterable[Entry]) -> Iterator[tuple[str, tuple[int, ...], int | None]]:
    """Yield the id, row and label of each entry."""
    times: Counter[str] = Counter()
    for row, entry in enumerate(entries):
        if not entry.fault:
            times[entry.name] += 1
            again = times[entry.name]
            yield entry.name if again == 1 else f"{entry.name}+{again}", (row,), entry.label


def _joined(
    entries: Iterable[Entry],
) -> Iterator[tuple[str, tuple[int, ...], tuple[int, ...] | None]]:
    """Yield the id, rows and labels of each segment, in the order of their first entries."""
    found: dict[str, tuple[list[int], dict[int, None]]] = {}
    for row, entry in enumerate(entries):
        if not entry.fault:
            rows, labels = found.setdefault(entry.name, ([], {}))
            rows.append(row)
            if entry.label is not None:
                labels[entry.label] = None
    for name, (joined, labels) in found.items():
        yield name, tuple(joined), tuple(labels) or None
