"""Stops a build whose clips all fail alike, before all of them have failed.

Some clips, spread over the whole plan, are converted first. Which they are depends on the plan
alone, and not on which worker is done when: whether the build stops does not depend on the number
of workers.
"""

from __future__ import annotations

from collections.abc import Sequence

from skelconv.data.errors import BuildError
from skelconv.engine.outcome import Outcome, quarantined_in
from skelconv.engine.plan import Plan
from skelconv.engine.reasons import alike, in_lines
from skelconv.engine.spool import Spool

# So many that it is no chance: where 95 of 100 clips fail, 50 of them all fail in 8 of 100 builds,
# and 300 in one of five million.
_CLIPS = 300


class Probe:
    """The clips that are converted first.

    Parameters
    ----------
    plan : Plan
        What is built. Of a part of a build there are none: that all of its clips fail says little
        about the whole, and a merge needs the part.
    spool : Spool
        What is done already.

    Attributes
    ----------
    positions : tuple of int
        Their ascending positions in the plan.
    """

    def __init__(self, plan: Plan, spool: Spool) -> None:
        count = len(plan.items)
        chosen = range(count) if count <= _CLIPS else (count * i // _CLIPS for i in range(_CLIPS))
        self.positions = () if plan.part else tuple(chosen)
        self._plan, self._spool = plan, spool
        failed = set(spool.positions(Outcome.FAILED))
        self._left = {position for position in self.positions if position not in spool}
        self._fails = all(one in self._left or one in failed for one in self.positions)

    def look(self, records: Sequence[tuple[int, Outcome, bytes]]) -> None:
        """Take note of clips that are done and in the spool.

        Parameters
        ----------
        records : sequence of (int, Outcome, bytes)
            The position, outcome and payload of each.

        Raises
        ------
        BuildError
            When these were the last of them, and all have failed alike.
        """
        mine = [(one, outcome) for one, outcome, _ in records if one in self._left]
        self._left.difference_update(position for position, _ in mine)
        self._fails = self._fails and all(outcome == Outcome.FAILED for _, outcome in mine)
        if not mine or self._left or not self._fails:
            return
        clips = [
            next(quarantined_in(self._plan.items[position].id, self._spool.read(position)))
            for position in self.positions
        ]
        if len({alike(clip) for clip in clips}) > 1:
            return
        which = "" if len(clips) == len(self._plan.items) else ", spread over all of them,"
        what = (
            f"the first {len(clips)} clips{which} all fail alike, and the build stopped:"
            if len(clips) > 1
            else "the only clip fails:"
        )
        raise BuildError(
            "\n    ".join([what, *in_lines(clips)]),
            where=self._plan.recipe.name,
            hint="nothing is written: correct the cause, and run the same command again",
        )
