"""The advice that follows an unknown name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from skelconv.text.listing import listed

# Comparing takes time that grows with both, and what comes from a file may be of any size.
_MAX_NAMES = 500
_MAX_LENGTH = 100
_SHOWN = 20


def nearest(name: str, names: Iterable[str]) -> str:
    """Return the nearest known name, or the names that there are, as the end of a sentence.

    Parameters
    ----------
    name : str
        The unknown name.
    names : iterable of str
        The known ones.

    Returns
    -------
    str
        Such as ``: did you mean 'coco17'?``.
    """
    names = [known for known in dict.fromkeys(names) if len(known) <= _MAX_LENGTH]
    if len(name) <= _MAX_LENGTH:
        close = difflib.get_close_matches(name, names[:_MAX_NAMES], n=1)
        if close:
            return f": did you mean {close[0]!r}?"
    if not names:
        return "; there are none"
    return f"; there are: {listed(names, _SHOWN)}"
