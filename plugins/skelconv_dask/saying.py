"""What a build says on stderr about its cluster."""

from __future__ import annotations

import sys

from skelconv.text import printable


def say(text: str) -> None:
    """Print a line on stderr.

    Parameters
    ----------
    text : str
        The line.
    """
    print(printable(text), file=sys.stderr, flush=True)
