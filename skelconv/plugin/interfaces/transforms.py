"""What a transform must do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from skelconv.data.clip import Clip
    from skelconv.data.errors import ClipDropped, ClipError


@runtime_checkable
class Transform(Protocol):
    """A function from clip to clip, which never changes the clip that it is given.

    A transform that changes the labels of clips also has a method ``classes(known)``. The driver
    calls it while it plans, with the `skelconv.plugin.Classes` before this transform, and it
    returns those after it, so that the names of classes follow the labels. Where names are known, a
    build ends as soon as a transform without this method changes a label.

    A transform that has a list of clips may have a method ``listed()`` without arguments, which
    iterates over the ids of all clips that it names, as that of a `Split` does.
    """

    def __call__(self, clip: Clip) -> Clip:
        """Transform one clip. Called on a worker, once for each clip, in any order.

        Parameters
        ----------
        clip : skelconv.Clip
            The clip of shape (M, T, V, C), from the source or the transform before. Its arrays
            must not be changed.

        Returns
        -------
        skelconv.Clip
            The same clip, or another one with the same id. It must depend on the clip and the
            options only.

        Raises
        ------
        skelconv.ClipError
            When this clip cannot be transformed: it is quarantined.
        skelconv.ClipDropped
            When this clip is to be left out: it is counted by reason.
        """
        ...


@dataclass(frozen=True, slots=True)
class Unmade:
    """A clip that a dividing transform cannot make, or leaves out on purpose.

    Attributes
    ----------
    id : str
        The id that it would have.
    why : ClipError or ClipDropped
        The first quarantines this clip alone, and the second counts it by its reason.
    """

    id: str
    why: ClipError | ClipDropped


@runtime_checkable
class DividingTransform(Protocol):
    """A transform that gives any number of clips for one; its descriptor has ``divides=True``.

    It may have the methods ``classes(known)`` and ``listed()``, as a `Transform` has.
    """

    def divide(self, clip: Clip) -> Iterable[Clip | Unmade]:
        """Give the clips that one becomes. Called on a worker, once for each clip, in any order.

        It should be a generator: each clip passes the later stages before the next one is made.

        Parameters
        ----------
        clip : skelconv.Clip
            The clip of shape (M, T, V, C), from the source or the transform before. Its arrays
            must not be changed.

        Returns
        -------
        iterable of skelconv.Clip or Unmade
            In the order of the output. Each id is that of `clip` with ``@`` or ``#`` and more
            behind it, as ``walk_03@000120-000184`` for frames and ``walk_03#2`` for a person, and
            all are different. They must depend on the clip and the options only. Where there are
            none, the clip is dropped.

        Raises
        ------
        skelconv.ClipError
            When this clip cannot be divided: it is quarantined, and what it gave before is not
            used. `Unmade` is for one of its clips.
        skelconv.ClipDropped
            When this clip is to be left out: it is counted by reason.
        """
        ...
