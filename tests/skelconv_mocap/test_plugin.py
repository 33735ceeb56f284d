import subprocess
import sys

import pytest
from pydantic import ValidationError

from skelconv.plugin.descriptors import Descriptor
from skelconv.testing import check_descriptor
from skelconv_mocap import options, plugin

OFFERED = {offer.name: offer for offer in plugin.skelconv_sources()}


def test_what_is_offered():
    assert set(OFFERED) == {"bvh", "c3d", "amass"}


@pytest.mark.parametrize("offer", OFFERED.values(), ids=OFFERED.keys())
def test_descriptors_are_complete_and_options_survive_the_way_to_a_worker(offer: Descriptor):
    check_descriptor(offer)
    checked = offer.options.model_validate(offer.example)
    again = offer.options.model_validate(checked.model_dump(mode="json", round_trip=True))
    assert again == checked


def test_reading_the_descriptors_imports_nothing_heavy():
    code = (
        "import sys; from skelconv_mocap import options as o, plugin as p;"
        "list(p.skelconv_sources());"
        "o.BvhOptions(root='x', labels={'pattern': '(?P<label>a)'});"
        "print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"root": "x", "every": 0}, "greater than 0"),
        ({"root": "x", "every": 2, "fps": 30}, "give either every or fps"),
        ({"root": "x", "unit": "yard"}, "'m', 'cm', 'mm' or 'in'"),
        ({"root": "x", "unit": 0}, "greater than 0"),
        ({"root": "x", "fps": "fast"}, "valid number"),
    ],
)
def test_absurd_options_are_errors(given, message):
    with pytest.raises(ValidationError, match=message):
        options.BvhOptions.model_validate(given)


@pytest.mark.parametrize(
    ("unit", "metres"), [("m", 1), ("cm", 0.01), ("mm", 0.001), ("in", 0.0254), (2.5, 2.5)]
)
def test_units(unit, metres):
    assert options.metres_in(options.BvhOptions(root="x", unit=unit).unit) == metres
