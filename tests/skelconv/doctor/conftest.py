"""Runs one of the checks."""

from collections.abc import Callable, Sequence

import pytest

from skelconv.doctor.checks import all_checks
from skelconv.doctor.run import run_checks
from skelconv.plugin import CheckResult
from skelconv.plugin.descriptors import SourcePlugin
from skelconv.plugin.loading import registry_in_use
from skelconv.plugin.registry import Offer, Registry

Look = Callable[..., Sequence[CheckResult]]


@pytest.fixture
def look() -> Look:
    """Run the check of a name, with the plugins of a registry."""

    def look(name: str, registry: Registry | None = None) -> Sequence[CheckResult]:
        with registry_in_use(Registry() if registry is None else registry):
            (report,) = run_checks([check for check in all_checks() if check.name == name])
        return report.results

    return look


@pytest.fixture
def needs() -> Callable[..., Registry]:
    """Make a registry of one source, which requires packages."""

    def needs(*requires: tuple[str, str]) -> Registry:
        descriptor = SourcePlugin(name="camera", summary="", create=dict, requires=requires)
        return Registry([Offer("source", descriptor, "acme", "1.0")])

    return needs
