"""Layouts that no plugin offers, in pickles: every annotation has the definition, the file once.

The definition is the dict ``layout`` of an annotation. Pickle's memo holds it, and all annotations
refer to this one dict.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from skelconv import Clip, DatasetError
from skelconv.plugin import OwnLayout, layout_of_stored, stored_layout
from skelconv_pickle.opcodes import SHARED, fragment

_HEADER = 4


def with_layout(clip: Clip, entry: bytes) -> bytes:
    """Put the definition of a clip's layout before its annotation, if it is an own one.

    Parameters
    ----------
    clip : Clip
        The clip.
    entry : bytes
        The opcodes of its annotation.

    Returns
    -------
    bytes
        For `Layouts.entry`.
    """
    definition = b""
    if isinstance(clip.layout, OwnLayout):
        definition = json.dumps(stored_layout(clip.layout)).encode()
    return len(definition).to_bytes(_HEADER, "little") + definition + entry


class Layouts:
    """Writes the definitions of one file, each once."""

    def __init__(self) -> None:
        self._known: dict[bytes, int] = {}

    def entry(self, encoded: bytes) -> bytes:
        """Return the opcodes of an annotation, with its layout.

        Parameters
        ----------
        encoded : bytes
            See `with_layout`.

        Returns
        -------
        bytes
            The opcodes, which are valid in the order in which they were asked for.
        """
        end = _HEADER + int.from_bytes(encoded[:_HEADER], "little")
        definition, entry = encoded[_HEADER:end], encoded[end:]
        if not definition:
            return entry
        place = self._known.get(definition)
        if place is None:
            self._known[definition] = SHARED + len(self._known)
            value = fragment(json.loads(definition)) + b"\x94"
        else:
            value = b"j" + place.to_bytes(4, "little")
        # Another key for the dict that the entry leaves on the stack.
        return entry + fragment("layout") + value + b"s"


def name_layouts(annotations: Sequence[Any], where: str) -> None:
    """Put the names of own layouts in place of their definitions.

    Parameters
    ----------
    annotations : sequence
        The annotations of a file, which are changed.
    where : str
        The file, for errors.

    Raises
    ------
    DatasetError
        When a definition is damaged.
    """
    known: dict[int, str] = {}  # by the place in memory: all annotations have the same dict
    kept: list[Any] = []
    for index, annotation in enumerate(annotations):
        stored = annotation.get("layout") if isinstance(annotation, dict) else None
        if not isinstance(stored, dict):
            continue
        if id(stored) not in known:
            try:
                known[id(stored)] = layout_of_stored(stored)
                kept.append(stored)  # so that no other gets its place
            except ValueError as error:
                raise DatasetError(
                    f"its layout cannot be used: {error}", where=f"{where}, annotation {index}"
                ) from error
        annotation["layout"] = known[id(stored)]
