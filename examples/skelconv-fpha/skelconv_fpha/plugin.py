"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from skelconv import Layout
from skelconv.plugin import Options, RecipeFolder, SourcePlugin, SplitPlugin, hookimpl
from skelconv_fpha.layout import FPHA21

if TYPE_CHECKING:
    from skelconv_fpha.official import OfficialSplit
    from skelconv_fpha.recordings import Recordings

FPHA = """@inproceedings{garcia2018fpha,
  author = {Garcia-Hernando, Guillermo and Yuan, Shanxin and Baek, Seungryul and Kim, Tae-Kyun},
  title = {First-Person Hand Action Benchmark with RGB-D Videos and 3D Hand Pose Annotations},
  booktitle = {CVPR},
  year = {2018}
}"""


class FphaOptions(Options):
    """Options of the source and of the split."""

    root: Path = Field(
        description="The folder of Hand_pose_annotation_v1 and data_split_action_recognition.txt"
    )


def _create_source(options: FphaOptions) -> Recordings:
    from skelconv_fpha.recordings import Recordings

    return Recordings(options.root.expanduser())


def _create_split(options: FphaOptions) -> OfficialSplit:
    from skelconv_fpha.official import OfficialSplit

    return OfficialSplit(options.root.expanduser())


@hookimpl
def skelconv_sources() -> Iterator[SourcePlugin]:
    """Offer the source."""
    yield SourcePlugin(
        name="fpha",
        summary="First-Person Hand Action: 45 actions of one hand, 21 joints in 3D",
        options=FphaOptions,
        create=_create_source,
        layout=FPHA21.name,
        cite=(FPHA,),  # what skelconv cite prints
        example={"root": "data/fpha"},
    )


@hookimpl
def skelconv_splits() -> Iterator[SplitPlugin]:
    """Offer the split."""
    yield SplitPlugin(
        name="fpha",
        summary="First-Person Hand Action: the official 1:1 split",
        options=FphaOptions,
        create=_create_split,
        example={"root": "data/fpha"},
    )


@hookimpl
def skelconv_layouts() -> Iterator[Layout]:
    """Offer the layout."""
    yield FPHA21


@hookimpl
def skelconv_recipes() -> Iterator[RecipeFolder]:
    """Offer the recipe."""
    yield RecipeFolder(
        name="fpha",
        summary="First-Person Hand Action",
        path=Path(__file__).with_name("recipes"),
    )
