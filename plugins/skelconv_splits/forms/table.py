"""Lists in csv files with a header: the user's, and Kinetics'."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from skelconv import BuildError
from skelconv.files import rows_in
from skelconv_splits.rows import Row
from skelconv_splits.texts import Text

KINETICS = ("label", "youtube_id", "time_start", "time_end", "split")


def own(text: Text, ids: str, column: str, parts: Sequence[str] = ()) -> Iterator[Row]:
    """Read a table of the user; a clip with an empty cell is in no part.

    Parameters
    ----------
    text : Text
        The file.
    ids, column : str
        The columns of the clip's id and its part.
    parts : sequence of str
        The parts that are allowed; any by default.

    Yields
    ------
    Row
        A clip.

    Raises
    ------
    BuildError
        When the file is not in this format, or has another part.
    """
    for where, (clip_id, part) in _cells(text, (ids, column)):
        if part and parts and part not in parts:
            raise BuildError(f"{part!r} is none of the parts {', '.join(parts)}", where)
        yield Row(part, clip_id, None, where)


def kinetics(texts: Iterable[Text], *, times: bool = False) -> Iterator[Row]:
    """Read Kinetics' lists; labels are the classes in the order of their names.

    Parameters
    ----------
    texts : iterable of Text
        The files; they have a column for the part.
    times : bool
        Whether ids are ``ID_000010_000020``, as downloaders name the files, or the video's alone.

    Yields
    ------
    Row
        A clip.

    Raises
    ------
    BuildError
        When a file is not in this format.
    """
    rows = [row for text in texts for row in _cells(text, KINETICS)]
    names = sorted({label for _, (label, *_) in rows if label})
    classes = {name: index for index, name in enumerate(names)}
    for where, (label, video, start, end, part) in rows:
        if times:
            video = f"{video}_{_seconds(start, where):06d}_{_seconds(end, where):06d}"
        yield Row(part, video, classes.get(label), where, label)


def _seconds(text: str, where: str) -> int:
    whole, _, fraction = text.partition(".")
    if not whole.isdecimal() or len(whole) > 6 or fraction.strip("0"):
        raise BuildError(f"{text[:40]!r} is not a time in whole seconds", where)
    return int(whole)


def _cells(text: Text, columns: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    for line, cells in rows_in(text.content, text.name, columns):
        yield f"{text.name}:{line}", cells
