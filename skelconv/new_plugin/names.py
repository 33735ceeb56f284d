"""Which names a new plugin may have."""

from __future__ import annotations

import importlib.util
import keyword
import re
import sys

from skelconv.data.errors import SkelconvError
from skelconv.plugin.loading import load_registry

MAX_LENGTH = 40

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")
# Folders of the distribution, and modules of its tools.
_TAKEN = {"conftest", "docs", "recipes", "tests"}


def check_name(name: str) -> None:
    """Check that a plugin, its distribution and its Python package can be called so.

    Parameters
    ----------
    name : str
        The name.

    Raises
    ------
    SkelconvError
        When they cannot, with a name that would do.
    """
    if not _NAME.match(name) or len(name) > MAX_LENGTH:
        raise SkelconvError(
            f"a plugin cannot be called {name!r}: its name has lower-case letters, digits and "
            f"single hyphens, begins with a letter, and has {MAX_LENGTH} characters at most",
            hint=f"such as {_like(name)}",
        )
    fault = _fault(name)
    if fault:
        raise SkelconvError(
            f"a plugin cannot be called {name!r}: {fault}", hint=f"such as {_longer(name)}"
        )


def _fault(name: str) -> str:
    package = package_of(name)
    if keyword.iskeyword(package) or keyword.issoftkeyword(package):
        return "this is a word of Python's"
    if package in sys.stdlib_module_names or package in _TAKEN:
        return f"its package {package} would hide another"
    found = load_registry().find(name)
    if found:
        return f"{found[0].who} of {found[0].distribution} is called so"
    if _is_installed(package):
        return f"a package {package} is installed"
    return ""


def package_of(name: str) -> str:
    """Return what the Python package of a plugin is called.

    Parameters
    ----------
    name : str
        The plugin's name.

    Returns
    -------
    str
        The name with ``_`` for each hyphen.
    """
    return name.replace("-", "_")


def _like(name: str) -> str:
    """Return the nearest name that can be written so, if there is one."""
    words = re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower())
    near = "-".join(words).lstrip("0123456789-")[:MAX_LENGTH].rstrip("-")
    return near if near and not _fault(near) else "acme-gestures"


def _longer(name: str) -> str:
    longer = f"acme-{name}"
    return longer if len(longer) <= MAX_LENGTH and not _fault(longer) else "acme-gestures"


def _is_installed(package: str) -> bool:
    try:
        return importlib.util.find_spec(package) is not None
    except (ImportError, ValueError):
        return True  # it is imported, and says nothing of where it is from
