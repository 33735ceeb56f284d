"""Types of options that need more than a type."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, Field

MAX_PATTERN = 1000


def pattern_with(*groups: str) -> Callable[[str], str]:
    """Make the check of an option that is a regular expression with named groups."""

    def check(value: str) -> str:
        if len(value) > MAX_PATTERN:
            raise ValueError(f"is longer than {MAX_PATTERN} characters")
        try:
            pattern = re.compile(value)
        except (re.error, RecursionError, OverflowError) as error:
            raise ValueError(f"is no regular expression: {error}") from error
        for group in groups:
            if group not in pattern.groupindex:
                raise ValueError(f"has no group (?P<{group}>...)")
        return value

    return check


LabelPattern = Annotated[str, AfterValidator(pattern_with("label"))]
"""A regular expression with a group ``label``."""

FramePattern = Annotated[str, AfterValidator(pattern_with("clip", "frame"))]
"""A regular expression with the groups ``clip`` and ``frame``."""

_Pixels = Annotated[int, Field(gt=0, lt=10**6)]

ImgShape = tuple[_Pixels, _Pixels]
"""Height and width."""

LayoutName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*[0-9]$")]
"""The name of a layout, which ends in the number of its joints."""
