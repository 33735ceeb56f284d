import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from skelconv.plugin.descriptors import Descriptor
from skelconv.testing import check_descriptor
from skelconv_babel import plugin
from skelconv_babel.options import BabelOptions

OFFERED: list[Descriptor] = [*plugin.skelconv_sources(), *plugin.skelconv_splits()]


def test_what_is_offered():
    assert [(offer.kind, offer.name) for offer in OFFERED] == [
        ("source", "babel"),
        ("split", "babel"),
    ]


@pytest.mark.parametrize("offer", OFFERED, ids=lambda offer: offer.kind)
def test_descriptors_are_complete(offer: Descriptor):
    check_descriptor(offer)
    assert offer.create(offer.options.model_validate(offer.example)) is not None


def test_reading_the_descriptors_and_options_imports_nothing_heavy():
    code = (
        "import sys; from skelconv_babel import options, plugin as p;"
        "list(p.skelconv_sources()), list(p.skelconv_splits());"
        "options.BabelOptions(root='x', profile='mmaction2');"
        "print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize(
    "given",
    [
        {"root": "x", "classes": 60, "parts": ["val", "test"], "padding": "trim", "extra": True},
        {"root": "x", "profile": "mmaction2"},
    ],
)
def test_options_survive_the_way_to_a_worker(given):
    options = BabelOptions.model_validate(given)
    again = BabelOptions.model_validate(options.model_dump(mode="json"))
    assert again == options


def test_the_profile_sets_the_other_options():
    options = BabelOptions(root="x", profile="mmaction2")
    assert options.model_dump(exclude={"root", "profile"}) == {
        "classes": 120,
        "parts": ("train",),
        "extra": False,
        "labels": "each",
        "padding": "keep",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("classes", 60),
        ("parts", ["train", "val"]),
        ("labels", "join"),
        ("padding", "trim"),
        ("extra", True),
    ],
)
def test_what_contradicts_the_profile_is_an_error(name, value):
    with pytest.raises(ValidationError, match=f"profile mmaction2 sets '{name}': leave it out"):
        BabelOptions.model_validate({"root": "x", "profile": "mmaction2", name: value})


@pytest.mark.parametrize(
    ("options", "place", "message"),
    [
        ({}, "root", "Field required"),
        ({"root": "x", "classes": 90}, "classes", "60 or 120"),
        ({"root": "x", "parts": ["dev"]}, "parts", "'train', 'val' or 'test'"),
        ({"root": "x", "parts": []}, "parts", "one or more of train, val and test, each once"),
        (
            {"root": "x", "parts": ["val", "val"]},
            "parts",
            "one or more of train, val and test, each once",
        ),
        ({"root": "x", "labels": "first"}, "labels", "'join' or 'each'"),
        ({"root": "x", "padding": "drop"}, "padding", "'keep' or 'trim'"),
        ({"root": "x", "profile": "pyskl"}, "profile", "'mmaction2'"),
    ],
)
def test_absurd_options_are_errors(options, place, message):
    with pytest.raises(ValidationError) as caught:
        BabelOptions.model_validate(options)
    (error,) = caught.value.errors()
    assert error["loc"][0] == place
    assert message in error["msg"]


def test_a_tilde_is_the_home_folder(monkeypatch, write):
    home = write(part="val")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    (offer, _) = OFFERED
    source = offer.create(BabelOptions(root=Path("~"), classes=60, parts=("val",)))
    assert len(source.inventory().items) == 3
