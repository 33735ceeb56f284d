"""What would make listed names match those of clips: an option, or another list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from skelconv.plugin.options import Options
from skelconv.plugin.use import Use
from skelconv.text.near import NearMatch, near_match

_WORDS = {
    "folder": "the folder in front",
    "ending": "the ending",
    "copy": "the mark of a copy",
    "capitals": "capital letters",
    "zeros": "leading zeros",
    "accents": "how accents are written",
}


def advice(
    listed: Iterable[str], found: Iterable[str], source: Use, split: Use | None = None
) -> str:
    """Say what would make names match that nearly do.

    Parameters
    ----------
    listed : iterable of str
        Names in a list that no clip has.
    found : iterable of str
        The ids of clips that the list does not have.
    source : Use
        The source: its option ``ids``, if it has one, decides on folders in ids.
    split : Use, optional
        The split whose list it is: its option ``strip``, if it has one, leaves out an ending.

    Returns
    -------
    str
        A sentence; empty where nothing nearly matches.
    """
    near = near_match(listed, found)
    if near is None:
        return ""
    ways = " and ".join(_WORDS[way] for way in near.ways)
    are = "is a clip" if near.count == 1 else "are clips"
    remedies = " and ".join(dict.fromkeys(_remedies(near, source, split)))
    return (
        f"{near.count} of these names {are} but for {ways}, as {near.listed!r} and {near.found!r}; "
        f"to match them: {remedies}"
    )


def _remedies(near: NearMatch, source: Use, split: Use | None) -> Iterator[str]:
    ids = "ids" in type(source.options).model_fields
    for way in near.ways:
        if way == "folder" and ids:
            yield f"`ids: {'name' if '/' in near.found else 'path'}` in {source.who}"
        elif way == "ending" and (remedy := _without_ending(near, source, split)):
            yield remedy
        else:
            yield "write them in the list as the clips are called"


def _without_ending(near: NearMatch, source: Use, split: Use | None) -> str | None:
    """Return the option ``strip`` that leaves an ending out of ids, where one does."""
    if ending := _beyond(near.listed, near.found):
        if split is not None:
            return f"`strip: {ending}` in {split.who}" if _strips(split.options) else None
        labels = getattr(source.options, "labels", None)
        return f"`strip: {ending}` under `labels` of {source.who}" if _strips(labels) else None
    ending = _beyond(near.found, near.listed)
    return f"`strip: {ending}` in {source.who}" if ending and _strips(source.options) else None


def _strips(options: object) -> bool:
    return isinstance(options, Options) and "strip" in type(options).model_fields


def _beyond(longer: str, shorter: str) -> str:
    """Return what a name has beyond another, whatever the folders of both."""
    one, other = (name.replace("\\", "/").rpartition("/")[2] for name in (longer, shorter))
    return one[len(other) :] if one.casefold().startswith(other.casefold()) else ""
