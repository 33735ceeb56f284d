"""What a source of clips must do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from skelconv.data.classes import Label
    from skelconv.data.clip import Clip

MAX_ID_BYTES = 1000
"""The longest id of a clip, and name of a split, in bytes of UTF-8."""


@dataclass(frozen=True, slots=True)
class Item:
    """What a source needs to load one clip. Items are sent from the driver to workers.

    Transforms may make any number of clips of it, see `DividingTransform`.

    Attributes
    ----------
    id : str
        The id of the clip; unique in the dataset, and the same in every run. A clip whose id is
        longer than `MAX_ID_BYTES` in UTF-8 is quarantined.
    ref : Any
        What the source needs to load the clip: small plain data (str, int, tuples of these).
    size : int
        Size of the clip's file in bytes, 0 if there is none. With `mtime_ns` it shows a later run
        that the input has changed.
    mtime_ns : int
        Time of the last change of the file, in nanoseconds, 0 if there is none.
    """

    id: str
    ref: Any = None
    size: int = 0
    mtime_ns: int = 0


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file that should be an item and cannot be one; it is quarantined.

    Attributes
    ----------
    id : str
        Its id, or its name where it has no id.
    reason : str
        Why it cannot be an item.
    path : str
        The file; empty if there is none.
    """

    id: str
    reason: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Inventory:
    """All that a source found.

    Attributes
    ----------
    items : sequence of Item
        What will be converted, in the order of the output. The ids must all be different.
    absent : sequence of str
        Ids that the official dataset, or a list of the user's, names and that do not exist.
    strays : sequence of str
        Files that are not part of the dataset, and are not used.
    left_out : mapping of str to sequence of str
        Ids that exist and that the options leave out, by reason.
    rejected : sequence of Rejected
        What is quarantined without being loaded.
    label_names : sequence of str
        The names of the classes, in the order of labels; empty where they are not known, and
        ``""`` for a number without a name.
    labels : sequence of label, optional
        The label of each item, in their order, where they are known before the clips are loaded:
        a number from 0, a tuple of numbers, or None. None for the whole where they are not.
    notes : sequence of str
        What the user should know of the files as a whole, such as data in them that is not used:
        a line each. They are shown once, by ``skelconv plan`` and ``skelconv build``.
    layout : str, optional
        The layout of all clips, where it is known without loading them.
    inputs : sequence of str, optional
        The file, folder or dataset that each item is from, as the user knows it, in their order.
        A split may make a part of each. None where the source does not tell.
    tried : int
        How many of the items, of a source that opens some of their files here, it has opened to
        see what is wrong with all.
    failing : sequence of Rejected
        Those of them that cannot be loaded, by the ids of the items, which they stay. The plan
        counts them; where nothing else was opened, it says that likely all are so.
    """

    items: Sequence[Item]
    absent: Sequence[str] = ()
    strays: Sequence[str] = ()
    left_out: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rejected: Sequence[Rejected] = ()
    label_names: Sequence[str] = ()
    labels: Sequence[Label] | None = None
    notes: Sequence[str] = ()
    layout: str | None = None
    inputs: Sequence[str] | None = None
    tried: int = 0
    failing: Sequence[Rejected] = ()


@runtime_checkable
class Source(Protocol):
    """Where clips come from.

    A source may also have a method ``prepare()`` without arguments. Each worker calls it once,
    before the first clip; it makes what takes long, such as a model. What it raises ends the
    build, since it is not one clip's fault.

    It may have a method ``expect(items)``. Before `load`, workers call it with the items that they
    will load after that one, in order, as far as they know them, so that the source can begin to
    read them. What is wrong with one of them is raised when it is loaded.

    And it may have a method ``stamp(item)``, which returns the present size and time of change of
    the item's files, as a tuple of two ints. Workers call it after `load`: where they are not
    those of the `Item`, the files were changed while the build ran, and the clip is quarantined.
    `skelconv.files.stamp` returns those of files.
    """

    def inventory(self) -> Inventory:
        """Find the clips, without loading them. Called once, on the driver.

        It should be fast, and give the same order in every run.

        Returns
        -------
        Inventory
            The items, and what is absent, left out or rejected.

        Raises
        ------
        skelconv.SkelconvError
            When the source cannot be read; this ends the build.
        """
        ...

    def load(self, item: Item) -> Clip:
        """Load one clip. Called on a worker, once for each item, in any order.

        Parameters
        ----------
        item : Item
            One of the items of `inventory`, which another process may have called.

        Returns
        -------
        skelconv.Clip
            The clip of shape (M, T, V, C), with the id of the item and a known layout of V joints.
            It must depend on the item and the options only. One that nobody is in is quarantined;
            see `SourcePlugin.keeps_empty`.

        Raises
        ------
        skelconv.ClipError
            When this clip cannot be loaded: it is quarantined.
        skelconv.ClipDropped
            When this clip is to be left out: it is counted by reason.
        """
        ...
