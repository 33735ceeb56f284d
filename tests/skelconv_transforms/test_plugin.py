import os
import subprocess
import sys

import pytest
from pydantic import ValidationError
from support.memory import clip

from skelconv.plugin.descriptors import TransformPlugin
from skelconv.testing import assert_same_clip, check_descriptor
from skelconv_transforms import options, plugin

OFFERED = {offer.name: offer for offer in plugin.skelconv_transforms()}


def test_what_is_offered():
    assert " ".join(sorted(OFFERED)) == (
        "bone cast crop drop-empty-frames filter-label filter-length filter-list filter-score "
        "interpolate-gaps loop map-layout mark-empty-frames merge-joints motion one-euro pad "
        "pre-normalize-2d pre-normalize-3d relabel renumber resample scale-to score-from-z "
        "segments select-joints select-persons smooth split-people to-pixels windows"
    )


@pytest.mark.parametrize("offer", OFFERED.values(), ids=OFFERED)
def test_descriptors_are_complete(offer: TransformPlugin, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "segments.csv").write_text("id,start,end\nwalk,0.5,2\n")
    (tmp_path / "people.csv").write_text("id,person,label\nwalk,0,1\n")
    check_descriptor(offer)
    checked = offer.options.model_validate(offer.example)
    made = offer.create(checked)
    assert callable(made.divide if offer.divides else made)
    again = offer.options.model_validate(checked.model_dump(mode="json"))
    assert again == checked


def test_reading_the_descriptors_and_options_imports_nothing_heavy():
    code = (
        "import sys; from skelconv_transforms import plugin;"
        "[o.options.model_validate(o.example) for o in plugin.skelconv_transforms()];"
        "print({'numpy'} & set(sys.modules))"
    )
    env = {**os.environ, "SKELCONV_NO_PLUGINS": "1"}  # names of layouts are looked up in all
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env
    )
    assert done.stdout == "set()\n"


def test_a_mapping_of_labels_may_be_a_file(tmp_path):
    path = tmp_path / "mapping.csv"
    path.write_text("old,new\n3,1\n")
    transform = OFFERED["relabel"].create(options.RelabelOptions(csv=str(path)))
    assert_same_clip(transform(clip(label=3)), clip(label=1))


@pytest.mark.parametrize(
    ("name", "wrong", "message"),
    [
        ("select-persons", {"keep": 0, "by": "energy"}, "greater than 0"),
        ("select-persons", {"keep": 1, "by": "size"}, "'energy', 'score', 'area' or 'length'"),
        ("resample", {}, "either length, or fps and source_fps"),
        ("resample", {"fps": 30}, "either length, or fps and source_fps"),
        ("resample", {"length": 3, "fps": 3}, "either length, or fps and source_fps"),
        (
            "resample",
            {"length": 3, "fps": 30, "source_fps": 3},
            "either length, or fps and source_fps",
        ),
        ("resample", {"fps": 1e9, "source_fps": 30}, "less than or equal to 1000"),
        ("smooth", {"window": 4}, "window must be odd"),
        ("smooth", {"window": 3, "degree": 3}, "degree must be less than window"),
        ("one-euro", {"fps": 0}, "greater than 0"),
        ("filter-label", {}, "either keep or drop"),
        ("filter-label", {"keep": [1], "drop": [2]}, "either keep or drop"),
        ("filter-length", {"min_frames": 5, "max_frames": 4}, "max_frames is less"),
        ("relabel", {}, "either mapping or csv"),
        ("relabel", {"mapping": {1: -1}}, "greater than or equal to 0"),
        ("scale-to", {"img_shape": [0, 5]}, "greater than 0"),
        ("cast", {"dtype": "int8"}, "'float16', 'float32' or 'float64'"),
        ("bone", {"of": 1}, "Extra inputs"),
    ],
)
def test_absurd_options_are_errors(name, wrong, message):
    with pytest.raises(ValidationError, match=message):
        OFFERED[name].options.model_validate(wrong)
