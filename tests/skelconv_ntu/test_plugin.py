import subprocess
import sys

import pytest
from pydantic import ValidationError

from skelconv.plugin.descriptors import Descriptor
from skelconv.testing import check_descriptor
from skelconv_ntu import plugin
from skelconv_ntu.options import NtuBodiesOptions, NtuPackBodiesOptions, NtuRawOptions

HOOKS = (plugin.skelconv_sources, plugin.skelconv_transforms, plugin.skelconv_splits)
OFFERED = {offer.name: offer for hook in HOOKS for offer in hook()}


def test_what_is_offered():
    filters = {"ntu-filter-length", "ntu-filter-spread", "ntu-filter-motion", "ntu-pack-bodies"}
    splits = {"ntu-xsub", "ntu-xview", "ntu-xset", "ntu-one-shot", "ntu-zero-shot"}
    sources = {"ntu-raw", "skeleton-text"}
    assert set(OFFERED) == sources | {"ntu-tracks", "ntu-bodies"} | filters | splits
    assert [layout.name for layout in plugin.skelconv_layouts()] == ["ntu25"]


@pytest.mark.parametrize("offer", OFFERED.values(), ids=OFFERED.keys())
def test_descriptors_are_complete(offer: Descriptor):
    check_descriptor(offer)
    assert offer.create(offer.options.model_validate(offer.example)) is not None


def test_reading_the_descriptors_and_options_imports_nothing_heavy():
    code = (
        "import sys; from skelconv_ntu import plugin as p; from skelconv_ntu.options import *;"
        "list(p.skelconv_sources()), list(p.skelconv_layouts());"
        "NtuRawOptions(root='x', actions=[1]);"
        "print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_options_survive_the_way_to_a_worker():
    options = NtuRawOptions(root="~/ntu", dataset="ntu60", actions=[1, "50-52"], cameras=2)
    assert options.actions == (1, 50, 51, 52)
    assert options.cameras == (2,)
    again = NtuRawOptions.model_validate(options.model_dump(mode="json"))
    assert again == options


def test_a_tilde_is_the_home_folder(monkeypatch):
    monkeypatch.setenv("HOME", "/somewhere")
    monkeypatch.setenv("USERPROFILE", "/somewhere")
    assert NtuRawOptions(root=["~/ntu", "b"]).roots() == ("/somewhere/ntu", "b")


@pytest.mark.parametrize(
    ("options", "place", "message"),
    [
        ({}, "root", "Field required"),
        ({"root": ""}, "root", "must be a path or a list of paths, not ''"),
        ({"root": []}, "root", "must be a path or a list of paths, not []"),
        ({"root": ["x", ""]}, "root", "must be a path or a list of paths, not ['x', '']"),
        ({"root": 5}, "root", "must be a path or a list of paths, not 5"),
        ({"root": "x", "dataset": "ntu61"}, "dataset", "'ntu60' or 'ntu120'"),
        ({"root": "x", "missing": "drop"}, "missing", "'skip' or 'keep'"),
        ({"root": "x", "actions": [121]}, "actions", "121 is not within 1 to 120"),
        ({"root": "x", "setups": ["1-33"]}, "setups", "'1-33' is not within 1 to 32"),
        ({"root": "x", "cameras": [0]}, "cameras", "0 is not within 1 to 3"),
        ({"root": "x", "performers": [107]}, "performers", "107 is not within 1 to 106"),
        ({"root": "x", "action": [1]}, "action", "Extra inputs are not permitted"),
    ],
)
def test_absurd_options_are_errors(options, place, message):
    with pytest.raises(ValidationError) as caught:
        NtuRawOptions.model_validate(options)
    (error,) = caught.value.errors()
    assert error["loc"][0] == place
    assert message in error["msg"]


def test_options_that_select_nothing_are_an_error():
    with pytest.raises(ValidationError, match="no sample of ntu60 fits these options"):
        NtuRawOptions(root="x", dataset="ntu60", actions=["61-120"])


def test_a_profile_must_be_known():
    with pytest.raises(ValidationError, match="mmaction2"):
        NtuBodiesOptions(profile="mmaction3")


def test_only_profiles_with_faults_have_repair():
    assert NtuBodiesOptions(profile="pyskl", repair=True).repair
    with pytest.raises(ValidationError, match="'repair' is for the profiles pyskl and ctrgcn"):
        NtuBodiesOptions(profile="mmaction2", repair=True)
    with pytest.raises(ValidationError, match="leave out 'overlap'"):
        NtuPackBodiesOptions(repair=True, overlap=1)
