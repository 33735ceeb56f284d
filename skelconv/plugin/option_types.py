"""Types of options that name something which plugins offer."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from skelconv.data.errors import PluginError
from skelconv.plugin.loading import load_registry


def _check_layout(name: str) -> str:
    try:
        load_registry().get("layout", name)
    except PluginError as error:
        raise ValueError(error.what) from None
    return name


LayoutName = Annotated[str, AfterValidator(_check_layout)]
"""The name of a layout, such as ``coco17``: an unknown one is refused, with the nearest name."""
