"""What a source, a transform, a split and a sink must do.

These are protocols: a plugin's classes need not inherit from anything here.

A build runs in two places. The *driver* plans (`Source.inventory`), assigns splits
(`Split.assign`) and assembles the output (`Sink.assemble`). *Workers* load, transform and encode
(`Source.load`, `Transform.__call__`, `Sink.encode`). Each process makes its own stage objects
from the recipe, so a stage need not be picklable, and what a worker holds, such as a model, is
made once a process.

What goes wrong with one clip is a `skelconv.ClipError`, and so is taken whatever else a worker's
stage raises: the clip is quarantined and the build goes on. A `skelconv.SkelconvError`, such as a
`skelconv.PluginError`, would be raised for every clip: it ends the build at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from skelconv.clip import Array, Clip


@dataclass(frozen=True, slots=True)
class Item:
    """What a source can load one clip from.

    Attributes
    ----------
    id : str
        The clip's `frame_dir`; unique and the same in every run.
    ref : Any
        Whatever the source needs to load it: small plain data (str, int, tuples of these).
    size, mtime_ns : int
        Bytes and time of change of the file behind it, where there is one: a resumed build sees
        by them that its input has changed.
    """

    id: str
    ref: Any = None
    size: int = 0
    mtime_ns: int = 0


@dataclass(frozen=True, slots=True)
class Rejected:
    """Something that looks like an item and is none; it is quarantined.

    Attributes
    ----------
    id : str
        The name it goes by.
    reason : str
        Why it is none.
    path : str
        The file.
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
        What will be converted, in the order of the output.
    absent : sequence of str
        Ids that the official dataset or a list of the user's names, and that are not there.
    strays : sequence of str
        Files that are not part of the dataset, and were passed over.
    left_out : mapping of str to sequence of str
        Ids that are there and were not asked for, by reason.
    rejected : sequence of Rejected
        What is quarantined before it is loaded.
    label_names : sequence of str
        The classes' names in the order of labels, where known.
    """

    items: Sequence[Item]
    absent: Sequence[str] = ()
    strays: Sequence[str] = ()
    left_out: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rejected: Sequence[Rejected] = ()
    label_names: Sequence[str] = ()


@runtime_checkable
class Source(Protocol):
    """Where clips come from.

    A source may also have a method ``prepare()``: each worker calls it once, before the first
    clip, to make what is dear, such as a model. What it raises ends the build, for it is not one
    clip's fault.
    """

    def inventory(self) -> Inventory:
        """Find what there is. On the driver: cheap, ordered, nothing is loaded."""
        ...

    def load(self, item: Item) -> Clip:
        """Load one clip. On a worker.

        Raises
        ------
        skelconv.ClipError
            When this clip cannot be loaded.
        """
        ...


@runtime_checkable
class Transform(Protocol):
    """A function from clip to clip, which never changes the clip it is given."""

    def __call__(self, clip: Clip) -> Clip:
        """Transform one clip. On a worker.

        Raises
        ------
        skelconv.ClipError
            When this clip cannot be transformed: it is quarantined.
        skelconv.ClipDropped
            When this clip is to be left out: it is counted by reason.
        """
        ...


@runtime_checkable
class Split(Protocol):
    """Which clips belong to which part of the dataset.

    Attributes
    ----------
    names : sequence of str
        The parts, in the order in which they are written. Each is in the output even when empty.
    """

    names: Sequence[str]

    def assign(self, frame_dir: str) -> Iterable[str]:
        """Name the parts that a clip belongs to; none is a valid answer. On the driver."""
        ...


class Assembly(Protocol):
    """What a sink assembles: the encoded clips in order, and what goes with them.

    Iterating gives what `Sink.encode` returned for each clip, in the order of `frame_dirs`. It
    reads from disk, may be done more than once, and holds one clip at a time.

    Attributes
    ----------
    frame_dirs : sequence of str
        The ids of the clips.
    splits : mapping of str to sequence of int
        The parts of the dataset, as ascending positions in `frame_dirs`.
    label_names : sequence of str
        The classes' names, where known.
    info : mapping of str to JSON value
        What a self-describing format should carry along: the recipe's name and description.
    """

    frame_dirs: Sequence[str]
    splits: Mapping[str, Sequence[int]]
    label_names: Sequence[str]
    info: Mapping[str, Any]

    def __iter__(self) -> Iterator[bytes]: ...


@runtime_checkable
class Sink(Protocol):
    """Where clips go.

    Attributes
    ----------
    target : Path
        The file or folder that the build gives.
    """

    target: Path

    def encode(self, clip: Clip) -> bytes:
        """Encode one clip. On a worker.

        The bytes depend on the clip alone.
        """
        ...

    def assemble(self, clips: Assembly, path: Path) -> None:
        """Write the whole dataset. On the driver, with memory that does not grow with it.

        Parameters
        ----------
        clips : Assembly
            The encoded clips.
        path : Path
            Where to write: a name beside `target` that does not exist yet. The build renames it
            to `target` when this returns, and removes it when this raises.
        """
        ...


@runtime_checkable
class Reader(Protocol):
    """A finished dataset, opened for reading one clip at a time.

    `skelconv.open` wraps it in a `skelconv.dataset.Dataset`; sources of finished datasets and the
    commands that look into them stand on it too.
    """

    @property
    def frame_dirs(self) -> Sequence[str]:
        """The ids of the clips, in order."""
        ...

    @property
    def labels(self) -> Sequence[int | tuple[int, ...] | None]:
        """The label of each clip."""
        ...

    @property
    def layout(self) -> str:
        """The name of the clips' layout."""
        ...

    @property
    def splits(self) -> Mapping[str, Sequence[int]]:
        """The parts of the dataset, as positions in `frame_dirs` in the order of the file."""
        ...

    @property
    def unknown(self) -> Mapping[str, Sequence[str]]:
        """Ids that the file's splits name and that have no clip, by split; for a check to tell."""
        ...

    @property
    def label_names(self) -> Sequence[str]:
        """The classes' names, where the file has them."""
        ...

    @property
    def info(self) -> Mapping[str, Any]:
        """What else the file says of the whole dataset, as JSON values."""
        ...

    def read(self, index: int) -> Clip:
        """Read one clip, without touching the others where the format allows it.

        Raises
        ------
        skelconv.ClipError
            When this clip is damaged.
        """
        ...


@runtime_checkable
class Detector(Protocol):
    """Finds people in frames of video. On a worker."""

    def detect(self, frames: Sequence[Array]) -> Sequence[Array]:
        """Find the people in each frame.

        A frame's boxes depend on that frame alone, not on those that it comes with.

        Parameters
        ----------
        frames : sequence of ndarray of shape (H, W, 3)
            RGB, uint8, all of one size. They must not be changed.

        Returns
        -------
        sequence of ndarray of shape (N, 5)
            For each frame, float32: left, top, right and bottom in pixels of the frame, and the
            score; the highest score first.
        """
        ...


class Poses(NamedTuple):
    """The skeletons of the N people in one frame.

    Attributes
    ----------
    keypoint : ndarray of shape (N, V, C)
        Pixels of the frame in x and y, float32.
    keypoint_score : ndarray of shape (N, V)
        Float32.
    """

    keypoint: Array
    keypoint_score: Array


@runtime_checkable
class PoseModel(Protocol):
    """Finds the joints of people whose boxes are known. On a worker.

    Attributes
    ----------
    layout : str
        The name of the layout of its V joints, known once the model is made.
    """

    layout: str

    def estimate(self, frames: Sequence[Array], boxes: Sequence[Array]) -> Sequence[Poses]:
        """Find the joints of the people in each frame.

        Parameters
        ----------
        frames : sequence of ndarray of shape (H, W, 3)
            RGB, uint8, all of one size. They must not be changed.
        boxes : sequence of ndarray of shape (N, 4)
            For each frame, float32: left, top, right, bottom; each has an area. N may be 0.

        Returns
        -------
        sequence of Poses
            For each frame, one skeleton a box, in the order of the boxes.
        """
        ...


@runtime_checkable
class OneStagePoseModel(Protocol):
    """Finds people and their joints at once, without boxes. On a worker.

    Its descriptor says ``one_stage=True``.

    Attributes
    ----------
    layout : str
        The name of the layout of its V joints, known once the model is made.
    """

    layout: str

    def find(self, frames: Sequence[Array]) -> Sequence[tuple[Array, Poses]]:
        """Find the people in each frame.

        Parameters
        ----------
        frames : sequence of ndarray of shape (H, W, 3)
            RGB, uint8, all of one size. They must not be changed.

        Returns
        -------
        sequence of (ndarray of shape (N, 5), Poses)
            For each frame, boxes with scores as `Detector.detect` gives them, and their skeletons.
        """
        ...
