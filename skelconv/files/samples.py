"""Looking at files of which nothing is known: some names, and how the files begin."""

from __future__ import annotations

import os.path
import re
import zlib
from collections import Counter
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Any

from skelconv.data.errors import BuildError, ClipError
from skelconv.data.opening import open_regular
from skelconv.files.folders import walk
from skelconv.files.json_text import parse_json

# How many files are listed, and how many of one folder; how many are passed over at most.
_FILES, _OF_FOLDER, _PASSED = 2000, 100, 200_000
_HEAD, _KEPT = 2**20, 16
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|[\[\]{},]')
_CLOSING = {"{": "}", "[": "]"}


class Samples:
    """Some of the files below a folder, or a single one.

    Nothing of it raises: what cannot be read is empty.

    Parameters
    ----------
    root : str
        The folder or file.

    Attributes
    ----------
    root : str
        The folder or file.
    files : tuple of str
        Paths within the folder, sorted by folders, at most 100 of each; of a single file its name.
    count : int
        How many files there are, as far as they were counted.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self.is_file = os.path.isfile(root)
        self.folder = os.path.dirname(root) if self.is_file else root
        self.count = 0
        listed: list[str] = []
        folders: Counter[str] = Counter()
        if self.is_file:
            listed, self.count = [os.path.basename(root)], 1
        else:
            try:
                for entry in walk(root):
                    folder = os.path.dirname(entry.path)
                    hidden = os.path.basename(entry.path).startswith(".")
                    if folder.startswith(".") or hidden:
                        continue
                    self.count += 1
                    folders[folder] += 1
                    if folders[folder] <= _OF_FOLDER and not entry.fault:
                        listed.append(entry.path)
                    if len(listed) == _FILES or self.count == _PASSED:
                        break
            except BuildError:
                pass
        self.files: tuple[str, ...] = tuple(listed)
        self.head = lru_cache(_KEPT)(self._head)
        self.document = lru_cache(_KEPT)(self._document)

    @cached_property
    def folders(self) -> tuple[str, ...]:
        """The folders that hold files, within the root."""
        return tuple(dict.fromkeys(os.path.dirname(path) for path in self.files))

    def ending_with(self, endings: Sequence[str]) -> tuple[str, ...]:
        """Return the files with some endings.

        Parameters
        ----------
        endings : sequence of str
            In lower case, with their dots; ``.gz`` may be behind them.

        Returns
        -------
        tuple of str
            Paths within the root.
        """
        ends = tuple(endings)
        return tuple(path for path in self.files if path.lower().removesuffix(".gz").endswith(ends))

    def where(self, path: str) -> str:
        """Return the place of a file.

        Parameters
        ----------
        path : str
            One of `files`.

        Returns
        -------
        str
            To open it.
        """
        return os.path.join(self.folder, path)

    def size(self, path: str) -> int:
        """Return the size of a file.

        Parameters
        ----------
        path : str
            One of `files`.

        Returns
        -------
        int
            Bytes; 0 where it cannot be seen.
        """
        try:
            return os.stat(self.where(path)).st_size
        except OSError:
            return 0

    def _head(self, path: str) -> bytes:
        """Return how a file begins: its first MiB, unpacked where gzip has packed it."""
        try:
            with open_regular(self.where(path)) as file:
                content = file.read(_HEAD)
        except (OSError, ValueError):
            return b""
        if content.startswith(b"\x1f\x8b\x08"):
            try:
                return zlib.decompressobj(31).decompress(content, _HEAD)
            except zlib.error:
                return b""
        return content

    def tail(self, path: str) -> bytes:
        """Return how a file ends.

        Parameters
        ----------
        path : str
            One of `files`.

        Returns
        -------
        bytes
            Its last 64 KiB.
        """
        try:
            with open_regular(self.where(path)) as file:
                file.seek(-min(2**16, self.size(path)), os.SEEK_END)
                return file.read(2**16)
        except (OSError, ValueError):
            return b""

    def _document(self, path: str) -> Any:
        """Return the JSON with which a file begins: of a long one, what is whole in the first MiB.

        None where it is not JSON.
        """
        content = self.head(path)
        if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
            return None
        try:
            return parse_json(content, nan=True)
        except ClipError:
            pass
        try:
            return parse_json(_whole_part(content.decode("utf-8", "ignore")).encode(), nan=True)
        except ClipError:
            return None


def _whole_part(text: str) -> str:
    """Return JSON up to its last comma, with what is open closed."""
    opened: list[str] = []
    end, closing = 0, ""
    for match in _TOKEN.finditer(text):
        sign = match[0]
        if sign in "[{":
            opened.append(sign)
        elif sign in "]}":
            if not opened:
                break
            opened.pop()
            if not opened:
                return text[: match.end()]
        elif sign == ",":
            end = match.start()
            closing = "".join(_CLOSING[one] for one in reversed(opened))
    return text[:end] + closing
