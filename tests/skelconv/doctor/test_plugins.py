"""The check of plugins."""

import sys

from skelconv.plugin.descriptors import SourcePlugin
from skelconv.plugin.registry import Broken, Offer


def test_plugins_that_lack_a_package_are_not_counted_as_usable(look, needs):
    registry = needs(("no_such_module", "no-such-sdk"))
    usable = SourcePlugin(name="usable", summary="", create=dict)
    registry.offers.append(Offer("source", usable, "skelconv", "1.0"))
    (result,) = look("plugins", registry)
    assert result.status == "ok"
    assert result.what.endswith(": 1 of 2 can be used; what others need is not installed: camera")


def test_skelconv_that_is_not_installed_is_a_problem(look, needs):
    (result,) = look("plugins", needs())
    assert (result.status, result.hint) == (
        "problem",
        (f"{sys.executable} -m pip install skelconv",),
    )


def test_broken_plugins_are_problems(look, needs):
    registry = needs()
    registry.broken.append(Broken("acme-pose", "1.0", "p", "ZeroDivisionError"))
    broken, *_ = look("plugins", registry)
    assert (broken.status, broken.what) == ("problem", "acme-pose 1.0 (p): ZeroDivisionError")
    assert broken.hint == (f"{sys.executable} -m pip install --upgrade skelconv acme-pose",)
