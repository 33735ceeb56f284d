"""The options of the sources and the splits."""

from __future__ import annotations

import os.path
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from skelconv.files import LabelsOption
from skelconv.plugin import Options

if TYPE_CHECKING:
    from skelconv.files import Ids
    from skelconv_datasets.files import DatasetFiles, Form


class FolderOptions(Options):
    """Options of a source of files in a folder."""

    root: Path = Field(description="The folder of the files, nested or not")
    labels: LabelsOption = None
    max_file_mb: int = Field(default=64, gt=0, le=4096, description="The largest file that is read")

    def files(self, form: Form) -> DatasetFiles:
        """Return the source.

        Parameters
        ----------
        form : Form
            What the dataset is.

        Returns
        -------
        DatasetFiles
            The source.
        """
        from skelconv.files import Catalog
        from skelconv_datasets.files import DatasetFiles

        ids: Ids = getattr(self, "ids", "path")
        catalog = Catalog(ids, self.labels.rule() if self.labels else None)
        return DatasetFiles(os.path.expanduser(self.root), form, catalog, self.max_file_mb * 2**20)


class NamedOptions(FolderOptions):
    """Options of a source whose files have names of their own."""

    ids: Literal["path", "name"] = Field(
        default="name",
        description="What a clip's id is: its path within root without the ending, or the last "
        "part of that",
    )


class SmarthomeOptions(NamedOptions):
    """Options of ``smarthome``."""

    coordinates: Literal["2d", "3d"] = Field(
        default="3d", description="Read pose2d, in pixels, or pose3d"
    )


class ShrecOptions(FolderOptions):
    """Options of ``shrec``."""

    classes: Literal[14, 28] = Field(
        default=14, description="Gestures, or gestures done with one finger or the whole hand"
    )
    coordinates: Literal["2d", "3d"] = Field(
        default="3d", description="Read the files of pixels or those of metres"
    )


class PennActionOptions(Options):
    """Options of ``penn-action``."""

    root: Path = Field(description="The folder labels of the dataset, with 0001.mat and so on")
    hidden: Literal["keep", "missing"] = Field(
        default="keep",
        description="Joints that annotators placed where they cannot be seen are kept, or missing",
    )
    max_file_mb: int = Field(default=64, gt=0, le=4096, description="The largest file that is read")


class PkuFilesOptions(Options):
    """Options of the source ``pku-mmd``."""

    root: Path = Field(description="The folder of the recordings, 0002-L.txt and so on")
    actions: Path | None = Field(
        default=None,
        description="The folder of the files of the same names that list their actions: each is a "
        "clip; by default each recording is one, without a label",
    )
    beyond: Literal["refuse", "cut"] = Field(
        default="refuse",
        description="An action that ends behind its recording is quarantined, or ends with it, if "
        "at least half of it is there",
    )
    max_file_mb: int = Field(default=64, gt=0, le=4096, description="The largest file that is read")


class PkuMmdOptions(Options):
    """Options of the split ``pku-mmd``."""

    cross_subject: Path | None = Field(
        default=None, description="The list cross-subject.txt: parts xsub_train, xsub_val"
    )
    cross_view: Path | None = Field(
        default=None, description="The list cross-view.txt: parts xview_train, xview_val"
    )

    @model_validator(mode="after")
    def _one_list(self) -> Self:
        if self.cross_subject is None and self.cross_view is None:
            raise ValueError("name a list: cross_subject, cross_view or both")
        return self


class Shrec17Options(Options):
    """Options of the split ``shrec17``."""

    root: Path = Field(description="The folder with train_gestures.txt and test_gestures.txt")
