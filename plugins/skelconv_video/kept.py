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

    Frames are decoded ahead of the people in those before. These people come first: frames that
    are in their way are not kept, and may be replaced by their own people later.

    Parameters
    ----------
    most : int
        How many bytes they have together at most; what is beyond is not kept.
    """

    def __init__(self, most: int) -> None:
        self._left = most
        self._pictures: dict[int, Picture] = {}
        self._people: dict[int, People] = {}
        self._lock = Lock()

    def put(self, number: int, picture: Picture) -> bool:
        """Keep a frame, if there is room.

        Parameters
        ----------
        number : int
            Of the frame, from 0; larger than those before.
        picture : Picture
            The frame.

        Returns
        -------
        bool
            Whether it is kept.
        """
        with self._lock:
            if picture.nbytes > self._left:
                return False
            self._left -= picture.nbytes
            self._pictures[number] = picture
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
            As many as the frame has, or, where it was not kept, all that are left without the
            frames after it.
        """
        with self._lock:
            if number in self._pictures:
                return self._pictures[number].nbytes
            later = (each.nbytes for at, each in self._pictures.items() if at > number)
            return self._left + sum(later)

    def replace(self, number: int, people: People, size: int) -> None:
        """Keep people in place of their frame, for which `room` says that there is room.

        Parameters
        ----------
        number : int
            Of the frame.
        people : dict
            The people.
        size : int
            Their bytes.
        """
        with self._lock:
            self._drop(number)
            while self._left < size and max(self._pictures, default=-1) > number:
                self._drop(max(self._pictures))
            if size <= self._left:
                self._left -= size
                self._people[number] = people

    def _drop(self, number: int) -> None:
        picture = self._pictures.pop(number, None)
        self._left += 0 if picture is None else picture.nbytes

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
        return self._pictures.get(number)

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
        there = self._people.get(number, {})
        if len(set(keys)) < len(keys) or not there.keys() >= set(keys):
            return None
        return [there[key] for key in keys]
