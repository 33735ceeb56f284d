import subprocess
import sys

import pytest

from skelconv.plugin.descriptors import Descriptor
from skelconv.testing import check_descriptor, check_layout
from skelconv_datasets import plugin

OFFERED: list[Descriptor] = [*plugin.skelconv_sources(), *plugin.skelconv_splits()]


def test_what_is_offered():
    assert sorted((offer.kind, offer.name) for offer in OFFERED) == [
        ("source", "azure-kinect"),
        ("source", "etri-activity3d"),
        ("source", "jhmdb"),
        ("source", "nw-ucla"),
        ("source", "penn-action"),
        ("source", "pku-mmd"),
        ("source", "shrec"),
        ("source", "smarthome"),
        ("split", "pku-mmd"),
        ("split", "shrec17"),
    ]
    for layout in plugin.skelconv_layouts():
        check_layout(layout)


@pytest.mark.parametrize("offer", OFFERED, ids=lambda offer: f"{offer.kind}-{offer.name}")
def test_descriptors_are_complete_and_options_survive_the_way_to_a_worker(offer: Descriptor):
    check_descriptor(offer)
    checked = offer.options.model_validate(offer.example)
    assert offer.create(checked) is not None
    again = offer.options.model_validate(checked.model_dump(mode="json", round_trip=True))
    assert again == checked


def test_reading_the_descriptors_imports_nothing_heavy():
    code = (
        "import sys; from skelconv_datasets import plugin as p;"
        "list(p.skelconv_sources()), list(p.skelconv_splits()); print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
