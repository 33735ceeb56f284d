"""Loads single clips of an annotation pickle, with their kpfiles where they have some."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from skelconv import Array, Clip, ClipError, DatasetError
from skelconv.files import open_regular
from skelconv.unpickler import LazyArray, described, read_pickle
from skelconv_pickle import kinetics
from skelconv_pickle.annotation import USUAL_LAYOUTS, clip_of
from skelconv_pickle.contents import Annotation, Contents, is_compressed, shape_of
from skelconv_pickle.pinned import PinnedFile, PinnedFolder
from skelconv_pickle.table import skeletons_beside

_KPFILES_LAYOUT = "coco17"
_KPFILES_KEPT = 32
_KINDS = {"iu": "whole numbers", "f": "floats"}

NO_KPFILES = "the file is a table of contents: its skeletons are in other files, the kpfiles"


@dataclass(frozen=True, slots=True)
class ClipLoader:
    """How the annotations of a pickle are loaded.

    It can be sent to other processes.

    Attributes
    ----------
    file : PinnedFile
        The pickle.
    layout : str
        The clips' layout.
    kpfiles : Path, optional
        The folder of a table of contents' skeletons; by default the one beside it, as the sink
        `kpfiles` writes them.
    box_threshold : float, optional
        Of these, leave out skeletons of a lower box score.
    max_person : int, optional
        Of these, the maximum number of persons in a frame.
    beside : PinnedFolder, optional
        The folder of skeletons beside the table, where it must stay the one that it is.
    """

    file: PinnedFile
    layout: str
    kpfiles: Path | None = None
    box_threshold: float | None = None
    max_person: int | None = None
    beside: PinnedFolder | None = None

    def load(self, index: int, clip_id: str, annotation: Annotation) -> Clip:
        """Load a clip.

        Parameters
        ----------
        index : int
            The annotation's position in the file.
        clip_id : str
            The clip's id.
        annotation : mapping
            The annotation.

        Returns
        -------
        Clip
            The clip.

        Raises
        ------
        ClipError
            When it is damaged, lacks something, or the file has changed since.
        """
        try:
            with self.file.buffered() as file:
                if is_compressed(annotation):
                    return self._expand(clip_id, annotation, file)
                return clip_of(annotation, clip_id, self.layout, file, self.file.size)
        except (ValueError, OSError) as error:
            reason = str(error)
            if isinstance(error, OSError):
                reason = f"{error.filename or self.file.path}: {error.strerror}"
            raise ClipError(
                f"annotation {index} ({clip_id!r}): {reason}", path=str(self.file.path)
            ) from error

    def _expand(self, clip_id: str, annotation: Annotation, file: BufferedReader) -> Clip:
        folder = self.kpfiles or skeletons_beside(self.file.path)
        if folder is None:
            raise ValueError(NO_KPFILES)
        path, key = _kpfile(folder, clip_id, annotation)
        found = _read_kpfile(path, path.stat().st_mtime_ns)
        if key is not None:
            found = found.get(key) if isinstance(found, dict) else None
        lazy = found.get("keypoint") if isinstance(found, dict) else None
        if not isinstance(lazy, LazyArray):
            raise ValueError(f"{path} has no skeletons for it")
        with open_regular(path) as kpfile:
            keypoint = lazy.load(kpfile)
        if self.beside is not None:
            self.beside.check()
        expanded = kinetics.expand(
            kinetics.Compressed(
                keypoint=keypoint,
                frame_inds=_row(annotation, "frame_inds", "iu", file),
                box_score=_row(annotation, "box_score", "f", file),
                total_frames=_count(annotation, "total_frames"),
            ),
            box_threshold=self.box_threshold,
            max_person=self.max_person,
        )
        # Those of the video are not those of the clip, which has no empty frames.
        whole = {**annotation, **expanded, "total_frames": None}
        return clip_of(whole, clip_id, self.layout, file, self.file.size)


def loader_of(
    contents: Contents,
    *,
    layout: str | None = None,
    kpfiles: Path | None = None,
    box_threshold: float | None = None,
    max_person: int | None = None,
) -> ClipLoader:
    """Return a loader for the annotations of a pickle.

    Parameters
    ----------
    contents : Contents
        What the pickle holds.
    layout : str, optional
        The clips' layout; by default it follows from the shape of the first keypoint.
    kpfiles, box_threshold, max_person : optional
        See `ClipLoader`.

    Returns
    -------
    ClipLoader
        The loader.

    Raises
    ------
    DatasetError
        When the layout is not given and does not follow from the shape.
    """
    beside = None if kpfiles else skeletons_beside(contents.file.path)
    return ClipLoader(
        file=contents.file,
        layout=layout or _guess_layout(contents),
        kpfiles=kpfiles,
        box_threshold=box_threshold,
        max_person=max_person,
        beside=None if beside is None else PinnedFolder(beside),
    )


def _guess_layout(contents: Contents) -> str:
    for annotation in contents.annotations:
        named = annotation.get("layout")
        if isinstance(named, str):
            return named
        if is_compressed(annotation):
            return _KPFILES_LAYOUT
        sizes = shape_of(annotation.get("keypoint"))
        if len(sizes) == 4:
            joints, coordinates = sizes[2:]
            if (joints, coordinates) in USUAL_LAYOUTS:
                return USUAL_LAYOUTS[joints, coordinates]
            raise DatasetError(
                f"which layout has {joints} keypoints of {coordinates} coordinates is not known",
                where=str(contents.file.path),
                hint="Set it with the option 'layout'.",
            )
    if not contents.annotations:
        return ""  # an empty part of a build
    raise DatasetError(
        "no annotation has a keypoint of shape (M, T, V, C)", where=str(contents.file.path)
    )


def _kpfile(folder: Path, clip_id: str, annotation: Annotation) -> tuple[Path, str | None]:
    """Return the file of a clip's skeletons, and its key there.

    PYSKL's table names a file of many clips; MMAction2 looks for a file with the clip's id. The
    user gives the folder on this machine: of the path in the table, only the name is used.
    """
    raw_file = annotation.get("raw_file")
    if isinstance(raw_file, str):
        name = PurePosixPath(raw_file).name
        return folder / name, clip_id
    if PurePosixPath(clip_id).name != clip_id:
        raise ValueError(f"{clip_id!r} cannot be the name of a kpfile")
    return folder / f"{clip_id}.pkl", None


@functools.lru_cache(_KPFILES_KEPT)
def _read_kpfile(path: Path, mtime_ns: int) -> Any:
    """Read a kpfile, once for the clips in it that are read in succession."""
    try:
        return read_pickle(path)
    except DatasetError as error:
        raise ValueError(str(error).replace("\n", " ")) from None


def _row(annotation: Annotation, name: str, kinds: str, file: BufferedReader) -> Array:
    value = annotation.get(name)
    if not isinstance(value, LazyArray) or np.dtype(value.dtype).kind not in kinds:
        raise ValueError(f"its {name!r} is not an array of {_KINDS[kinds]}")
    return value.load(file)


def _count(annotation: Annotation, name: str) -> int | None:
    value = annotation.get(name)
    if value is None:
        return None
    if type(value) is not int or not 0 <= value <= np.iinfo(np.int32).max:
        raise ValueError(f"its {name!r} is {described(value)}, not a number of frames")
    return value
