"""The options of the splits that need no list."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from skelconv.files import pattern_with
from skelconv.plugin import Options

if TYPE_CHECKING:
    from skelconv_splits.grouping import Groups

_Part = Annotated[str, StringConstraints(min_length=1)]
_Pattern = Annotated[str, AfterValidator(pattern_with())]
_Fraction = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]

_SEED = "Another number gives another division"
_STRATIFY = (
    "Divide each class by itself, within one clip; with 'group' as evenly as whole groups allow"
)
_GROUP = (
    "A regular expression, searched for in clips' ids, such as 'P\\d{3}' or '^(.*)_': clips in "
    "which it finds the same (what its parentheses match, where it has any) are in one part; or "
    "a table that names the group of each clip: {table: subjects.csv, column: subject}"
)
_TOLERANCE = 0.001


def _whole(parts: dict[str, float]) -> dict[str, float]:
    total = sum(parts.values())
    if abs(total - 1) > _TOLERANCE:
        raise ValueError(f"the fractions add up to {total:.6g}, not to 1")
    return parts


def _not_zero(level: int) -> int:
    if not level:
        raise ValueError("folders are counted from 1, or back from -1")
    return level


class GroupTable(Options):
    """A table that names the group of each clip."""

    table: Path = Field(description="A csv file with a header")
    column: str = Field(description="The column of groups, such as subject")
    id: str = Field(default="id", description="The column of clips' ids")
    strip: str = Field(
        default="", description="An ending of the names in it that is left out of ids, as .mp4"
    )


def groups(option: str | GroupTable) -> Groups:
    """Return what sorts clips into groups.

    Parameters
    ----------
    option : str or GroupTable
        The option ``group`` of a split.

    Returns
    -------
    callable
        It.
    """
    from skelconv_splits.grouping import groups_by_pattern, groups_in_table

    if isinstance(option, str):
        return partial(groups_by_pattern, pattern=option)
    return partial(
        groups_in_table,
        path=option.table,
        id_column=option.id,
        column=option.column,
        strip=option.strip,
    )


class RandomOptions(Options):
    """Options of the split ``random``."""

    parts: Annotated[dict[_Part, _Fraction], AfterValidator(_whole)] = Field(
        min_length=2, description="For each part its fraction of the clips; together they are 1"
    )
    seed: int = Field(default=0, description=_SEED)
    stratify: bool = Field(default=False, description=_STRATIFY)
    group: _Pattern | GroupTable | None = Field(default=None, description=_GROUP)


class KFoldOptions(Options):
    """Options of the split ``k-fold``."""

    k: int = Field(ge=2, le=100, description="The number of folds")
    seed: int = Field(default=0, description=_SEED)
    stratify: bool = Field(default=False, description=_STRATIFY)
    group: _Pattern | GroupTable | None = Field(default=None, description=_GROUP)


class LeaveOneOutOptions(Options):
    """Options of the split ``leave-one-out``."""

    group: _Pattern | GroupTable = Field(description=_GROUP)


class BySourceOptions(Options):
    """Options of the split ``by-source``."""

    parts: dict[_Part, tuple[str, ...]] = Field(
        default={},
        description="For each part the files that it is made of, by their names or paths; by "
        "default each file is a part and called like it",
    )


class ByFolderOptions(Options):
    """Options of the split ``by-folder``."""

    level: Annotated[int, AfterValidator(_not_zero)] = Field(
        default=1,
        description="Which folder of an id: 1 is the first, -1 the one that the clip is in",
    )


class ByClassOptions(Options):
    """Options of the split ``by-class``."""

    parts: dict[_Part, tuple[int | str, ...] | Literal["rest"]] = Field(
        min_length=1,
        description="For each part its classes by number (from 0) or name, or rest: all that no "
        "other part has",
    )
