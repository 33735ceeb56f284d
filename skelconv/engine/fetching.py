"""What a recipe needs from elsewhere: found, fetched, and held by its digest.

The options that a build goes on with hold the whole digest of each file that was fetched, so all
workers use the same bytes, and the identity of a build is of these bytes and not of a name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from skelconv.data.errors import BuildError, SkelconvError
from skelconv.engine.lock import Lock
from skelconv.plugin.guard import call
from skelconv.plugin.models import Fetchable
from skelconv.plugin.options import inputs_in, values_in
from skelconv.plugin.use import Use
from skelconv.recipe.model import Recipe
from skelconv.text.commands import skelconv_command
from skelconv.vision.weights import RemoteFile, is_url

_T = TypeVar("_T")


@dataclass(frozen=True)
class Needed:
    """What a stage of a recipe needs from elsewhere.

    Attributes
    ----------
    use : Use
        The stage, or the plugin within one.
    options : BaseModel
        The part of its options that takes the pin.
    what : Fetchable
        What it is.
    """

    use: Use
    options: BaseModel
    what: Fetchable


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was fetched, or was there already.

    Attributes
    ----------
    who : str
        The plugin that needs it.
    name : str
        Its URL, or its id on a hub.
    pin : str
        Its SHA-256, or its commit.
    path : Path
        Where it lies.
    new : bool
        Whether it was fetched just now.
    """

    who: str
    name: str
    pin: str
    path: Path
    new: bool


class Watcher(Protocol):
    """Is told what is being fetched."""

    def begin(self, name: str) -> None:
        """Take note of what is fetched next.

        Parameters
        ----------
        name : str
            Its URL, or its id on a hub.
        """

    def advance(self, received: int, total: int | None) -> None:
        """Take note of how far it is.

        Parameters
        ----------
        received : int
            How many bytes came.
        total : int, optional
            Of how many; None where that is not known.
        """


def uses_of(recipe: Recipe) -> Iterator[Use]:
    """Yield the stages of a recipe, each before the plugins within its options.

    Parameters
    ----------
    recipe : Recipe
        The recipe.

    Yields
    ------
    Use
        Each stage and each plugin.
    """
    for stage in recipe.stages():
        yield stage
        yield from stage.nested()


def needed_by(use: Use) -> Iterator[Needed]:
    """Find what one plugin of a recipe needs from elsewhere.

    Parameters
    ----------
    use : Use
        The plugin, without those within its options.

    Yields
    ------
    Needed
        The weights that it names; and each file behind a URL that its options take a SHA-256 of.

    Raises
    ------
    SkelconvError
        When it names what does not exist.
    """
    weights = getattr(use.descriptor, "weights", None)
    if weights is not None:
        what: Fetchable | None = call(use.who, weights, use.options)
        if what is not None:
            yield Needed(use, use.options, what)
        return
    inner = {id(part) for one in use.nested() for part in values_in(one)}
    for part in values_in(use.options):
        if not isinstance(part, BaseModel) or isinstance(part, Use) or id(part) in inner:
            continue
        if "sha256" in type(part).model_fields:
            pin = getattr(part, "sha256", None)
            for value in dict(part).values():
                for url in inputs_in(value) if isinstance(value, str) else ():
                    if is_url(url):
                        yield Needed(use, part, RemoteFile(url, pin))


def fetch(recipe: Recipe, watcher: Watcher | None = None) -> tuple[Recipe, list[Fetched]]:
    """Fetch all that a recipe needs, and pin it.

    Parameters
    ----------
    recipe : Recipe
        The recipe.
    watcher : Watcher, optional
        Is told what is being fetched.

    Returns
    -------
    recipe : Recipe
        The same, with the whole pin of each in its options.
    fetched : list of Fetched
        What it needs, in the order of the stages.

    Raises
    ------
    SkelconvError
        When something cannot be fetched, or is not what the recipe, its publisher or the lock
        file say.
    """
    everything = [one for use in uses_of(recipe) for one in needed_by(use)]
    if not everything:
        return recipe, []
    lock = Lock(recipe.given)
    fetched, pins, new = [], {}, {}
    for one in everything:
        got = _fetched(one, lock, recipe, watcher)
        fetched.append(got)
        pins[id(one.options)] = {one.what.option: got.pin}
        if one.what.pin is None:
            new[one.what.name] = got.pin
    lock.keep(new)
    pinned = replace(
        recipe,
        source=_pinned(recipe.source, pins),
        transforms=_pinned(recipe.transforms, pins),
        splits=_pinned(recipe.splits, pins),
    )
    return pinned, fetched


def _fetched(one: Needed, lock: Lock, recipe: Recipe, watcher: Watcher | None) -> Fetched:
    what = one.what
    held = None if what.pin is not None else lock.pin(what.name)
    there = what.kept() is not None
    if watcher is not None and not there:
        watcher.begin(what.name)
    try:
        path, pin = what.fetch(what.pin or held, watcher.advance if watcher else None)
    except SkelconvError as error:
        hint = error.hint
        if held is not None and "another file" in error.what:
            hint = f"{lock.path} holds the SHA-256 of the first fetch: remove its line to accept it"
        elif "cannot be fetched" in error.what:
            command = skelconv_command("fetch", recipe.given or "RECIPE")
            hint = (
                f"where there is a network: {command}\n  it says which folder to copy, and how to "
            )
            hint += f"name the copy here: export {what.cache_variable}=FOLDER"
        raise BuildError(error.what, where=error.where, hint=hint) from None
    return Fetched(one.use.who, what.name, pin, path, new=not there)


def _pinned(value: _T, pins: Mapping[int, Mapping[str, str]]) -> _T:
    """Return options with pins in them, at any depth; what does not change is the same object."""
    changed: Any = value
    if isinstance(value, BaseModel):
        update: dict[str, Any] = {}
        for name, old in dict(value).items():
            if (new := _pinned(old, pins)) is not old:
                update[name] = new
        update.update(pins.get(id(value), {}))
        changed = value.model_copy(update=update) if update else value
    elif isinstance(value, Mapping):
        items = {key: _pinned(one, pins) for key, one in value.items()}
        changed = items if any(items[key] is not one for key, one in value.items()) else value
    elif isinstance(value, list | tuple):
        parts = [_pinned(one, pins) for one in value]
        if any(new is not old for new, old in zip(parts, value, strict=True)):
            changed = type(value)(parts)
    return changed  # type: ignore[no-any-return]
