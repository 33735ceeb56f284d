"""A page for each recipe that comes with skelconv."""

import posixpath
import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from skelconv import load_recipe
from skelconv.plugin.use import Use
from skelconv.recipe.finding import shipped_recipes
from skelconv.recipe.model import Recipe

_EXTENDS = re.compile(r"^extends: (?:.*/)?([\w.-]+?)(?:\.yaml)?$", re.MULTILINE)
_VARIABLE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)(?::-([^}]*))?\}")


def pages() -> dict[str, str]:
    """Return the pages by their names."""
    files = shipped_recipes()
    recipes = {name: load_recipe(str(path), environ={}) for name, path in files.items()}
    rows = [f"| [`{name}`]({name}.md) | {recipe.about} |" for name, recipe in recipes.items()]
    index = [
        "# All recipes",
        "",
        "These come with skelconv. `skelconv build NAME` builds one, `skelconv init NAME` copies "
        "it, and `extends: NAME` changes some of its values.",
        "",
        "| recipe | gives |",
        "| --- | --- |",
        *rows,
    ]
    nav = ["- [All recipes](index.md)", *(f"- [{name}]({name}.md)" for name in files)]
    made = {
        "shipped/index.md": "\n".join(index) + "\n",
        "shipped/SUMMARY.md": "\n".join(nav),
    }
    for name, recipe in recipes.items():
        made[f"shipped/{name}.md"] = _page(name, recipe, files)
    return made


def _page(name: str, recipe: Recipe, files: Mapping[str, Path]) -> str:
    text = files[name].read_text()
    lines = [
        f"# {name}",
        "",
        f"{recipe.about}.",
        "",
        "```sh",
        f"skelconv plan {name}",
        f"skelconv build {name}",
        "```",
        "",
    ]
    taken = {}
    parent = _EXTENDS.search(text)
    while parent:
        taken[parent[1]] = files[parent[1]].read_text()
        parent = _EXTENDS.search(taken[parent[1]])
    variables = dict(_VARIABLE.findall(_without_replaced([text, *taken.values()])))
    if variables:
        lines += ["| from the environment | otherwise |", "| --- | --- |"]
        lines += [f"| `{key}` | `{value}` |" for key, value in variables.items()]
        lines += [""]
    lines += ["| stage | plugin |", "| --- | --- |"]
    lines += [f"| {use.kind} | {_linked(use, name)} |" for use in recipe.stages()]
    lines += [""]
    if recipe.expect:
        counts = [f"{recipe.expect.clips:,} clips"] if recipe.expect.clips else []
        counts += [f"{count:,} in `{part}`" for part, count in recipe.expect.splits.items()]
        lines += [f"The whole dataset comes to: {', '.join(counts)}.", ""]
    lines += ["## The recipe", ""]
    if taken:
        here = posixpath.dirname(name)
        told = [f"[`{one}`]({posixpath.relpath(one, here or '.')}.md)" for one in taken]
        lines += [f"It extends {' and '.join(told)}.", ""]
    return "\n".join([*lines, "```yaml", text.rstrip(), "```", ""])


def _without_replaced(family: list[str]) -> str:
    """Return what recipes say, the child first, without variables of parents that it replaces."""
    told: dict[str, object] = {}
    rest = []
    for text in family:
        recipe = yaml.safe_load(text)
        inherited = recipe.pop("vars", {}).items()
        told |= {key: value for key, value in inherited if key not in told}
        rest.append(recipe)
    return f"{told} {rest}"


def _linked(use: Use, name: str) -> str:
    plugin = use.offer.name
    up = "../" * name.count("/")
    return f"[`{plugin}`](../{up}kinds/{use.kind}/{plugin}.md)"
