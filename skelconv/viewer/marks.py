"""Marks: clips that the user found to be bad, with a note, in a csv file beside the dataset."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Mapping
from pathlib import Path

from skelconv.data.errors import DatasetError
from skelconv.files.tables import read_rows
from skelconv.files.writing import write_whole
from skelconv.text.faults import reason_of

_COLUMNS = ("id", "note")


class Marks:
    """The marked clips. The transform ``filter-list`` leaves them out.

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
        self._notes: dict[str, str] = {}
        if path.exists():
            for _, (clip_id, note) in read_rows(path, ("id",), ("note",)):
                self._notes[clip_id] = note

    def all(self) -> Mapping[str, str]:
        """Return the marked clips.

        Returns
        -------
        mapping of str to str
            The note of each one, by its id.
        """
        with self._lock:
            return dict(self._notes)

    def set(self, clip_id: str, note: str | None) -> None:
        """Mark a clip, or take its mark away, and save it.

        Parameters
        ----------
        clip_id : str
            The clip.
        note : str or None
            What is wrong with it; None takes the mark away.

        Raises
        ------
        DatasetError
            When the file cannot be written; nothing is changed then.
        """
        with self._lock:
            notes = {key: value for key, value in self._notes.items() if key != clip_id}
            if note is not None:
                notes[clip_id] = note
            text = io.StringIO()
            writer = csv.writer(text, lineterminator="\n")
            writer.writerow(_COLUMNS)
            writer.writerows(notes.items())
            try:
                write_whole(self.path, text.getvalue())
            except OSError as error:
                raise DatasetError(
                    f"the marks cannot be saved: {reason_of(error)}", where=str(self.path)
                ) from error
            self._notes = notes
