"""What is said of a training code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skelconv.data.clip import Clip


@dataclass(frozen=True, kw_only=True)
class Trainer:
    """What a training code needs of a dataset, for ``skelconv verify --for``.

    Attributes
    ----------
    layouts : tuple of str
        The layouts that its graphs, or its configs, are made for; empty where any will do. Two
        layouts may have as many joints each, and one is silently taken for the other: so they are
        named.
    adapt : str
        What to change in its config for other layouts, such as ``in_channels``; empty where it
        cannot use them.
    coordinates : tuple of int
        The numbers of coordinates C that it takes.
    persons : int, optional
        How many rows of persons M it takes of a clip, which are the first ones; None for all.
    needs : mapping of int to tuple of str
        The attributes of `Clip` that a clip must have, by its number of coordinates, such as
        ``{2: ("keypoint_score", "img_shape")}``.
    one_label : bool
        Whether it needs one label for each clip.
    splits : bool
        Whether it reads parts by the names of splits.
    check : callable from Clip to iterable of str, optional
        Whatever else it needs: it returns one line for each fault of a clip, in the same words for
        every clip with this fault, so that they can be counted. It may be a generator.
    """

    layouts: tuple[str, ...] = ()
    adapt: str = ""
    coordinates: tuple[int, ...] = (2, 3)
    persons: int | None = None
    needs: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    one_label: bool = True
    splits: bool = True
    check: Callable[[Clip], Iterable[str]] | None = None
