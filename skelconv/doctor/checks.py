"""All checks of ``skelconv doctor``: skelconv's own, and those of plugins.

Its own are not plugins: they must run where no plugin can be loaded.
"""

from __future__ import annotations

from skelconv.doctor.cache import check_cache
from skelconv.doctor.machine import check_machine
from skelconv.doctor.packages import package_checks
from skelconv.doctor.plugins import check_plugins
from skelconv.plugin.checks import Check
from skelconv.plugin.descriptors import CheckPlugin
from skelconv.plugin.loading import load_registry


def all_checks() -> list[CheckPlugin]:
    """Return skelconv's own checks and those of plugins, in the order of the report."""
    offered = [offer.descriptor for offer in load_registry().of_kind("check")]
    plugins = [check for check in offered if isinstance(check, CheckPlugin)]
    covered = {module for check in plugins for module in check.modules}
    return [
        _own("machine", "Python, cores, memory, GPUs", check_machine),
        *plugins,
        *package_checks(covered),
        _own("plugins", "Which plugins can be used", check_plugins),
        _own("cache", "The folder for downloaded files", check_cache),
    ]


def _own(name: str, summary: str, check: Check) -> CheckPlugin:
    return CheckPlugin(name=name, summary=summary, create=lambda _: check)
