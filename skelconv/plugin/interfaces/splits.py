"""What a split must do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, runtime_checkable


@runtime_checkable
class Split(Protocol):
    """Which clips belong to which part of the dataset.

    A split that is a list has a method ``listed()`` without arguments, which iterates over the ids
    of all clips that it names. A plan compares them with the clips that there are. A split by a
    rule has none.

    Where transforms make many clips of one (`DividingTransform`), they are in the parts of the
    item that they came from, so that a rule does not tear it apart. A list may also name such a
    clip by its own id: `assign` is asked for that id then, and its answer is the clip's.

    A split that is decided by all clips together, or by more than their ids, may have a method
    ``survey(inventory)``. The driver calls it once, with the `Inventory` of the source, before it
    reads `names` and calls `assign`. Whatever it gives must not depend on the order of the items.

    Attributes
    ----------
    names : sequence of str
        The parts, such as ``train`` and ``val``, in the order in which they are written. Each is
        in the output, even when it is empty. Two splits of a recipe must not have the same part.
    """

    names: Sequence[str]

    def assign(self, clip_id: str) -> Iterable[str]:
        """Name the parts that a clip belongs to. Called on the driver, for each item in order.

        Parameters
        ----------
        clip_id : str
            The id of an item, which is not loaded yet; or, of a list, one of `listed`.

        Returns
        -------
        iterable of str
            The parts, all of them in `names`; empty where the clip belongs to none.

        Raises
        ------
        skelconv.SkelconvError
            When it cannot be decided; this ends the build.
        """
        ...
