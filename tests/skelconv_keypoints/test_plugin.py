import subprocess
import sys

import pytest
from pydantic import ValidationError

from skelconv.plugin.descriptors import Descriptor
from skelconv.testing import check_descriptor
from skelconv_keypoints import options, plugin

OFFERED = {offer.name: offer for offer in plugin.skelconv_sources()}


def test_what_is_offered():
    assert set(OFFERED) == {"deeplabcut", "sleap", "cvat", "pose-format"}


@pytest.mark.parametrize("offer", OFFERED.values(), ids=OFFERED.keys())
def test_descriptors_are_complete_and_options_survive_the_way_to_a_worker(offer: Descriptor):
    check_descriptor(offer)
    checked = offer.options.model_validate(offer.example)
    again = offer.options.model_validate(checked.model_dump(mode="json", round_trip=True))
    assert again == checked


def test_reading_the_descriptors_imports_nothing_heavy():
    code = (
        "import sys; from skelconv_keypoints import options as o, plugin as p;"
        "list(p.skelconv_sources());"
        "o.FlatOptions(root='x', labels={'pattern': '(?P<label>a)'});"
        "print('numpy' in sys.modules, 'h5py' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"


def test_fractions_need_the_size_of_the_image():
    with pytest.raises(ValidationError, match="img_shape does not say of what"):
        options.FlatOptions.model_validate({"root": "x", "units": "fractions"})
