"""``skelconv list-recipes``: the recipes that are installed, and what each needs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING

from skelconv.cli.arguments import AsJson
from skelconv.cli.output import columns, say_json, say_lines, tell, wrapped

if TYPE_CHECKING:
    from skelconv.recipe.shipped import Facts


def list_recipes(as_json: AsJson = False) -> None:  # numpydoc ignore=PR01
    """List the recipes that come with skelconv and with plugins.

    Recipes that need the same downloads are together; where these are is said by the variables of
    the environment that are named. Each line has the name, the number of clips that the recipe
    expects, where it says one, and what it gives. Recipes of a plugin have its name in front, as in
    acme:reach.
    """
    from skelconv.recipe.finding import known_recipes
    from skelconv.recipe.shipped import facts_of

    known = known_recipes()
    facts = {name: facts_of(path) for name, path in known.items()}
    if as_json:
        say_json(
            [
                {"name": name, "path": str(known[name]), **dataclasses.asdict(one)}
                for name, one in facts.items()
            ]
        )
        return
    say_lines(_lines(facts))
    tell("to build one: skelconv build NAME; to copy one: skelconv init NAME")


def _lines(facts: dict[str, Facts]) -> Iterator[str]:
    """Yield a table for each set of downloads, in the order of the first recipe of each."""
    lines = dict(zip(facts, columns(_row(name, one) for name, one in facts.items()), strict=True))
    together: dict[tuple[str, ...], list[str]] = {}
    for name, one in facts.items():
        together.setdefault(one.needs, []).append(name)
    for number, (needs, names) in enumerate(together.items()):
        if number:
            yield ""
        for need in needs or ("nothing",):
            yield from wrapped(need, "needs ", "      ")
        for name in names:
            yield f"  {lines[name]}"
            if facts[name].fault:
                yield f"    broken: {facts[name].fault}"


def _row(name: str, facts: Facts) -> tuple[str, str, str]:
    clips = "" if facts.clips is None else f"{facts.clips:,}"
    return name, clips.rjust(len("113,945")), " ".join(facts.about.split())
