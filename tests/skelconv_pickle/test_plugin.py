from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from skelconv.plugin.descriptors import Descriptor
from skelconv.testing import check_descriptor
from skelconv_pickle import plugin

SINKS = list(plugin.skelconv_sinks())
OFFERS: list[Descriptor] = [
    *SINKS,
    *plugin.skelconv_sources(),
    *plugin.skelconv_readers(),
]


@pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: f"{offer.kind} {offer.name}")
def test_descriptors_are_complete(offer: Descriptor) -> None:
    check_descriptor(offer)


@pytest.mark.parametrize("offer", SINKS, ids=lambda offer: offer.name)
def test_sinks_are_made_from_their_options(offer: Any) -> None:
    sink = offer.create(offer.options(**offer.example))
    assert sink.target == Path(offer.example["path"])


def test_the_rest_is_made_from_its_options(tmp_path: Path) -> None:
    from skelconv_pickle.opcodes import write_annotations

    path = tmp_path / "data.pkl"
    with path.open("wb") as out:
        write_annotations(out, {"train": []}, [])
    options = {"path": str(path), "layout": "ntu25"}
    (source,) = plugin.skelconv_sources()
    assert source.create(source.options(**options)).inventory().items == []
    (reader,) = plugin.skelconv_readers()
    assert reader.recognises(str(path))
    assert reader.create(reader.options(**options)).layout == "ntu25"


@pytest.mark.parametrize(
    ("options", "given", "reason"),
    [
        (plugin.PickleSinkOptions, {"path": "x.pickle"}, "'x.pickle' does not end in .pkl"),
        (plugin.PickleOptions, {"path": "x.pkl", "sha256": "beef"}, "sha256"),
        (plugin.PickleOptions, {"path": "x.pkl", "box_threshold": 2}, "box_threshold"),
    ],
)
def test_wrong_options_are_errors(options: Any, given: Any, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        options.model_validate(given)
