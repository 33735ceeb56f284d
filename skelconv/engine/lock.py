"""The lock file of a recipe: what was fetched for it the first time, which is held from then on.

It lies beside the recipe, as ``video_folder.lock`` beside ``video_folder.yaml``, and in the current
folder for a recipe that comes with skelconv. Each line has a pin and what it is of, two spaces
between them, as ``sha256sum`` writes it.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from skelconv.data.errors import BuildError
from skelconv.data.opening import open_regular
from skelconv.recipe.finding import SUFFIXES
from skelconv.text.secrets import without_secrets

_MAX_BYTES = 2**20
_LINE = re.compile(r"([0-9a-f]{40}|[0-9a-f]{64})  (\S+)\s*")
_SPACE = re.compile(r"[\s\x00-\x1f\x7f]")
_ABOUT = (
    "# What was fetched for {recipe}, as it was the first time. Something else under the same name",
    "# is refused. Keep this file beside the recipe.",
)


class Lock:
    """The lock file of a recipe.

    Parameters
    ----------
    given : str
        The file or name that the recipe was loaded from; empty where it has none, and nothing is
        kept.

    Raises
    ------
    BuildError
        When the file cannot be read, or is no lock file.
    """

    def __init__(self, given: str) -> None:
        self.path = _beside(given) if given else None
        self._recipe = os.path.basename(given)
        self._pins = {} if self.path is None else _read(self.path)

    def pin(self, name: str) -> str | None:
        """Return the pin of what was fetched.

        Parameters
        ----------
        name : str
            Its URL, or its id on a hub.

        Returns
        -------
        str or None
            None where it was not fetched for this recipe.
        """
        return self._pins.get(_written(name))

    def keep(self, pins: Mapping[str, str]) -> None:
        """Add pins to the file.

        Parameters
        ----------
        pins : mapping of str to str
            The pin of each name.

        Raises
        ------
        BuildError
            When the file cannot be written.
        """
        new = {_written(name): pin for name, pin in pins.items()}
        if self.path is None or not new.items() - self._pins.items():
            return
        # Another build of the same recipe may have added to it meanwhile.
        self._pins = {**_read(self.path), **new}
        lines = [line.format(recipe=self._recipe) for line in _ABOUT]
        lines += [f"{pin}  {name}" for name, pin in sorted(self._pins.items())]
        try:
            _write(self.path, "\n".join([*lines, ""]))
        except OSError as error:
            raise BuildError(
                f"the lock file cannot be written: {error.strerror or error}",
                where=str(self.path),
                hint="copy the recipe to a folder that you may write to, or give `sha256` in it",
            ) from None


def _written(name: str) -> str:
    """Return a name as a line has it: without secrets, and nothing in it that ends a line."""
    return _SPACE.sub(lambda found: quote(found[0]), without_secrets(name))


def _beside(given: str) -> Path:
    path = Path(given).expanduser()
    # A bare name is of a recipe that comes with skelconv.
    return path.with_suffix(".lock") if path.suffix in SUFFIXES else Path(f"{path.name}.lock")


def _read(path: Path) -> dict[str, str]:
    try:
        with open_regular(path) as stream:
            content = stream.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise BuildError(error.strerror or str(error), where=str(path)) from None
    pins = {}
    lines = content.decode("utf-8", "replace").split("\n") if len(content) <= _MAX_BYTES else ["-"]
    for number, line in enumerate(lines, start=1):
        if line.startswith("#") or not line.strip():
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise BuildError(
                "it is not a line of a lock file: a digest and what it is of",
                where=f"{path}:{number}",
                hint="correct the line, or remove it to fetch again what it was of",
            )
        pins[found[2]] = found[1]
    return pins


def _write(path: Path, text: str) -> None:
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.chmod(draft, 0o644)
        os.replace(draft, path)
    except OSError:
        os.unlink(draft)
        raise
