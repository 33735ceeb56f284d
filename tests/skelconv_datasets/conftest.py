"""What the tests of the datasets share."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import folders

from skelconv.testing import check_source
from skelconv_datasets import plugin

SOURCES = {offer.name: offer for offer in plugin.skelconv_sources()}


@pytest.fixture
def fill(tmp_path: Path) -> Callable[[Mapping[str, str | bytes]], Path]:
    """Make a folder of files by their paths in it."""
    return lambda files: folders.fill(tmp_path / "root", files)


@pytest.fixture
def make() -> Callable[..., Any]:
    """Make a source by its name and options, as a recipe does."""

    def make(name: str, **options: Any) -> Any:
        offer = SOURCES[name]
        return offer.create(offer.options.model_validate(options))

    return make


@pytest.fixture
def clips(make: Callable[..., Any]) -> Callable[..., dict[str, Any]]:
    """Load the clips of a source, with the checks for all sources."""
    return lambda name, **options: {
        clip.id: clip for clip in check_source(make(name, **options), limit=100)
    }


@pytest.fixture(scope="session")
def drawn() -> Callable[..., np.ndarray]:
    """Draw coordinates that six decimals hold exactly."""

    def drawn(*shape: int, seed: int = 0) -> np.ndarray:
        return np.random.default_rng(seed).integers(-4000, 4000, shape) / 1024

    return drawn
