"""The official list: which clips there are, their labels and their parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from skelconv import BuildError
from skelconv.files import read_text

LIST = "data_split_action_recognition.txt"

_HEADING = re.compile(r"(Training|Test) (\d{1,6})\Z", re.ASCII)
_CLIP = re.compile(r"(Subject_\d{1,3}/([a-z_]{1,60})/\d{1,4}) (\d{1,3})\Z", re.ASCII)
_PARTS = {"Training": "train", "Test": "test"}


class Listed(NamedTuple):
    """A clip of the list.

    Attributes
    ----------
    id : str
        Such as ``Subject_1/charge_cell_phone/1``, which is also its folder.
    action : str
        The name of its class.
    label : int
        The number of its class, from 0.
    part : str
        ``train`` or ``test``.
    """

    id: str
    action: str
    label: int
    part: str


def read_list(root: Path) -> list[Listed]:
    """Read the list.

    Parameters
    ----------
    root : Path
        The folder of the benchmark.

    Returns
    -------
    list of Listed
        The clips, in the order of the list.

    Raises
    ------
    BuildError
        When it cannot be read, a line is of another form, a clip or a class is there twice, or a
        part has another number of clips than its heading says.
    """
    path = root / LIST
    found: dict[str, Listed] = {}
    names: dict[int, str] = {}
    promised: dict[str, int] = {}
    part = ""
    for number, line in enumerate(read_text(path).splitlines(), 1):
        where = f"{path}:{number}"
        if heading := _HEADING.match(line.strip()):
            part = _PARTS[heading[1]]
            promised[part] = int(heading[2])
        elif clip := _CLIP.match(line.strip()):
            listed = Listed(clip[1], clip[2], int(clip[3]), part)
            if not part or listed.id in found:
                raise BuildError("a clip is listed twice, or before a heading", where)
            if names.setdefault(listed.label, listed.action) != listed.action:
                raise BuildError(f"class {listed.label} is {names[listed.label]} above", where)
            found[listed.id] = listed
        elif line.strip():
            raise BuildError("this is neither a heading nor a clip with its label", where)
    for part, count in promised.items():
        there = sum(listed.part == part for listed in found.values())
        if there != count:
            raise BuildError(f"{part} has {there} clips, and {count} by its heading", str(path))
    if not found:
        raise BuildError("it lists no clips", str(path))
    return list(found.values())


class OfficialSplit:
    """The 1:1 split of the benchmark.

    Parameters
    ----------
    root : Path
        The folder of the benchmark.
    """

    names: Sequence[str] = ("train", "test")

    def __init__(self, root: Path) -> None:
        self._parts = {listed.id: listed.part for listed in read_list(root)}

    def assign(self, clip_id: str) -> list[str]:
        """Name the part of a clip.

        Parameters
        ----------
        clip_id : str
            Its id.

        Returns
        -------
        list of str
            Its part; empty for a clip that is not listed.
        """
        return [self._parts[clip_id]] if clip_id in self._parts else []

    def listed(self) -> Iterator[str]:
        """Yield the ids in the list: a plan tells which of them are not there."""
        yield from self._parts
