import subprocess
import sys

import pytest
from pydantic import ValidationError

from skelconv.plugin.descriptors import Descriptor
from skelconv.testing import check_descriptor
from skelconv_posefiles import options, plugin

OFFERED = {offer.name: offer for offer in plugin.skelconv_sources()}


def test_what_is_offered():
    assert set(OFFERED) == {
        "openpose",
        "kinetics-skeleton",
        "coco-keypoints",
        "mmpose",
        "alphapose",
        "ultralytics",
        "mediapipe",
        "pose-table",
        "pose-array",
    }


@pytest.mark.parametrize("offer", OFFERED.values(), ids=OFFERED.keys())
def test_descriptors_are_complete_and_options_survive_the_way_to_a_worker(offer: Descriptor):
    check_descriptor(offer)
    checked = offer.options.model_validate(offer.example)
    assert offer.create(checked) is not None
    again = offer.options.model_validate(checked.model_dump(mode="json", round_trip=True))
    assert again == checked


def test_labels_survive_the_way_to_a_worker():
    for labels in ({"folder": True, "classes": ["a", "b"]}, {"csv": "x", "classes": "c.txt"}):
        checked = options.MmposeOptions.model_validate({"root": "x", "labels": labels})
        again = options.MmposeOptions.model_validate(checked.model_dump(mode="json"))
        assert again.labels.rule() == checked.labels.rule()


def test_reading_the_descriptors_and_options_imports_nothing_heavy():
    code = (
        "import sys; from skelconv_posefiles import options as o, plugin as p;"
        "list(p.skelconv_sources());"
        "o.OpenposeOptions(root='x', labels={'pattern': '(?P<label>a)'});"
        "print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "Field required"),
        ({"root": "x", "labels": {}}, "name one place to look in: csv, folder or pattern"),
        ({"root": "x", "labels": {"csv": "a", "folder": True}}, "name one place to look in"),
        ({"root": "x", "labels": {"pattern": "("}}, "is not a regular expression: missing [)]"),
        ({"root": "x", "labels": {"pattern": "a"}}, r"has no group \(\?P<label>...\)"),
        ({"root": "x", "labels": {"pattern": "(?P<label>a)" + "b" * 999}}, "is longer than 1000"),
        ({"root": "x", "img_shape": [0, 5]}, "greater than 0"),
        ({"root": "x", "img_shape": [5]}, "Field required"),
        ({"root": "x", "max_frames": 10**6 + 1}, "less than or equal to 1000000"),
        ({"root": "x", "layout": "ntu25"}, "'openpose137' or 'openpose18'"),
        ({"root": "x", "clip": "names"}, "Extra inputs are not permitted"),
    ],
)
def test_absurd_options_are_errors(given, message):
    with pytest.raises(ValidationError, match=message):
        options.OpenposeOptions.model_validate(given)


def test_a_layout_is_one_that_there_is():
    with pytest.raises(ValidationError, match="no layout 'coco': did you mean 'coco17'"):
        options.AlphaposeOptions(root="x", layout="coco")
