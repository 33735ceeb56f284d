"""Checks of what plugins give to a plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from skelconv.data.errors import BuildError
from skelconv.plugin.interfaces.sources import MAX_ID_BYTES


def check_all(kind: type, values: Sequence[Any], name: str) -> None:
    """Check that a plugin gave a list or tuple of one kind of value.

    Parameters
    ----------
    kind : type
        What each value must be.
    values : sequence
        What the plugin gave.
    name : str
        What it is, for the error.

    Raises
    ------
    TypeError
        When it is something else.
    """
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise TypeError(f"its {name} is a {type(values).__name__}, not a list or tuple")
    for value in values:
        if not isinstance(value, kind):
            raise TypeError(f"its {name} holds {value!r:.60}, which is not a {kind.__name__}")


def is_too_long(text: str) -> bool:
    """Return whether the id of a clip, or the name of a part, is too long to keep.

    Parameters
    ----------
    text : str
        The id or name.

    Returns
    -------
    bool
        Whether it is longer than `MAX_ID_BYTES`.
    """
    # Four bytes a character at most: hardly any is encoded to see it.
    return 4 * len(text) > MAX_ID_BYTES and len(text.encode(errors="surrogatepass")) > MAX_ID_BYTES


@contextmanager
def placed(who: str) -> Iterator[None]:
    """Name the plugin in an error of the user's that says no place.

    Parameters
    ----------
    who : str
        The plugin.

    Raises
    ------
    BuildError
        With the place.
    """
    try:
        yield
    except BuildError as error:
        raise BuildError(error.what, error.where or who, error.hint) from error
