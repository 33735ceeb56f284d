"""A process that begins with a few plugins gets from the registry what all others get."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from skelconv import PluginError
from skelconv.plugin.loading import begin_registry, load_registry, registry_in_use
from skelconv.plugin.registry import Registry

BEGUN = ("skelconv_ntu.plugin", "skelconv_pickle.plugin")
NAMESAKE = """\
from skelconv.plugin import Options, SinkPlugin, SourcePlugin, hookimpl

@hookimpl
def skelconv_sources():
    yield SourcePlugin(name="ntu-raw", summary="Theirs", create=Options)

@hookimpl
def skelconv_sinks():
    yield SinkPlugin(name="zarr", summary="Theirs", create=Options)
    yield SinkPlugin(name="tape", summary="Theirs", create=Options)
"""


def begun() -> Registry:
    begin_registry(BEGUN)
    return load_registry()


def test_only_these_are_imported_until_another_is_asked_for() -> None:
    code = f"""if True:
    import sys
    from skelconv.plugin.loading import begin_registry, load_registry
    def imported():
        return {{name for name in sys.modules if name.endswith(".plugin") and "_" in name}}
    begin_registry({BEGUN!r})
    for kind, name in [("source", "ntu-raw"), ("layout", "ntu25"), ("sink", "pickle")]:
        load_registry().get(kind, name)
    assert imported() == {set(BEGUN)!r}, imported()
    load_registry().get("layout", "coco17")
    assert imported() > {set(BEGUN)!r}
    """
    subprocess.run([sys.executable, "-c", code], check=True)


def test_each_offer_is_the_same() -> None:
    with registry_in_use(None):
        every = load_registry()
    names = [(offer.kind, offer.name) for offer in every.offers if offer.distribution == "skelconv"]
    with registry_in_use(None):
        few = begun()
        for kind, name in names:
            found, expected = few.get(kind, name), every.get(kind, name)
            assert (found.distribution, found.module) == (expected.distribution, expected.module)
            assert type(found.descriptor) is type(expected.descriptor)
            assert few.get(kind, f"skelconv/{name}").name == name
        assert [offer.qualified_name for offer in few.offers] == [
            offer.qualified_name for offer in every.offers
        ]
        assert few.broken == every.broken


def test_plugins_of_others_change_nothing(install: Callable[..., None]) -> None:
    install("acme", {"acme": "acme_names"}, {"acme_names": NAMESAKE})
    with registry_in_use(None):
        few = begun()
        assert few.get("source", "ntu-raw").distribution == "skelconv"
        assert few.get("sink", "zarr").distribution == "skelconv"
        assert few.get("source", "acme/ntu-raw").distribution == "acme"
        assert few.get("sink", "tape").distribution == "acme"


def test_what_nobody_offers_is_an_error_as_ever() -> None:
    with registry_in_use(None), pytest.raises(PluginError, match="did you mean 'ntu-raw'"):
        begun().get("source", "ntu-rw")


def test_a_registry_that_is_there_stays() -> None:
    before = load_registry()
    begin_registry(BEGUN)
    assert load_registry() is before
