"""Lines ``NAME LABEL``, with labels from 0, as in FineGYM's lists; the label may be absent."""

from __future__ import annotations

from collections.abc import Iterator

from skelconv import BuildError
from skelconv_splits.rows import Row, id_of
from skelconv_splits.texts import Text, shipped

GYM99 = {
    "train": "gym99_train_element_v1.1.txt.gz",
    "val": "gym99_val_element.txt.gz",
}


def read_list(
    text: Text, part: str, *, first: int = 0, keep: bool = False, strip: str = ""
) -> Iterator[Row]:
    """Read a list.

    Parameters
    ----------
    text : Text
        The list.
    part : str
        The part of the dataset that it lists.
    first : int
        The number of the first class.
    keep : bool
        Whether to keep the folders of names.
    strip : str
        An ending that is left out of ids, with that of a video or pose file or after it.

    Yields
    ------
    Row
        A clip.

    Raises
    ------
    BuildError
        When a line is not in this format.
    """
    for where, line in text.lines():
        name, _, number = line.rpartition(" ")
        if not name:
            yield Row(part, id_of(number, keep=keep, strip=strip), None, where)
            continue
        if not (number.isdecimal() and len(number) < 10 and int(number) >= first):
            raise BuildError(
                f"{number[:40]!r} is not a label", where, f"A line is NAME LABEL, from {first}."
            )
        clip_id = id_of(name.strip(), keep=keep, strip=strip)
        yield Row(part, clip_id, int(number) - first, where)


def gym99() -> Iterator[Row]:
    """Read FineGYM's Gym99, version 1.1: parts ``train`` and ``val``."""
    for part, name in GYM99.items():
        yield from read_list(shipped(name), part)
