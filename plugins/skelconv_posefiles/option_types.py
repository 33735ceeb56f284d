"""Types of options that need more than a type."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from skelconv.listing.options import pattern_with

FramePattern = Annotated[str, AfterValidator(pattern_with("clip", "frame"))]
"""A regular expression with the groups ``clip`` and ``frame``."""

_Pixels = Annotated[int, Field(gt=0, lt=10**6)]

ImgShape = tuple[_Pixels, _Pixels]
"""Height and width."""

LayoutName = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9-]*[0-9]$", examples=["coco17", "halpe26"])
]
"""The name of a layout, which ends in the number of its joints."""
