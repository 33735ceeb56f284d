"""Types of options for text that skelconv must know more of: what is a path, what is a digest."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, StringConstraints


class _PathText(str):
    """Text that is told from other text by its class, wherever it stands in the options."""

    __slots__ = ()


PathText = Annotated[str, StringConstraints(min_length=1), AfterValidator(_PathText)]
"""A path, or what may stand in place of one: a URL, or the name of a model that is fetched.

What it names is a part of what an output is made from: a build that was stopped does not go on
when the file is another by then. Options of type `Path` are paths already.
"""

Sha256 = Annotated[str, StringConstraints(to_lower=True)]
"""A SHA-256, or the beginning of one. Some programs write it in capitals: it is the same."""


def paths_in(options: object) -> Iterator[str]:
    """Find the paths in checked options, at any depth; not those of plugins within them."""
    for value in values_in(options):
        if isinstance(value, _PathText):
            yield str(value)
        elif isinstance(value, Path):
            yield os.fspath(value)


def values_in(options: object) -> Iterator[object]:
    """Give checked options and all that is in them, at any depth, each before what it holds."""
    yield options
    parts: Iterable[object] = ()
    if isinstance(options, BaseModel):
        parts = dict(options).values()
    elif isinstance(options, Mapping):
        parts = options.values()
    elif isinstance(options, list | tuple):
        parts = options
    for part in parts:
        yield from values_in(part)
