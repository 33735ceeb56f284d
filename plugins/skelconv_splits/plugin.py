"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from skelconv.plugin import Options, SplitPlugin, TransformPlugin, hookimpl
from skelconv_splits import references

if TYPE_CHECKING:
    from skelconv_splits import options as o
    from skelconv_splits import rule_options as r
    from skelconv_splits.drawn import KFold, LeaveOneOut, RandomSplit
    from skelconv_splits.label_list import LabelList
    from skelconv_splits.read_off import ByClass, ByFolder, BySource
    from skelconv_splits.split import ListSplit, PatternSplit


def _create_split(options: o.ListedOptions) -> ListSplit:
    from skelconv_splits.split import ListSplit

    return ListSplit(options.read)


def _create_gym99(options: Options) -> ListSplit:
    from skelconv_splits import options as o
    from skelconv_splits.split import ListSplit

    return ListSplit(o.read_gym99)


def _create_pattern(options: o.PatternOptions) -> PatternSplit:
    from skelconv_splits.split import PatternSplit

    return PatternSplit(options.parts)


def _create_random(options: r.RandomOptions) -> RandomSplit:
    from skelconv_splits import rule_options as r
    from skelconv_splits.drawn import RandomSplit

    group = None if options.group is None else r.groups(options.group)
    return RandomSplit(options.parts, seed=options.seed, stratify=options.stratify, group=group)


def _create_k_fold(options: r.KFoldOptions) -> KFold:
    from skelconv_splits import rule_options as r
    from skelconv_splits.drawn import KFold

    group = None if options.group is None else r.groups(options.group)
    return KFold(options.k, seed=options.seed, stratify=options.stratify, group=group)


def _create_leave_one_out(options: r.LeaveOneOutOptions) -> LeaveOneOut:
    from skelconv_splits import rule_options as r
    from skelconv_splits.drawn import LeaveOneOut

    return LeaveOneOut(r.groups(options.group))


def _create_by_source(options: r.BySourceOptions) -> BySource:
    from skelconv_splits.read_off import BySource

    return BySource(options.parts)


def _create_by_folder(options: r.ByFolderOptions) -> ByFolder:
    from skelconv_splits.read_off import ByFolder

    return ByFolder(options.level)


def _create_by_class(options: r.ByClassOptions) -> ByClass:
    from skelconv_splits.read_off import ByClass

    given = options.parts
    return ByClass({name: None if some == "rest" else some for name, some in given.items()})


def _create_label_list(options: o.LabelListOptions) -> LabelList:
    from skelconv_splits.label_list import LabelList

    return LabelList(options.reader())


@hookimpl
def skelconv_splits() -> Iterator[SplitPlugin]:
    """Offer the splits."""
    from skelconv_splits import options as o
    from skelconv_splits import rule_options as r

    offer = partial(SplitPlugin, create=_create_split)
    yield offer(
        name="csv",
        summary="A csv file that names each clip's part",
        options=o.CsvOptions,
        example={"path": "data/labels.csv", "parts": ["train", "val"]},
    )
    yield SplitPlugin(
        name="pattern",
        summary="Parts by patterns in clips' ids",
        options=o.PatternOptions,
        create=_create_pattern,
        example={"parts": {"train": "^train/", "val": "^val/"}},
    )
    yield SplitPlugin(
        name="random",
        summary="Parts of given fractions, drawn by a hash of each clip's id",
        options=r.RandomOptions,
        create=_create_random,
        example={"parts": {"train": 0.8, "val": 0.2}, "stratify": True},
    )
    yield SplitPlugin(
        name="k-fold",
        summary="Cross-validation: fold1_train, fold1_val, fold2_train, ...",
        options=r.KFoldOptions,
        create=_create_k_fold,
        example={"k": 5, "stratify": True, "group": "P\\d{3}"},
    )
    yield SplitPlugin(
        name="leave-one-out",
        summary="A train and a val part for each subject or video, which val alone has",
        options=r.LeaveOneOutOptions,
        create=_create_leave_one_out,
        example={"group": "P\\d{3}"},
    )
    yield SplitPlugin(
        name="by-source",
        summary="A part for each file that the source reads",
        options=r.BySourceOptions,
        create=_create_by_source,
        example={"parts": {"train": ["train.pkl"], "val": ["val.pkl", "extra.pkl"]}},
    )
    yield SplitPlugin(
        name="by-folder",
        summary="A part for each folder, where clips' ids are paths",
        options=r.ByFolderOptions,
        create=_create_by_folder,
        example={"level": 1},
    )
    yield SplitPlugin(
        name="by-class",
        summary="Parts by classes, such as seen and unseen ones",
        options=r.ByClassOptions,
        create=_create_by_class,
        example={"parts": {"unseen": [10, 11, "jump up"], "seen": "rest"}},
    )
    yield offer(
        name="list",
        summary="One file per part, NAME or NAME LABEL on each line",
        options=o.ListOptions,
        example={"parts": {"train": "data/train.txt", "val": "data/val.txt"}},
    )
    yield SplitPlugin(
        name="gym99",
        summary="FineGYM's Gym99 (version 1.1): train, val",
        cite=(references.FINEGYM,),
        create=_create_gym99,
    )
    yield offer(
        name="ucf101",
        summary="UCF101's official three: train1, test1, ... train3, test3",
        cite=(references.UCF101,),
        options=o.Ucf101Options,
        subject=r"v_(?P<group>\w+_g\d{2})_c\d{2}",
    )
    yield offer(
        name="hmdb51",
        summary="HMDB51's official three: train1, test1, ... train3, test3",
        cite=(references.HMDB51,),
        options=o.Hmdb51Options,
    )
    yield offer(
        name="kinetics",
        summary="Kinetics' csv lists",
        cite=(references.KINETICS,),
        options=o.KineticsOptions,
        example={"paths": ["data/train.csv", "data/validate.csv"]},
    )
    yield offer(
        name="diving48",
        summary="Diving48's JSON lists: train, test",
        cite=(references.DIVING48,),
        options=o.Diving48Options,
        example={"train": "data/Diving48_V2_train.json", "test": "data/Diving48_V2_test.json"},
    )


@hookimpl
def skelconv_transforms() -> Iterator[TransformPlugin]:
    """Offer labels from lists."""
    from skelconv_splits import options as o

    yield TransformPlugin(
        name="label-list",
        summary="Label clips by a published list: FineGYM, UCF101, HMDB51, Kinetics, Diving48",
        options=o.LabelListOptions,
        create=_create_label_list,
        example={"official": "ucf101"},
    )
