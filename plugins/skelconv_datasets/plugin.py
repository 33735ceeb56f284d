"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from skelconv import Layout
from skelconv.plugin import SourcePlugin, SplitPlugin, hookimpl
from skelconv_datasets import references

if TYPE_CHECKING:
    from skelconv.files import Samples
    from skelconv.plugin import Guess
    from skelconv_datasets import options as o
    from skelconv_datasets.files import DatasetFiles
    from skelconv_datasets.lists import PkuSplit, Shrec17Split
    from skelconv_datasets.penn_files import PennFiles


def _create(options: o.FolderOptions, module: str) -> DatasetFiles:
    return options.files(import_module(f"skelconv_datasets.forms.{module}").FORM)


def _create_pku(options: o.PkuFilesOptions) -> DatasetFiles:
    from skelconv.files import Catalog
    from skelconv_datasets.files import DatasetFiles
    from skelconv_datasets.forms.pku_mmd import FORM
    from skelconv_datasets.pku_files import PkuActions

    root, most = str(options.root.expanduser()), options.max_file_mb * 2**20
    if options.actions is None:
        return DatasetFiles(root, FORM, Catalog("name"), most)
    actions = str(options.actions.expanduser())
    return PkuActions(root, actions, most, cut=options.beyond == "cut")


def _create_shrec(options: o.ShrecOptions) -> DatasetFiles:
    from skelconv_datasets.forms.shrec import form

    return options.files(form(options.classes, options.coordinates))


def _create_smarthome(options: o.SmarthomeOptions) -> DatasetFiles:
    from skelconv_datasets.forms.smarthome import form

    return options.files(form(options.coordinates))


def _create_penn(options: o.PennActionOptions) -> PennFiles:
    from skelconv_datasets.penn_files import PennFiles

    root = str(options.root.expanduser())
    return PennFiles(root, options.hidden, options.max_file_mb * 2**20)


def _create_pku_split(options: o.PkuMmdOptions) -> PkuSplit:
    from skelconv_datasets.lists import PkuSplit

    given = {"xsub": options.cross_subject, "xview": options.cross_view}
    lists = {kind: path for kind, path in given.items() if path is not None}
    return PkuSplit(lists)


def _create_shrec_split(options: o.Shrec17Options) -> Shrec17Split:
    from skelconv_datasets.lists import Shrec17Split

    return Shrec17Split(options.root)


def _guess(name: str, samples: Samples) -> Guess | None:
    from skelconv_datasets.guess import guess_dataset

    return guess_dataset(name, samples)


@hookimpl
def skelconv_sources() -> Iterator[SourcePlugin]:
    """Offer one source for each form."""
    from skelconv_datasets import options as o

    one = partial(SourcePlugin, options=o.NamedOptions)
    yield one(
        name="nw-ucla",
        summary="NW-UCLA JSON, as CTR-GCN reads it: 20 joints in 3D",
        cite=(references.NW_UCLA,),
        guess=partial(_guess, "nw-ucla"),
        create=partial(_create, module="nw_ucla"),
        layout="kinect20",
        example={"root": "data/NW-UCLA/all_sqe"},
    )
    yield one(
        name="jhmdb",
        summary="JHMDB's joint_positions.mat: 15 joints in pixels",
        cite=(references.JHMDB,),
        guess=partial(_guess, "jhmdb"),
        create=partial(_create, module="jhmdb"),
        layout="jhmdb15",
        example={"root": "data/JHMDB/joint_positions"},
    )
    yield one(
        name="azure-kinect",
        summary="Azure Kinect JSON of the SDK's offline_processor: 32 joints in 3D",
        guess=partial(_guess, "azure-kinect"),
        create=partial(_create, module="azure_kinect"),
        layout="kinect-azure32",
        example={"root": "data/recordings", "labels": {"folder": True}},
    )
    yield one(
        name="etri-activity3d",
        summary="ETRI-Activity3D csv: 25 joints in 3D",
        cite=(references.ETRI,),
        guess=partial(_guess, "etri-activity3d"),
        create=partial(_create, module="etri"),
        layout="ntu25",
        example={"root": "data/ETRI-Activity3D/skeleton"},
    )
    yield SourcePlugin(
        name="pku-mmd",
        summary="PKU-MMD text of 150 numbers a line, cut into actions: 25 joints in 3D",
        cite=(references.PKU_MMD,),
        options=o.PkuFilesOptions,
        guess=partial(_guess, "pku-mmd"),
        create=_create_pku,
        layout="ntu25",
        example={"root": "data/PKU_Skeleton_Renew", "actions": "data/Train_Label_PKU_final"},
    )
    yield SourcePlugin(
        name="smarthome",
        summary="Toyota Smarthome JSON of LCR-Net: 13 joints in 2D or 3D",
        cite=(references.SMARTHOME,),
        options=o.SmarthomeOptions,
        guess=partial(_guess, "smarthome"),
        create=_create_smarthome,
        layout="smarthome13",
        example={"root": "data/smarthome/skeletons"},
    )
    yield SourcePlugin(
        name="shrec",
        summary="SHREC'17 and DHG-14/28 hands as text: 22 joints in 2D or 3D",
        options=o.ShrecOptions,
        guess=partial(_guess, "shrec"),
        create=_create_shrec,
        layout="shrec22",
        example={"root": "data/HandGestureDataset_SHREC2017"},
    )
    yield SourcePlugin(
        name="penn-action",
        summary="Penn Action's labels/*.mat: 13 joints in pixels",
        cite=(references.PENN_ACTION,),
        options=o.PennActionOptions,
        guess=partial(_guess, "penn-action"),
        create=_create_penn,
        layout="penn-action13",
        example={"root": "data/Penn_Action/labels"},
    )


@hookimpl
def skelconv_splits() -> Iterator[SplitPlugin]:
    """Offer the official lists."""
    from skelconv_datasets import options as o

    yield SplitPlugin(
        name="pku-mmd",
        summary="PKU-MMD's lists: xsub_train, xsub_val, xview_train, xview_val",
        cite=(references.PKU_MMD,),
        options=o.PkuMmdOptions,
        create=_create_pku_split,
        example={"cross_subject": "data/Split/cross-subject.txt"},
    )
    yield SplitPlugin(
        name="shrec17",
        summary="SHREC'17's lists: train, test",
        cite=(references.SHREC17,),
        options=o.Shrec17Options,
        create=_create_shrec_split,
        example={"root": "data/HandGestureDataset_SHREC2017"},
    )


@hookimpl
def skelconv_layouts() -> Iterator[Layout]:
    """Offer the joints that no other dataset has."""
    from skelconv_datasets.layout import PENN_ACTION13

    yield PENN_ACTION13
