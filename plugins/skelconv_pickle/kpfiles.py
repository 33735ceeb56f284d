"""The sink `kpfiles`: a table of contents, and the skeletons in a folder beside it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path, PurePosixPath

from skelconv import Clip, ClipError
from skelconv.plugin import Assembly
from skelconv.vision import BOX_SCORE
from skelconv_pickle.annotation import annotation_of, ids_by_split
from skelconv_pickle.kinetics import VALID, VIDEO_FRAMES, compress, valid_of
from skelconv_pickle.layouts import Layouts, with_layout
from skelconv_pickle.opcodes import fragment, prologue, write_annotations
from skelconv_pickle.table import FOLDER, TABLE

_CLIPS_PER_FILE = 500
_KEPT = (
    *("id", "layout", "label", "keypoint_score", "img_shape", "original_shape"),
    *("frame_inds", "box_score", VIDEO_FRAMES, VALID),
)
# Of file systems, in bytes.
_LONGEST_NAME = 255
# Where the second of a clip's two fragments begins.
_HEADER = 8


class KpfilesSink:
    """Writes ``annotations.pkl``, and ``kpfiles/`` in the form of MMAction2 or PYSKL.

    The table has for each clip ``frame_dir``, ``label``, ``img_shape``, ``original_shape``,
    ``total_frames``, ``frame_inds`` (int16), ``box_score`` (float16) and ``valid`` (see
    `skelconv_pickle.kinetics`). ``total_frames`` is that of the table that the clip is from, or T.
    The form has no place for other fields.

    Parameters
    ----------
    target : Path
        The folder that the build gives.
    raw_file_prefix : str, optional
        Write files of many clips, as PYSKL reads them: this is the folder in which it will find
        them. Without it, one file for each clip, as MMAction2 reads them.
    """

    def __init__(self, target: Path, *, raw_file_prefix: str | None = None) -> None:
        self.target = target
        self._prefix = raw_file_prefix

    def encode(self, clip: Clip) -> bytes:
        """Return a clip's entry and its skeletons, as pickle opcodes.

        Parameters
        ----------
        clip : Clip
            With keypoints of shape (M, T, V, 2) and scores.

        Returns
        -------
        bytes
            The length of the entry, the entry and the skeletons.

        Raises
        ------
        ClipError
            When it has no two-dimensional keypoints with scores, no person is in it, its id
            cannot be a file's name, or it holds text that is too long.
        """
        self._check_id(clip.id)
        skeletons = compress(clip)
        annotation = annotation_of(clip.replace(fields={}))
        del annotation["keypoint"], annotation["keypoint_score"]
        annotation["total_frames"] = skeletons.total_frames or clip.total_frames
        annotation["frame_inds"] = skeletons.frame_inds
        annotation["box_score"] = skeletons.box_score
        annotation["valid"] = valid_of(clip, skeletons)
        entry = with_layout(clip, fragment(annotation))
        return (
            len(entry).to_bytes(_HEADER, "little")
            + entry
            + fragment({"keypoint": skeletons.keypoint})
        )

    def keeps(self, clip: Clip) -> tuple[str, ...]:
        """Return what is kept of a clip.

        Parameters
        ----------
        clip : Clip
            A clip.

        Returns
        -------
        tuple of str
            Names of attributes, and the fields that a table of contents has.
        """
        # The score of a box is kept as box_score where there is none of this name.
        return _KEPT if "box_score" in clip.fields else (*_KEPT, BOX_SCORE)

    def _check_id(self, name: str) -> None:
        try:
            length = len(os.fsencode(f"{name}.pkl"))
        except UnicodeEncodeError:
            length = 0
        if not length or PurePosixPath(name).name != name or name in (".", "..") or "\0" in name:
            raise ClipError("its id cannot be the name of a file")
        if self._prefix is None and length > _LONGEST_NAME:
            raise ClipError(
                f"its id has {length - 4} bytes, and the name of a file at most {_LONGEST_NAME - 4}"
            )

    def assemble(self, clips: Assembly, path: Path) -> None:
        """Write the folder, with one clip at a time in memory.

        Parameters
        ----------
        clips : Assembly
            The encoded clips.
        path : Path
            A folder that is not there yet.
        """
        (path / FOLDER).mkdir(parents=True)
        write = self._write_single if self._prefix is None else self._write_batched
        with (path / TABLE).open("wb", buffering=1 << 20) as table:
            entries = write(clips, path / FOLDER)
            write_annotations(table, ids_by_split(clips), entries, clips.label_names)

    def _write_single(self, clips: Assembly, folder: Path) -> Iterator[bytes]:
        layouts = Layouts()
        for name, encoded in zip(clips.ids, clips, strict=True):
            entry, skeletons = _parts(encoded)
            with (folder / f"{name}.pkl").open("wb") as file:
                file.write(prologue() + skeletons + b".")
            yield layouts.entry(entry)

    def _write_batched(self, clips: Assembly, folder: Path) -> Iterator[bytes]:
        layouts = Layouts()
        pairs = zip(clips.ids, clips, strict=True)
        for number, first in enumerate(pairs):
            raw_file = f"part_{number:05}.pkl"
            # Another key for the dict that the entry leaves on the stack.
            where = fragment("raw_file") + fragment(f"{self._prefix}/{raw_file}") + b"s"
            with (folder / raw_file).open("wb", buffering=1 << 20) as file:
                file.write(prologue() + b"}")
                for name, encoded in chain([first], islice(pairs, _CLIPS_PER_FILE - 1)):
                    entry, skeletons = _parts(encoded)
                    file.write(fragment(name) + skeletons + b"s")
                    yield layouts.entry(entry) + where
                file.write(b".")


def _parts(encoded: bytes) -> tuple[bytes, bytes]:
    end = _HEADER + int.from_bytes(encoded[:_HEADER], "little")
    return encoded[_HEADER:end], encoded[end:]
