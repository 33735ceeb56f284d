"""The guess of ``pose-array``."""

from __future__ import annotations

import io
import os.path
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np

from skelconv import Array, ClipError
from skelconv.files import Samples, open_regular
from skelconv.plugin import Guess
from skelconv_posefiles.guesses.saying import (
    Y_FIRST,
    is_usual,
    labels_in,
    layout_of_number,
    lies_on_its_side,
    sized,
    units_of,
)
from skelconv_posefiles.guesses.wide import flat_form
from skelconv_posefiles.loose.options import ARRAY_ENDINGS
from skelconv_posefiles.loose.stored import EVERY, arrays_in

_LOOKED_AT, _LARGEST = 12, 2**25
_NUMBERED = re.compile(r"\d{1,9}\.\w+(\.gz)?\Z", re.ASCII)
# Flat rows of two bodies: their length, joints, coordinates.
_OF_TWO = {150: (25, 3)}
# A position and a quaternion.
_WITH_TURN, _NEAR_ONE = 7, 0.01
# The joints of MoveNet, which gives y before x.
_MOVENET = 17
# MediaPipe Holistic in one row: the body first, then the face, or not, and both hands.
_HOLISTIC = {1662: 4, 1692: 4, 2172: 4, 258: 4, 1629: 3, 225: 3}


class _Form(NamedTuple):
    """What an array is taken for."""

    axes: str
    joints: int
    width: int
    take: tuple[int, int] | None = None


def guess_array(samples: Samples) -> Guess | None:
    """Guess whether these are arrays of poses.

    Parameters
    ----------
    samples : Samples
        Some files.

    Returns
    -------
    Guess or None
        None where no array has a shape that poses may have.
    """
    files = samples.ending_with(ARRAY_ENDINGS)
    kinds = Counter(os.path.splitext(path.removesuffix(".gz"))[1].lower() for path in files)
    for kind, _ in sorted(kinds.most_common(), key=lambda one: -_rank(*one)):
        alike = [path for path in files if path.removesuffix(".gz").lower().endswith(kind)]
        for group in _groups(alike):
            guess = _guess(samples, group, alike)
            if guess:
                return guess
    return None


def _groups(alike: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield files that may be of one form: those of one name in many folders, all, or each."""
    by_name = Counter(os.path.basename(path) for path in alike)
    for name, number in by_name.most_common(3):
        if number > 1 and not name.partition(".")[0].isdecimal():
            yield [path for path in alike if os.path.basename(path) == name]
    yield alike
    # There may be lists beside them.
    yield from ([path] for path in alike[-_LOOKED_AT:] if len(alike) > 1)


def _rank(kind: str, count: int) -> int:
    return count * (2 if kind in (".npy", ".npz", ".mat") else 1)


def _guess(samples: Samples, files: Sequence[str], alike: Sequence[str]) -> Guess | None:
    read: list[_Read] = []
    for path in files[:: max(1, len(files) // _LOOKED_AT)][:_LOOKED_AT]:
        read += _arrays(samples, path)
    if not read:
        return None
    shapes = [one.array.shape for one in read]
    dimensions = Counter(map(len, shapes)).most_common(1)[0][0]
    shapes = [shape for shape in shapes if len(shape) == dimensions]
    form = _form(shapes, [one.path for one in read])
    if form is None:
        return None
    options: dict[str, Any] = {"root": samples.root}
    unknown: dict[str, str] = {}
    first = read[0]
    if first.key:
        options["key"] = first.key
    if first.before:
        start = form.take[0] if form.take else 0
        stop = form.take[1] if form.take else form.joints * form.width
        form = form._replace(take=(start + first.before, stop + first.before))
    alike_read = [one for one in read if one.array.ndim == dimensions]
    values = np.concatenate([_points(one, form) for one in alike_read])
    channels, three, units = _channels(values, form.width)
    if form.width == _WITH_TURN and not _are_turns(values[:, 3:]):
        return None
    reason = ""
    if form.joints == _MOVENET and form.width < 4 and units == "fractions":
        bodies = np.concatenate([_bodies(one, form) for one in alike_read])
        if lies_on_its_side(bodies[..., :2]):
            scores = form.width == 3 and not (bodies[..., 2] < 0).any()
            channels, three = ("yx-score" if scores else "yx", False)
            reason = f"; {Y_FIRST}"
    layout, lacking = layout_of_number(form.joints, three, only=False)
    if form.width == _WITH_TURN and layout:  # hands and suits have positions with turns too
        lacking = {
            "layout": f"the layout of these {form.joints} joints, such as {layout['layout']}"
        }
        layout = {}
    options |= layout
    unknown |= lacking
    if form.axes not in ("TVC", "MTVC", "T(VC)"):
        options["axes"] = form.axes
    if channels != "xy-score":
        options["channels"] = channels
    if form.take:
        options["take"] = list(form.take)
    if first.skip:
        options["skip"] = first.skip
    names = {os.path.basename(path) for path in files}
    if len(names) == 1 and len(alike) > len(files) and all("/" in path for path in files):
        options["files"] = f"*/{next(iter(names))}"
        options["ids"] = "folder"
    frames = not {"N", "T"} & set(form.axes)
    clips = [os.path.dirname(path) for path in files] if frames or "files" in options else files
    # What is in three dimensions stays as it is, whatever its units.
    advice = {} if three else sized(options, unknown, units)
    shape = " x ".join(map(str, shapes[0]))
    return Guess(
        options=options,
        reason=f"{os.path.basename(first.path)}: an array of {shape}, taken for {form.axes} with "
        f"{form.joints} joints{reason}",
        confidence=0.5 if dimensions > 2 or flat_form(form.joints * form.width) else 0.3,
        unknown=unknown,
        advice=advice | labels_in(samples, clips),
    )


class _Read(NamedTuple):
    """An array, and where it was."""

    path: str
    key: str
    array: Array
    skip: int = 0
    before: int = 0


def _arrays(samples: Samples, path: str) -> list[_Read]:
    """Read the array of a file, or what is whole of it in its first part."""
    kind = os.path.splitext(path.removesuffix(".gz"))[1].lower()
    content = samples.head(path)
    binary = kind in (".npy", ".npz", ".mat")
    try:
        if binary and samples.size(path) > len(content):
            if samples.size(path) > _LARGEST:
                return []
            with open_regular(samples.where(path)) as file:
                content = file.read(_LARGEST)
        elif not binary and len(content) >= 2**20:
            content = content.rpartition(b"\n")[0]
        if kind == ".npz":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                names = [name.removesuffix(".npy") for name in archive.namelist()]
            return _first_of(path, content, kind, names)
        if kind == ".mat":
            names = [name for name, _ in _all(content, kind, EVERY)]
            return _first_of(path, content, kind, names)
        try:
            return [_Read(path, "", one) for _, one in _all(content, kind, None)]
        except ClipError:
            if binary or kind == ".json":
                raise
        # The first line may name the columns, and the first column number the rows.
        (_, array), *_ = _all(content, kind, None, skip=1)
        counts = np.array_equal(array[:, 0], np.arange(len(array)) + array[0, 0])
        found = array[:, 1:] if counts and len(array) > 1 else array
        return [_Read(path, "", found, 1, array.shape[1] - found.shape[1])]
    except (ClipError, zipfile.BadZipFile, ValueError, OSError):
        return []


def _first_of(path: str, content: bytes, kind: str, names: Sequence[str]) -> list[_Read]:
    """Return the first array of a file that may be poses."""
    for name in names[:_LOOKED_AT]:
        with suppress(ClipError):
            for _, one in _all(content, kind, name):
                if _form([one.shape], [path]):
                    return [_Read(path, name if len(names) > 1 else "", one)]
    return []


def _all(content: bytes, kind: str, key: str | None, skip: int = 0) -> list[tuple[str, Array]]:
    return [*arrays_in(content, kind, key=key, most=_LARGEST, skip=skip)]


def _form(shapes: Sequence[tuple[int, ...]], paths: Sequence[str]) -> _Form | None:
    """Decide what the axes are."""
    shape = shapes[0]
    same = len(set(shapes)) == 1
    frames = same and len(paths) > 1 and all(_NUMBERED.search(path) for path in paths)
    if len(shape) == 1:
        return _flat(shape[0], "(VC)", "(MVC)") if frames or len(paths) == 1 else None
    if len(shape) == 2:
        if shape[1] in (2, 3, 4) and is_usual(shape[0]) and (frames or same):
            return _Form("VC", shape[0], shape[1])
        if frames and shape[0] <= 6:
            flat = _flat(shape[1], "M(VC)", "M(VC)")
            if flat:
                return flat
        return _flat(shape[1], "T(VC)", "T(MVC)")
    varies = [axis for axis in range(len(shape)) if len({one[axis] for one in shapes}) > 1]
    if len(shape) == 3:
        last = varies == [2] or (not varies and not is_usual(shape[2]))
        if last and shape[1] in (2, 3, 4) and is_usual(shape[0]):  # as MATLAB's users have it
            return _Form("VCT", shape[0], shape[1])
        if last and shape[0] in (2, 3, 4) and is_usual(shape[1]):
            return _Form("CVT", shape[1], shape[0])
        if shape[2] in (2, 3, 4) and shape[1] > 4:
            axes = "MVC" if frames and shape[0] <= 6 else "TVC"
            return _Form(axes, shape[1], shape[2])
        if shape[0] in (2, 3, 4) and shape[2] > 4:
            return _Form("CTV", shape[2], shape[0])
        if shape[1] in (2, 3, 4) and shape[2] > 4:
            return _Form("TCV", shape[2], shape[1])
        if shape[1] in (2, 3, 4) and shape[0] > 4 and is_usual(shape[0]):
            return _Form("VCT", shape[0], shape[1])
        return None
    if len(shape) == 4:
        if shape[0] == 3 and shape[3] in (1, 2) and shape[2] > 4:  # as nets take one clip
            return _Form("CTVM", shape[2], shape[0])
        if shape[3] in (2, 3, 4) and shape[2] > 4:
            if not same and len({s[0] for s in shapes}) > 1 and len({s[1] for s in shapes}) == 1:
                return _Form("TMVC", shape[2], shape[3])
            if shape[1] <= 6 < shape[0]:
                return _Form("TMVC", shape[2], shape[3])
            axes = "NTVC" if shape[0] > 10 else "MTVC"
            return _Form(axes, shape[2], shape[3])
        if shape[0] in (2, 3, 4) and shape[2] > 4:
            return _Form("CTVM", shape[2], shape[0])
        if shape[1] in (2, 3, 4) and shape[3] > 4:
            return _Form("NCTV", shape[3], shape[1])
        return None
    if len(shape) == 5 and shape[1] in (2, 3, 4) and shape[3] > 4:
        return _Form("NCTVM", shape[3], shape[1])
    if len(shape) == 5 and shape[4] in (2, 3, 4) and shape[3] > 4:
        if shape[1:3] == (1, 1):  # what a model gave for each frame
            return _Form("TNMVC", shape[3], shape[4])
        return _Form("NMTVC" if shape[1] <= 6 else "NTMVC", shape[3], shape[4])
    return None


def _flat(width: int, one: str, two: str) -> _Form | None:
    if width in _HOLISTIC:
        return _Form(one, 33, _HOLISTIC[width], (0, 33 * _HOLISTIC[width]))
    known = flat_form(width)
    if known:
        return _Form(one, *known)
    if width in _OF_TWO:
        return _Form(two, *_OF_TWO[width])
    for channels in (3, 2, _WITH_TURN):
        if width % channels == 0 and is_usual(width // channels):
            return _Form(one, width // channels, channels)
    return None


def _are_turns(values: Array) -> bool:
    """Return whether numbers (N, 4) are quaternions."""
    lengths = np.sqrt((values * values).sum(1))
    return len(lengths) > 0 and bool(np.median(np.abs(lengths - 1)) < _NEAR_ONE)


def _bodies(read: _Read, form: _Form) -> Array:
    """Return the bodies (N, V, C) of an array whose joints are together."""
    if not form.axes.replace(")", "").endswith("VC") or form.take:
        return np.zeros((0, form.joints, form.width))
    return np.asarray(read.array, np.float64).reshape(-1, form.joints, form.width)


def _points(read: _Read, form: _Form) -> Array:
    """Return some of the coordinates (N, C) of an array."""
    array = np.asarray(read.array, np.float64)
    if form.take:
        array = array[..., form.take[0] - read.before : form.take[1] - read.before]
    letters = form.axes.replace("(", "").replace(")", "")
    if form.axes.endswith("VC)") or form.axes.endswith("VC"):
        flat = array.reshape(-1, form.width)
    else:
        flat = np.moveaxis(array, letters.index("C"), -1).reshape(-1, form.width)
    flat = flat[np.isfinite(flat).all(1) & flat.any(1)]
    return flat[:: max(1, len(flat) // 5000)]


def _channels(values: Array, width: int) -> tuple[str, bool, str]:
    """Return the option channels, whether there are three coordinates, and units."""
    xy = values[:, :2].ravel().tolist() if len(values) else []
    units = units_of(xy)
    if width == 2:
        return "xy", False, units
    if width == _WITH_TURN:
        return "xyz-skip-skip-skip-skip", True, units
    third = values[:, 2] if len(values) else np.zeros(0)
    if width == 3:
        scores = len(third) > 0 and third.min() >= 0 and third.max() <= 1
        if units == "pixels" and set(third.tolist()) <= {0.0, 1.0, 2.0}:  # COCO's flags
            return "xy-score", False, units
        if scores and (units == "pixels" or (units == "fractions" and len(set(third)) < 3)):
            return "xy-score", False, units
        return "xyz", True, units
    if units == "fractions":
        return "xy-skip-score", False, units
    return "xyz-score", True, units
