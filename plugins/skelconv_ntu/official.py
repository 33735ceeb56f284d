"""What NTU RGB+D officially consists of: its samples, its lists of missing ones, its classes.

The 318 pairs of setup and performer that exist give all 114,480 names: each pair was recorded
with 3 cameras in 2 replications of 60 actions.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from importlib.resources import files
from typing import Literal

from skelconv.files import rows_in
from skelconv_ntu.names import SampleName, parse_name

Dataset = Literal["ntu60", "ntu120"]

CAMERAS = range(1, 4)
REPLICATIONS = range(1, 3)
SETUPS: dict[Dataset, range] = {"ntu60": range(1, 18), "ntu120": range(1, 33)}
_NTU60_ACTIONS = range(1, 61)
_ADDED_ACTIONS = range(61, 121)


def official_samples(dataset: Dataset) -> Iterator[SampleName]:
    """Yield all samples of a dataset in the order of their names, the missing ones too.

    Parameters
    ----------
    dataset : {"ntu60", "ntu120"}
        The dataset.

    Yields
    ------
    SampleName
        A sample.
    """
    performers: dict[int, list[int]] = {}
    for setup, performer in sorted(_pairs()):
        if setup in SETUPS[dataset]:
            performers.setdefault(setup, []).append(performer)
    for setup in performers:
        for camera in CAMERAS:
            for performer in performers[setup]:
                for replication in REPLICATIONS:
                    for action in _actions(setup):
                        yield SampleName(setup, camera, performer, replication, action)


def is_official(name: SampleName) -> bool:
    """Return whether NTU RGB+D 120 has a sample.

    Parameters
    ----------
    name : SampleName
        The sample.

    Returns
    -------
    bool
        Also true for a sample on the list of missing ones.
    """
    return (
        (name.setup, name.performer) in _pairs()
        and name.camera in CAMERAS
        and name.replication in REPLICATIONS
        and name.action in _actions(name.setup)
    )


@functools.cache
def missing_samples(dataset: Dataset) -> frozenset[SampleName]:
    """Return the official list of samples whose skeletons are missing or damaged.

    Parameters
    ----------
    dataset : {"ntu60", "ntu120"}
        The dataset.

    Returns
    -------
    frozenset of SampleName
        Most of them have a file, with partial tracks or no body.
    """
    return frozenset(filter(None, map(parse_name, _text(f"missing_{dataset}.txt").splitlines())))


@functools.cache
def class_names(dataset: Dataset) -> tuple[str, ...]:
    """Return the names of the classes.

    Parameters
    ----------
    dataset : {"ntu60", "ntu120"}
        The dataset.

    Returns
    -------
    tuple of str
        In the order of labels.
    """
    names = tuple(_text("class_names.txt").splitlines())
    return names if dataset == "ntu120" else names[: len(_NTU60_ACTIONS)]


def _actions(setup: int) -> range:
    return _NTU60_ACTIONS if setup in SETUPS["ntu60"] else _ADDED_ACTIONS


@functools.cache
def _pairs() -> frozenset[tuple[int, int]]:
    name = "setup_performer_pairs.csv"
    rows = rows_in(_text(name), name, ("setup", "performer"))
    return frozenset((int(setup), int(performer)) for _, (setup, performer) in rows)


def _text(name: str) -> str:
    return (files("skelconv_ntu") / "data" / name).read_text(encoding="utf-8")
