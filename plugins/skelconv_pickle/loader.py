"""Loads single clips of an annotation pickle, with their kpfiles where they have some."""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from skelconv import Clip, ClipError, DatasetError
from skelconv.unpickler import StoredArray, read_pickle
from skelconv_pickle import kinetics
from skelconv_pickle.annotation import USUAL_LAYOUTS, Array, clip_of
from skelconv_pickle.contents import Annotation, Contents
from skelconv_pickle.table import skeletons_beside

_KPFILES_LAYOUT = "coco17"
_KPFILES_KEPT = 32
_KINDS = {"iu": "whole numbers", "f": "floats"}

NO_KPFILES = "the file is a table of contents: its skeletons are elsewhere, in kpfiles"


@dataclass(frozen=True, slots=True)
class ClipLoader:
    """How the annotations of a pickle are loaded.

    It holds no open file: it can be handed to other processes.

    Attributes
    ----------
    path : Path
        The pickle.
    size, mtime_ns : int
        Its size and time of change when it was opened.
    layout : str
        The clips' layout.
    kpfiles : Path, optional
        The folder of a table of contents' skeletons; by default the one beside it, as the sink
        `kpfiles` writes them.
    box_threshold : float, optional
        Of these, leave out skeletons of a lower box score.
    max_person : int
        Of these, the most persons in a frame.
    """

    path: Path
    size: int
    mtime_ns: int
    layout: str
    kpfiles: Path | None = None
    box_threshold: float | None = None
    max_person: int = 10

    def load(self, index: int, frame_dir: str, annotation: Annotation) -> Clip:
        """Load a clip.

        Parameters
        ----------
        index : int
            The annotation's place in the file.
        frame_dir : str
            The clip's id.
        annotation : mapping
            The annotation.

        Raises
        ------
        ClipError
            When it is damaged, lacks something, or the file was changed meanwhile.
        """
        try:
            with self.path.open("rb") as file:
                status = os.fstat(file.fileno())
                if (status.st_size, status.st_mtime_ns) != (self.size, self.mtime_ns):
                    raise ValueError("the file was changed since it was opened")
                if "keypoint" not in annotation and "frame_inds" in annotation:
                    return self._expand(frame_dir, annotation, file)
                return clip_of(annotation, frame_dir, self.layout, file, self.size)
        except (ValueError, OSError) as error:
            reason = str(error)
            if isinstance(error, OSError):
                reason = f"{error.filename}: {error.strerror}"
            raise ClipError(
                f"annotation {index} ({frame_dir!r}): {reason}", path=str(self.path)
            ) from None

    def _expand(self, frame_dir: str, annotation: Annotation, file: BufferedReader) -> Clip:
        folder = self.kpfiles or skeletons_beside(self.path)
        if folder is None:
            raise ValueError(NO_KPFILES)
        path, key = _kpfile(folder, frame_dir, annotation)
        found = _read_kpfile(path, path.stat().st_mtime_ns)
        if key is not None:
            found = found.get(key) if isinstance(found, dict) else None
        stored = found.get("keypoint") if isinstance(found, dict) else None
        if not isinstance(stored, StoredArray):
            raise ValueError(f"{path} has no skeletons for it")
        with path.open("rb") as kpfile:
            keypoint = stored.load(kpfile)
        expanded = kinetics.expand(
            kinetics.Compressed(
                keypoint=keypoint,
                frame_inds=_row(annotation, "frame_inds", "iu", file),
                box_score=_row(annotation, "box_score", "f", file),
            ),
            box_threshold=self.box_threshold,
            max_person=self.max_person,
        )
        # The frames without a person are gone, and so its own count of frames is.
        whole = {**annotation, **expanded, "total_frames": None}
        return clip_of(whole, frame_dir, self.layout, file, self.size)


def loader_of(
    contents: Contents,
    *,
    layout: str | None = None,
    kpfiles: Path | None = None,
    box_threshold: float | None = None,
    max_person: int = 10,
) -> ClipLoader:
    """Return a loader for the annotations of a pickle.

    Parameters
    ----------
    contents : Contents
        What the pickle holds.
    layout : str, optional
        The clips' layout; by default what the shape of the first keypoint speaks for.
    kpfiles, box_threshold, max_person : optional
        See `ClipLoader`.

    Raises
    ------
    DatasetError
        When the layout is not given and cannot be told.
    """
    return ClipLoader(
        path=contents.path,
        size=contents.size,
        mtime_ns=contents.mtime_ns,
        layout=layout or _guess_layout(contents),
        kpfiles=kpfiles,
        box_threshold=box_threshold,
        max_person=max_person,
    )


def _guess_layout(contents: Contents) -> str:
    for annotation in contents.annotations:
        if "keypoint" not in annotation and "frame_inds" in annotation:
            return _KPFILES_LAYOUT
        told = annotation.get("layout")
        if isinstance(told, str):
            return told
        sizes = _sizes(annotation.get("keypoint"))
        if len(sizes) == 4:
            joints, coordinates = sizes[2:]
            if (joints, coordinates) in USUAL_LAYOUTS:
                return USUAL_LAYOUTS[joints, coordinates]
            raise DatasetError(
                f"which layout has {joints} keypoints of {coordinates} coordinates is not known",
                where=str(contents.path),
                hint="Say it with the option 'layout'.",
            )
    if not contents.annotations:
        return ""  # an empty part of a build
    raise DatasetError(
        "no annotation has a keypoint of shape (M, T, V, C)", where=str(contents.path)
    )


def _sizes(value: Any) -> tuple[int, ...]:
    """Return the shape of an array, or that which nested lists seem to have."""
    sizes: tuple[int, ...] = ()
    while isinstance(value, list | tuple) and value and len(sizes) < 4:
        sizes += (len(value),)
        value = value[0]
    return sizes + value.shape if isinstance(value, StoredArray) else sizes


def _kpfile(folder: Path, frame_dir: str, annotation: Annotation) -> tuple[Path, str | None]:
    """Return the file of a clip's skeletons, and its key there.

    PYSKL's table names a file of many clips; MMAction2 looks for a file of the clip's own. Where
    that folder is on this machine is said by the user: of what the table says, only the name
    counts.
    """
    raw_file = annotation.get("raw_file")
    if isinstance(raw_file, str):
        name = PurePosixPath(raw_file).name
        return folder / name, frame_dir
    if PurePosixPath(frame_dir).name != frame_dir:
        raise ValueError(f"{frame_dir!r} cannot be the name of a kpfile")
    return folder / f"{frame_dir}.pkl", None


@functools.lru_cache(_KPFILES_KEPT)
def _read_kpfile(path: Path, mtime_ns: int) -> Any:
    """Read a kpfile, once for the clips in it that come near each other."""
    try:
        return read_pickle(path)
    except DatasetError as error:
        raise ValueError(str(error).replace("\n", " ")) from None


def _row(annotation: Annotation, name: str, kinds: str, file: BufferedReader) -> Array:
    value = annotation.get(name)
    if not isinstance(value, StoredArray) or np.dtype(value.dtype).kind not in kinds:
        raise ValueError(f"its {name!r} is no array of {_KINDS[kinds]}")
    return value.load(file)
