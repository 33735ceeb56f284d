"""Packages that are missing, damaged or of another version than is needed."""

import sys

import pytest

from skelconv.plugin.descriptors import SourcePlugin
from skelconv.plugin.registry import Offer, Registry


def test_a_package_that_is_not_installed_is_not_a_problem(look, needs):
    (result,) = look("acme-sdk", needs(("acme_sdk", "acme-sdk>=2")))
    assert (result.status, result.what) == ("ok", "acme-sdk: not installed")
    assert result.hint == (f"{sys.executable} -m pip install 'acme-sdk>=2'",)


def test_a_package_that_conflicts_with_what_is_installed(look, needs, install):
    install("acme-base", {}, {"acme_base": ""}, version="2.1")
    registry = needs(("acme_sdk", "acme-sdk==1"), ("acme_base", "acme-base<2"))
    (result,) = look("acme-sdk", registry)
    assert (result.status, result.what) == (
        "ok",
        "acme-sdk: not installed, and cannot be installed here: the source camera needs "
        "acme-base<2 (2.1 is installed); install it in an environment of its own",
    )
    assert result.hint == (
        f"{sys.executable} -m venv camera-env",
        "camera-env/bin/python -m pip install acme acme-sdk==1 'acme-base<2'",
    )
    # The camera cannot be used anyway, so that this version is not a problem.
    (result,) = look("acme-base", registry)
    assert (result.status, result.what) == ("ok", "acme-base 2.1")


def test_an_extra_of_skelconv_is_what_an_environment_of_its_own_needs(look):
    requires = (("no_such_module", "no-such-pose"), ("numpy", "numpy<1"))
    descriptor = SourcePlugin(name="mediapipe", summary="", create=dict, requires=requires)
    registry = Registry([Offer("source", descriptor, "skelconv", "1.0")])
    (result,) = look("no-such-pose", registry)
    assert "needs numpy<1 (" in result.what
    assert result.hint[-1].endswith(" install 'skelconv[mediapipe]'")


def test_a_package_of_which_only_the_record_is_left(look, needs, install):
    install("acme-sdk", {}, {}, version="2.5")
    (result,) = look("acme-sdk", needs(("acme_sdk", "acme-sdk>=2")))
    assert result.status == "problem"
    assert result.hint == (
        f"{sys.executable} -m pip install --force-reinstall --no-deps acme-sdk==2.5",
    )


@pytest.mark.parametrize(
    ("version", "status"), [("2.5", "ok"), ("2.5+local", "ok"), ("1.9", "problem")]
)
def test_the_version_that_a_plugin_requires(look, needs, install, version, status):
    install("acme-sdk", {}, {"acme_sdk": ""}, version=version)
    (result,) = look("acme-sdk", needs(("acme_sdk", "acme-sdk>=2")))
    assert result.status == status


def test_a_package_under_the_name_of_another_distribution(look, needs, install):
    install("acme-sdk-headless", {}, {"acme_sdk": ""}, version="2.5")
    (result,) = look("acme-sdk", needs(("acme_sdk", "acme-sdk>=2")))
    assert (result.status, result.what) == ("ok", "acme-sdk: in its place acme-sdk-headless 2.5")


def test_a_package_without_a_record(look, needs):
    (result,) = look("no-record", needs(("json", "no-record")))
    assert (result.status, result.what) == ("ok", "no-record: installed, of unknown version")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("acme-base>=1,<2", []),
        ("acme-base<1", [("problem", "acme-sdk 2.5 requires acme-base<1, and 1.0 is installed")]),
        ("acme-gone", [("warning", "acme-sdk 2.5 requires acme-gone, which is not installed")]),
        ("acme-base<1; python_version < '3'", []),
        ("acme-gone; extra == 'more'", []),
        ("not a requirement", []),
    ],
)
def test_what_a_package_itself_requires(look, needs, install, site, asked, expected):
    install("acme-base", {}, {})
    install("acme-sdk", {}, {"acme_sdk": ""}, version="2.5")
    with (site / "acme_sdk-2.5.dist-info" / "METADATA").open("a") as file:
        file.write(f"Requires-Dist: {asked}\n")
    results = look("acme-sdk", needs(("acme_sdk", "acme-sdk")))
    found = [(result.status, result.what) for result in results]
    assert found == (expected or [("ok", "acme-sdk 2.5")])
