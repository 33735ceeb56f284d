"""Options of the readers and sinks of this package."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from skelconv.plugin import LayoutName, Options, PathText

_PERSONS = "Persons of every clip; by default 2, or 1 where 2 do not fit"

Channels = Literal["xy", "xyz", "xy-score", "xyz-score"]


def _ends_in_npz(path: Path) -> Path:
    if path.suffix != ".npz":
        raise ValueError(f"{path.name!r} does not end in .npz")
    return path


class ArrayOptions(Options):
    """What both sinks have."""

    frames: int = Field(
        default=300, gt=0, description="Frames of every clip; shorter ones get zeros"
    )
    persons: int = Field(default=2, gt=0, description="Persons of every clip")


class NpzSinkOptions(ArrayOptions):
    """Options of the sink `npz`."""

    path: Annotated[Path, AfterValidator(_ends_in_npz)] = Field(
        description="The archive to write; it ends in .npz"
    )
    classes: int | None = Field(
        default=None,
        gt=0,
        description="Number of classes; by default that of the source's names, or of the labels",
    )
    train: str | None = Field(
        default=None, description="The split for x_train; by default the one that ends in train"
    )
    test: str | None = Field(
        default=None, description="The split for x_test; by default the one in val or test"
    )


class NpySinkOptions(ArrayOptions):
    """Options of the sink `npy`."""

    path: Path = Field(description="The folder to write")


class ReaderOptions(Options):
    """What both readers have."""

    layout: LayoutName | None = Field(
        default=None,
        description="The clips' layout; by default ntu25, coco17 or openpose18, by the number of "
        "joints",
    )
    channels: Channels | None = Field(
        default=None,
        description="What a joint has; by default xyz for ntu25, and x, y and score, or x and y, "
        "for others",
    )


class NpzReaderOptions(ReaderOptions):
    """Options of the reader `npz`."""

    path: PathText = Field(description="The archive, of x_train, y_train, x_test and y_test")
    persons: int | None = Field(default=None, gt=0, description=_PERSONS)
    ids: PathText | None = Field(
        default=None,
        description="A text file with the clips' ids, one in a line, part after part; by default "
        "they are numbered, as in train_000000",
    )


class H5ReaderOptions(ReaderOptions):
    """Options of the reader `sgn-h5`."""

    path: PathText = Field(description="The file, of x, y, valid_x, valid_y, test_x and test_y")
    persons: int | None = Field(default=None, gt=0, description=_PERSONS)


class NpyReaderOptions(ReaderOptions):
    """Options of the reader `npy`."""

    path: PathText = Field(
        description="The folder of train_data.npy or train_data_joint.npy, train_label.pkl and the "
        "like; or one array, such as train_data_bone.npy"
    )
