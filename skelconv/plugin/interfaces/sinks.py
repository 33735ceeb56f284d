"""What a sink, which writes clips, must do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from skelconv.data.clip import Clip


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

    A sink whose format has no place for all that a clip may have says so, and the build tells what
    is lost. It has a method ``keeps(clip)``, called on a worker after `encode`, which returns the
    names of what it keeps of this clip: ``id``, ``layout``, ``label``, ``keypoint_score``,
    ``img_shape``, ``original_shape``, and names of fields. And a method
    ``keeps_splits(clips)``, called on the driver with the `Assembly` after `assemble`, returns the
    names of the splits that it keeps; ``keeps_clips(clips)``, called likewise, the positions of the
    clips, where those of no part are not in the output. Without these methods it keeps all.

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
