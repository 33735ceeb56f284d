"""The options of the sources of keypoints."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from skelconv.files import RootOptions, Units

_Pixels = Annotated[int, Field(gt=0, lt=10**6)]


class KeypointsOptions(RootOptions):
    """Options of all sources of keypoints."""

    units: Units | None = Field(
        default=None,
        description="What the files' coordinates are in: pixels, fractions of the image (0 to 1), "
        "signed-fractions (-1 to 1), or metres, which stay as they are; fractions need img_shape, "
        "and become pixels; by default pixels, and metres where there are three coordinates",
    )
    img_shape: tuple[_Pixels, _Pixels] | None = Field(
        default=None, description="Height and width in pixels, where the files do not have them"
    )
    max_file_mb: int = Field(
        default=256,
        gt=0,
        le=4096,
        description="The largest file that is read; of HDF5, the largest that is believed when it "
        "says how much memory its arrays take",
    )

    @property
    def max_bytes(self) -> int:
        """The largest file that is read, in bytes."""
        return self.max_file_mb * 2**20


class FlatOptions(KeypointsOptions):
    """Options of sources whose files do not have the size of the image."""

    @model_validator(mode="after")
    def _fractions_of_something(self) -> Self:
        if self.units and "fractions" in self.units and not self.img_shape:
            raise ValueError(
                f"units are {self.units}, and img_shape does not say of what: give the height and "
                "width in pixels, such as img_shape: [1080, 1920]"
            )
        return self


class PoseFormatOptions(KeypointsOptions):
    """Options of ``pose-format``."""

    components: tuple[str, ...] = Field(
        default=(),
        description="The parts that are taken, in this order, such as POSE_LANDMARKS; by default "
        "all but those with WORLD in the name, which are in metres",
    )
    channels: Literal[2, 3] = Field(default=2, description="Keep x and y, or z as well")


class CvatOptions(KeypointsOptions):
    """Options of ``cvat``."""

    label: str | None = Field(
        default=None,
        description="The label of the skeletons that are persons, where a file has skeletons of "
        "several kinds",
    )
