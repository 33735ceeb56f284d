"""Files that stay what they were when they were opened, whatever is put in their place.

A training goes on for days, and its dataset may be built again meanwhile. A build puts a new file
in the place of the old one, which stays as it is for whoever has it open.
"""

from __future__ import annotations

import multiprocessing.context
import os
import weakref
from collections import deque
from io import BufferedReader, RawIOBase
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import Any

from skelconv.files import open_regular, output_digest, recorded_output

# Of more, such as the parts of a large merge, the first are closed, and opened again when needed.
_HELD_OPEN = 256

_CHANGED = "the file was changed since it was opened"


class PinnedFile:
    """A file that can be read to its end though another is put in its place.

    It is opened when it is first read, stays open, and can be read from any thread and after a
    fork. Processes that `multiprocessing` starts get the open file; any other that it is sent to
    opens what is at the path then, which must be the same file, or by its provenance the same
    bytes.

    Parameters
    ----------
    path : Path
        The file.
    stamp : (int, int), optional
        The size and the time of change that it must have; by default those that it has now.

    Raises
    ------
    OSError
        When it cannot be opened; only where no `stamp` is given.
    """

    def __init__(self, path: Path, stamp: tuple[int, int] | None = None) -> None:
        self.path = path
        self._open: _Descriptor | None = None
        self._record: _Record | None = None
        if stamp is None:
            self._hold(_Descriptor(path))
            self._record = _Record.of(path)
            stamp = self._descriptor.stamp()
        self.size, self.mtime_ns = stamp

    def raw(self) -> RawIOBase:
        """Return the file, to be read from its beginning.

        Returns
        -------
        raw binary file
            With a position of its own.

        Raises
        ------
        OSError
            When it cannot be opened.
        ValueError
            When it was changed, or another is in its place.
        """
        return _Stream(self._same())

    def buffered(self) -> BufferedReader:
        """Return the file as `raw` does, with a buffer.

        Returns
        -------
        binary file
            With a position of its own.
        """
        return BufferedReader(self.raw())

    @property
    def _descriptor(self) -> _Descriptor:
        held = self._open
        return self._hold(_Descriptor(self.path)) if held is None else held

    def _same(self) -> _Descriptor:
        stamp = (self.size, self.mtime_ns)
        held = self._descriptor
        if held.stamp() != stamp:
            held = self._hold(_Descriptor(self.path))
            found = held.stamp()
            if found != stamp:
                if self._record is None or not self._record.still_holds():
                    raise ValueError(_CHANGED)
                self.size, self.mtime_ns = found
        return held

    def _hold(self, descriptor: _Descriptor) -> _Descriptor:
        self._open = descriptor
        _held.append(weakref.ref(self))
        while len(_held) > _HELD_OPEN:
            oldest = _held.popleft()()
            if oldest is not None and oldest is not self:
                oldest._open = None
        return descriptor

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        if self._open is not None:
            spawning = multiprocessing.context.get_spawning_popen() is not None
            state["_open"] = DupFd(self._open.number) if spawning else None
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if self._open is not None:
            self._hold(_Descriptor(state["_open"].detach()))


_held: deque[weakref.ref[PinnedFile]] = deque()


class PinnedFolder:
    """A folder of files of which not all are open: it must stay the same.

    Parameters
    ----------
    path : Path
        The folder.

    Raises
    ------
    OSError
        When there is none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp = self._now()
        self._record = _Record.of(path)

    def check(self) -> None:
        """Check that no other folder was put in its place, but for one of the same bytes.

        Raises
        ------
        ValueError
            When there was.
        """
        found = self._now()
        if found != self._stamp:
            if self._record is None or not self._record.still_holds():
                raise ValueError("its folder was replaced since the dataset was opened")
            self._stamp = found

    def _now(self) -> tuple[int, int]:
        status = self.path.stat()
        return status.st_ino, status.st_mtime_ns


class _Record:
    """What provenance said of a file, or of the folder that it is in."""

    def __init__(self, output: Path, sha256: str) -> None:
        self._output = output
        self._sha256 = sha256

    @classmethod
    def of(cls, path: Path) -> _Record | None:
        real = Path(os.path.realpath(path))
        for output in (real, real.parent):
            recorded = recorded_output(output)
            if recorded is not None:
                return cls(output, recorded.sha256)
        return None

    def still_holds(self) -> bool:
        """Return whether the bytes that are there now are the same."""
        return output_digest(self._output) == self._sha256


class _Descriptor:
    """An open file, closed when it is not used any more."""

    def __init__(self, opened: Path | int) -> None:
        if isinstance(opened, int):
            self.number = opened
        else:
            with open_regular(opened, buffered=False) as file:
                self.number = os.dup(file.fileno())
        weakref.finalize(self, os.close, self.number)

    def stamp(self) -> tuple[int, int]:
        status = os.fstat(self.number)
        return status.st_size, status.st_mtime_ns


class _Stream(RawIOBase):
    """An open file from its beginning, with a position of its own: the open file has but one."""

    def __init__(self, descriptor: _Descriptor) -> None:
        self._descriptor = descriptor
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if size < 0:
            return super().read(size) or b""
        data = os.pread(self._descriptor.number, size, self._at)
        self._at += len(data)
        return data

    def readinto(self, buffer: Any) -> int:
        count = os.preadv(self._descriptor.number, [buffer], self._at)
        self._at += count
        return count

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if whence == os.SEEK_SET:  # once for each array of a pickle
            self._at = max(offset, 0)
            return self._at
        origin = self._at if whence == os.SEEK_CUR else os.fstat(self._descriptor.number).st_size
        self._at = max(origin + offset, 0)
        return self._at
