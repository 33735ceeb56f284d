"""The outcome of an item, and how its record in the spool holds it."""

from __future__ import annotations

import functools
import json
from enum import IntEnum

from skelconv.data.classes import Label
from skelconv.engine.report import Quarantined
from skelconv.text.faults import as_text


class Outcome(IntEnum):
    """The outcome of an item, which decides what its record in the spool holds."""

    CLIP = 0
    """A line with the label as JSON, and the encoded clip."""
    DROPPED = 1
    """The reason, as UTF-8."""
    FAILED = 2
    """A JSON object with reason, path and line."""
    UNREAD = 3
    """As of FAILED, for what could not be read now: not kept, so that it is tried again."""


def with_label(label: Label, encoded: bytes) -> bytes:
    """Return the payload of a clip: the driver counts labels, and knows nothing of encodings.

    Parameters
    ----------
    label : int, tuple of int or None
        The clip's label.
    encoded : bytes
        What the sink made of the clip.

    Returns
    -------
    bytes
        The label in a line of its own, and the encoded clip.
    """
    return _line(label) + encoded


@functools.lru_cache  # a dataset has few different labels
def _line(label: Label) -> bytes:
    return json.dumps(label).encode() + b"\n"


@functools.lru_cache
def label_in(line: bytes) -> Label:
    """Return the label in the first line of a clip's payload.

    Parameters
    ----------
    line : bytes
        The first line.

    Returns
    -------
    int, tuple of int or None
        The label.
    """
    label = json.loads(line)
    return tuple(label) if isinstance(label, list) else label


def encoded_in(payload: bytes) -> bytes:
    """Return the encoded clip in a clip's payload.

    Parameters
    ----------
    payload : bytes
        What `with_label` returned.

    Returns
    -------
    bytes
        What the sink made of the clip.
    """
    return payload[payload.index(b"\n") + 1 :]


def failure(reason: str, *, path: str | None = None, line: int | None = None) -> bytes:
    """Encode why an item failed.

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
        The payload of a record; `quarantined` reads it.
    """
    content = {
        "reason": as_text(reason),
        "path": None if path is None else as_text(path),
        "line": line if isinstance(line, int) else None,
    }
    return json.dumps(content).encode()


def quarantined(clip_id: str, payload: bytes, *, unread: bool = False) -> Quarantined:
    """Return the quarantined clip of a record.

    Parameters
    ----------
    clip_id : str
        The id of the item.
    payload : bytes
        What `failure` returned.
    unread : bool
        Whether it could not be read now.

    Returns
    -------
    Quarantined
        The clip with reason, file and line.
    """
    return Quarantined(clip_id, **json.loads(payload), unread=unread)
