"""What the viewer shows: one dataset or two, as plain data for the front end."""

from __future__ import annotations

import contextlib
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np

from skelconv.data.clip import Clip
from skelconv.data.errors import ClipError, DatasetError, PluginError
from skelconv.datasets.checked import provenance_of
from skelconv.datasets.dataset import Dataset
from skelconv.datasets.heatmaps import Kind, heatmaps, squared
from skelconv.pictures.footage import Footage, find_video, frames_of
from skelconv.pictures.loading import import_pictures
from skelconv.plugin.loading import load_registry
from skelconv.viewer.alone import alone
from skelconv.viewer.examination import Examination
from skelconv.viewer.framing import framed, framed_clip
from skelconv.viewer.marks import Marks

# Reasons of quarantined clips that are shown, at most.
_QUARANTINED = 10_000
_HEAT_SIZE = 64


class Session:
    """The datasets that are looked at. Its methods may be called by any thread.

    Parameters
    ----------
    dataset : Dataset
        The dataset.
    marks : Marks, optional
        What the user thinks of its clips.
    other : Dataset, optional
        Another one, whose clips of the same ids are shown beside it.
    videos : str, optional
        A video, or a folder of videos named as the clips are.
    options : mapping of str to str, optional
        The reader's options with which the dataset was opened.

    Attributes
    ----------
    examination : Examination
        What is found out about all clips while some are shown.
    """

    def __init__(
        self,
        dataset: Dataset,
        marks: Marks | None = None,
        other: Dataset | None = None,
        videos: str | None = None,
        options: Mapping[str, str] | None = None,
    ) -> None:
        self.marks = marks
        self.videos = videos
        self._options = dict(options or {})
        self._datasets = [dataset] if other is None else [dataset, other]
        # A reader is used by one thread at a time.
        self._lock = threading.Lock()
        # Pictures are drawn one after the other, while clips are shown.
        self._drawing, self._filming = threading.Lock(), threading.Lock()
        self._films: tempfile.TemporaryDirectory[str] | None = None
        self.examination = Examination(len(dataset))

    def described(self) -> Mapping[str, Any]:
        """Return what is known of the dataset as a whole.

        Returns
        -------
        mapping
            JSON values.
        """
        dataset = self._datasets[0]
        with self._lock:
            provenance = provenance_of(dataset.path)
            return {
                "path": dataset.path or "dataset",
                "options": self._options,
                "marks": None if self.marks is None else str(self.marks.path),
                "joints": _joints(dataset.layout),
                "other": self._datasets[1].path if len(self._datasets) > 1 else None,
                "clips": len(dataset),
                "label_names": list(dataset.label_names),
                "videos": self.videos is not None,
                "quarantined": _quarantined(provenance),
                "provenance": _without_clips(provenance),
            }

    def table(self) -> Mapping[str, Any]:
        """Return the columns of the table of clips, without reading a clip.

        Returns
        -------
        mapping
            JSON values: columns in the order of the clips, and splits as positions.
        """
        dataset = self._datasets[0]
        with self._lock:
            sizes = dataset.sizes
            columns: dict[str, Any] = {
                "ids": list(dataset.ids),
                "labels": list(dataset.labels),
                "splits": {name: list(members) for name, members in dataset.splits.items()},
                "persons": [size[0] for size in sizes] if sizes else None,
                "frames": [size[1] for size in sizes] if sizes else None,
            }
            if len(self._datasets) > 1:
                places = {clip_id: place for place, clip_id in enumerate(self._datasets[1].ids)}
                columns["other"] = [places.get(clip_id, -1) for clip_id in dataset.ids]
        return columns

    def clip(self, which: int, index: int) -> bytes:
        """Return a clip for the front end.

        Parameters
        ----------
        which : int
            0 for the dataset, 1 for the other one.
        index : int
            The clip's position.

        Returns
        -------
        bytes
            The length of a JSON text as 4 bytes, the JSON text, and then float32 numbers: keypoint
            (M, T, V, C), with NaN where joints are missing, and the scores (M, T, V), if any.

        Raises
        ------
        DatasetError
            When there is no such clip, or it cannot be read.
        """
        return framed_clip(self._read(which, index))

    def heat(self, index: int, kind: Kind) -> bytes:
        """Return the heatmaps of a clip, the brightest channel at each pixel.

        Parameters
        ----------
        index : int
            The clip's position.
        kind : {"keypoint", "limb"}
            As of `skelconv.heatmaps`.

        Returns
        -------
        bytes
            As `clip` returns, with one byte a pixel, of shape (T, 64, 64).

        Raises
        ------
        DatasetError
            When the clip has no heatmaps.
        """
        clip = self._read(0, index)
        try:
            clip = squared(clip, _HEAT_SIZE)
        except ValueError as error:
            raise DatasetError(str(error)) from error
        shape = (clip.total_frames, _HEAT_SIZE, _HEAT_SIZE)
        values = np.zeros(shape, np.uint8)
        for frame, bright in enumerate(values):
            volume = heatmaps(clip.take("T", [frame]), kind, size=None)
            bright[:] = np.clip(volume.max(axis=(0, 1), initial=0.0), 0, 1) * 255 + 0.5
        return framed({"shape": shape}, [values.tobytes()])

    def marked(self) -> Mapping[str, str]:
        """Return the marked clips.

        Returns
        -------
        mapping of str to str
            The note of each one, by its id.
        """
        return {} if self.marks is None else self.marks.all()

    def mark(self, index: int, note: str | None) -> Mapping[str, str]:
        """Mark a clip, or take its mark away.

        Parameters
        ----------
        index : int
            The clip's position.
        note : str or None
            What is wrong with it; None takes the mark away.

        Returns
        -------
        mapping of str to str
            All marks, as `marked` returns them.

        Raises
        ------
        DatasetError
            When there is no such clip, or the mark cannot be saved.
        """
        if self.marks is None:
            raise DatasetError("marks are not saved here")
        return self.marks.set(self.clip_id(index), note)

    def picture(self, index: int, ending: str) -> bytes:
        """Draw a clip into a file.

        Parameters
        ----------
        index : int
            The clip's position.
        ending : str
            The file's ending, such as ``mp4``.

        Returns
        -------
        bytes
            The file.

        Raises
        ------
        DatasetError
            When it cannot be drawn.
        PluginError
            When the extra ``viz`` is not installed.
        """
        viz = import_pictures("viz")
        clip = self._read(0, index)
        dataset = alone(clip, self._datasets[0].label_names)
        with tempfile.TemporaryDirectory() as folder, self._drawing:
            target = Path(folder, f"clip.{ending}")
            viz.draw(dataset, [clip.id], target, viz.Picture(video=self._video_of(clip)))
            return target.read_bytes()

    def _video_of(self, clip: Clip) -> str | None:
        """Return where the video of a clip is, if there is one that it can be drawn over."""
        if self.videos is None or clip.keypoint.shape[-1] != 2:
            return None
        with contextlib.suppress(DatasetError):
            find_video(self.videos, clip.id)
            return self.videos
        return None

    def footage(self, index: int) -> Footage:
        """Return the video of a clip.

        Parameters
        ----------
        index : int
            The clip's position.

        Returns
        -------
        Footage
            The video, and where the clip begins in it.

        Raises
        ------
        DatasetError
            When there is none.
        """
        if self.videos is None:
            raise DatasetError("no videos were named", hint="skelconv view --video FOLDER")
        return find_video(self.videos, self.clip_id(index))

    @contextlib.contextmanager
    def film(self, index: int, fps: float) -> Iterator[Path]:
        """Give a clip's frames of its video in a form that browsers play, as a file.

        Parameters
        ----------
        index : int
            The clip's position.
        fps : float
            Frames per second.

        Yields
        ------
        Path
            An mp4 file; the last one is kept, for browsers ask for it piece by piece.

        Raises
        ------
        DatasetError
            When there is no video, or it cannot be decoded.
        PluginError
            When the extra ``viz`` is not installed.
        """
        writing = import_pictures("writing")
        footage = self.footage(index)
        with self._filming:
            if self._films is None:
                self._films = tempfile.TemporaryDirectory(prefix="skelconv-view-")
            target = Path(self._films.name, f"{index}.mp4")
            if not target.exists():
                for before in target.parent.iterdir():
                    before.unlink()
                until = footage.first + max(self._read(0, index).total_frames, 1)
                frames = islice(frames_of(footage.path), footage.first, until)
                begin = next(frames, None)
                if begin is None:
                    raise DatasetError(f"it has no frame {footage.first}", where=footage.path)
                writing.write_film(target, chain([begin], frames), fps)
            yield target

    def close(self) -> None:
        """Remove the films that were made."""
        with self._filming:
            if self._films is not None:
                self._films.cleanup()
                self._films = None

    def clip_id(self, index: int) -> str:
        """Return the id of a clip.

        Parameters
        ----------
        index : int
            Its position.

        Returns
        -------
        str
            The id.

        Raises
        ------
        DatasetError
            When there is no such clip.
        """
        ids = self._datasets[0].ids
        if not 0 <= index < len(ids):
            raise DatasetError(f"there is no clip {index}")
        return ids[index]

    def _read(self, which: int, index: int) -> Clip:
        if not 0 <= which < len(self._datasets):
            raise DatasetError("there is no other dataset")
        dataset = self._datasets[which]
        if not 0 <= index < len(dataset):
            raise DatasetError(f"there is no clip {index}")
        with self._lock:
            try:
                return dataset[index]
            except ClipError as error:
                raise DatasetError(error.reason) from error


def _joints(layout: str) -> Sequence[str]:
    try:
        return load_registry().layout(layout).joints
    except PluginError:  # a dataset of a layout that is not installed is shown without names
        return ()


def _without_clips(provenance: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Leave out the list of quarantined clips, which is shown beside it."""
    report = (provenance or {}).get("report")
    if provenance is None or not isinstance(report, dict):
        return provenance
    return {**provenance, "report": {k: v for k, v in report.items() if k != "quarantined"}}


def _quarantined(provenance: Mapping[str, Any] | None) -> list[Mapping[str, str]]:
    report = (provenance or {}).get("report")
    clips = report.get("quarantined") if isinstance(report, dict) else None
    return list(_texts(clips if isinstance(clips, list) else []))[:_QUARANTINED]


def _texts(clips: Sequence[Any]) -> Iterator[Mapping[str, str]]:
    for clip in clips:
        if isinstance(clip, dict):
            yield {"id": str(clip.get("id")), "reason": str(clip.get("reason"))}
