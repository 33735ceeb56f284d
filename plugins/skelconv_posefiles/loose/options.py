"""The options of ``pose-table`` and ``pose-array``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, Field, NonNegativeInt, model_validator

from skelconv.files import pattern_with
from skelconv.plugin import LayoutName, Options
from skelconv_posefiles.loose.axes import groups_of
from skelconv_posefiles.loose.columns import PLACES, is_pattern, places_in
from skelconv_posefiles.options import FRAME_PATTERN, FROM_FILE, NumberedOptions, PoseFileOptions

if TYPE_CHECKING:
    from skelconv_posefiles.loose.arrays import ArrayForm
    from skelconv_posefiles.loose.table_form import TableForm

TABLE_ENDINGS = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson")
"""The endings of tables."""

ARRAY_ENDINGS = (".npy", ".npz", ".mat", ".txt", ".csv", ".tsv", ".dat", ".json")
"""The endings of arrays."""

_VALUES = "the column, or for wide tables the pattern of columns, such as x{joint} or {joint}_x"
_Name = Annotated[str, Field(min_length=1, max_length=200)]
_Layout = Annotated[LayoutName, Field(examples=["coco17", "blazepose33"])]
_Pattern = Annotated[str, AfterValidator(pattern_with("clip", "frame"))]
_FILES = (
    "A pattern that the paths of files within root must fit, such as */world.txt; by default "
    "all of these endings are read"
)
_PATTERN = (
    "For files that are a frame each, a regular expression for their paths, with the groups "
    "clip and frame (a number)"
)
_SKIP = "How many lines are before the {}"


def _encoding(name: str) -> str:
    try:
        "".encode(name)
    except LookupError:
        raise ValueError(f"there is no encoding {name!r}") from None
    return name


def _axes(value: str) -> str:
    groups_of(value)
    return value


def _channels(value: str) -> str:
    read = [name for name in channel_names(value) if name != "skip"]
    if not {"x", "y"} <= set(read) <= {"x", "y", "z", "score"} or len(set(read)) < len(read):
        raise ValueError(
            f"{value[:40]!r}: channels have x and y, may have z and score once, and skip, such as "
            "xy-score or xy-skip-score"
        )
    return value


def channel_names(channels: str) -> tuple[str, ...]:
    """Take ``xy-score`` apart.

    Parameters
    ----------
    channels : str
        The option ``channels``.

    Returns
    -------
    tuple of str
        Such as x, y and score.
    """
    words = channels.split("-")
    return tuple(name for word in words for name in (word if set(word) <= set("xyz") else [word]))


class ColumnOptions(Options):
    """Which columns of a table hold what."""

    x: _Name = Field(default="x", description=f"X: {_VALUES}")
    y: _Name = Field(default="y", description=f"Y: {_VALUES}")
    z: _Name | None = Field(default=None, description=f"Z, to be read as well: {_VALUES}")
    score: _Name | None = Field(
        default=None, description=f"The confidence, or visibility: {_VALUES}"
    )
    joint: _Name | None = Field(
        default=None,
        description="For long tables, with a row for each joint: the column of its name or number. "
        "For wide ones whose places name their joints, a pattern, such as keypoints.{n}.name",
    )
    frame: _Name | None = Field(
        default=None,
        description="The column of the frame's number, or of its image's file that ends with it; "
        "without it, the rows of a wide table are frames in turn",
    )
    time: _Name | None = Field(
        default=None,
        description="In place of frame, a column of times: the frames are in their order, "
        "however much is between them",
    )
    person: _Name | None = Field(default=None, description="The column of the person")
    id: _Name | None = Field(
        default=None, description="The column of the clip's id, where a file has many clips"
    )
    label: _Name | None = Field(
        default=None, description="The column of the class: a number from 0, or its name"
    )

    @property
    def values(self) -> dict[str, str]:
        """The columns of x, y, z and score, where they are there."""
        given = {"x": self.x, "y": self.y, "z": self.z, "score": self.score}
        return {value: column for value, column in given.items() if column is not None}

    @property
    def wide(self) -> bool:
        """Whether rows have all joints."""
        return is_pattern(self.x)

    @model_validator(mode="after")
    def _fit(self) -> Self:
        named = {"joint": self.joint} if self.joint and is_pattern(self.joint) else {}
        for column in {**self.values, **named}.values():
            places = places_in(column)
            unknown = [place for place in places if place not in PLACES]
            joints = sum(place in ("{joint}", "{n}") for place in places)
            if unknown or (places and joints != 1) or places.count("{person}") > 1:
                raise ValueError(
                    f"{column!r}: a pattern has {{joint}}, {{n}} or such as {{n*3+1}} once, may "
                    "have {person}, and has nothing else in braces"
                )
            if ("{person}" in places) != ("{person}" in self.x) or bool(places) != self.wide:
                raise ValueError(f"{self.x!r} and {column!r} are not patterns of the same things")
        if self.joint and is_pattern(self.joint) != self.wide:
            raise ValueError(
                "joint is the column of a long table, or a pattern as x is: keypoints.{n}.name"
            )
        if self.wide and self.joint and "{person}" in self.x:
            raise ValueError("a pattern of joint, as in lists, has no {person}")
        if not self.wide and not self.joint:
            raise ValueError("name the column of the joint, or give patterns such as x: 'x{joint}'")
        if self.frame and self.time:
            raise ValueError("name one of frame and time")
        if self.person and "{person}" in self.x:
            raise ValueError("a person is in the pattern of x already")
        return self


class TableOptions(NumberedOptions):
    """Options of ``pose-table``."""

    root: Path = Field(description="The folder of the files, nested or not, or a single file")
    layout: Literal["from-file"] | _Layout = Field(
        description="The keypoints' layout: a name, or a mapping that defines one; or from-file, "
        "where the table names its joints"
    )
    columns: ColumnOptions | None = Field(
        default=None,
        description="Which columns hold what; by default frame, keypoint, x and y, and person and "
        "score where they are there. In JSON a column is a way to a value: landmarks.{joint}.x",
    )
    first_joint: NonNegativeInt | None = Field(
        default=None,
        description="The number of the first joint, where they are numbered; by default 0, and "
        "the least in the header of a wide table",
    )
    one_file_is: Literal["clips", "frame"] = Field(
        default="clips",
        description="Whether a file is a clip, or many by a column id; or a frame of a clip",
    )
    files: _Name | None = Field(default=None, description=_FILES)
    pattern: _Pattern = Field(default=FRAME_PATTERN, description=_PATTERN)
    missing: tuple[float | str, ...] = Field(
        default=(),
        description="What means that a coordinate is missing, such as -1, beside empty cells, "
        "NaN, NA, null, none and -1.#IND",
    )
    separator: Literal[",", ";", "\t", "|", " "] | None = Field(
        default=None,
        description="What is between columns; a space is any number of blanks. By default it is "
        "seen from the header",
    )
    decimal: Literal[".", ","] = Field(default=".", description="What is before decimals")
    encoding: Annotated[str, AfterValidator(_encoding)] | None = Field(
        default=None, description="The encoding, where it is neither UTF-8 nor UTF-16"
    )
    header: tuple[str, ...] | None = Field(
        default=None, description="The names of the columns, for files without them"
    )
    skip: NonNegativeInt = Field(default=0, description=_SKIP.format("names of the columns"))
    records: _Name | None = Field(
        default=None,
        description="The member of a JSON document that holds a record for each row; by default "
        "the only list in it",
    )

    @model_validator(mode="after")
    def _frames(self) -> Self:
        columns = self.columns
        if columns is None:
            return self
        if self.one_file_is == "frame" and (columns.id or columns.label):
            raise ValueError("a file that is a frame has no ids and labels (columns)")
        ordered = columns.frame or columns.time
        if self.one_file_is == "clips" and not ordered and (columns.person or not columns.wide):
            raise ValueError("columns: name the column of the frame or the time")
        return self

    def form(self) -> TableForm:
        """Return what these options say about all tables."""
        from skelconv_posefiles.loose.table_form import TableForm

        usual = {"joint": "keypoint", "frame": "frame", "person": "person", "score": "score"}
        columns = self.columns or ColumnOptions(**usual)
        in_frames = self.one_file_is == "frame"
        return TableForm(
            values=columns.values,
            wide=columns.wide,
            joint=columns.joint,
            frame=None if in_frames else columns.frame,
            time=None if in_frames else columns.time,
            person=columns.person,
            id=columns.id,
            label=columns.label,
            in_frames=in_frames,
            lenient=self.columns is None,
            layout=None if self.layout == FROM_FILE else self.layout,
            first_joint=self.first_joint,
            header=self.header,
            skip=self.skip,
            separator=self.separator,
            encoding=self.encoding,
            comma=self.decimal == ",",
            missing=frozenset(self.missing),
            records=self.records,
        )


class ArrayOptions(PoseFileOptions):
    """Options of ``pose-array``."""

    root: Path = Field(description="The folder of the files, nested or not, or a single file")
    layout: _Layout = Field(
        description="The keypoints' layout: a name, or a mapping that defines one"
    )
    axes: Annotated[str, AfterValidator(_axes)] | None = Field(
        default=None,
        description="The axes by letters: N clips, M persons, T frames, V keypoints, C "
        "coordinates; those that share an axis in parentheses, such as T(VC). Without T a file is "
        "a frame, with N it has many clips. By default T(VC), TVC or MTVC, by the number of "
        "dimensions",
    )
    channels: Annotated[str, AfterValidator(_channels)] = Field(
        default="xy-score",
        description="What C holds: xy, xy-score, xyz, xyz-score, with skip for what is not read, "
        "such as xy-skip-score",
    )
    key: str | None = Field(
        default=None,
        description="Which array of an npz file, variable of a MATLAB file, or member of a JSON "
        "object; '*' makes a clip of "
        "each. By default the only one",
    )
    take: tuple[NonNegativeInt, NonNegativeInt] | None = Field(
        default=None,
        description="Which part of the last axis to read, from and up to, where something else "
        "is in it too",
    )
    files: _Name | None = Field(default=None, description=_FILES)
    pattern: _Pattern = Field(default=FRAME_PATTERN, description=_PATTERN)
    missing: tuple[float, ...] = Field(
        default=(), description="What means that a coordinate is missing, such as -1, beside NaN"
    )
    decimal: Literal[".", ","] = Field(default=".", description="What is before decimals of text")
    skip: NonNegativeInt = Field(default=0, description=_SKIP.format("numbers of a text"))

    @model_validator(mode="after")
    def _once(self) -> Self:
        if self.take and self.take[0] >= self.take[1]:
            raise ValueError("take is from and up to, such as [0, 132]")
        if self.one_frame and self.key == "*":
            raise ValueError("key '*' makes clips, and axes without T are frames")
        return self

    @property
    def one_frame(self) -> bool:
        """Whether a file is a frame."""
        return self.axes is not None and not {"N", "T"} & set(self.axes)

    def form(self, joints: int) -> ArrayForm:
        """Return what these options say about all arrays.

        Parameters
        ----------
        joints : int
            V.

        Returns
        -------
        ArrayForm
            All of it.
        """
        from skelconv_posefiles.loose.arrays import ArrayForm

        return ArrayForm(
            joints=joints,
            channels=channel_names(self.channels),
            axes=self.axes,
            key=self.key,
            take=self.take,
            missing=self.missing,
            skip=self.skip,
            comma=self.decimal == ",",
            most=self.max_file_mb * 2**20,
        )
