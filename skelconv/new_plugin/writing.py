"""Writes a distribution from the templates of a kind."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from skelconv.data.errors import SkelconvError
from skelconv.new_plugin.made_up import made_up
from skelconv.new_plugin.names import check_name, package_of
from skelconv.text.advice import nearest

KINDS = (
    "source",
    "transform",
    "split",
    "sink",
    "reader",
    "detector",
    "pose-model",
    "executor",
    "layout",
    "trainer",
)
"""The kinds of plugins for which there are templates."""

# Models are of no use without packages that decode videos and run the others.
_PLANNED = ("transform", "split", "sink", "reader", "layout")
_SUFFIX = ".tmpl"
# Files of GitHub and git, whose own names would be in force where the templates lie.
_HIDDEN = {"tests.yml": ".github/workflows/tests.yml", "gitignore": ".gitignore"}
# The number of joints of the layout in its template, with which a layout's name ends.
_JOINTS = 5


def make_plugin(name: str, kind: str, folder: Path) -> Path:
    """Write a small distribution with one plugin: it installs, its tests pass, its recipe builds.

    Parameters
    ----------
    name : str
        The name of the plugin, its distribution and its folder.
    kind : str
        One of `KINDS`.
    folder : Path
        An existing folder, in which that of the distribution is made.

    Returns
    -------
    Path
        The folder of the distribution.

    Raises
    ------
    SkelconvError
        When there is no such kind, the name cannot be used, there is a file or folder of this name,
        or a file cannot be written. Nothing is left then.
    """
    if kind not in KINDS:
        raise SkelconvError(
            f"no kind of plugin to begin with is called {kind!r}{nearest(kind, KINDS)}"
        )
    check_name(name)
    target = folder / name
    contents = dict(_contents(name, kind))
    try:
        target.mkdir()
    except FileExistsError:
        raise SkelconvError(
            "there is a file or folder of this name already", where=str(target)
        ) from None
    except OSError as error:
        raise SkelconvError(f"cannot be made: {error.strerror}", where=str(target)) from None
    try:
        for inside, content in contents.items():
            path = target / inside
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except BaseException as error:
        shutil.rmtree(target, ignore_errors=True)  # it was made above, and holds nothing else
        if isinstance(error, OSError):
            raise SkelconvError(f"cannot be written: {error.strerror}", where=str(path)) from None
        raise
    return target


def offered_name(name: str, kind: str) -> str:
    """Return the name under which the plugin is offered.

    Parameters
    ----------
    name : str
        The plugin's name.
    kind : str
        One of `KINDS`.

    Returns
    -------
    str
        The same name; for a layout, with the number of its joints.
    """
    if kind != "layout":
        return name
    return f"{name}-{_JOINTS}" if name[-1].isdigit() else f"{name}{_JOINTS}"


def first_commands(name: str, kind: str) -> list[str]:
    """Return the commands to begin with, in the folder of the distribution, after it is installed.

    Parameters
    ----------
    name : str
        The plugin's name.
    kind : str
        One of `KINDS`.

    Returns
    -------
    list of str
        The tests; and the plan of its recipe, where that needs no other packages.
    """
    if kind == "source":
        return ["pytest", f"skelconv plan {name}:all"]
    return ["pytest", *(["skelconv plan recipe.yaml"] if kind in _PLANNED else [])]


def _contents(name: str, kind: str) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the content of each file."""
    package = package_of(name)
    values = {
        "name": name,
        "package": package,
        "kind": kind.replace("-", " "),
        "offered": offered_name(name, kind),
    }
    templates = files(__package__) / "templates"
    found = dict(_files(templates / kind))
    # What the kind adds to the README, which is common to all.
    values["usage"] = Template(found.pop("usage.md")).substitute(values)
    values["files"] = Template(found.pop("files.md")).substitute(values)
    for path, text in (*_files(templates / "common"), *found.items()):
        where = _HIDDEN.get(path, re.sub(r"\bPACKAGE\b", package, path))
        yield where, Template(text).substitute(values).encode()
    yield from made_up(kind, name, package)


def _files(folder: Traversable, inside: str = "") -> Iterator[tuple[str, str]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _files(entry, f"{inside}{entry.name}/")
        elif entry.name.endswith(_SUFFIX):
            yield f"{inside}{entry.name.removesuffix(_SUFFIX)}", entry.read_text(encoding="utf-8")
