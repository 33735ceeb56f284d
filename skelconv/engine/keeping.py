"""What the clips and the dataset have, and the format of the output does not keep."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from skelconv.plugin.guard import call

if TYPE_CHECKING:
    from skelconv.data.clip import Clip
    from skelconv.engine.assembly import SpooledClips

OF_NO_PART = "clips of no part"
"""What is said of clips that are not in the output, since they are in none of its parts."""

_OPTIONAL = ("label", "keypoint_score", "img_shape", "original_shape")


def lost_of(clip: Clip, sink: Any, who: str) -> tuple[str, ...]:
    """Return what of a clip a sink does not keep, as the sink says it.

    Parameters
    ----------
    clip : Clip
        A clip that the sink has encoded.
    sink : Sink
        The sink; one that says nothing keeps all.
    who : str
        The sink's name in messages.

    Returns
    -------
    tuple of str
        Names of attributes and fields that the clip has, in a fixed order.
    """
    if not hasattr(sink, "keeps"):
        return ()
    kept: Collection[str] = call(who, sink.keeps, clip, gives=Collection)
    there = ("id", "layout", *(name for name in _OPTIONAL if getattr(clip, name) is not None))
    return tuple(name for name in (*there, *clip.fields) if name not in kept)


def not_kept(clips: SpooledClips, sink: Any, who: str) -> Mapping[str, int]:
    """Count the clips of which the output does not keep something.

    Parameters
    ----------
    clips : SpooledClips
        The clips of the output.
    sink : Sink
        The sink.
    who : str
        Its name in messages.

    Returns
    -------
    mapping of str to int
        Their number by what is not kept: `OF_NO_PART`, names of attributes and fields, and
        ``split NAME``. The names of classes are in the provenance of every output.
    """
    found: dict[str, int] = {}
    if hasattr(sink, "keeps_clips"):
        rows: Collection[int] = call(who, sink.keeps_clips, clips, gives=Collection)
        if len(rows) < len(clips.ids):
            found[OF_NO_PART] = len(clips.ids) - len(rows)
    for name, count in clips.lost.items():
        found[name] = found.get(name, 0) + count
    if hasattr(sink, "keeps_splits"):
        kept: Collection[str] = call(who, sink.keeps_splits, clips, gives=Collection)
        lost = {name: len(rows) for name, rows in clips.splits.items() if name not in kept}
        found |= {f"split {name}": count for name, count in lost.items()}
    return found


def together(merge: Mapping[str, int], parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Return what is not kept of a build, of which parts and their merge have each told.

    Parameters
    ----------
    merge : mapping of str to int
        Of the merge, which may lose again what readers make up, such as the layout.
    parts : iterable of mapping
        Of each part; they have different clips.

    Returns
    -------
    dict of str to int
        The number of clips by what is not kept.
    """
    found: dict[str, int] = {}
    for counts in parts:
        for name, count in counts.items():
            found[name] = found.get(name, 0) + count
    return {name: max(found.get(name, 0), merge.get(name, 0)) for name in {**found, **merge}}
