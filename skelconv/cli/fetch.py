"""``skelconv fetch``: what a recipe needs from elsewhere, for machines without a network."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from skelconv.cli.arguments import AsJson, Overrides, RecipePath
from skelconv.cli.output import say, say_json, tell

if TYPE_CHECKING:
    from skelconv.engine.fetching import Fetched

_LINE_SECONDS = 5.0
_MEGABYTE = 1e6


def fetch(  # numpydoc ignore=PR01
    recipe: RecipePath, set_: Overrides = None, as_json: AsJson = False
) -> None:
    """Fetch all that a build of a recipe will need: weights of models, files at URLs.

    What was fetched already is left as it is. Without a digest in the recipe or from the
    publisher, the digest of the first fetch is written to the lock file beside the recipe.

    Exit codes: 0 all is here; 1 something cannot be fetched, or is not what it must be.
    """
    from skelconv.engine.fetching import fetch as run_fetch
    from skelconv.engine.ready import check_packages
    from skelconv.recipe.load import load_recipe
    from skelconv.vision.weights import CACHE_VARIABLE, cache_folder

    loaded = load_recipe(recipe, set_ or ())
    check_packages(loaded)
    _, fetched = run_fetch(loaded, _Progress())
    if as_json:
        say_json([_plain(one) for one in fetched])
        return
    for one in fetched:
        say(f"{'fetched' if one.new else 'here already'}: {one.name} ({one.who})")
        say(f"  {one.path}")
    if not fetched:
        say("there is nothing to fetch")
    elif any(cache_folder() in one.path.parents for one in fetched):
        tell(f"for a machine without a network: copy {cache_folder()} to a folder there, and:")
        tell(f"  export {CACHE_VARIABLE}=FOLDER")
    if hub := next((one.path for one in fetched if "snapshots" in one.path.parts), None):
        cache = hub.parents[2]
        tell(f"of models of the Hub: copy {cache} to a folder there, and:")
        tell("  export HF_HUB_CACHE=FOLDER")


def _plain(one: Fetched) -> dict[str, object]:
    return {
        "needed_by": one.who,
        "name": one.name,
        "pin": one.pin,
        "path": str(one.path),
        "new": one.new,
    }


class _Progress:
    """Shows on stderr what is being fetched: one line that changes, or a line every few seconds."""

    def __init__(self) -> None:
        self._last = 0.0
        self._terminal = sys.stderr is not None and sys.stderr.isatty()

    def begin(self, name: str) -> None:
        """Print what is fetched next."""
        tell(f"fetching {name}")
        self._last = time.monotonic()

    def advance(self, received: int, total: int | None) -> None:
        """Print how much has come, if the last line is some seconds ago."""
        now = time.monotonic()
        if now - self._last < (0 if self._terminal else _LINE_SECONDS):
            return
        self._last = now
        of = f" of {total / _MEGABYTE:.1f}" if total else ""
        text = f"  {received / _MEGABYTE:.1f}{of} MB"
        if self._terminal:
            print(f"\r{text}", end="\n" if received == total else "", file=sys.stderr, flush=True)
        else:
            tell(text)
