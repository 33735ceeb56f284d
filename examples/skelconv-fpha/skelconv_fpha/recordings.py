"""The source: a text file for each clip, with a line for each frame."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from skelconv import Clip, ClipError
from skelconv.files import decode, read, stamp, walk
from skelconv.plugin import Inventory, Item
from skelconv_fpha.layout import FPHA21
from skelconv_fpha.official import read_list

FOLDER = "Hand_pose_annotation_v1"
FILE = "skeleton.txt"

_MOST_BYTES = 16 * 2**20  # the longest clips have about a thousand frames, of 700 bytes
_NUMBERS = 1 + 3 * len(FPHA21.joints)
_MOST_FRAMES = 100_000


class Recordings:
    """The clips of the official list.

    Parameters
    ----------
    root : Path
        The folder of the benchmark.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def inventory(self) -> Inventory:
        """Find the listed clips, without loading them.

        Returns
        -------
        Inventory
            The clips in the order of the list; those that are not there, and other files.
        """
        folder = str(self._root / FOLDER)
        entries = {entry.path: entry for entry in walk(folder)}
        listed = {f"{clip.id}/{FILE}": clip for clip in read_list(self._root)}
        there = {path: clip for path, clip in listed.items() if path in entries}
        names = {clip.label: clip.action for clip in listed.values()}
        return Inventory(
            [
                Item(
                    clip.id,
                    (os.path.join(folder, path), clip.label),
                    entries[path].size,
                    entries[path].mtime_ns,
                )
                for path, clip in there.items()
            ],
            absent=[clip.id for path, clip in listed.items() if path not in entries],
            strays=[path for path in entries if path.endswith(FILE) and path not in listed],
            label_names=[names.get(label, "") for label in range(max(names) + 1)],
            labels=[clip.label for clip in there.values()],
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
            (1, T, 21, 3), float32, in metres; a frame without a line is zero.

        Raises
        ------
        ClipError
            With the line, when the file is of another form.
        """
        path, label = item.ref
        content = read(path, _MOST_BYTES)
        try:
            frames = _parse(decode(content))
        except ClipError as error:
            raise ClipError(error.reason, path, error.line) from error
        return Clip(item.id, frames[None], FPHA21.name, label=label)

    def stamp(self, item: Item) -> tuple[int, int]:
        """Return by what it is seen that a clip's file was changed while a build ran.

        Parameters
        ----------
        item : Item
            The clip.

        Returns
        -------
        (int, int)
            Bytes, and time of the last change.
        """
        return stamp([item.ref[0]])


def _parse(text: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Parse lines of the frame's number and x, y, z of each joint in millimetres."""
    rows: dict[int, list[float]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words:
            continue
        if len(words) != _NUMBERS:
            raise ClipError(f"has {len(words)} numbers, not {_NUMBERS}", line=number)
        try:
            time, *values = map(float, words)
        except ValueError:
            raise ClipError("has something that is no number", line=number) from None
        if not (time.is_integer() and 0 <= time < _MOST_FRAMES) or time in rows:
            raise ClipError(f"frame {time:g} is there twice, or cannot be", line=number)
        frame = int(time)
        rows[frame] = values
    if not rows:
        raise ClipError("has no frames")
    first = min(rows)
    keypoint = np.zeros((max(rows) - first + 1, len(FPHA21.joints), 3))
    for frame, values in rows.items():
        keypoint[frame - first] = np.reshape(values, (-1, 3))
    if not np.isfinite(keypoint).all():
        raise ClipError("has a coordinate that is not finite")
    return (keypoint / 1000).astype(np.float32)
