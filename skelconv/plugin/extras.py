"""How what plugins require is installed: by an extra of skelconv where there is one.

An extra also brings what its plugins need while they run, such as the package that fetches weights.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from skelconv.text.commands import pip_install

_DISTRIBUTION = "skelconv"
# Extras that no plugin needs: they have packages of plugins, and lack others.
_OF_NO_PLUGIN = {"viz", "test", "dev", "dev-mediapipe"}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_EXTRA = re.compile(r"""\bextra\s*==\s*['"]([^'"]+)['"]""")
_OWN_EXTRAS = re.compile(rf"{_DISTRIBUTION}\[([^\]]*)\]")


def install_command(requirements: Iterable[str]) -> str:
    """Return a command for a shell that installs what plugins require.

    Parameters
    ----------
    requirements : iterable of str
        By their names for pip, as in `Offer.missing`.

    Returns
    -------
    str
        Such as ``pip install 'skelconv[video]'``: what an extra of skelconv has, in any version
        or in just this one, is installed by the smallest such extra, and the rest by its name.
    """
    wanted = list(dict.fromkeys(requirements))
    extras = _extras()
    needs = {one: _needs(one, extras) for one in wanted}
    covered = [one for one in wanted if any(needs[one] <= has for has in extras.values())]
    fitting = [extra for extra, has in extras.items() if all(needs[one] <= has for one in covered)]
    if not covered or not fitting:
        return pip_install(*wanted)
    smallest = min(fitting, key=lambda extra: (len(extras[extra]), extra))
    rest = [one for one in wanted if one not in covered]
    return pip_install(f"{_DISTRIBUTION}[{smallest}]", *rest)


def _extras() -> dict[str, set[str]]:
    """Return what each extra of skelconv installs, by name alone and with its version."""
    from importlib import metadata  # it takes as long to import as all of this package

    try:
        texts = metadata.requires(_DISTRIBUTION) or ()
    except metadata.PackageNotFoundError:
        return {}
    direct: dict[str, set[str]] = {}
    within: dict[str, set[str]] = {}
    for text in texts:
        requirement, _, marker = text.partition(";")
        for extra in _EXTRA.findall(marker):
            own = _OWN_EXTRAS.match(requirement)
            if own:
                others = {part.strip() for part in own[1].split(",")}
                within.setdefault(extra, set()).update(others)
            direct.setdefault(extra, set())
            if not own:
                whole = _spelt(requirement)
                direct[extra] |= {whole, _NAME.match(whole)[0]}  # type: ignore[index]

    def has(extra: str, above: tuple[str, ...] = ()) -> set[str]:
        inner = within.get(extra, set()) - {extra, *above}
        return direct.get(extra, set()).union(*(has(one, (*above, extra)) for one in inner))

    return {extra: has(extra) for extra in direct if extra not in _OF_NO_PLUGIN}


def _needs(requirement: str, extras: Mapping[str, set[str]]) -> set[str]:
    """Return what an extra must have for a requirement; that may be an extra itself."""
    own = _OWN_EXTRAS.match(requirement)
    if own is None:
        return {_spelt(requirement)}
    return set().union(*(extras.get(part.strip(), {part}) for part in own[1].split(",")))


def _spelt(requirement: str) -> str:
    """Return a requirement in the one form that all spellings of it share."""
    name = _NAME.match(requirement)
    if name is None:
        return requirement
    versions = requirement[name.end() :].replace(" ", "").strip("()")
    return re.sub(r"[-_.]+", "-", name[0]).lower() + ",".join(sorted(versions.split(",")))
