"""Shows the progress of a build on stderr: a bar on a terminal, plain lines elsewhere.

When the build is interrupted, the last line is the command that continues it, or runs it again.
"""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Protocol, Self

from skelconv.cli.output import tell
from skelconv.engine.progress import Progress
from skelconv.text.commands import skelconv_command
from skelconv.text.counts import paced

_LINE_SECONDS = 10.0


class BuildProgress(Progress, Protocol):
    """A progress for a ``with`` block, closed at its end, also when the build fails."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class _Closing:
    """The end of both kinds; `kept` is whether the next run finds clips that are converted."""

    kept = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
        if isinstance(error, KeyboardInterrupt):
            said = (
                "interrupted; what is done is kept. To continue"
                if self.kept
                else "interrupted before this run had converted a clip. To run it again"
            )
            tell(f"{said}: {self._resuming_command()}")

    def close(self) -> None:
        """Do nothing."""

    def _resuming_command(self) -> str:
        """Return the command line that continues this build.

        ``--fresh`` would discard the clips that are kept. Without any, it is still needed.
        """
        arguments = [a for a in sys.argv[1:] if a != "--fresh" or not self.kept]
        return skelconv_command(*arguments)


class _PlainProgress(_Closing):
    """A line every few seconds."""

    def begin(self, items: int, done: int) -> None:
        """Print how much there is to do."""
        self.kept = done > 0
        self._items, self._done, self._failed = items, done, 0
        self._start, self._start_done = time.monotonic(), done
        self._last = self._start
        self._say(f"{items} to convert" + (f", {done} done by an earlier run" if done else ""))

    def advance(self, done: int, failed: int) -> None:
        """Print how much is done, if the last line is some seconds ago."""
        self.kept |= done > failed
        self._done += done
        self._failed += failed
        now = time.monotonic()
        if now - self._last >= _LINE_SECONDS and self._done > self._start_done:
            self._last = now
            rate = (self._done - self._start_done) / (now - self._start)
            left = (self._items - self._done) / rate
            failures = f", {self._failed} failed" if self._failed else ""
            self._say(f"{self._done}/{self._items}{failures}, {paced(rate)}, {left:.0f} s left")

    def assembling(self) -> None:
        """Show that the output is being written."""
        self._say("writing the output")

    def _say(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)


class _TerminalProgress(_Closing):
    """A bar with rate and time left."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[failures]}[dim]{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )

    def begin(self, items: int, done: int) -> None:
        """Show the bar."""
        self.kept = done > 0
        self._failed = 0
        self._done = 0
        self._start = time.monotonic()
        self._task = self._bar.add_task(
            "converting", total=items, completed=done, failures="", rate=""
        )
        self._bar.start()

    def advance(self, done: int, failed: int) -> None:
        """Move the bar."""
        self.kept |= done > failed
        self._done += done
        self._failed += failed
        rate = self._done / max(time.monotonic() - self._start, 1e-9)
        failures = f"[red]{self._failed} failed[/red] " if self._failed else ""
        self._bar.update(self._task, advance=done, failures=failures, rate=paced(rate))

    def assembling(self) -> None:
        """Show that the output is being written."""
        self._bar.update(self._task, description="writing the output")

    def close(self) -> None:
        """Remove the bar."""
        self._bar.stop()


def make_progress() -> BuildProgress:
    """Return a bar if stderr is a terminal, or else plain lines."""
    return _TerminalProgress() if sys.stderr and sys.stderr.isatty() else _PlainProgress()
