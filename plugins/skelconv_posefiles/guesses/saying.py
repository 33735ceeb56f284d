"""What guesses say: layouts by the number of joints, units by values, and what to fill in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from contextlib import suppress
from statistics import median
from typing import Any

import numpy as np

from skelconv import Array, ClipError
from skelconv.files import Samples, layouts_of, match_joints
from skelconv.plugin import layout_named

SIZE = "height and width of the images in pixels, such as [1080, 1920]"
Y_FIRST = (
    "heads are beside ankles, so the first of two numbers is taken for y, as MoveNet writes it"
)
_LEAST_BODIES, _ALONG = 3, 1.5
SIZE_ADVICE = "[1080, 1920]  # height and width in pixels, which nets for images need"

# Which one is usual of the layouts with as many joints.
_USUAL_2D = {
    17: "coco17", 18: "openpose18", 25: "openpose25", 26: "halpe26", 33: "blazepose33",
    67: "openpose67", 133: "coco-wholebody133", 137: "openpose137",
}  # fmt: skip
_USUAL_3D = {17: "h36m17", 20: "kinect20", 25: "ntu25", 32: "kinect-azure32", 33: "blazepose33"}


def layout_of_number(
    joints: int, three: bool = False, usual: Sequence[str] = (), *, only: bool = True
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the option ``layout`` by the number of joints, or what to fill in.

    Parameters
    ----------
    joints : int
        V.
    three : bool
        Whether there are three coordinates.
    usual : sequence of str
        Names of layouts that go first.
    only : bool
        Whether a layout that is not usual is taken where no other has as many joints.

    Returns
    -------
    options : dict
        With the layout, where one is usual.
    unknown : dict
        What to fill in, where none is.
    """
    known = layouts_of(joints)
    name = next((one for one in usual if one in known), None)
    name = name or (_USUAL_3D if three else _USUAL_2D).get(joints)
    name = name or (known[0] if only and len(known) == 1 else None)
    if name in known:
        return {"layout": name}, {}
    some = f": {', '.join(known)}, or one of your own" if known else "; none is known"
    return {}, {"layout": f"the layout of these {joints} joints{some}"}


def layout_of_some(names: Sequence[str]) -> str | None:
    """Return the layout that is usual in 2D and has some joints.

    Parameters
    ----------
    names : sequence of str
        The joints that were seen, which may not be all.

    Returns
    -------
    str or None
        The one with the fewest joints; None where none has them.
    """
    for name in _USUAL_2D.values():
        with suppress(ClipError):
            match_joints(names, layout_named(name), partial=True)
            return name
    return None


def is_usual(joints: int) -> bool:  # numpydoc ignore=PR01
    """Return whether files often have this number of joints."""
    return joints in _USUAL_2D or joints in _USUAL_3D or bool(layouts_of(joints))


def units_of(values: Iterable[float]) -> str:
    """Return what coordinates are in.

    Parameters
    ----------
    values : iterable of float
        Some x and y.

    Returns
    -------
    str
        One of pixels, fractions, signed-fractions and metres.
    """
    found = [value for value in values if math.isfinite(value) and value]
    if not found or median(map(abs, found)) > 10:
        return "pixels"
    # Models also give joints that are outside of the image.
    inside = sum(-0.25 <= value <= 1.25 for value in found) / len(found)
    negative = sum(value < 0 for value in found) / len(found)
    if inside > 0.7 and negative < 0.15:
        return "fractions"
    within = sum(abs(value) <= 1.1 for value in found) / len(found)
    return "signed-fractions" if within > 0.95 else "metres"


def sized(
    options: dict[str, Any], unknown: dict[str, str], units: str, default: str = "pixels"
) -> dict[str, str]:
    """Add units, and the size of images where it must be filled in.

    Parameters
    ----------
    options, unknown : dict
        Of the guess; they are added to.
    units : str
        What coordinates are in.
    default : str
        What they are in by default.

    Returns
    -------
    dict
        Advice, where the size may be given.
    """
    if units != default:
        options["units"] = units
    if "fractions" in units:
        unknown["img_shape"] = SIZE
        return {}
    return {"img_shape": SIZE_ADVICE} if units == "pixels" else {}


def labels_in(samples: Samples, files: Sequence[str]) -> dict[str, str]:
    """Return advice about labels.

    Parameters
    ----------
    samples : Samples
        What is there.
    files : sequence of str
        The files of clips.

    Returns
    -------
    dict
        The option ``labels``.
    """
    folders = {path.rpartition("/")[0] for path in files}
    table = next((p for p in samples.ending_with([".csv"]) if "label" in p.lower()), None)
    if table and table not in files and not samples.is_file:
        return {"labels": f"{{csv: {samples.where(table)}}}  # with the columns id and label"}
    if len(folders) > 1 and "" not in folders:
        return {"labels": "{folder: true}  # the folder that a clip is in is its class"}
    return {"labels": "{csv: labels.csv}  # a table with the columns id and label"}


def lies_on_its_side(points: Array) -> bool:
    """Return whether the first coordinate is the one along the body: a program wrote y first.

    Parameters
    ----------
    points : ndarray of shape (N, 17, 2)
        Bodies of COCO's joints, as MoveNet gives them; NaN or zeros for what is missing.

    Returns
    -------
    bool
        True where heads and ankles, and shoulders and hips, are much farther apart in the first
        coordinate.
    """
    found = np.asarray(points, np.float64)
    found = found[np.isfinite(found).all((1, 2)) & found[:, [0, 15, 16]].all((1, 2))]
    if len(found) < _LEAST_BODIES:
        return False
    ends = np.abs(found[:, 0] - found[:, [15, 16]].mean(1))
    trunk = np.abs(found[:, [5, 6]].mean(1) - found[:, [11, 12]].mean(1))
    first, second = (np.median(ends, 0) + np.median(trunk, 0)).tolist()
    return bool(first > _ALONG * second)
