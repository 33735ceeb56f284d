"""What this package offers to skelconv. Nothing heavy is imported before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from skelconv.plugin import Options, SplitPlugin, TransformPlugin, hookimpl
from skelconv_splits import options as o

if TYPE_CHECKING:
    from skelconv_splits.label_list import LabelList
    from skelconv_splits.split import ListSplit, PatternSplit


def _create_split(options: o.ListedOptions) -> ListSplit:
    from skelconv_splits.split import ListSplit

    return ListSplit(options.read)


def _create_gym99(options: Options) -> ListSplit:
    from skelconv_splits.split import ListSplit

    return ListSplit(o.read_gym99)


def _create_pattern(options: o.PatternOptions) -> PatternSplit:
    from skelconv_splits.split import PatternSplit

    return PatternSplit(options.parts)


def _create_label_list(options: o.LabelListOptions) -> LabelList:
    from skelconv_splits.label_list import LabelList

    return LabelList(options.reader())


@hookimpl
def skelconv_splits() -> Iterator[SplitPlugin]:
    """Offer the splits."""
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
    yield offer(
        name="list",
        summary="One file per part, NAME or NAME LABEL on each line",
        options=o.ListOptions,
        example={"parts": {"train": "data/train.txt", "val": "data/val.txt"}},
    )
    yield SplitPlugin(
        name="gym99",
        summary="FineGYM's Gym99 (version 1.1): train, val",
        create=_create_gym99,
    )
    yield offer(
        name="ucf101",
        summary="UCF101's official three: train1, test1, ... train3, test3",
        options=o.Ucf101Options,
    )
    yield offer(
        name="hmdb51",
        summary="HMDB51's official three: train1, test1, ... train3, test3",
        options=o.Hmdb51Options,
    )
    yield offer(
        name="kinetics",
        summary="Kinetics' csv lists",
        options=o.KineticsOptions,
        example={"paths": ["data/train.csv", "data/validate.csv"]},
    )
    yield offer(
        name="diving48",
        summary="Diving48's JSON lists: train, test",
        options=o.Diving48Options,
        example={"train": "data/Diving48_V2_train.json", "test": "data/Diving48_V2_test.json"},
    )


@hookimpl
def skelconv_transforms() -> Iterator[TransformPlugin]:
    """Offer labels from lists."""
    yield TransformPlugin(
        name="label-list",
        summary="Label clips by a published list: FineGYM, UCF101, HMDB51, Kinetics, Diving48",
        options=o.LabelListOptions,
        create=_create_label_list,
        example={"official": "ucf101"},
    )
