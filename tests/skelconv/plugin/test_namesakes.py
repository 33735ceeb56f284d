"""Another package that takes every name of skelconv's own plugins gets nothing of its files."""

from __future__ import annotations

import dataclasses
import pickle
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import skelconv
from skelconv.datasets.opening import reader_of
from skelconv.plugin.descriptors import ReaderPlugin
from skelconv.plugin.loading import load_registry, registry_in_use
from skelconv.plugin.registry import Offer, Registry

RECIPES = sorted((Path(__file__).parents[3] / "recipes").glob("*.yaml"))


@pytest.fixture(autouse=True)
def _namesakes() -> Iterator[None]:
    def theirs(offer: Offer) -> Offer:
        descriptor = offer.descriptor
        if isinstance(descriptor, ReaderPlugin):
            descriptor = dataclasses.replace(descriptor, recognises=lambda _: True)
        return dataclasses.replace(offer, descriptor=descriptor, distribution="aaa-hostile")

    with registry_in_use(None):
        own = [offer for offer in load_registry().offers if offer.distribution == "skelconv"]
    with registry_in_use(Registry([*map(theirs, own), *own])):
        yield


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_shipped_recipes_use_skelconvs_own(path: Path) -> None:
    recipe = skelconv.load_recipe(path, environ=defaultdict(lambda: "x"))
    uses = [use for stage in recipe.stages() for use in (stage, *stage.nested())]
    assert {use.offer.distribution for use in uses} == {"skelconv"}


def test_files_are_read_and_written_by_skelconvs_own(tmp_path: Path) -> None:
    keypoint = np.ones((1, 2, 17, 2), np.float32)
    annotation = {"frame_dir": "a", "label": 0, "total_frames": 2, "keypoint": keypoint}
    paths = [str(tmp_path / name) for name in ("a.pkl", "b.pkl", "c.zarr")]
    (tmp_path / "a.pkl").write_bytes(pickle.dumps({"split": {}, "annotations": [annotation]}))
    for path, target in pairwise(paths):
        skelconv.convert(path, target)
    for path in paths:
        assert reader_of(path).distribution == "skelconv"
        assert list(skelconv.open(path).ids) == ["a"]
