"""``skelconv schema``: the JSON Schema of recipes."""

from __future__ import annotations

from skelconv.cli.output import say_json


def schema() -> None:
    """Print the JSON Schema of recipes, for editors.

    It contains the installed plugins and their options.

    Write it to a file, and name this file in the first line of a recipe:

    # yaml-language-server: $schema=recipe.schema.json
    """
    from skelconv.recipe.schema import recipe_schema

    say_json(recipe_schema())
