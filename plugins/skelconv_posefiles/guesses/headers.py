"""Which columns of a table hold what, guessed from their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from skelconv_posefiles.guesses.wide import SCORES
from skelconv_posefiles.loose.columns import is_pattern, regular

# Names without capitals, blanks and signs.
ROLES: Mapping[str, tuple[str, ...]] = {
    "frame": (
        "frame", "frameid", "framenum", "framenumber", "frameno", "frameidx", "frameindex",
        "framecount", "imageid", "imagename", "image", "img", "imgname",
    ),
    "time": ("timestamp", "time", "timesec", "times", "timems", "seconds", "sec", "t"),
    "person": (
        "person", "personid", "personidx", "trackid", "track", "bodyindexid", "bodyid", "body",
        "trackingid", "playerid", "poseid", "instance", "skeletonid", "subject", "idx", "pid",
    ),
    "id": (
        "videoid", "video", "videoname", "clip", "clipid", "clipname", "sequenceid", "sequence",
        "recording", "sample", "sampleid", "sampleno", "file", "filename", "filepath", "id",
        "participantid",
    ),
    "label": (
        "label", "class", "action", "actionid", "activity", "target", "gesture", "sign",
        "signlanguage", "exercise", "category", "classid", "classname", "poselabel", "pose",
    ),
    "joint": (
        "keypoint", "keypointid", "keypointname", "keypointindex", "joint", "jointid", "jointname",
        "jointindex", "jointtype", "landmark", "landmarkid", "landmarkindex", "landmarkname",
        "bodypart", "marker", "kp", "kpid", "point", "pointid", "part",
    ),
}  # fmt: skip
"""What columns are called, by what they hold; the first ones go first."""

_PLACE_NAMES = (
    "name", "part", "joint", "jointType", "joint_name", "label", "bodypart", "landmark", "id",
    "joint_id", "keypoint_id", "landmark_id", "index", "idx",
)  # fmt: skip

_SIGNS = re.compile(r"[^a-z0-9]+")


def bare(name: str) -> str:  # numpydoc ignore=PR01
    """Return a name without capitals, blanks and signs."""
    return _SIGNS.sub("", name.lower())


def column_for(role: str, header: Sequence[str], taken: Iterable[str] = ()) -> str | None:
    """Find the column that holds something.

    Parameters
    ----------
    role : str
        A key of `ROLES`.
    header : sequence of str
        The names of the columns.
    taken : iterable of str
        Columns that hold something else.

    Returns
    -------
    str or None
        Its name, or None where there is none.
    """
    names = {bare(name): name for name in reversed(header) if name not in set(taken)}
    return next((names[one] for one in ROLES[role] if one in names), None)


def long_values(header: Sequence[str]) -> dict[str, str]:
    """Find the columns of x, y, z and score of a long table.

    Parameters
    ----------
    header : sequence of str
        The names of the columns.

    Returns
    -------
    dict of str to str
        The columns by what they hold; empty where x or y is not there.
    """
    found: dict[str, str] = {}
    for value in ("x", "y", "z"):
        ways = (value, f"{value}coord", f"coord{value}", f"pos{value}", f"{value}pos", f"p{value}")
        name = next((name for way in ways for name in header if bare(name) == way), None)
        if name:
            found[value] = name
    score = next((name for way in SCORES for name in header if bare(name) == way), None)
    if score:
        found["score"] = score
    return found if {"x", "y"} <= found.keys() else {}


def joint_of_places(header: Sequence[str], values: Mapping[str, str]) -> str | None:
    """Find what names the joint of each place in a list: ``keypoints.{n}.id``.

    Parameters
    ----------
    header : sequence of str
        The names of the columns.
    values : mapping of str to str
        The patterns of x, y, z and score.

    Returns
    -------
    str or None
        A pattern, which has a column for each of x; None where places are joints.
    """
    stem, found, _ = values["x"].rpartition(".")
    if not found or not is_pattern(stem) or "{person}" in stem:
        return None
    wanted = {f"{stem}.{name}" for name in _PLACE_NAMES}
    there = {name for name in header if regular(values["x"]).match(name)}
    for pattern in sorted(wanted, key=lambda one: _PLACE_NAMES.index(one.rpartition(".")[2])):
        if there and sum(bool(regular(pattern).match(name)) for name in header) == len(there):
            return pattern
    return None
