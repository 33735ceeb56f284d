"""What the registry gives for a kind and a name."""

import subprocess
import sys

import pytest

from skelconv import Layout, PluginError
from skelconv.plugin import ExecutorPlugin, SourcePlugin, TransformPlugin
from skelconv.plugin.registry import Offer, Registry


def make(kind, name, **fields):
    plugin = kind(name=name, summary="", create=lambda options: options, **fields)
    return Offer(kind.kind, plugin, "acme", "1")


def test_an_unknown_name_gives_the_nearest_or_all():
    registry = Registry([make(SourcePlugin, "camera"), make(TransformPlugin, "smooth")])
    with pytest.raises(PluginError, match=r"^there is no source 'camra': did you mean 'camera'\?$"):
        registry.get("source", "camra")
    with pytest.raises(PluginError, match=r"^there is no source 'x'; there are: camera$"):
        registry.get("source", "x")
    with pytest.raises(PluginError, match=r"^there is no source 'smooth' \(it is a transform\)$"):
        registry.get("source", "smooth")
    registry = Registry([make(ExecutorPlugin, "cloud")])
    with pytest.raises(PluginError, match=r"^there is no source 'cloud' \(it is an executor\)$"):
        registry.get("source", "cloud")
    with pytest.raises(PluginError, match=r"^there is no sink 'x'; there are none$"):
        registry.get("sink", "x")


def test_one_name_for_two_kinds_is_no_clash():
    registry = Registry([make(SourcePlugin, "zarr"), make(TransformPlugin, "zarr")])
    assert registry.get("source", "zarr").kind == "source"
    assert len(registry.find("zarr")) == 2


def test_what_is_missing_is_named_as_pip_names_it():
    requires = (("json", "json-sdk"), ("no_such.module", "no-such-sdk"), ("", "odd"))
    registry = Registry([make(ExecutorPlugin, "dream", requires=requires)])
    assert registry.get("executor", "dream").missing == ("no-such-sdk", "odd")
    with pytest.raises(PluginError) as caught:
        registry.descriptor("executor", "dream")
    assert str(caught.value) == (
        "the executor 'dream' needs packages that are not installed\n  pip install no-such-sdk odd"
    )


def test_a_bare_name_means_skelconvs_own_plugin():
    theirs = make(TransformPlugin, "cast")
    own = Offer("transform", theirs.descriptor, "skelconv", "1")
    registry = Registry([theirs, own])
    assert registry.get("transform", "cast") is own
    assert registry.get("transform", "acme/cast") is theirs
    assert registry.short_name(own) == "cast"
    assert registry.short_name(theirs) == "acme/cast"


def test_layouts():
    pair = Layout("pair2", "Two joints", ("a", "b"), ((1, 0),))
    registry = Registry([Offer("layout", pair, "acme", "1")])
    assert registry.layout("pair2") is pair
    with pytest.raises(PluginError, match="did you mean 'pair2'"):
        registry.layout("pair3")


def test_importing_the_package_imports_nothing():
    code = "import sys; import skelconv; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert not {"numpy", "pydantic", "pluggy", "yaml", "zarr", "torch"} & set(done.stdout.split())
