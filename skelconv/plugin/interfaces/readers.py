"""What a reader of finished datasets must do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from skelconv.data.clip import Clip


@runtime_checkable
class Reader(Protocol):
    """A finished dataset, opened for reading one clip at a time.

    `skelconv.open` wraps it in a `skelconv.Dataset`, which the commands for finished datasets and
    the source ``stored`` use too. Any of its properties and methods may raise
    `skelconv.DatasetError` when the file is damaged.

    A reader may also have a property ``sizes``: the persons and frames (M, T) of each clip in the
    order of `ids`, where they are known without reading keypoints. The viewer's table needs them.
    """

    @property
    def ids(self) -> Sequence[str]:
        """The ids of the clips, in order."""
        ...

    @property
    def labels(self) -> Sequence[int | tuple[int, ...] | None]:
        """The label of each clip, in the order of `ids`: from 0, several, or None."""
        ...

    @property
    def layout(self) -> str:
        """The name of the layout of all clips."""
        ...

    @property
    def splits(self) -> Mapping[str, Sequence[int]]:
        """The parts of the dataset by name, as positions in `ids`, in the order of the file."""
        ...

    @property
    def unknown(self) -> Mapping[str, Sequence[str]]:
        """Ids in the file's splits without a clip, by split; ``skelconv verify`` reports them."""
        ...

    @property
    def label_names(self) -> Sequence[str]:
        """The names of the classes, in the order of labels; empty where the file has none."""
        ...

    @property
    def info(self) -> Mapping[str, Any]:
        """What else the file holds about the whole dataset, as JSON values.

        Where it has keys that a `Clip` cannot hold, ``passed_over`` is the list of their names,
        which conversions report.
        """
        ...

    def read(self, index: int) -> Clip:
        """Read one clip, without reading the others where the format allows it.

        Parameters
        ----------
        index : int
            Its position in `ids`, from 0.

        Returns
        -------
        skelconv.Clip
            The clip of shape (M, T, V, C), with the id at this position.

        Raises
        ------
        skelconv.ClipError
            When this clip is damaged; others may be read all the same.
        """
        ...
