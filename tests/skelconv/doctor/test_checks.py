"""Which checks there are."""

from skelconv.doctor.checks import all_checks
from skelconv.plugin import CheckPlugin
from skelconv.plugin.descriptors import SourcePlugin
from skelconv.plugin.loading import registry_in_use
from skelconv.plugin.registry import Offer, Registry


def test_a_package_that_is_used_where_it_is_installed_has_no_check(look):
    descriptor = SourcePlugin(
        name="camera", summary="", create=dict, uses_if_there=("no_such_module",)
    )
    registry = Registry([Offer("source", descriptor, "skelconv", "1.0")])
    assert registry.offers[0].missing == ()
    with registry_in_use(registry):
        names = [check.name for check in all_checks()]
    assert names == ["machine", "plugins", "cache"]
    (result,) = look("plugins", registry)
    assert result.what.endswith(": 1 of 1 can be used")


def test_packages_that_a_plugin_checks_itself_have_no_other_check(needs):
    registry = needs(("acme_sdk", "acme-sdk"), ("other_sdk", "other-sdk"), ("other_sdk", "x"))
    own = CheckPlugin(name="acme", summary="", create=dict, modules=("acme_sdk",))
    registry.offers.append(Offer("check", own, "acme", "1.0"))
    with registry_in_use(registry):
        names = [check.name for check in all_checks()]
    assert names == ["machine", "acme", "other-sdk", "plugins", "cache"]
