"""Opening a large table, whatever its form."""

from __future__ import annotations

from dataclasses import replace

from skelconv_posefiles.loose.large import LargeTable
from skelconv_posefiles.loose.large_records import LargeRecords
from skelconv_posefiles.loose.plain import Opener, plain
from skelconv_posefiles.loose.table import JSON_ENDINGS
from skelconv_posefiles.loose.table_form import TableForm


def open_large(
    form: TableForm, most: int, opened: Opener, suffix: str
) -> LargeTable | LargeRecords:
    """Open a table of which not all is held in memory.

    Parameters
    ----------
    form : TableForm
        What the recipe says.
    most : int
        The most bytes of text that are in it, where it is packed.
    opened : callable
        Opens the file.
    suffix : str
        Its ending, in lower case.

    Returns
    -------
    LargeTable or LargeRecords
        The table.

    Raises
    ------
    ClipError
        When it is no table, or cannot be unpacked.
    """
    is_json = suffix in JSON_ENDINGS
    text, encoding = plain(opened, most, None if is_json else form.encoding)
    if is_json:
        return LargeRecords(form, text)
    return LargeTable(replace(form, encoding=encoding), text)
