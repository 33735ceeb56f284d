"""Lists in csv files with a header: those of the user, and Kinetics'."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from skelconv import BuildError
from skelconv.listing.tables import rows_in
from skelconv_splits.rows import Row
from skelconv_splits.texts import Text

KINETICS = ("label", "youtube_id", "time_start", "time_end", "split")


def own(text: Text, ids: str, column: str, parts: Sequence[str] = ()) -> Iterator[Row]:
    """Read a table of the user; an empty cell is a clip in no part.

    Parameters
    ----------
    text : Text
        The file.
    ids, column : str
        The columns that hold the clip's id and its part.
    parts : sequence of str
        The parts that there may be; any by default.

    Raises
    ------
    BuildError
        When the file is not of this form, or names another part.
    """
    for where, (frame_dir, part) in _cells(text, (ids, column)):
        if part and parts and part not in parts:
            raise BuildError(f"{part!r} is none of the parts {', '.join(parts)}", where)
        yield Row(part, frame_dir, None, where)


def kinetics(texts: Iterable[Text], *, times: bool = False) -> Iterator[Row]:
    """Read Kinetics' lists; labels are the classes in the order of their names.

    Parameters
    ----------
    texts : iterable of Text
        The files; they name their parts themselves.
    times : bool
        Whether ids are ``ID_000010_000020``, as downloaders name the files, or the video's alone.
    """
    rows = [row for text in texts for row in _cells(text, KINETICS)]
    names = sorted({label for _, (label, *_) in rows if label})
    classes = {name: index for index, name in enumerate(names)}
    for where, (label, video, start, end, part) in rows:
        if times:
            video = f"{video}_{_seconds(start, where):06d}_{_seconds(end, where):06d}"
        yield Row(part, video, classes.get(label), where)


def _seconds(text: str, where: str) -> int:
    whole, _, fraction = text.partition(".")
    if not whole.isdecimal() or len(whole) > 6 or fraction.strip("0"):
        raise BuildError(f"{text[:40]!r} is no time in whole seconds", where)
    return int(whole)


def _cells(text: Text, columns: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    for line, cells in rows_in(text.content, text.name, columns):
        yield f"{text.name}:{line}", cells
