"""The sink `npy`: data_joint.npy, label.pkl and num_frame.npy of each part.

ST-GCN, 2s-AGCN, MS-G3D and their kin read them; see `skelconv_arrays.npy_files`.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from skelconv import Clip, DatasetError
from skelconv.plugin import Assembly
from skelconv_arrays.rows import encode_row, positions_in, rows_at, survey

# The lowest that Python 3 writes by default, and that all of the trainers' Pythons read.
_PROTOCOL: Final = 3


class NpySink:
    """Writes ``PART_data_joint.npy``, ``PART_label.pkl`` and ``PART_num_frame.npy`` of each part.

    The array is (N, C, T, V, M) in float32: every clip with the same number of frames and persons,
    zeros where it has fewer. In 2D, C is x, y and the score where clips have one. The pickle is
    (ids, labels), and the third file has the number of frames of each clip. Without parts, the
    names are ``data_joint.npy``, ``label.pkl`` and ``num_frame.npy``.

    Parameters
    ----------
    target : Path
        The folder that the build gives.
    frames : int
        T.
    persons : int
        M.
    """

    def __init__(self, target: Path, *, frames: int = 300, persons: int = 2) -> None:
        self.target = target
        self._frames = frames
        self._persons = persons

    def encode(self, clip: Clip) -> bytes:
        """Return a clip as a row of the array.

        Parameters
        ----------
        clip : Clip
            With one label, and no more frames and persons than the array has.

        Returns
        -------
        bytes
            See `skelconv_arrays.rows`.

        Raises
        ------
        ClipError
            When it has more frames or persons, or not exactly one label.
        """
        values = clip.keypoint
        if clip.keypoint_score is not None and values.shape[-1] == 2:
            values = np.concatenate((values, clip.keypoint_score[..., np.newaxis]), -1)
        return encode_row(clip, values, self._frames, self._persons)

    def keeps(self, clip: Clip) -> tuple[str, ...]:
        """Return what is kept of a clip.

        Parameters
        ----------
        clip : Clip
            A clip.

        Returns
        -------
        tuple of str
            Names of attributes; scores are kept in 2D.
        """
        scores = ("keypoint_score",) if clip.keypoint.shape[-1] == 2 else ()
        return ("id", "label", *scores)

    def keeps_clips(self, clips: Assembly) -> npt.NDArray[np.int64]:
        """Return which clips are kept.

        Parameters
        ----------
        clips : Assembly
            The encoded clips.

        Returns
        -------
        ndarray of int64
            The positions of those that are in any part.
        """
        return positions_in(self._parts(clips).values())

    def _parts(self, clips: Assembly) -> Mapping[str, Sequence[int]]:
        return clips.splits or {"": range(len(clips.ids))}

    def assemble(self, clips: Assembly, path: Path) -> None:
        """Write the folder, with one clip at a time in memory.

        Parameters
        ----------
        clips : Assembly
            The encoded clips.
        path : Path
            A folder that is not there yet.

        Raises
        ------
        DatasetError
            When clips have different layouts or channels, or a part's name is none of a file.
        """
        labels, shape = survey(clips)
        path.mkdir()
        for part, members in self._parts(clips).items():
            if part and (part.startswith(".") or not set(part).isdisjoint("/\\\0")):
                raise DatasetError(f"the part {part!r} is no name of a file")
            prefix = f"{part}_" if part else ""
            positions = positions_in([members])
            frames = self._write(clips, positions, shape, path / f"{prefix}data_joint.npy")
            np.save(path / f"{prefix}num_frame.npy", frames)
            ids = [clips.ids[position] for position in positions]
            with (path / f"{prefix}label.pkl").open("wb") as file:
                pickle.dump((ids, labels[positions].tolist()), file, protocol=_PROTOCOL)

    def _write(
        self,
        clips: Assembly,
        positions: npt.NDArray[np.int64],
        shape: tuple[int, int],
        path: Path,
    ) -> npt.NDArray[np.int32]:
        """Write the array of a part, and return the number of frames of its clips."""
        joints, channels = shape
        whole = len(positions), channels, self._frames, joints, self._persons
        header = {"descr": "<f4", "fortran_order": False, "shape": whole}
        frames = np.zeros(len(positions), "<i4")
        with path.open("wb") as file:
            np.lib.format.write_array_header_1_0(file, header)
            for place, row in enumerate(rows_at(clips, positions)):
                values = row.padded(self._frames, self._persons).transpose(3, 0, 2, 1)
                file.write(np.ascontiguousarray(values).data)
                frames[place] = row.frames
        return frames
