"""The progress of a build that is running, or was stopped, as its folder shows it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from skelconv.data.errors import BuildError, ClipError
from skelconv.engine.locking import is_locked
from skelconv.engine.outcome import GAVE_CLIPS, Outcome
from skelconv.engine.spool import count_outcomes
from skelconv.engine.workdir import Workdir
from skelconv.files.json_text import parse_json
from skelconv.files.reading import read_record


@dataclass(frozen=True, slots=True)
class BuildStatus:
    """The progress of a build.

    Attributes
    ----------
    running : bool
        Whether a process is running it.
    items : int
        Number of items of the build.
    converted, dropped, failed : int
        Number of items that gave clips, were left out by a transform, or failed.
    rate : float
        Items per second in the last or current run.
    """

    running: bool
    items: int
    converted: int
    dropped: int
    failed: int
    rate: float

    @property
    def left(self) -> int:
        """The number of items that are not done."""
        return self.items - self.converted - self.dropped - self.failed


def status_of(workdir: Workdir) -> BuildStatus | None:
    """Return the progress of a build, whether it is running or stopped.

    Parameters
    ----------
    workdir : Workdir
        Its folder.

    Returns
    -------
    BuildStatus or None
        None where there is no build.

    Raises
    ------
    BuildError
        When the folder cannot be read.
    """
    try:
        counts = count_outcomes(workdir.spool)
        written = workdir.spool.stat().st_mtime
        run = parse_json(read_record(workdir.run).encode())
        start, items, before = float(run["start"]), int(run["items"]), int(run["done"])
    except FileNotFoundError:
        return None
    except (ClipError, OSError, ArithmeticError, ValueError, KeyError, TypeError) as error:
        raise BuildError(f"the build cannot be read: {error}", where=str(workdir.path)) from error
    running = is_locked(workdir.path / "lock")
    seconds = (time.time() if running else written) - start
    done = sum(counts.values())
    return BuildStatus(
        running=running,
        items=items,
        converted=sum(counts[one] for one in GAVE_CLIPS),
        dropped=counts[Outcome.DROPPED],
        failed=counts[Outcome.FAILED],
        rate=(done - before) / seconds if seconds > 0 else 0.0,
    )
