import subprocess
import sys

import pytest
from pydantic import ValidationError

from skelconv.plugin.descriptors import Descriptor
from skelconv.testing import check_descriptor
from skelconv_splits import options, plugin

OFFERED = {
    f"{kind}:{offer.name}": offer
    for kind, hook in (("split", plugin.skelconv_splits), ("transform", plugin.skelconv_transforms))
    for offer in hook()
}


def test_what_is_offered():
    splits = [*("csv", "pattern", "list", "gym99", "ucf101", "hmdb51", "kinetics", "diving48")]
    splits += ["random", "k-fold", "leave-one-out", "by-source", "by-folder", "by-class"]
    assert set(OFFERED) == {*(f"split:{name}" for name in splits), "transform:label-list"}


@pytest.mark.parametrize("offer", OFFERED.values(), ids=OFFERED.keys())
def test_descriptors_are_complete_and_options_survive_the_way_to_a_worker(offer: Descriptor):
    check_descriptor(offer)
    checked = offer.options.model_validate(offer.example)
    assert offer.create(checked) is not None
    again = offer.options.model_validate(checked.model_dump(mode="json", round_trip=True))
    assert again == checked


def test_reading_the_descriptors_and_options_imports_nothing_heavy():
    code = (
        "import sys; from skelconv_splits import options as o, plugin as p;"
        "list(p.skelconv_splits()), list(p.skelconv_transforms());"
        "o.LabelListOptions(official='gym99').reader();"
        "print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize("given", [{}, {"official": "ucf101", "list": {"parts": {"a": "b"}}}])
def test_labels_come_from_one_list(given):
    with pytest.raises(ValidationError, match="name one list"):
        options.LabelListOptions.model_validate(given)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [("[", "is not a regular expression"), ("a" * 1001, "is longer than 1000 characters")],
)
def test_patterns_are_checked_before_a_build(pattern, message):
    with pytest.raises(ValidationError, match=message):
        options.PatternOptions(parts={"train": pattern})
