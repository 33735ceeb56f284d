"""Options of sources of own data: where labels come from."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from skelconv.plugin.options import Options

if TYPE_CHECKING:
    from skelconv.files.catalog import Catalog
    from skelconv.files.labels import LabelRule

MAX_PATTERN = 1000

Units = Literal["pixels", "fractions", "signed-fractions", "metres"]
"""What coordinates in a file are in: fractions are from 0 to 1, signed ones from -1 to 1."""


def pattern_with(*groups: str) -> Callable[[str], str]:
    """Make the check of an option that is a regular expression with named groups.

    Parameters
    ----------
    *groups : str
        The groups that it must have.

    Returns
    -------
    callable
        For pydantic's `AfterValidator`.
    """

    def _check(value: str) -> str:
        if len(value) > MAX_PATTERN:
            raise ValueError(f"is longer than {MAX_PATTERN} characters")
        try:
            pattern = re.compile(value)
        except (re.error, RecursionError, OverflowError) as error:
            raise ValueError(f"is not a regular expression: {error}") from error
        for group in groups:
            if group not in pattern.groupindex:
                raise ValueError(f"has no group (?P<{group}>...)")
        return value

    return _check


LabelPattern = Annotated[str, AfterValidator(pattern_with("label"))]
"""A regular expression with a group ``label``."""


class LabelOptions(Options):
    """Where labels come from: one of ``csv``, ``folder`` and ``pattern``."""

    csv: Path | None = Field(
        default=None,
        description="A csv file with the columns id and label (a number or the class's name)",
    )
    strip: str = Field(
        default="",
        description="An ending of the names in the csv file that is left out of ids, such as .mp4",
    )
    folder: bool = Field(
        default=False, description="The name of the folder that a clip is in is its class"
    )
    pattern: LabelPattern | None = Field(
        default=None,
        description="A regular expression with a group (?P<label>...), searched for in a clip's "
        "path within the folder of the data",
    )
    classes: tuple[str, ...] | Path = Field(
        default=(),
        description="The classes' names in the order of labels, or a file with one a line; by "
        "default the names that occur, sorted",
    )
    first: int | None = Field(
        default=None,
        ge=0,
        description="The number of the first class, for labels that are numbers; by default 1 "
        "with pattern, as in A001, and otherwise 0",
    )

    def rule(self) -> LabelRule:
        """Return the rule for finding labels."""
        from skelconv.files.labels import LabelRule

        return LabelRule(
            csv=self.csv.expanduser() if self.csv else None,
            folder=self.folder,
            pattern=self.pattern,
            classes=self.classes.expanduser() if isinstance(self.classes, Path) else self.classes,
            first=int(self.pattern is not None) if self.first is None else self.first,
            strip=self.strip,
        )

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.csv is not None) + self.folder + (self.pattern is not None) != 1:
            raise ValueError("name one place to look in: csv, folder or pattern")
        return self


LabelsOption = Annotated[
    LabelOptions | None,
    Field(
        description="Where labels come from: csv (a file), folder (true) or pattern (a regular "
        "expression), with classes and first; clips without a label are then quarantined",
    ),
]
"""The option of a source, by default None."""


class RootOptions(Options):
    """Options of sources whose files hold clips: see `skelconv.files.ClipFiles`."""

    root: Path = Field(description="The folder of the files, nested or not, or one file")
    ids: Literal["path", "name", "folder"] = Field(
        default="path",
        description="What a clip's id is: its path within root without the ending, the last part "
        "of that, or the folder that it is in",
    )
    labels: LabelsOption = None

    def catalog(self) -> Catalog:
        """Return the rule for ids and labels."""
        from skelconv.files.catalog import Catalog

        return Catalog(ids=self.ids, labels=self.labels.rule() if self.labels else None)
