"""The tables of formats say what sinks and readers do."""

import re
from pathlib import Path

import numpy as np
import pytest

from skelconv import Clip, Field
from skelconv.plugin.loading import load_registry

TEXT = (Path(__file__).parents[2] / "docs/formats.md").read_text()
ROWS = [[cell.strip() for cell in row[1:-1].split("|")] for row in TEXT.splitlines() if "|" in row]
ATTRIBUTES = ("id", "label", "layout", "keypoint_score", "img_shape", "original_shape")
OPTIONS = {"npz": {"train": "train", "test": "val"}}


def own(kind: str) -> list[str]:
    registry = load_registry()
    return [one.name for one in registry.of_kind(kind) if one.distribution == "skelconv"]


def clip(coordinates: int) -> Clip:
    shape = (2, 3, 17)
    return Clip(
        "a",
        np.ones((*shape, coordinates), "f4"),
        "coco17",
        label=1,
        keypoint_score=np.ones(shape, "f4"),
        img_shape=(48, 64),
        original_shape=(48, 64),
        fields={"track_id": Field(np.arange(2), "M")},
    )


def test_every_sink_and_reader_is_listed() -> None:
    sinks = {name for row in ROWS for name in re.findall(r"^`([\w-]+)`$", row[1]) if len(row) == 4}
    readers = {name for row in ROWS for name in re.findall(r"^`([\w-]+)`$", row[2])}
    assert sinks == set(own("sink"))
    assert readers == set(own("reader"))


@pytest.mark.parametrize("name", own("sink"))
def test_the_table_says_what_a_sink_keeps(name: str, tmp_path: Path) -> None:
    heads = next(row for row in ROWS if row[0] == "" and row[1] == "`pickle`")
    told = {
        attribute: row[heads.index(f"`{name}`")]
        for row in ROWS
        if len(row) == len(heads)
        for attribute in re.findall(r"`(\w+)`", row[0]) or [row[0]]
    }
    descriptor = load_registry().get("sink", name).descriptor
    suffix = descriptor.suffixes[0] if descriptor.suffixes else ""
    given = {"path": str(tmp_path / f"out{suffix}"), **OPTIONS.get(name, {})}
    sink = descriptor.create(descriptor.options.model_validate(given))
    for coordinates in (2, 3):
        some = clip(coordinates)
        everything = (*ATTRIBUTES, *some.fields)
        kept = sink.keeps(some) if hasattr(sink, "keeps") else everything
        for attribute in ATTRIBUTES:
            said = told[attribute] == "yes" or told[attribute] == f"in {coordinates}D"
            assert said == (attribute in kept), attribute
        assert ("track_id" in kept) == (told["fields"] == "yes")
