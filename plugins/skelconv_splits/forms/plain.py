"""``NAME LABEL`` a line, with labels from 0, as FineGYM's lists are; the label may be absent."""

from __future__ import annotations

from collections.abc import Iterator

from skelconv import BuildError
from skelconv_splits.rows import Row, frame_dir_of
from skelconv_splits.texts import Text, carried

GYM99 = {
    "train": "gym99_train_element_v1.1.txt.gz",
    "val": "gym99_val_element.txt.gz",
}


def read_list(text: Text, part: str, *, first: int = 0, keep: bool = False) -> Iterator[Row]:
    """Read a list.

    Parameters
    ----------
    text : Text
        The list.
    part : str
        The part of the dataset that it is.
    first : int
        The number of the first class.
    keep : bool
        Keep the folders of names.

    Raises
    ------
    BuildError
        When a line is not of this form.
    """
    for where, line in text.lines():
        name, _, number = line.rpartition(" ")
        if not name:
            yield Row(part, frame_dir_of(number, keep=keep), None, where)
            continue
        if not (number.isdecimal() and len(number) < 10 and int(number) >= first):
            raise BuildError(
                f"{number[:40]!r} is no label", where, f"A line is NAME LABEL, from {first}."
            )
        yield Row(part, frame_dir_of(name.strip(), keep=keep), int(number) - first, where)


def gym99() -> Iterator[Row]:
    """Read FineGYM's Gym99, version 1.1: parts ``train`` and ``val``."""
    for part, name in GYM99.items():
        yield from read_list(carried(name), part)
