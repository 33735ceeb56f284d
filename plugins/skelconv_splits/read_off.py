"""Splits that are read off what the source knows: inputs, folders in ids, classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from skelconv import BuildError
from skelconv.plugin import Classes, Inventory
from skelconv.text import name_at
from skelconv_splits.rows import MAX_PARTS
from skelconv_splits.surveyed import Surveyed


class BySource(Surveyed):
    """A part for each input of the source, such as a file.

    Parameters
    ----------
    parts : mapping of str to sequence of str
        The inputs of each part, by their paths or the ends of these; where it is empty, each input
        is a part that is called like it.
    """

    def __init__(self, parts: Mapping[str, Sequence[str]]) -> None:
        super().__init__()
        self._given = parts

    def survey(self, inventory: Inventory) -> None:
        """Read the input of each clip.

        Parameters
        ----------
        inventory : Inventory
            What the source found.

        Raises
        ------
        BuildError
            When it does not say from which input a clip is, two inputs have one name, or an input
            that is named is not there or is in two parts.
        """
        if inventory.inputs is None:
            raise BuildError(
                "the source does not say from which file a clip is",
                hint="divide by folders (by-folder) or by a pattern in ids (pattern)",
            )
        inputs = list(dict.fromkeys(inventory.inputs))
        part_of = self._chosen(inputs) if self._given else _called_like(inputs)
        self.names = tuple(self._given) or tuple(dict.fromkeys(part_of.values()))
        parts = {one: (part_of[one],) if one in part_of else () for one in inputs}
        self._parts = {
            item.id: parts[one] for item, one in zip(inventory.items, inventory.inputs, strict=True)
        }

    def _chosen(self, inputs: Sequence[str]) -> dict[str, str]:
        part_of: dict[str, str] = {}
        for part, names in self._given.items():
            for name in names:
                found = [one for one in inputs if _ends_with(one, name)]
                if not found:
                    raise BuildError(
                        f"no clip is from {name!r}, which is to be in the part {part!r}",
                        hint=f"the source reads {', '.join(map(repr, inputs[:5]))}",
                    )
                for one in found:
                    if part_of.setdefault(one, part) != part:
                        raise BuildError(
                            f"{one!r} is to be in two parts: {part_of[one]} and {part}",
                            hint="name more of its path",
                        )
        return part_of


def _ends_with(path: str, name: str) -> bool:
    path, name = path.replace("\\", "/").rstrip("/"), name.replace("\\", "/").rstrip("/")
    return path == name or path.endswith(f"/{name}")


def _called_like(inputs: Sequence[str]) -> dict[str, str]:
    if len(inputs) > MAX_PARTS:
        raise BuildError(
            f"clips are from {len(inputs):,} files: a dataset may have {MAX_PARTS:,} parts",
            hint="divide by folders (by-folder) or by a pattern in ids (pattern)",
        )
    part_of: dict[str, str] = {}
    first: dict[str, str] = {}
    for one in inputs:
        name = name_at(one.replace("\\", "/"))
        stem = name.rpartition(".")[0] or name
        if first.setdefault(stem, one) != one:
            raise BuildError(
                f"{first[stem]!r} and {one!r} would both be the part {stem!r}",
                hint="name the parts and their inputs with the option 'parts'",
            )
        part_of[one] = stem
    return part_of


class ByFolder(Surveyed):
    """A part for each folder, where ids are paths.

    Parameters
    ----------
    level : int
        Which folder of an id: 1 is the first, -1 the one that the clip is in.
    """

    def __init__(self, level: int) -> None:
        super().__init__()
        self._level = level

    def survey(self, inventory: Inventory) -> None:
        """Read the folder of each clip.

        Parameters
        ----------
        inventory : Inventory
            What the source found.

        Raises
        ------
        BuildError
            When an id has no such folder, or there are too many.
        """
        for item in inventory.items:
            folders = item.id.split("/")[:-1]
            place = self._level - 1 if self._level > 0 else self._level
            if not -len(folders) <= place < len(folders):
                raise BuildError(
                    f"the id {item.id!r} has "
                    + (f"only {len(folders)} in front" if folders else "no folder in front"),
                    hint="ids are paths with the source's option ids: path, where it has one; or "
                    "choose another 'level'",
                )
            self._parts[item.id] = (folders[place],)
        found = {part for (part,) in self._parts.values()}
        if len(found) > MAX_PARTS:
            raise BuildError(
                f"there are {len(found):,} folders: a dataset may have {MAX_PARTS:,} parts",
                hint="choose another 'level'",
            )
        self.names = tuple(sorted(found))


class ByClass(Surveyed):
    """Parts by classes, such as those that are seen in training and those that are not.

    Parameters
    ----------
    parts : mapping of str to sequence of int or str, or None
        The classes of each part by number or name; None for all that no other part has.
    """

    def __init__(self, parts: Mapping[str, Sequence[int | str] | None]) -> None:
        super().__init__()
        self.names = tuple(parts)
        self._given = parts

    def survey(self, inventory: Inventory) -> None:
        """Read the class of each clip.

        Parameters
        ----------
        inventory : Inventory
            What the source found.

        Raises
        ------
        BuildError
            When labels are not known, or a class is not there.
        """
        if inventory.labels is None:
            raise BuildError(
                "the source knows no labels before clips are loaded",
                hint="give it the labels, or divide by a pattern in ids (pattern)",
            )
        known = Classes.of(inventory.label_names, inventory.labels)
        most = max([len(known.names) - 1, *(known.labels or ())])
        chosen = {
            part: {_number(one, known, most) for one in classes}
            for part, classes in self._given.items()
            if classes is not None
        }
        named = set().union(*chosen.values())
        rest = {number for number in known.labels or () if number not in named}
        classes_of = {part: chosen.get(part, rest) for part in self.names}
        for item, label in zip(inventory.items, inventory.labels, strict=True):
            numbers = set(label if isinstance(label, tuple) else () if label is None else (label,))
            # One with classes of two parts is in neither: it would show what is not to be seen.
            self._parts[item.id] = tuple(
                part for part in self.names if numbers and numbers <= classes_of[part]
            )


def _number(one: int | str, known: Classes, most: int) -> int:
    number = known.number(one)
    if number > most:
        raise BuildError(
            f"there is no class {number}: the last is {most}", hint="labels count from 0"
        )
    return number
