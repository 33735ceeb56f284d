"""What became of an item, and how its record in the spool holds it.

An item gives 0, 1 or many clips: stages may make several of one. A record's payload is a line of
JSON, which lists the results with their sizes, and then what each of them holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple

from skelconv.data.classes import Label
from skelconv.engine.report import Quarantined
from skelconv.text.faults import as_text

# Made once: `json.dumps` would make an encoder for each record.
_compact = json.JSONEncoder(separators=(",", ":")).encode
_expand = json.JSONDecoder().decode


class Outcome(IntEnum):
    """The outcome of an item, or of one clip of it."""

    CLIP = 0
    """It gave clips, and none of them failed."""
    DROPPED = 1
    """It gave no clip, and none failed."""
    FAILED = 2
    """It gave no clip, since it failed, or clips of it did."""
    UNREAD = 3
    """Something of it could not be read now: not kept, so that it is tried again."""
    PARTLY = 4
    """It gave clips, and others of it failed; of items only."""


# To look one up takes a fifth of the time that it takes to make it of its number.
_OUTCOMES = tuple(Outcome)

GAVE_CLIPS = (Outcome.CLIP, Outcome.PARTLY)
"""The outcomes of items that are in the output."""
LACKS_CLIPS = (Outcome.FAILED, Outcome.PARTLY)
"""The outcomes of items of which something is quarantined."""


class Result(NamedTuple):
    """One clip of an item, or why there is none.

    Attributes
    ----------
    outcome : Outcome
        CLIP, DROPPED, FAILED or UNREAD.
    content : bytes
        The encoded clip; the reason as UTF-8; or what `failure` returned.
    added : tuple of str
        What stages have added to the id of the item, one after the other: its id is that of the
        item, with all of these behind it.
    label : int, tuple of int or None
        Of a clip.
    lost : tuple of str
        What of the clip the output does not keep.
    layout : str
        The layout of the clip; empty where there is none.
    """

    outcome: Outcome
    content: bytes
    added: tuple[str, ...] = ()
    label: Label = None
    lost: tuple[str, ...] = ()
    layout: str = ""


class Head(NamedTuple):
    """What a record's first line says of one result.

    Attributes
    ----------
    outcome, added, label, lost, layout
        As of `Result`.
    size : int
        The number of bytes of its content.
    """

    outcome: Outcome
    added: tuple[str, ...]
    label: Label
    size: int
    lost: tuple[str, ...] = ()
    layout: str = ""


def record(results: Sequence[Result]) -> tuple[Outcome, bytes]:
    """Return what became of an item, and the payload of its record.

    Parameters
    ----------
    results : sequence of Result
        The results of the item, in order; at least one.

    Returns
    -------
    (Outcome, bytes)
        Where one could not be read, all of the item is unread: it is tried again as a whole.
    """
    unread = next((one for one in results if one.outcome == Outcome.UNREAD), None)
    if unread is not None:
        return Outcome.UNREAD, _payload([Result(Outcome.FAILED, unread.content)])
    found = {one.outcome for one in results}
    if Outcome.FAILED in found:
        outcome = Outcome.PARTLY if Outcome.CLIP in found else Outcome.FAILED
    else:
        outcome = Outcome.CLIP if Outcome.CLIP in found else Outcome.DROPPED
    return outcome, _payload(results)


def _payload(results: Sequence[Result]) -> bytes:
    heads = [
        (one.outcome, one.added, one.label, len(one.content), one.lost, one.layout)
        for one in results
    ]
    line = _compact(heads).encode() + b"\n"
    return b"".join([line, *(one.content for one in results)])


def heads_in(line: bytes) -> list[Head]:
    """Return what the first line of a record's payload says.

    Parameters
    ----------
    line : bytes
        The first line.

    Returns
    -------
    list of Head
        One for each result, in order.
    """
    return [
        Head(
            _OUTCOMES[outcome],
            tuple(added),
            tuple(label) if type(label) is list else label,
            size,
            tuple(lost),
            layout,
        )
        for outcome, added, label, size, lost, layout in _expand(line.decode())
    ]


def results_in(payload: bytes) -> Iterator[Result]:
    """Return the results in a record's payload, one after the other.

    Parameters
    ----------
    payload : bytes
        What `record` returned.

    Yields
    ------
    Result
        A result.
    """
    start = payload.index(b"\n") + 1
    for head in heads_in(payload[: start - 1]):
        content = payload[start : start + head.size]
        yield Result(head.outcome, content, head.added, head.label, head.lost, head.layout)
        start += head.size


def failure(reason: str, *, path: str | None = None, line: int | None = None) -> bytes:
    """Encode why a clip failed.

    Parameters
    ----------
    reason : str
        What is wrong with it.
    path : str, optional
        The file at fault.
    line : int, optional
        The line of that file, from 1.

    Returns
    -------
    bytes
        The content of a `Result`.
    """
    content = {
        "reason": as_text(reason),
        "path": None if path is None else as_text(path),
        "line": line if isinstance(line, int) else None,
    }
    return json.dumps(content).encode()


def quarantined_in(item_id: str, payload: bytes, *, unread: bool = False) -> Iterator[Quarantined]:
    """Return what is quarantined of an item.

    Parameters
    ----------
    item_id : str
        The id of the item.
    payload : bytes
        Of its record.
    unread : bool
        Whether it could not be read now.

    Yields
    ------
    Quarantined
        The item, or a clip of it, with reason, file and line.
    """
    for one in results_in(payload):
        if one.outcome == Outcome.FAILED:
            clip_id = item_id + "".join(one.added)
            yield Quarantined(clip_id, **json.loads(one.content), unread=unread)
