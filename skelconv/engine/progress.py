"""How a build reports its progress to its caller."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Receives the progress of a build. Called on the driver."""

    def begin(self, items: int, done: int) -> None:
        """Receive the start.

        Parameters
        ----------
        items : int
            Number of items of the build.
        done : int
            Number of them that an earlier run has done.
        """
        ...

    def advance(self, done: int, failed: int) -> None:
        """Receive that more items are done.

        Parameters
        ----------
        done : int
            Number of items that are done since the last call.
        failed : int
            Number of these that failed.
        """
        ...

    def assembling(self) -> None:
        """Receive that all items are done and the output is being written."""
        ...
