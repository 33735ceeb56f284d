"""The check of plugins: which can be used, and which are broken."""

from __future__ import annotations

from collections.abc import Iterator

from skelconv.plugin.checks import CheckResult, pip
from skelconv.plugin.loading import load_registry
from skelconv.plugin.registry import OWN_DISTRIBUTION


def check_plugins() -> Iterator[CheckResult]:
    """Check which plugins can be used, and which are broken."""
    from skelconv.version import __version__

    registry = load_registry()
    for broken in registry.broken:
        others = () if broken.distribution == OWN_DISTRIBUTION else (broken.distribution,)
        what = f"{broken.distribution} {broken.version} ({broken.entry_point}): {broken.reason}"
        commands = (pip("install", "--upgrade", OWN_DISTRIBUTION, *others),) if others else ()
        yield CheckResult("problem", what, commands)
    if not any(offer.distribution == OWN_DISTRIBUTION for offer in registry.offers):
        what = "skelconv runs without being installed: its own plugins are not found"
        yield CheckResult("problem", what, (pip("install", OWN_DISTRIBUTION),))
    elif not registry.broken:
        names = [offer.name for offer in registry.offers if offer.missing]
        count = f"{len(registry.offers) - len(names)} of {len(registry.offers)}"
        rest = f"; what others need is not installed: {', '.join(names)}" if names else ""
        yield CheckResult("ok", f"skelconv {__version__}: {count} can be used{rest}")
