"""Options of the source and the split `babel`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from skelconv.plugin import Options

Part = Literal["train", "val", "test"]

# What MMAction2's script does, as options.
_MMACTION2 = {
    "classes": 120,
    "parts": ("train",),
    "extra": False,
    "labels": "each",
    "padding": "keep",
}


def _once_each(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    if not parts or len(set(parts)) < len(parts):
        raise ValueError("must name one or more of train, val and test, each once")
    return parts


Parts = Annotated[tuple[Part, ...], AfterValidator(_once_each)]


class BabelOptions(Options):
    """Options of the source `babel`."""

    root: Path = Field(
        description="Folder of the unpacked download: PART_ntu_sk_CLASSES.npy and "
        "PART_label_CLASSES.pkl"
    )
    classes: Literal[60, 120] = Field(default=120, description="The number of classes")
    parts: Parts = Field(
        default=("train", "val"),
        description="Which parts of the dataset; the clips of test have no label",
    )
    extra: bool = Field(
        default=False,
        description="Take the files of the 'Dense+Extra' annotations: PART_extra_ntu_sk_..., "
        "PART_extra_label_...",
    )
    labels: Literal["join", "each"] = Field(
        default="join",
        description="A segment of several actions is one clip with all of them (every clip then "
        "has a tuple of labels), or one clip for each, as in the files",
    )
    padding: Literal["keep", "trim"] = Field(
        default="keep",
        description="Segments shorter than 5 s were looped to 150 frames: keep them so, or trim "
        "them to one cycle of the loop",
    )
    profile: Literal["mmaction2"] | None = Field(
        default=None,
        description="The project whose conversion to reproduce, to the last bit: MMAction2's takes "
        "train of 120 classes, one label each, as float16 and without a split",
    )

    @model_validator(mode="before")
    @classmethod
    def _follow_profile(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("profile") == "mmaction2":
            return {**_MMACTION2, **given}
        return given

    @model_validator(mode="after")
    def _agree_with_profile(self) -> Self:
        if self.profile == "mmaction2":
            for name, value in _MMACTION2.items():
                if getattr(self, name) != value:
                    raise ValueError(f"profile mmaction2 sets {name!r}: leave it out")
        return self


class BabelSplitOptions(Options):
    """Options of the split `babel`."""

    parts: Parts = Field(default=("train", "val"), description="The parts that the source has")
