"""What each kind of plugin must do.

These are protocols: a plugin's classes need not inherit from anything here. A `Trainer` is plain
data.

A build runs in two places. The *driver*, the process of the build itself, plans
(`Source.inventory`), assigns splits (`Split.assign`) and assembles the output (`Sink.assemble`).
*Workers* load, transform and encode (`Source.load`, `Transform.__call__`, `Sink.encode`). Each
process makes its own stages from the recipe with the descriptor's ``create``, and uses each from
one thread only. So a stage need not be picklable or thread-safe, and what it keeps, such as a
model, is loaded once in each worker.

What a stage may raise on a worker:

- `skelconv.ClipError`: this clip cannot be converted. It is quarantined, and the build continues.
- `skelconv.ClipDropped`, from sources and transforms: this clip is left out. It is counted by
  reason.
- `skelconv.SkelconvError`, such as `skelconv.PluginError`: every clip would fail. The build ends.
- Any other exception quarantines the clip, with a message that names the plugin, and the file and
  line.

Whatever a stage raises on the driver ends the build.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from concurrent.futures import Executor as Pool

    from skelconv.data.classes import Label
    from skelconv.data.clip import Array, Clip
    from skelconv.plugin.descriptors import Resources

MAX_ID_BYTES = 1000
"""The longest id of a clip, and name of a split, in bytes of UTF-8."""


@dataclass(frozen=True, slots=True)
class Item:
    """What a source needs to load one clip. Items are sent from the driver to workers.

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


@runtime_checkable
class Source(Protocol):
    """Where clips come from.

    A source may also have a method ``prepare()`` without arguments. Each worker calls it once,
    before the first clip; it makes what takes long, such as a model. What it raises ends the
    build, since it is not one clip's fault.

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


@runtime_checkable
class Split(Protocol):
    """Which clips belong to which part of the dataset.

    A split that is a list may have a method ``listed()`` without arguments, which iterates over
    the ids of all clips that it names. A plan compares them with the clips that there are. A split
    by a rule has none.

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
            The id of a clip, which is not loaded yet.

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


class Assembly(Protocol):
    """What a sink assembles: the encoded clips in order, and what belongs to the dataset.

    Iterating gives what `Sink.encode` returned for each clip, in the order of `ids`. It reads from
    disk, with one clip in memory at a time, and may be done more than once.

    Attributes
    ----------
    ids : sequence of str
        The ids of the clips that were converted, in the order of the output.
    splits : mapping of str to sequence of int
        The parts of the dataset by name, as ascending positions in `ids`.
    label_names : sequence of str
        The names of the classes, in the order of labels; empty where they are not known.
    info : mapping of str to JSON value
        For formats that can hold it: the ``name`` of the recipe, and its description ``about``.
    """

    ids: Sequence[str]
    splits: Mapping[str, Sequence[int]]
    label_names: Sequence[str]
    info: Mapping[str, Any]

    def __iter__(self) -> Iterator[bytes]: ...


@runtime_checkable
class Sink(Protocol):
    """Where clips are written.

    Attributes
    ----------
    target : Path
        The file or folder that the build writes.
    """

    target: Path

    def encode(self, clip: Clip) -> bytes:
        """Encode one clip. Called on a worker, after the last transform.

        Parameters
        ----------
        clip : skelconv.Clip
            The clip of shape (M, T, V, C).

        Returns
        -------
        bytes
            The clip in any form that `assemble` can use. They must depend on the clip and the
            options only.

        Raises
        ------
        skelconv.ClipError
            When the format cannot hold this clip: it is quarantined.
        """
        ...

    def assemble(self, clips: Assembly, path: Path) -> None:
        """Write the whole dataset. Called on the driver, once, after all clips are encoded.

        Its memory should not grow with the number of clips.

        Parameters
        ----------
        clips : Assembly
            The encoded clips.
        path : Path
            The file or folder to write, which does not exist yet. It is on the file system of
            `target`. The build renames it to `target` when this returns, and removes it when this
            raises.

        Raises
        ------
        skelconv.SkelconvError
            When the dataset cannot be written. The encoded clips are kept, and the next run of the
            build tries again.
        """
        ...


@runtime_checkable
class PublishingSink(Sink, Protocol):
    """A sink that copies its output to another place, such as behind a URL.

    The output stays at `target`. Both methods are called on the driver.
    """

    def check_place(self, identity: str, *, replace: bool) -> None:
        """Check, before the work starts, that the output can be copied there.

        Parameters
        ----------
        identity : str
            The identity of the build: equal ones give the same output.
        replace : bool
            Whether what another build has put there may be replaced; nothing else ever may.

        Raises
        ------
        skelconv.SkelconvError
            When there is something that may not be replaced, or the place cannot be written.
        """
        ...

    def publish(self, path: Path, identity: str, sha256: str, *, replace: bool) -> bool:
        """Copy a complete output, or what is missing of it there.

        It is called after the build has written the output, and by each later run of the same
        build. What an earlier call has copied before it was ended must not be in its way.

        Parameters
        ----------
        path : Path
            The output.
        identity : str
            The identity of the build.
        sha256 : str
            The digest of the output, in hexadecimal.
        replace : bool
            As of `check_place`.

        Returns
        -------
        bool
            Whether anything was missing.

        Raises
        ------
        skelconv.SkelconvError
            When it cannot be copied. The next run of the build tries again.
        """
        ...


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


@runtime_checkable
class Executor(Protocol):
    """A way to run work: it makes the pools that run the batches of a build. On the driver.

    A pool is a `concurrent.futures.Executor`. A build calls its ``submit`` with a function of
    skelconv's and arguments that can be pickled, and its ``shutdown``.

    Attributes
    ----------
    workers : int
        Number of batches that run at the same time; known once `start` has returned.
    isolated : bool
        Whether work runs in processes other than the driver, so that one that hangs can be ended.
    """

    workers: int
    isolated: bool

    def start(self, resources: Resources) -> Pool:
        """Return a new pool. Called at the start of a build, and again after a worker died.

        Parameters
        ----------
        resources : Resources
            What each worker needs.

        Returns
        -------
        concurrent.futures.Executor
            The pool. Where a worker has died, its futures, or the next ``submit``, must raise
            `concurrent.futures.BrokenExecutor`.

        Raises
        ------
        skelconv.BuildError
            When no worker with these resources can be had.
        """
        ...

    def kill(self, pool: Pool) -> None:
        """End a pool at once, also the work that is running. What is not done is run again.

        Parameters
        ----------
        pool : concurrent.futures.Executor
            A pool that `start` returned.
        """
        ...


@runtime_checkable
class Detector(Protocol):
    """Finds people in frames of video. Sources of videos make and call it, on a worker."""

    def detect(self, frames: Sequence[Array]) -> Sequence[Array]:
        """Find the people in each frame.

        The boxes of a frame must depend on this frame alone, and not on the others in the call:
        how frames are grouped into calls must not change the result.

        Parameters
        ----------
        frames : sequence of ndarray of shape (H, W, 3)
            RGB, uint8, all of one size. They must not be changed.

        Returns
        -------
        sequence of ndarray of shape (N, 5)
            For each frame, float32: left, top, right and bottom in pixels of the frame, and the
            score; the highest score first. N differs between frames, and may be 0.

        Raises
        ------
        skelconv.ClipError
            When these frames cannot be used: the clip is quarantined.
        """
        ...


class Poses(NamedTuple):
    """The skeletons of the N people in one frame.

    Attributes
    ----------
    keypoint : ndarray of shape (N, V, C)
        Float32: x and y in pixels of the frame.
    keypoint_score : ndarray of shape (N, V)
        Confidence of each joint, float32.
    """

    keypoint: Array
    keypoint_score: Array


@runtime_checkable
class PoseModel(Protocol):
    """Finds the joints of people in boxes. Sources of videos make and call it, on a worker.

    Attributes
    ----------
    layout : str
        The name of the layout of its V joints, known once the model is loaded.
    """

    layout: str

    def estimate(self, frames: Sequence[Array], boxes: Sequence[Array]) -> Sequence[Poses]:
        """Find the joints of the people in each frame.

        As with `Detector.detect`, the result for a frame must depend on this frame and its boxes
        alone.

        Parameters
        ----------
        frames : sequence of ndarray of shape (H, W, 3)
            RGB, uint8, all of one size. They must not be changed.
        boxes : sequence of ndarray of shape (N, 4)
            For each frame, float32: left, top, right and bottom in pixels of the frame, with an
            area above 0. N differs between frames, and may be 0.

        Returns
        -------
        sequence of Poses
            For each frame, one skeleton for each box, in the order of the boxes.
        """
        ...


@runtime_checkable
class OneStagePoseModel(Protocol):
    """Finds people and their joints at once, without boxes. Called as a `PoseModel`, on a worker.

    Its descriptor has ``one_stage=True``.

    Attributes
    ----------
    layout : str
        The name of the layout of its V joints, known once the model is loaded.
    """

    layout: str

    def find(self, frames: Sequence[Array]) -> Sequence[tuple[Array, Poses]]:
        """Find the people in each frame.

        As with `Detector.detect`, the result for a frame must depend on this frame alone.

        Parameters
        ----------
        frames : sequence of ndarray of shape (H, W, 3)
            RGB, uint8, all of one size. They must not be changed.

        Returns
        -------
        sequence of (ndarray of shape (N, 5), Poses)
            For each frame, the boxes with scores as in `Detector.detect`, and one skeleton for each
            box, in the order of the boxes.
        """
        ...
