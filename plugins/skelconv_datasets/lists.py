"""The official lists of PKU-MMD and SHREC'17."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from pathlib import Path

from skelconv import BuildError
from skelconv.files import read_text
from skelconv.text import shown


class PkuSplit:
    """The split of PKU-MMD's lists, which name recordings.

    Parameters
    ----------
    lists : mapping of str to Path
        See `pku_mmd`.

    Attributes
    ----------
    names : tuple of str
        The parts.
    """

    def __init__(self, lists: Mapping[str, Path]) -> None:
        self.names = tuple(f"{kind}_{part}" for kind in lists for part in ("train", "val"))
        self._lists = lists

    @functools.cached_property
    def _parts(self) -> Mapping[str, tuple[str, ...]]:
        return pku_mmd(self._lists)

    def assign(self, clip_id: str) -> tuple[str, ...]:
        """Return the parts of a clip.

        Parameters
        ----------
        clip_id : str
            The recording's name, or an action's, ``0002-L@000120-000184``.

        Returns
        -------
        tuple of str
            The parts of the recording; none where it is in no list.
        """
        return self._parts.get(clip_id.partition("@")[0], ())


class Shrec17Split:
    """The split of SHREC'17's lists.

    Parameters
    ----------
    root : Path
        See `shrec17`.
    """

    names = ("train", "test")

    def __init__(self, root: Path) -> None:
        self._root = root

    @functools.cached_property
    def _parts(self) -> Mapping[str, tuple[str, ...]]:
        return shrec17(self._root)

    def assign(self, clip_id: str) -> tuple[str, ...]:
        """Return the part of a clip.

        Parameters
        ----------
        clip_id : str
            Its path.

        Returns
        -------
        tuple of str
            The part; none for a clip that is not in a list.
        """
        return self._parts.get(clip_id, ())

    def listed(self) -> Iterator[str]:
        """Iterate over the ids of the clips that are in a part.

        Yields
        ------
        str
            An id, in the order of the lists.
        """
        yield from self._parts


def pku_mmd(lists: Mapping[str, Path]) -> dict[str, tuple[str, ...]]:
    """Read PKU-MMD's lists.

    They have a line ``Training videos:``, then one of names with commas, then ``Validataion
    videos:``, spelled so, and a line of names.

    Parameters
    ----------
    lists : mapping of str to Path
        By the beginning of the parts' names, ``xsub`` or ``xview``, the file.

    Returns
    -------
    dict of str to tuple of str
        The parts of each recording.

    Raises
    ------
    BuildError
        When a list cannot be read or is not in this form.
    """
    parts: dict[str, list[str]] = {}
    for kind, path in lists.items():
        part = ""
        seen: dict[str, int] = {}
        for line, text in enumerate(read_text(path.expanduser()).splitlines(), 1):
            where = f"{shown(str(path))}:{line}"
            if text.strip().endswith(":"):
                heading = text.strip().lower()
                part = {"trai": "train", "vali": "val"}.get(heading[:4], "")
                if not part:
                    raise BuildError(f"{text[:40]!r} is no heading of PKU-MMD's lists", where)
                continue
            for name in filter(None, (name.strip() for name in text.split(","))):
                if not part:
                    raise BuildError("names come before 'Training videos:'", where)
                if name in seen:
                    raise BuildError(f"{name!r:.60} is in line {seen[name]} already", where)
                seen[name] = line
                parts.setdefault(name, []).append(f"{kind}_{part}")
        if not seen:
            raise BuildError("it names no recordings", shown(str(path)))
    return {name: tuple(of) for name, of in parts.items()}


def shrec17(root: Path) -> dict[str, tuple[str, ...]]:
    """Read SHREC'17's lists, of lines ``GESTURE FINGER SUBJECT ESSAI LABEL14 LABEL28 FRAMES``.

    Parameters
    ----------
    root : Path
        Their folder.

    Returns
    -------
    dict of str to tuple of str
        The part of each clip.

    Raises
    ------
    BuildError
        When a list cannot be read or is not in this form.
    """
    parts: dict[str, tuple[str, ...]] = {}
    for part in ("train", "test"):
        path = root.expanduser() / f"{part}_gestures.txt"
        for line, text in enumerate(read_text(path).splitlines(), 1):
            fields = text.split()
            if not fields:
                continue
            where = f"{shown(str(path))}:{line}"
            if len(fields) != 7 or not all(field.isdecimal() for field in fields):
                raise BuildError(f"{text[:60]!r} is not a line of seven numbers", where)
            gesture, finger, subject, essai = map(int, fields[:4])
            name = f"gesture_{gesture}/finger_{finger}/subject_{subject}/essai_{essai}"
            if name in parts:
                raise BuildError(f"{name} is there already", where)
            parts[name] = (part,)
    return parts
