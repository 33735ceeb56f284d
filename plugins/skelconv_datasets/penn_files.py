"""The source of Penn Action, whose files say the part and the class of their video themselves."""

from __future__ import annotations

import os.path
import re
from functools import partial
from typing import Literal

from skelconv import ClipError
from skelconv.files import Catalog, Entry, Found, read
from skelconv_datasets.files import DatasetFiles, Form
from skelconv_datasets.forms.penn_action import CLASSES, LAYOUT, parse, video


class PennFiles(DatasetFiles):
    """Gives a clip for every file, ``train/0001`` or ``test/0002`` by the official split.

    Parameters
    ----------
    root : str
        The folder ``labels`` of the dataset.
    hidden : {"keep", "missing"}
        Whether joints that cannot be seen are kept.
    max_bytes : int
        The largest file that is read.
    """

    def __init__(self, root: str, hidden: Literal["keep", "missing"], max_bytes: int) -> None:
        form = Form(
            re.compile(r"(?:.*/)?(?P<clip>[^/]+)\.mat"),
            partial(parse, hidden=hidden),
            LAYOUT,
            lambda _: None,
            CLASSES,
        )
        super().__init__(root, form, Catalog(), max_bytes)

    def _clip_of(self, entry: Entry, path: str, place: str) -> Found:
        fault, part, label = entry.fault, "unknown", None
        if not fault:
            try:
                file = os.path.join(self._root, entry.path)
                part, label = video(read(file, self._max_bytes, "max_file_mb"))
            except ClipError as error:
                fault = error.reason
        ref = entry.path, label
        return Found(f"{part}/{path}", ref, place, entry.size, entry.mtime_ns, fault)
