"""Marks: clips that the user found to be bad, with a note, in a csv file beside the dataset."""

from __future__ import annotations

import contextlib
import csv
import fcntl
import io
import os
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

from skelconv.data.errors import DatasetError
from skelconv.files.tables import read_rows
from skelconv.files.writing import write_whole
from skelconv.text.faults import reason_of

_COLUMNS = ("id", "note")


class Marks:
    """The marked clips. The transform ``filter-list`` leaves them out.

    The file is read anew each time: other viewers of the same dataset, and the user, may have
    changed it.

    Parameters
    ----------
    path : Path
        A csv file with the column ``id``, and ``note`` where there are notes; it is made with the
        first mark.

    Raises
    ------
    BuildError
        When it is there, and is no such file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self.all()

    def all(self) -> dict[str, str]:
        """Return the marked clips.

        Returns
        -------
        dict of str to str
            The note of each one, by its id.

        Raises
        ------
        BuildError
            When the file is there, and cannot be read.
        """
        if not self.path.exists():
            return {}
        return {clip_id: note for _, (clip_id, note) in read_rows(self.path, ("id",), ("note",))}

    def set(self, clip_id: str, note: str | None) -> Mapping[str, str]:
        """Mark a clip, or take its mark away, and save it.

        Parameters
        ----------
        clip_id : str
            The clip.
        note : str or None
            What is wrong with it; None takes the mark away.

        Returns
        -------
        mapping of str to str
            All marks, as `all` returns them.

        Raises
        ------
        DatasetError
            When the file cannot be written; nothing is changed then.
        BuildError
            When it is there, and cannot be read.
        """
        try:
            with self._alone():
                notes = self.all()
                notes.pop(clip_id, None)
                if note is not None:
                    notes[clip_id] = note
                text = io.StringIO()
                writer = csv.writer(text, lineterminator="\n")
                writer.writerow(_COLUMNS)
                writer.writerows(notes.items())
                write_whole(self.path, text.getvalue())
        except OSError as error:
            raise DatasetError(
                f"the marks cannot be saved: {reason_of(error)}", where=str(self.path)
            ) from error
        return notes

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Wait until no other viewer changes marks in this folder."""
        # A lock of the folder needs no file, which would stay behind; the threads of one process
        # need another one.
        with self._lock:
            folder = os.open(self.path.parent, os.O_RDONLY)
            try:
                # Some network file systems lock no folders: two marks at the very same moment may
                # then be one.
                with contextlib.suppress(OSError):
                    fcntl.flock(folder, fcntl.LOCK_EX)
                yield
            finally:
                os.close(folder)
