"""C3D: markers in 3D, by the library ``c3d`` (EmbodiedCognition/py-c3d).

The form is that of The C3D File Format (c3d.org). The library is plain Python: ezc3d, which is
written in C++, ends the process with some damaged files.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from typing import Any

import c3d
import numpy as np

from skelconv import Array, Clip, ClipError
from skelconv.files import Budget, layout_of_joints, read
from skelconv.text import listed, one_line, shown
from skelconv_mocap.frames import Pace, sound_rate
from skelconv_mocap.options import METRES

# Points that are no places: what a body model computed, in degrees or newtons.
_NO_PLACES = ("ANGLES", "FORCES", "MOMENTS", "POWERS", "SCALARS")
# What a marker takes in a frame, in bytes.
_PLACED = 12


class _Reader(c3d.Reader):  # type: ignore[misc]
    """The library's reader, for files whose rate of analog signals does not agree with itself.

    Many that have no such signals are of this kind, and the library would refuse them. It is only
    needed that the header and the parameters agree where the points are.
    """

    def _check_metadata(self) -> None:
        analog = self.analog_used and self.analog_used * self.analog_per_frame
        header = self.header
        said = (header.point_count, header.scale_factor, header.analog_count)
        if said != (self.point_used, self.point_scale, analog):
            raise ClipError(
                "its header and its parameters say different things: "
                f"{said} and {(self.point_used, self.point_scale, analog)} for the number of "
                "points, their scale and the number of analog values in a frame"
            )


def load(
    path: str,
    *,
    unit: float | None,
    subjects: Sequence[str],
    markers: Sequence[str],
    pace: Pace,
    max_bytes: int,
) -> Clip:
    """Load a file.

    Parameters
    ----------
    path : str
        The file.
    unit : float, optional
        Metres in a unit of its lengths; by default that of its parameter POINT:UNITS.
    subjects : sequence of str
        Those whose markers are taken; by default all.
    markers : sequence of str
        Those that are taken, in this order; by default all that have a name.
    pace : Pace
        Which frames are kept.
    max_bytes : int
        The largest file that is read.

    Returns
    -------
    Clip
        A person for each name of a subject before the markers' names; in metres, in the file's
        axes. Markers that no camera saw are missing.

    Raises
    ------
    ClipError
        When the file is not C3D, or lacks a marker.
    """
    content = read(path, max_bytes, "max_file_mb")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what the file lacks, which is looked at here
        try:
            reader = _Reader(io.BytesIO(content))
            rate = sound_rate(float(reader.point_rate))
            first, last = int(reader.first_frame), int(reader.last_frame)
            in_file = (*_texts(reader, "UNITS"), "")[0]
            names, columns = _people(reader, subjects, markers)
            total = max(last - first + 1, 0)
            if total > len(content):
                raise ClipError(f"{total:,} frames, more than the file has bytes")
            frames = pace.kept(total, rate)
            budget = Budget(len(content))
            if not budget.take(len(frames) * columns.size * _PLACED):
                raise ClipError(
                    f"{len(frames):,} frames of {columns.size} markers: {budget.reason}"
                )
            keypoint = _read(reader, frames, total, columns)
        except ClipError:
            raise
        # The library checks little of what is in a file, so that a damaged one fails anywhere.
        except Exception as error:
            raise ClipError(f"is not a C3D file that can be read: {one_line(error)}") from error
    metres = _metres(in_file) if unit is None else unit
    layout = layout_of_joints(names, [], f"c3d{len(names)}")
    keypoint = (keypoint * np.float32(metres)).astype(np.float32)
    return pace.clip(keypoint, layout, rate)


def _texts(reader: Any, name: str) -> list[str]:
    """Return the texts of a parameter of the group POINT, and of those that continue it."""
    found: list[str] = []
    for key in (name, *(f"{name}{n}" for n in range(2, 10))):
        parameter = reader.get(f"POINT:{key}")
        if parameter is None:
            break
        found += [str(text).strip() for text in np.ravel(parameter.string_array)]
    return found


def _people(
    reader: Any, subjects: Sequence[str], markers: Sequence[str]
) -> tuple[list[str], Array]:
    """Return the markers' names, and for each person (M) and marker (V) the point, or -1."""
    no_places = {text for name in _NO_PLACES for text in _texts(reader, name)}
    points: dict[str, dict[str, int]] = {}
    for at, label in enumerate(_texts(reader, "LABELS")[: int(reader.point_used)]):
        # Vicon calls a marker that it cannot name *1, *2 and so on; others leave the name empty.
        if not label or label.startswith("*") or label in no_places:
            continue
        subject, _, name = label.rpartition(":")
        if subjects and subject not in subjects:
            continue
        if points.setdefault(subject, {}).setdefault(name, at) != at:
            raise ClipError(f"it has two markers {shown(label):.60}")
    named = {name: None for names in points.values() for name in names}
    wanted = [*markers] or [*named]
    lacking = [one for one in subjects if one not in points]
    if lacking:
        raise ClipError(f"it has no markers of {listed(lacking)} (option subjects)")
    lacking = [one for one in wanted if one not in named]
    if lacking or not wanted:
        there = listed([*named]) if named else "none that has a name"
        what = f"no markers {listed(lacking)}: it has {there}" if lacking else "no named markers"
        raise ClipError(f"it has {what} (option markers)")
    columns = [[names.get(one, -1) for one in wanted] for names in points.values()]
    return wanted, np.array(columns)


def _read(reader: Any, frames: Array, total: int, columns: Array) -> Array:
    """Return the places (M, T, V, 3), in the file's unit; zeros where a marker was not seen."""
    places = np.zeros((columns.shape[0], len(frames), columns.shape[1], 3), np.float32)
    wanted = iter(enumerate(frames.tolist()))
    at, frame = next(wanted)
    count = 0
    for _, points, _ in reader.read_frames(copy=False, analog_transform=False):
        if count == frame:
            seen = (columns >= 0) & (points[columns, 3] >= 0)
            places[:, at] = np.where(seen[..., np.newaxis], points[columns, :3], 0)
            at, frame = next(wanted, (at, -1))
        count += 1
    if count < total:
        raise ClipError(f"it ends after {count:,} of {total:,} frames")
    return places


def _metres(text: str) -> float:
    name = text.strip().rstrip("\0").lower()
    if name not in METRES:
        what = f"its unit is {shown(name)!r:.40}" if name else "it does not say its unit"
        raise ClipError(f"{what}: mm, cm or m was expected (option unit)")
    return METRES[name]
