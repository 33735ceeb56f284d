"""The sample in the repository."""

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from skelconv import build
from skelconv import open as open_dataset
from skelconv_ntu.options import NtuRawOptions
from skelconv_ntu.plugin import skelconv_sources

TOP = Path(__file__).parents[2]
SAMPLE = TOP / "samples" / "ntu"


@pytest.fixture
def clips():
    offer = next(iter(skelconv_sources()))
    source = offer.create(NtuRawOptions(root=str(SAMPLE)))
    return [source.load(item) for item in source.inventory().items]


def test_the_program_makes_it_byte_for_byte(tmp_path):
    program = TOP / "samples" / "make_ntu_sample.py"
    subprocess.run([sys.executable, program, tmp_path / "again"], check=True)
    again = {file.name: file.read_bytes() for file in (tmp_path / "again").iterdir()}
    assert again == {file.name: file.read_bytes() for file in SAMPLE.iterdir()}
    assert sum(map(len, again.values())) < 1_000_000


def test_it_builds_cleanly(tmp_path):
    overrides = [f"source.with.root={SAMPLE}", f"sink.with.path={tmp_path / 'sample.pkl'}"]
    report = build(TOP / "recipes" / "sample.yaml", overrides, workers=1)
    assert report.clips == 16
    for unclean in (report.quarantined, report.unmet, report.absent, report.strays):
        assert not unclean
    with open(tmp_path / "sample.pkl", "rb") as file:
        written = pickle.load(file)
    for annotation in written["annotations"]:
        people, frames = annotation["keypoint"].shape[:2]
        assert people == (2 if annotation["label"] == 57 else 1)
        assert frames == annotation["total_frames"]
        assert np.isfinite(annotation["keypoint"]).all()


def test_it_has_the_quirks_of_real_files(clips):
    contents = [file.read_bytes() for file in SAMPLE.iterdir()]
    assert {b"\r\n" in content for content in contents} == {True, False}
    assert any(b"NaN" in content for content in contents)
    slots = [clip.fields["slot"].values for clip in clips]
    assert any((slot < 0).all(axis=0).any() for slot in slots), "a frame without a body"
    assert any((np.diff(row >= 0).sum() >= 2) for slot in slots for row in slot), "a return"
    assert any(len(set(row[row >= 0])) > 1 for slot in slots for row in slot), "places change"
    ids = [clip.fields["body_id"].values for clip in clips]
    assert any(len(set(one.tolist())) > len(set(one.astype(float))) for one in ids), "close ids"
    present = [clip.keypoint[slot >= 0] for clip, slot in zip(clips, slots, strict=True)]
    assert any((joints == 0).all(axis=-1).any() for joints in present), "joints at zero"


def test_an_action_that_gets_another_number_keeps_its_name(tmp_path):
    """Of NTU's actions only the 58th, "handshaking", as the only class of the dataset."""
    for name, transform in {
        "relabel": {"use": "relabel", "with": {"mapping": {"57": 0}}},
        "by-name": {"use": "relabel", "with": {"mapping": {"handshaking": 0}}},
        "renumber": "renumber",
    }.items():
        recipe = {
            "name": "handshaking",
            "source": {
                "use": "ntu-raw",
                "with": {"root": str(SAMPLE), "dataset": "ntu60", "actions": [58]},
            },
            "transforms": [{"use": "ntu-bodies", "with": {"profile": "mmaction2"}}, transform],
            "sink": {"use": "zarr", "with": {"path": str(tmp_path / f"{name}.zarr")}},
        }
        report = build(recipe, executor="serial")
        dataset = open_dataset(tmp_path / f"{name}.zarr")
        assert set(dataset.labels) == {0}
        assert list(dataset.label_names) == ["handshaking"]
        assert [(one.label, one.name, one.clips) for one in report.classes] == [
            (0, "handshaking", 8)
        ]
