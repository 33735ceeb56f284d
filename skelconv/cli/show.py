"""``skelconv show``: a recipe with parents, variables and defaults filled in."""

from __future__ import annotations

from skelconv.cli.arguments import AsJson, Overrides, RecipePath, changed_recipe
from skelconv.cli.output import say, say_json


def show(  # numpydoc ignore=PR01
    recipe: RecipePath, set_: Overrides = None, as_json: AsJson = False
) -> None:
    """Show a recipe in full, as a build uses it.

    Parents, variables, changes by --set and defaults are filled in.
    """
    from skelconv.recipe.dump import to_yaml

    resolved = changed_recipe(recipe, set_).resolved()
    if as_json:
        say_json(resolved)
    else:
        say(to_yaml(resolved).rstrip())
