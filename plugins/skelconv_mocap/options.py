"""The options of the sources of motion capture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import Field, PositiveInt, model_validator

from skelconv.files import RootOptions

METRES: Final = {"m": 1.0, "cm": 0.01, "mm": 0.001, "in": 0.0254}
"""Metres in a unit of length."""

AMASS_LAYOUTS: Final = {"body": "smpl22", "hands": "smplh52"}
"""The layouts of ``amass``, by its option ``joints``."""

_Unit = Literal["m", "cm", "mm", "in"] | Annotated[float, Field(gt=0, lt=1e6)]
_UNIT = "What lengths in the files are in: m, cm, mm, in, or the number of metres in a unit"


def metres_in(unit: str | float) -> float:
    """Return the length of a unit.

    Parameters
    ----------
    unit : str or float
        The option ``unit``.

    Returns
    -------
    float
        In metres.
    """
    return METRES[unit] if isinstance(unit, str) else unit


class MocapOptions(RootOptions):
    """Options of all sources of motion capture."""

    every: PositiveInt = Field(default=1, description="Keep every n-th frame, from the first on")
    fps: float | None = Field(
        default=None,
        ge=0.1,
        le=1000,
        description="Or the frames to keep for each second, by the rate that a file has: of two "
        "frames equally near in time the earlier",
    )
    max_file_mb: int = Field(
        default=256, gt=0, le=4096, description="The largest file that is read"
    )

    @model_validator(mode="after")
    def _one_rate(self) -> Self:
        if self.fps is not None and self.every != 1:
            raise ValueError("give either every or fps")
        return self

    @property
    def max_bytes(self) -> int:
        """The largest file that is read, in bytes."""
        return self.max_file_mb * 2**20


class BvhOptions(MocapOptions):
    """Options of ``bvh``."""

    unit: _Unit = Field(
        default="cm",
        description=f"{_UNIT}. The files do not say it; it is 0.05644 in cgspeed's conversion of "
        "CMU's recordings",
    )
    end_sites: bool = Field(
        default=False,
        description="Keep the ends of fingers, toes and head, which the files have as End Site: "
        "joints named PARENT_end",
    )


class C3dOptions(MocapOptions):
    """Options of ``c3d``."""

    unit: _Unit | None = Field(default=None, description=f"{_UNIT}; by default what a file says")
    subjects: tuple[str, ...] = Field(
        default=(),
        description="The subjects whose markers are taken, a person each: Anna of Anna:LSHO; by "
        "default all",
    )
    markers: tuple[str, ...] = Field(
        default=(),
        description="The markers to take, in this order; by default all that are labelled. Names "
        "are without that of the subject: LSHO for Anna:LSHO",
    )


class AmassOptions(MocapOptions):
    """Options of ``amass``."""

    model: Path = Field(
        description="The body model: an npz file of SMPL-H or SMPL-X, or the folder in which "
        "there are female/model.npz and so on, or SMPLX_FEMALE.npz and so on: then each file has "
        "the model of its gender"
    )
    joints: Literal["body", "hands"] = Field(
        default="body",
        description="body: the 22 joints of smpl22. hands: with those of the fingers, smplh52",
    )
