"""The checks of packages that plugins require and that no plugin checks itself."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator
from importlib import metadata

from skelconv.plugin.checks import CheckResult, fits, installed, pip
from skelconv.plugin.descriptors import CheckPlugin
from skelconv.plugin.loading import load_registry
from skelconv.plugin.registry import OWN_DISTRIBUTION, Offer


def package_checks(covered: set[str]) -> Iterator[CheckPlugin]:
    """Make a check for each package that a plugin requires and that no other check covers.

    Parameters
    ----------
    covered : set of str
        The modules that other checks cover.

    Yields
    ------
    CheckPlugin
        One for each package.
    """
    seen = set(covered)
    for offer in load_registry().offers:
        for module, pip_name in getattr(offer.descriptor, "requires", ()):
            if module not in seen:
                seen.add(module)
                yield _package(module, pip_name, offer)


def _package(module: str, pip_name: str, offer: Offer) -> CheckPlugin:
    # What pip is told beside the requirement; see `Descriptor.requires`.
    options = ["--no-deps"] if pip_name.startswith("--no-deps ") else []
    wanted = pip_name.removeprefix("--no-deps ")
    distribution, specifier = _requirement(wanted) or (module, "")
    missing = offer.missing
    user = f"{offer.kind} {offer.name}"

    def _check() -> Iterator[CheckResult]:
        version = installed(distribution)
        install = pip("install", *options, wanted)
        if version is None:
            if pip_name in missing:
                yield _not_installed(distribution, install, offer)
            else:
                yield CheckResult("ok", f"{distribution}: {_in_its_place(module)}")
        elif pip_name in missing:
            again = pip("install", "--force-reinstall", "--no-deps", f"{distribution}=={version}")
            what = f"{distribution} {version}: its files are missing: there is no module {module!r}"
            yield CheckResult("problem", what, (again,))
        elif not fits(version, specifier) and not missing:
            what = f"{distribution} {version}: the {user} needs {wanted}"
            yield CheckResult("problem", what, (install,))
        else:
            faults = list(_clashes(distribution, version))
            yield from faults or (CheckResult("ok", f"{distribution} {version}"),)

    name = distribution.replace("_", "-").replace(".", "-").lower()
    return CheckPlugin(
        name=name,
        summary=f"What the {user} needs",
        create=lambda _: _check,
        modules=(module,),
    )


def _in_its_place(module: str) -> str:
    """Say which distribution brings a module in place of the one that is named."""
    for other in metadata.packages_distributions().get(module, ()):
        return f"in its place {other} {installed(other)}"
    return "installed, of unknown version"


def _not_installed(distribution: str, install: str, offer: Offer) -> CheckResult:
    """Say how to install a package: elsewhere, where it conflicts with what is installed."""
    requires = [wanted for _, wanted in getattr(offer.descriptor, "requires", ())]
    unfit = [clash for wanted in requires if (clash := _unfit(wanted))]
    if not unfit:
        return CheckResult("ok", f"{distribution}: not installed", (install,))
    if offer.distribution == OWN_DISTRIBUTION and offer.name in _extras(OWN_DISTRIBUTION):
        # It installs what other plugins need together with this one, such as that of videos.
        whole = [f"{OWN_DISTRIBUTION}[{offer.name}]"]
    else:
        whole = [offer.distribution, *requires]
    folder = f"{offer.name}-env"
    python = os.path.join(folder, "Scripts" if os.name == "nt" else "bin", "python")
    return CheckResult(
        "ok",
        f"{distribution}: not installed, and cannot be installed here: the {offer.kind} "
        f"{offer.name} needs {' and '.join(unfit)}; install it in an environment of its own",
        (
            shlex.join([sys.executable, "-m", "venv", folder]),
            shlex.join([python, "-m", "pip", "install", *whole]),
        ),
    )


def _extras(distribution: str) -> list[str]:
    """Return the extras of a package, none where it is not installed."""
    try:
        return metadata.metadata(distribution).get_all("Provides-Extra") or []
    except metadata.PackageNotFoundError:
        return []


def _unfit(pip_name: str) -> str | None:
    """Say what is installed of a package, if that is another version than is needed."""
    distribution, specifier = _requirement(pip_name) or (pip_name, "")
    version = installed(distribution)
    if version is None or fits(version, specifier):
        return None
    return f"{pip_name} ({version} is installed)"


def _clashes(distribution: str, version: str) -> Iterator[CheckResult]:
    """Find what a package itself requires and does not have."""
    for text in metadata.requires(distribution) or ():
        wanted, _, marker = text.partition(";")
        requirement = _requirement(wanted)
        if requirement is None or not _applies(marker.strip()):
            continue
        name, specifier = requirement
        had = installed(name)
        install = pip("install", f"{distribution}=={version}", name + specifier)
        if had is None:
            # Not a problem yet: another distribution may have the same modules.
            what = f"{distribution} {version} requires {name}{specifier}, which is not installed"
            yield CheckResult("warning", what, (install,))
        elif not fits(had, specifier):
            what = f"{distribution} {version} requires {name}{specifier}, and {had} is installed"
            yield CheckResult("problem", what, (install,))


def _requirement(text: str) -> tuple[str, str] | None:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return None
    return requirement.name, str(requirement.specifier)


def _applies(marker: str) -> bool:
    from packaging.markers import InvalidMarker, Marker

    try:
        return not marker or Marker(marker).evaluate({"extra": ""})
    except InvalidMarker:
        return False
