"""How clips are called that are made of one, and which row of it a person is."""

from __future__ import annotations

from skelconv import Clip

_TRACK_ID = "track_id"


def frames_named(clip_id: str, start: int, end: int) -> str:
    """Return the id of some frames of a clip.

    Parameters
    ----------
    clip_id : str
        The id of the clip.
    start, end : int
        The first frame, from 0, and the one behind the last.

    Returns
    -------
    str
        Such as ``walk_03@000120-000184``.
    """
    return f"{clip_id}@{start:06}-{end:06}"


def person_named(clip_id: str, number: int) -> str:
    """Return the id of one person of a clip.

    Parameters
    ----------
    clip_id : str
        The id of the clip.
    number : int
        The person's number.

    Returns
    -------
    str
        Such as ``walk_03#2``.
    """
    return f"{clip_id}#{number}"


def numbers_of_people(clip: Clip) -> list[int]:
    """Return the number of the person in each row of a clip.

    Parameters
    ----------
    clip : Clip
        The clip.

    Returns
    -------
    list of int
        The field ``track_id``, where each row is one person with one; else the rows' numbers, from
        0.
    """
    tracks = clip.fields.get(_TRACK_ID)
    if tracks is None or tracks.axes != "M" or tracks.values.dtype.kind not in "iu":
        return list(range(clip.num_person))
    return [int(number) for number in tracks.values]
