"""The check of a recipe: whether it can be built on this machine."""

from __future__ import annotations

from collections.abc import Iterator

from skelconv.engine.fetching import uses_of
from skelconv.engine.ready import Lacking, lacking
from skelconv.plugin.checks import CheckResult
from skelconv.plugin.descriptors import CheckPlugin
from skelconv.plugin.extras import install_command
from skelconv.recipe.model import Recipe
from skelconv.text.commands import skelconv_command


def recipe_checks(recipe: Recipe, others: list[CheckPlugin]) -> list[CheckPlugin]:
    """Return the check of a recipe, and the other checks that cover what it uses.

    Parameters
    ----------
    recipe : Recipe
        The recipe.
    others : list of CheckPlugin
        All other checks.

    Returns
    -------
    list of CheckPlugin
        The check of the recipe first.
    """
    used = {module for use in uses_of(recipe) for module, _ in use.descriptor.requires}
    own = CheckPlugin(
        name=recipe.name,
        summary="Whether this recipe can be built here",
        create=lambda _: lambda: _results(recipe, lacking(recipe)),
    )
    return [own, *(check for check in others if used.intersection(check.modules))]


def _results(recipe: Recipe, found: Lacking) -> Iterator[CheckResult]:
    if found.packages:
        what = "packages that it needs are not installed"
        yield CheckResult("problem", what, (install_command(found.packages),))
    for file in found.files:
        yield CheckResult("problem", f"not here: {file}")
    for device in found.devices:
        yield CheckResult("problem", f"not here: {device}")
    for name in found.to_fetch:
        yield CheckResult("warning", f"not fetched yet: {name}", _fetching(recipe))
    if found == Lacking((), ()):
        yield CheckResult("ok", "all that it needs is here")


def _fetching(recipe: Recipe) -> tuple[str, ...]:
    return (skelconv_command("fetch", recipe.given),) if recipe.given else ()
