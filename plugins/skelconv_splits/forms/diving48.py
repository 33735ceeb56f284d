"""Diving48: a JSON list of ``{"vid_name", "label", "start_frame", "end_frame"}`` a part."""

from __future__ import annotations

import json
from collections.abc import Iterator

from skelconv import BuildError
from skelconv_splits.rows import Row
from skelconv_splits.texts import Text


def diving48(text: Text, part: str) -> Iterator[Row]:
    """Read a list.

    Raises
    ------
    BuildError
        When it is not of this form.
    """
    try:
        rows = json.loads(text.content)
    except json.JSONDecodeError as error:
        raise BuildError(f"is no JSON: {error.msg}", f"{text.name}:{error.lineno}") from error
    except (ValueError, RecursionError) as error:
        raise BuildError("is no JSON that can be read", text.name) from error
    if not isinstance(rows, list):
        raise BuildError("is no list", text.name)
    for index, row in enumerate(rows):
        where = f"{text.name}: element {index}"
        name = row.get("vid_name") if isinstance(row, dict) else None
        label = row.get("label") if isinstance(row, dict) else None
        if not isinstance(name, str) or type(label) is not int or not 0 <= label < 10**9:
            raise BuildError("has no vid_name and label", where)
        yield Row(part, name, label, where)
