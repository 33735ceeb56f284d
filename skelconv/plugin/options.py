"""Options of a plugin: the base of their models, and types for paths and digests."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints


class Options(BaseModel):
    """Base of the options of a plugin: a pydantic model that refuses unknown keys.

    Give every field a ``description``: ``skelconv describe`` shows it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class _PathText(str):
    """Text whose class distinguishes it from other text, at any depth of the options."""

    __slots__ = ()


class _NameOrPathText(_PathText):
    """The same, of what may also be a name."""

    __slots__ = ()


PathText = Annotated[str, StringConstraints(min_length=1), AfterValidator(_PathText)]
"""A path, or a URL in place of one.

A build does not start when it is a path and nothing is there, and one that was stopped does not
continue when the file has changed. Options of type `Path` are treated in the same way.
"""

NameOrPathText = Annotated[str, StringConstraints(min_length=1), AfterValidator(_NameOrPathText)]
"""As `PathText`, of what may also be a name, such as that of a model to download."""

Sha256 = Annotated[str, StringConstraints(to_lower=True)]
"""A SHA-256 in hexadecimal, or the beginning of one; capitals become small letters."""


def paths_in(options: object) -> Iterator[str]:
    """Find the paths in options, at any depth.

    Parameters
    ----------
    options : object
        Checked options, or a part of them.

    Yields
    ------
    str
        A path, or what is in place of one in a `PathText`.
    """
    for value in values_in(options):
        if isinstance(value, _PathText):
            yield str(value)
        elif isinstance(value, Path):
            yield os.fspath(value)


def inputs_in(options: object) -> Iterator[str]:
    """Find the paths and URLs in options that must be there, at any depth.

    Parameters
    ----------
    options : object
        Checked options, or a part of them.

    Yields
    ------
    str
        A path or URL; not what may also be a name.
    """
    for value in values_in(options):
        if isinstance(value, _PathText) and not isinstance(value, _NameOrPathText):
            yield str(value)
        elif isinstance(value, Path):
            yield os.fspath(value)


def values_in(options: object) -> Iterator[object]:
    """Find all values in options, at any depth.

    Parameters
    ----------
    options : object
        Checked options, or a part of them.

    Yields
    ------
    object
        The options themselves and all values in them, each before the values that it contains.
    """
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
