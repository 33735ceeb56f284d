"""The options of the source and the transforms."""

from __future__ import annotations

import os.path
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from skelconv.files import LabelsOption
from skelconv.plugin import LayoutName, Options
from skelconv_ntu.class_splits import ZeroShot
from skelconv_ntu.option_types import NUMBERS_SCHEMA, Paths, numbers_up_to
from skelconv_ntu.splits import Benchmark

if TYPE_CHECKING:
    from skelconv_ntu.selection import Selection

_FORM = "numbers and ranges, such as [1, '50-60']; all by default"

_Setups = Annotated[tuple[int, ...], BeforeValidator(numbers_up_to(32)), NUMBERS_SCHEMA]
_Cameras = Annotated[tuple[int, ...], BeforeValidator(numbers_up_to(3)), NUMBERS_SCHEMA]
_Performers = Annotated[tuple[int, ...], BeforeValidator(numbers_up_to(106)), NUMBERS_SCHEMA]
_Actions = Annotated[tuple[int, ...], BeforeValidator(numbers_up_to(120)), NUMBERS_SCHEMA]


class NtuRawOptions(Options):
    """Options of ``ntu-raw``."""

    root: Paths = Field(
        description="Folder of .skeleton files (nested or not), one of the published .zip "
        "archives (read in place), or a list of these"
    )
    dataset: Literal["ntu60", "ntu120"] = Field(
        default="ntu120",
        description="Which samples to convert; ntu60 is the first 17 setups of ntu120",
    )
    missing: Literal["skip", "keep"] = Field(
        default="skip",
        description="What to do with samples on the official list of missing skeletons",
    )
    setups: _Setups | None = Field(default=None, description=f"Only these setups: {_FORM}")
    cameras: _Cameras | None = Field(default=None, description=f"Only these cameras: {_FORM}")
    performers: _Performers | None = Field(
        default=None, description=f"Only these performers: {_FORM}"
    )
    actions: _Actions | None = Field(
        default=None, description=f"Only these actions, counted from 1: {_FORM}"
    )
    extras: bool = Field(
        default=False,
        description="Keep what the files have beyond x, y, z: pixel positions in the depth and "
        "colour images, orientations, tracking and hand states",
    )
    order: Literal["name", "camera", "performer"] = Field(
        default="name",
        description="Order of the clips: by name; or by camera or by performer first, as CTR-GCN "
        "has the rows of its cross-view and cross-subject arrays",
    )

    def roots(self) -> tuple[str, ...]:
        """Return the folders and archives, with ``~`` resolved."""
        return tuple(os.path.expanduser(root) for root in self.root)

    def selection(self) -> Selection:
        """Return which samples to convert."""
        from skelconv_ntu.selection import Selection

        return Selection(
            dataset=self.dataset,
            keep_missing=self.missing == "keep",
            setups=self.setups,
            cameras=self.cameras,
            performers=self.performers,
            actions=self.actions,
        )

    @model_validator(mode="after")
    def _select_something(self) -> Self:
        if self.selection().is_empty():
            raise ValueError(f"no sample of {self.dataset} fits these options")
        return self


_Pixels = Annotated[int, Field(gt=0, lt=10**6)]


class SkeletonTextOptions(Options):
    """Options of ``skeleton-text``."""

    root: Path = Field(description="A folder of files (nested or not), or a .zip archive of them")
    endings: tuple[Annotated[str, Field(min_length=1)], ...] = Field(
        default=(".skeleton", ".txt", ".skeleton.npy"),
        min_length=1,
        description="The endings of the files: text, or, with .npy, the dicts of NTU's txt2npy.py",
    )
    layout: LayoutName = Field(
        default="ntu25",
        description="The joints' layout: a name, or a mapping that defines one",
        examples=["ntu25", "uav-human17", "kinect20"],
    )
    channels: Literal["xyz", "xy"] = Field(
        default="xyz", description="What is read of a joint: metres, or the first two as pixels"
    )
    img_shape: tuple[_Pixels, _Pixels] | None = Field(
        default=None, description="Height and width of the videos, for pixels"
    )
    ids: Literal["path", "name"] = Field(
        default="name",
        description="What a clip's id is: its path within root without the ending, or the last "
        "part of that",
    )
    labels: LabelsOption = None

    @model_validator(mode="after")
    def _pixels_of_something(self) -> Self:
        if self.img_shape and self.channels == "xyz":
            raise ValueError("img_shape is for channels: xy, which are pixels")
        return self


class NtuBodiesOptions(Options):
    """Options of ``ntu-bodies``."""

    profile: Literal["mmaction2", "pyskl", "ctrgcn", "ctrgcn-ntu120", "agcn"] = Field(
        description="The project whose choice of bodies to reproduce, to the last bit; ctrgcn also "
        "centres them, and ctrgcn-ntu120, of its scripts for NTU120, writes a single person twice; "
        "agcn is 2s-AGCN's choice, and MS-G3D's"
    )
    repair: bool = Field(
        default=False,
        description="Correct the faults of pyskl and ctrgcn: clips on which they stop, and bodies "
        "that leave and return",
    )

    @model_validator(mode="after")
    def _repair_something(self) -> Self:
        if self.repair and self.profile in ("mmaction2", "agcn"):
            raise ValueError("'repair' is for the profiles pyskl and ctrgcn")
        return self


_KEEP_ALL = "Where no body would be left, keep all; by default this is an error of the clip"


class NtuFilterLengthOptions(Options):
    """Options of ``ntu-filter-length``."""

    longer_than: int = Field(
        default=11, ge=0, description="Keep bodies that are in more frames than this"
    )
    repair: bool = Field(default=False, description=_KEEP_ALL)


class NtuFilterSpreadOptions(Options):
    """Options of ``ntu-filter-spread``."""

    width: float = Field(
        default=0.8,
        gt=0,
        description="A frame is bad when the body in it is wider than this times its height",
    )
    share: float = Field(
        default=0.69754, gt=0, le=1, description="Leave out bodies with this share of bad frames"
    )
    repair: bool = Field(default=False, description=_KEEP_ALL)


class NtuFilterMotionOptions(Options):
    """Options of ``ntu-filter-motion``."""

    least: float = Field(
        default=0.089925, ge=0, description="Leave out bodies that move less, in square metres"
    )
    most: float | None = Field(
        default=2.0, gt=0, description="Leave out bodies that move more; null for no limit"
    )


class NtuPackBodiesOptions(Options):
    """Options of ``ntu-pack-bodies``."""

    overlap: int = Field(
        default=0,
        ge=0,
        description="Frames by which bodies on one track may overlap: pyskl has 0, ctrgcn has 1",
    )
    repair: bool = Field(
        default=False,
        description="Pack by the frames in which bodies are: none is moved, and bodies that share "
        "no frame can share a track; by default by intervals, in which a body that leaves and "
        "returns has no gap",
    )

    @model_validator(mode="after")
    def _overlap_or_repair(self) -> Self:
        if self.repair and self.overlap:
            raise ValueError("with 'repair' no two bodies overlap: leave out 'overlap'")
        return self


class NtuZeroShotOptions(Options):
    """Options of ``ntu-zero-shot``."""

    classes: ZeroShot = Field(
        description="Who chose the classes that are not seen in training (SynSE, SMIE), and how "
        "many are seen and unseen: 60 together of NTU60, 120 of NTU120"
    )
    benchmark: Benchmark = Field(
        default="xsub",
        description="Which samples are for training: by performer, camera (NTU60) or setup "
        "(NTU120)",
    )
