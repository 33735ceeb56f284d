"""Which columns of a table hold what, guessed from their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

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
        "jointindex", "landmark", "landmarkid", "landmarkindex", "landmarkname", "bodypart",
        "marker", "kp", "kpid", "point", "pointid", "part",
    ),
}  # fmt: skip
"""What columns are called, by what they hold; the first ones go first."""

SCORES = (
    "score", "conf", "confidence", "visibility", "vis", "likelihood", "prob", "probability",
    "presence", "v", "c", "s", "p",
)  # fmt: skip

_SIGNS = re.compile(r"[^a-z0-9]+")
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_MOST_NAMES = 4000


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


def wide_values(header: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Find the patterns of the columns of x, y, z and score of a wide table.

    Parameters
    ----------
    header : sequence of str
        The names of the columns.

    Returns
    -------
    patterns : dict of str to str
        Such as ``{"x": "{joint}_x"}``; empty where there are none.
    joints : list of str
        What stands for the joint, in the order of the header.
    """
    best: tuple[dict[str, str], list[str]] = ({}, [])
    if len(header) > _MOST_NAMES:
        return best
    for last in (True, False):
        stems: dict[str, dict[str, str]] = {}  # by the value's word, by stem the word as written
        for name in header:
            words = list(_WORD.finditer(name))
            if len(words) < 2:
                continue
            word = words[-1] if last else words[0]
            stem = name[: word.start()] if last else name[word.end() :]
            rest = name[word.end() :] if last else name[: word.start()]
            if not rest.strip("_-. ()[]"):
                stems.setdefault(word[0], {})[stem] = name
        for x in [word for word in stems if word.lower() == "x"]:
            y = x.replace("x", "y").replace("X", "Y")
            shared = [stem for stem in stems[x] if stem in stems.get(y, {})]
            if len(shared) < max(3, len(best[1]) + 1):
                continue
            values = {"x": x, "y": y}
            z = y.replace("y", "z").replace("Y", "Z")
            if all(stem in stems.get(z, {}) for stem in shared):
                values["z"] = z
            score = next(
                (
                    word
                    for way in SCORES
                    for word in stems
                    if word.lower() == way and all(stem in stems[word] for stem in shared)
                ),
                None,
            )
            if score:
                values["score"] = score
            before, after = _around(shared)
            inner = [stem[len(before) : len(stem) - len(after)] for stem in shared]
            place = "{n}" if all(part.isdecimal() for part in inner) else "{joint}"
            patterns = {}
            for value, written in values.items():
                name, stem = stems[written][shared[0]], shared[0]
                outside = name[len(stem) :] if last else name[: len(name) - len(stem)]
                middle = f"{before}{place}{after}"
                patterns[value] = middle + outside if last else outside + middle
            best = patterns, inner
    return best


def _around(stems: Sequence[str]) -> tuple[str, str]:
    """Return what is before and after a joint's name or number in all of them."""
    before = _common(stems)
    after = _common([stem[::-1] for stem in stems])[::-1]
    numbers = [re.search(r"\d+", stem[len(_letters(before)) :]) for stem in stems]
    if all(numbers):
        first = stems[0][: len(_letters(before))]
        match = numbers[0]
        assert match is not None  # noqa: S101 (all of them are)
        tail = stems[0][len(first) + match.end() :]
        middle = [stem[len(first) : len(stem) - len(tail)] for stem in stems]
        if all(s.startswith(first) and s.endswith(tail) for s in stems) and all(
            part.isdecimal() for part in middle
        ):
            return first, tail
    # Letters that all names share may be theirs: left_eye, left_ear.
    signs_before = re.match(r"[^A-Za-z0-9]*", stems[0])
    signs_after = re.search(r"[^A-Za-z0-9]*\Z", stems[0])
    assert signs_before is not None and signs_after is not None  # noqa: S101, PT018 (both match "")
    start = signs_before[0] if before.startswith(signs_before[0]) else ""
    end = signs_after[0] if after.endswith(signs_after[0]) else ""
    return start, end


def _letters(text: str) -> str:
    """Return a text without the digits at its end, which belong to a number."""
    return text.rstrip("0123456789")


def _common(texts: Sequence[str]) -> str:
    """Return the beginning that all texts share."""
    least, most = min(texts), max(texts)
    same = next((at for at, (a, b) in enumerate(zip(least, most, strict=False)) if a != b), None)
    return least[:same] if same is not None else least
