"""What is kept of a clip's frames until it is known whose joints are wanted."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Any

from skelconv_video.clips import Floats
from skelconv_video.pictures import Picture

People = dict[bytes, Any]
"""People who were cut out of a frame, by the bits of their boxes."""


class Kept:
    """Frames, or the people who were cut out of them, up to a bound. For several threads.

    Parameters
    ----------
    most : int
        How many bytes they have together at most; what is beyond is not kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._bytes = 0
        self._kept: dict[int, tuple[Picture | People, int]] = {}
        self._lock = Lock()

    def put(self, number: int, kept: Picture | People, size: int) -> bool:
        """Keep a frame, or people in place of their frame, if there is room.

        Parameters
        ----------
        number : int
            Of the frame, from 0.
        kept : Picture or dict
            What is kept.
        size : int
            Its bytes.

        Returns
        -------
        bool
            Whether it is kept.
        """
        with self._lock:
            _, before = self._kept.get(number, (None, 0))
            if self._bytes - before + size > self._most:
                return False
            self._bytes += size - before
            self._kept[number] = kept, size
            return True

    def room(self, number: int) -> int:
        """Return how many bytes people may have, to be kept in place of their frame.

        Parameters
        ----------
        number : int
            Of the frame.

        Returns
        -------
        int
            As many as the frame has, or all that are left where it was not kept.
        """
        with self._lock:
            kept = self._kept.get(number)
            return self._most - self._bytes if kept is None else kept[1]

    def picture(self, number: int) -> Picture | None:
        """Return a frame.

        Parameters
        ----------
        number : int
            Its number.

        Returns
        -------
        Picture or None
            None where it was not kept as a whole.
        """
        kept, _ = self._kept.get(number, (None, 0))
        return kept if isinstance(kept, Picture) else None

    def people(self, number: int, boxes: Floats) -> Sequence[Any] | None:
        """Return the people of a frame who are in some boxes.

        Parameters
        ----------
        number : int
            Of the frame.
        boxes : ndarray of shape (N, 4)
            The boxes.

        Returns
        -------
        sequence or None
            For each box what was cut out; None where that of any box was not kept, or is needed
            twice.
        """
        if not len(boxes):
            return []
        keys = [box.tobytes() for box in boxes]
        kept, _ = self._kept.get(number, (None, 0))
        there = kept if isinstance(kept, dict) else {}
        if len(set(keys)) < len(keys) or not there.keys() >= set(keys):
            return None
        return [there[key] for key in keys]
