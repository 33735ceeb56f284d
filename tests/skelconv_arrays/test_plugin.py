from typing import Any

import pytest
from pydantic import ValidationError

from skelconv.plugin.descriptors import Descriptor
from skelconv.testing import check_descriptor
from skelconv_arrays import options, plugin

OFFERS: list[Descriptor] = [*plugin.skelconv_sinks(), *plugin.skelconv_readers()]


@pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: f"{offer.kind} {offer.name}")
def test_descriptors_are_complete(offer: Descriptor) -> None:
    check_descriptor(offer)


@pytest.mark.parametrize(
    ("model", "given", "reason"),
    [
        (options.NpzSinkOptions, {"path": "x.pkl"}, "'x.pkl' does not end in .npz"),
        (options.NpzSinkOptions, {"path": "x.npz", "frames": 0}, "frames"),
        (options.NpyReaderOptions, {"path": "x", "channels": "yx"}, "channels"),
    ],
)
def test_wrong_options_are_errors(model: Any, given: Any, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        model.model_validate(given)
