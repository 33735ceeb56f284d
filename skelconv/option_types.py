"""Types of options for text that skelconv must know more of: what is a path, what is a digest."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
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
    if isinstance(options, _PathText):
        yield str(options)
    elif isinstance(options, Path):
        yield os.fspath(options)
    elif isinstance(options, BaseModel):
        yield from paths_in(dict(options))
    elif isinstance(options, Mapping):
        for part in options.values():
            yield from paths_in(part)
    elif isinstance(options, list | tuple):
        for part in options:
            yield from paths_in(part)
