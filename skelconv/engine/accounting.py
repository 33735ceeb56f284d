"""What became of the items and their clips, for the report: each is counted once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from skelconv.engine.assembly import SpooledClips
from skelconv.engine.belonging import membership
from skelconv.engine.membership import Membership
from skelconv.engine.outcome import (
    GAVE_CLIPS,
    LACKS_CLIPS,
    Outcome,
    heads_in,
    quarantined_in,
    results_in,
)
from skelconv.engine.plan import Plan
from skelconv.engine.report import Quarantined, Recordings
from skelconv.engine.spool import Spool


def quarantine_of(plan: Plan, spool: Spool, unread: Mapping[int, bytes]) -> Iterator[Quarantined]:
    """Return what is quarantined: recordings, and single clips that were made of others.

    Parameters
    ----------
    plan : Plan
        What the build does.
    spool : Spool
        What became of the items.
    unread : mapping of int to bytes
        The payloads of items that could not be read, by position.

    Yields
    ------
    Quarantined
        What the source rejected first, and then in the order of the plan.
    """
    for item in plan.inventory.rejected:
        yield Quarantined(item.id, item.reason, item.path or None)
    for position in sorted([*spool.positions(*LACKS_CLIPS), *unread]):
        known = unread.get(position)
        payload = spool.read(position) if known is None else known
        yield from quarantined_in(plan.items[position].id, payload, unread=known is not None)


def dropped_of(plan: Plan, spool: Spool) -> dict[str, int]:
    """Count the clips that transforms left out, and the recordings that gave none.

    Parameters
    ----------
    plan : Plan
        What the build does.
    spool : Spool
        What became of the items.

    Returns
    -------
    dict of str to int
        By reason, in the order in which they come first.
    """
    # Of an item that gave clips only where transforms make many of one.
    others = (*GAVE_CLIPS, Outcome.FAILED) if plan.divides else ()
    dropped: dict[str, int] = {}
    for position in spool.positions(Outcome.DROPPED, *others):
        heads = heads_in(spool.first_line(position))
        if all(head.outcome != Outcome.DROPPED for head in heads):
            continue
        for one in results_in(spool.read(position)):
            if one.outcome == Outcome.DROPPED:
                reason = one.content.decode()
                dropped[reason] = dropped.get(reason, 0) + 1
    return dropped


def recordings_of(plan: Plan, spool: Spool, unread: Mapping[int, bytes]) -> Recordings:
    """Count the recordings by what became of them.

    Parameters
    ----------
    plan : Plan
        What the build does.
    spool : Spool
        What became of the items.
    unread : mapping of int to bytes
        As of `quarantine_of`.

    Returns
    -------
    Recordings
        The counts.
    """
    return Recordings(
        converted=spool.count(*GAVE_CLIPS),
        quarantined=spool.count(Outcome.FAILED) + len(unread),
        dropped=spool.count(Outcome.DROPPED),
        rejected=len(plan.inventory.rejected),
    )


def membership_of(plan: Plan, clips: SpooledClips, spool: Spool) -> Membership:
    """Return how clips and lists fit together, now that the clips are known.

    Parameters
    ----------
    plan : Plan
        With what was known before.
    clips : SpooledClips
        The clips of the output.
    spool : Spool
        What became of the items.

    Returns
    -------
    Membership
        With the parts whose clips are all quarantined or dropped, and with what became of listed
        clips that transforms make.
    """
    known = membership(plan, clips.ids, clips.splits, spool) if plan.divides else plan.membership
    if not plan.complete:
        return known  # the others may be in the rest of the dataset
    empty = tuple(name for name, members in clips.splits.items() if not members)
    return replace(known, empty=empty)
