"""The options of the splits and of the transform ``label-list``, and what reads their lists."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from skelconv.files import pattern_with
from skelconv.plugin import Options

if TYPE_CHECKING:
    from skelconv_splits.rows import Members

_KEEP = "Keep the folder before a name in a list; by default ids are names alone"
_STRIP = "An ending of the names that is left out of ids, such as .mp4 or _rgb"

_Pattern = Annotated[str, AfterValidator(pattern_with())]
_Part = Annotated[str, StringConstraints(min_length=1)]


class CsvOptions(Options):
    """Options of the split ``csv``."""

    path: Path = Field(description="A csv file with a header")
    id: str = Field(default="id", description="The column of clips' ids")
    column: str = Field(default="split", description="The column of their parts")
    parts: tuple[_Part, ...] = Field(
        default=(),
        description="The parts in order, and no others; by default those that occur",
    )
    strip: str = Field(default="", description=_STRIP)

    def read(self) -> Members:
        """Read the table."""
        from skelconv_splits.forms.table import own
        from skelconv_splits.rows import gather
        from skelconv_splits.texts import given

        rows = own(given(self.path), self.id, self.column, self.parts, self.strip)
        return gather(rows, self.parts)


class PatternOptions(Options):
    """Options of the split ``pattern``."""

    parts: dict[_Part, _Pattern] = Field(
        min_length=1,
        description="For each part a regular expression, searched for in clips' ids, such as "
        "'^train/' where ids are paths",
    )


class ListOptions(Options):
    """Options of the split ``list``."""

    parts: dict[_Part, Path] = Field(
        min_length=1, description="For each part a file with NAME or NAME LABEL on each line"
    )
    first: int = Field(default=0, ge=0, description="The number of the first class")
    keep_folder: bool = Field(default=False, description=_KEEP)
    strip: str = Field(default="", description=_STRIP)

    def read(self) -> Members:
        """Read the lists."""
        from skelconv_splits.forms.plain import read_list
        from skelconv_splits.rows import gather
        from skelconv_splits.texts import given

        rows = (
            read_list(given(path), part, first=self.first, keep=self.keep_folder, strip=self.strip)
            for part, path in self.parts.items()
        )
        return gather(chain.from_iterable(rows), self.parts)


class Ucf101Options(Options):
    """Options of the split ``ucf101``."""

    root: Path | None = Field(
        default=None, description="The folder of other lists than the official ones"
    )
    keep_folder: bool = Field(default=False, description=_KEEP)

    def read(self) -> Members:
        """Read the lists."""
        from skelconv_splits.forms.ucf101 import ucf101
        from skelconv_splits.rows import gather

        return gather(ucf101(self.root, keep=self.keep_folder))


class Hmdb51Options(Options):
    """Options of the split ``hmdb51``."""

    root: Path | None = Field(
        default=None, description="The folder or .tar.gz of other lists than the official ones"
    )

    def read(self) -> Members:
        """Read the lists."""
        from skelconv_splits.forms.hmdb51 import hmdb51
        from skelconv_splits.rows import gather

        parts = [f"{kind}{split}" for split in (1, 2, 3) for kind in ("train", "test")]
        return gather(hmdb51(self.root), parts)


class KineticsOptions(Options):
    """Options of the split ``kinetics``."""

    paths: tuple[Path, ...] = Field(
        min_length=1,
        description="The csv files (label, youtube_id, time_start, time_end, split)",
    )
    times: bool = Field(
        default=False, description="Ids are ID_000010_000020, not the video's ID alone"
    )

    def read(self) -> Members:
        """Read the lists."""
        from skelconv_splits.forms.table import kinetics
        from skelconv_splits.rows import gather
        from skelconv_splits.texts import given

        return gather(kinetics(map(given, self.paths), times=self.times))


class Diving48Options(Options):
    """Options of the split ``diving48``."""

    train: Path = Field(description="The JSON list for training, such as Diving48_V2_train.json")
    test: Path = Field(description="The JSON list for testing")

    def read(self) -> Members:
        """Read the lists."""
        from skelconv_splits.forms.diving48 import diving48
        from skelconv_splits.rows import gather

        rows = (
            diving48(path.expanduser(), part)
            for part, path in (("train", self.train), ("test", self.test))
        )
        return gather(chain.from_iterable(rows), ("train", "test"))


class LabelListOptions(Options):
    """Options of the transform ``label-list``: one of them."""

    official: Literal["gym99", "ucf101", "hmdb51"] | None = Field(
        default=None, description="A list that comes with skelconv"
    )
    list: ListOptions | None = Field(default=None, description="As for the split list")
    kinetics: KineticsOptions | None = Field(default=None, description="As for the split kinetics")
    diving48: Diving48Options | None = Field(default=None, description="As for the split diving48")

    @model_validator(mode="after")
    def _one_list(self) -> Self:
        if sum(value is not None for value in dict(self).values()) != 1:
            raise ValueError("name one list: official, list, kinetics or diving48")
        return self

    def reader(self) -> Callable[[], Members]:
        """Return what reads the lists."""
        given = self.list or self.kinetics or self.diving48
        return given.read if given else _OFFICIAL[self.official or "gym99"]


def read_gym99() -> Members:
    """Read the lists of Gym99."""
    from skelconv_splits.forms.plain import gym99
    from skelconv_splits.rows import gather

    return gather(gym99())


_OFFICIAL = {
    "gym99": read_gym99,
    "ucf101": Ucf101Options().read,
    "hmdb51": Hmdb51Options().read,
}
ListedOptions = (
    CsvOptions | ListOptions | Ucf101Options | Hmdb51Options | KineticsOptions | Diving48Options
)
