"""The sink `npz`: one archive of arrays, as CTR-GCN and similar trainers read it."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from skelconv import Clip, ClipError, DatasetError
from skelconv.plugin import Assembly
from skelconv_arrays.rows import encode_row, positions_in, rows_at, survey

_PERSONS = 2
# The time of a zip member that has none.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_TEST_NAMES = ("val", "test")


class NpzSink:
    """Writes ``x_train``, ``y_train``, ``x_test`` and ``y_test``, and ``label_names`` where known.

    ``x`` is (N, T, M * V * C) in float32: every clip with the same number of frames and persons,
    zeros where it has fewer. ``y`` is (N, classes) in float64, one in the column of the label.
    ``label_names`` is an array of text, the names of the classes in the order of labels.
    ``persons`` is the number of persons, where it is not 2.
    The archive is not compressed, and does not depend on the time.

    Parameters
    ----------
    target : Path
        The file that the build gives.
    frames : int
        T.
    persons : int
        M.
    classes : int, optional
        By default the number of names of labels or, without names, of labels up to the highest.
    train, test : str, optional
        The names of the two splits; by default the one that ends in ``train``, and the one that
        ends in ``val`` or ``test``.
    """

    def __init__(
        self,
        target: Path,
        *,
        frames: int = 300,
        persons: int = _PERSONS,
        classes: int | None = None,
        train: str | None = None,
        test: str | None = None,
    ) -> None:
        self.target = target
        self._frames = frames
        self._persons = persons
        self._classes = classes
        self._train = train
        self._test = test

    def encode(self, clip: Clip) -> bytes:
        """Return a clip's label, shape and (T, M, V, C) coordinates.

        Parameters
        ----------
        clip : Clip
            With one label, and no more frames and persons than the array has.

        Returns
        -------
        bytes
            The values, in float32.

        Raises
        ------
        ClipError
            When it has more frames or persons, or not exactly one label.
        """
        encoded = encode_row(clip, clip.keypoint, self._frames, self._persons)
        label = clip.label
        if self._classes is not None and isinstance(label, int) and label >= self._classes:
            raise ClipError(f"its label is {clip.label}, and there are {self._classes} classes")
        return encoded

    def keeps(self, clip: Clip) -> tuple[str, ...]:
        """Return what is kept of a clip.

        Parameters
        ----------
        clip : Clip
            A clip.

        Returns
        -------
        tuple of str
            Names of attributes.
        """
        return ("label",)

    def keeps_splits(self, clips: Assembly) -> tuple[str, ...]:
        """Return the splits that are kept.

        Parameters
        ----------
        clips : Assembly
            The encoded clips.

        Returns
        -------
        tuple of str
            The names of two splits.
        """
        return tuple(self._parts(clips).values())

    def keeps_clips(self, clips: Assembly) -> npt.NDArray[np.int64]:
        """Return which clips are kept.

        Parameters
        ----------
        clips : Assembly
            The encoded clips.

        Returns
        -------
        ndarray of int64
            The positions of those that are in the two splits.
        """
        return positions_in(clips.splits[name] for name in self._parts(clips).values())

    def _parts(self, clips: Assembly) -> dict[str, str]:
        """Return the names of the two splits."""
        return {
            "train": _part("train", self._train, ("train",), clips.splits),
            "test": _part("test", self._test, _TEST_NAMES, clips.splits),
        }

    def assemble(self, clips: Assembly, path: Path) -> None:
        """Write the archive, with one clip at a time in memory.

        Parameters
        ----------
        clips : Assembly
            The encoded clips.
        path : Path
            A file that is not there yet.

        Raises
        ------
        DatasetError
            When the two splits are not clear, or clips have different layouts.
        """
        parts = self._parts(clips)
        labels, trailing = survey(clips)
        classes = self._classes or len(clips.label_names) or int(labels.max(initial=-1)) + 1
        if labels.max(initial=-1) >= classes:
            raise DatasetError(
                f"a label is {labels.max()}, and there are {classes} names of labels",
                hint="Set the number of classes with the option 'classes'.",
            )
        width = self._persons * trailing[0] * trailing[1]
        with zipfile.ZipFile(path, "w") as archive:
            for name, split in parts.items():
                positions = positions_in([clips.splits[split]])
                shape = (len(positions), self._frames, width)
                with _member(archive, f"x_{name}", np.dtype("<f4"), shape) as member:
                    for row in rows_at(clips, positions):
                        member.write(row.padded(self._frames, self._persons).data)
                one_hot = np.zeros((len(positions), classes))
                one_hot[np.arange(len(positions)), labels[positions]] = 1
                with _member(archive, f"y_{name}", np.dtype("<f8"), one_hot.shape) as member:
                    member.write(one_hot.astype("<f8").tobytes())
            # Trainers take two for granted, and so does the reader where it is not said.
            if self._persons != _PERSONS:
                with _member(archive, "persons", np.dtype("<i8"), (1,)) as member:
                    member.write(np.array([self._persons], "<i8").tobytes())
            if clips.label_names:
                names = np.array(clips.label_names, dtype=np.str_)
                names = names.astype(names.dtype.newbyteorder("<"))
                with _member(archive, "label_names", names.dtype, names.shape) as member:
                    member.write(names.tobytes())


def _part(part: str, given: str | None, endings: Sequence[str], splits: Mapping[str, Any]) -> str:
    """Return the name of a part's split."""
    known = ", ".join(splits) or "none"
    if given is not None:
        if given not in splits:
            raise DatasetError(f"there is no split {given!r}; there are: {known}")
        return given
    found = [name for name in splits if name.endswith(tuple(endings))]
    if len(found) != 1:
        raise DatasetError(
            f"which split is {part}? There are: {known}",
            hint=f"Set it with the option {part!r}.",
        )
    return found[0]


def _member(
    archive: zipfile.ZipFile, name: str, dtype: np.dtype[Any], shape: tuple[int, ...]
) -> IO[bytes]:
    """Begin an array of the archive; its data follow."""
    info = zipfile.ZipInfo(f"{name}.npy", _EPOCH)
    info.create_system = 3  # the same on every system
    info.external_attr = 0o644 << 16
    member = archive.open(info, "w", force_zip64=True)
    header = {"descr": dtype.str, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(member, header)
    return member
