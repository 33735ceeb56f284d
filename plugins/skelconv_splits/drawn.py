"""Splits that are drawn: ``random``, ``k-fold``, ``leave-one-out``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from skelconv import BuildError
from skelconv.plugin import Inventory
from skelconv_splits.dividing import balanced, cuts_of, in_shares, one_by_one
from skelconv_splits.grouping import Groups
from skelconv_splits.rows import MAX_PARTS
from skelconv_splits.surveyed import Surveyed


class RandomSplit(Surveyed):
    """Parts of given sizes.

    Parameters
    ----------
    parts : mapping of str to float
        The fraction of each part.
    seed : int
        Another seed gives another division.
    stratify : bool
        Whether each class is divided by these fractions.
    group : callable, optional
        Sorts clips into groups, each of which is in one part as a whole.
    """

    def __init__(
        self, parts: Mapping[str, float], *, seed: int, stratify: bool, group: Groups | None
    ) -> None:
        super().__init__()
        self.names = tuple(parts)
        self._cuts = cuts_of(parts.values())
        self._seed = seed
        self._stratify = stratify
        self._group = group

    def survey(self, inventory: Inventory) -> None:
        """Decide for all clips of the source.

        Parameters
        ----------
        inventory : Inventory
            What it found.

        Raises
        ------
        BuildError
            When a clip has no group, or classes are to be divided and are not known.
        """
        shares = _shares(inventory, self._cuts, self._seed, self._stratify, self._group)
        alone = [(name,) for name in self.names]
        self._parts = {clip_id: alone[share] for clip_id, share in shares.items()}


class KFold(Surveyed):
    """Folds: each is once what is held out, and the others are for training.

    Parameters
    ----------
    k : int
        The number of folds.
    seed : int
        As of `RandomSplit`.
    stratify : bool
        As of `RandomSplit`.
    group : callable, optional
        As of `RandomSplit`.
    """

    def __init__(self, k: int, *, seed: int, stratify: bool, group: Groups | None) -> None:
        super().__init__()
        self._folds = [f"fold{number}" for number in range(1, k + 1)]
        self.names = _names_of(self._folds)
        self._seed = seed
        self._stratify = stratify
        self._group = group

    def survey(self, inventory: Inventory) -> None:
        """Decide for all clips of the source.

        Parameters
        ----------
        inventory : Inventory
            What it found.

        Raises
        ------
        BuildError
            As of `RandomSplit`; and when there are fewer groups, or clips, than folds.
        """
        k = len(self._folds)
        units = [item.id for item in inventory.items]
        what = "clips"
        if self._group is not None:
            units, what = list(self._group(units)), "groups"
        if len(units) < k:
            raise BuildError(f"{k} folds are asked for, and there are {len(units)} {what}")
        shares = _shares(inventory, cuts_of([1] * k), self._seed, self._stratify, self._group)
        held_out = _held_out(self._folds)
        self._parts = {clip_id: held_out[share] for clip_id, share in shares.items()}


class LeaveOneOut(Surveyed):
    """A division for each group, which holds out this group.

    Parameters
    ----------
    group : callable
        Sorts clips into groups.
    """

    def __init__(self, group: Groups) -> None:
        super().__init__()
        self._group = group

    def survey(self, inventory: Inventory) -> None:
        """Decide for all clips of the source.

        Parameters
        ----------
        inventory : Inventory
            What it found.

        Raises
        ------
        BuildError
            When a clip has no group, or there are too many groups or only one.
        """
        groups = self._group(item.id for item in inventory.items)
        count, most = len(groups), MAX_PARTS // 2
        if count == 1:
            raise BuildError(
                f"all clips are of one group, {next(iter(groups))!r}: nothing is left to train on"
            )
        if count > most:
            raise BuildError(
                f"there are {count:,} groups, and {most:,} may be left out in turn",
                hint="are the groups too small? For folds of several groups use k-fold with group",
            )
        ordered = sorted(groups)
        self.names = _names_of(ordered)
        self._parts = {
            clip_id: parts
            for name, parts in zip(ordered, _held_out(ordered), strict=True)
            for clip_id in groups[name]
        }


def _names_of(divisions: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{name}_{part}" for name in divisions for part in ("train", "val"))


def _held_out(divisions: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the parts of the clips that each division holds out, and all others train on."""
    return [
        tuple(f"{name}_{'val' if name == held_out else 'train'}" for name in divisions)
        for held_out in divisions
    ]


def _shares(
    inventory: Inventory, cuts: Sequence[Fraction], seed: int, stratify: bool, group: Groups | None
) -> dict[str, int]:
    """Return the share of each clip."""
    ids = [item.id for item in inventory.items]
    classes = _classes(inventory) if stratify else {}
    if group is not None:
        groups = group(ids)
        if stratify:
            labels = {name: [classes[one] for one in members] for name, members in groups.items()}
            shares = balanced(labels, cuts, seed)
        else:
            shares = in_shares(groups, cuts, seed)
        return {one: shares[name] for name, members in groups.items() for one in members}
    if not stratify:
        return one_by_one(ids, cuts, seed)
    members: dict[int | None, list[str]] = {}
    for clip_id in ids:
        members.setdefault(classes[clip_id], []).append(clip_id)
    return {
        clip_id: share
        for label, of_class in members.items()
        for clip_id, share in in_shares(of_class, cuts, seed, salt=str(label)).items()
    }


def _classes(inventory: Inventory) -> dict[str, int | None]:
    """Return the class of each clip; of several the first."""
    if inventory.labels is None:
        raise BuildError(
            "classes cannot be divided evenly: the source knows no labels before clips are loaded",
            hint="leave out 'stratify', or give the source its labels",
        )
    return {
        item.id: next(iter(label), None) if isinstance(label, tuple) else label
        for item, label in zip(inventory.items, inventory.labels, strict=True)
    }
