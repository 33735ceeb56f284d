"""``skelconv init --from``: a recipe for data of which nothing is said."""

from __future__ import annotations

from pathlib import Path

from skelconv.cli import lacking
from skelconv.cli.output import say, tell
from skelconv.cli.writing import write_new
from skelconv.text.commands import skelconv_command


def init_from(data: str, out: Path | None) -> None:
    """Write a recipe for data, and say what it is taken for and why.

    Parameters
    ----------
    data : str
        A folder or file.
    out : Path or None
        The recipe; by default it is called like the data.

    Raises
    ------
    SkelconvError
        When no source knows the data, or the recipe is there already.
    """
    from skelconv.recipe.guessing import (
        guesses_for,
        name_for,
        needs,
        places_of,
        recipe_for,
    )

    (first, *others), failures = guesses_for(data)
    path = out or Path(f"{name_for(data)}.yaml")
    text = recipe_for(first, name_for(data), str(path))
    write_new(path, text)
    say(str(path))
    tell(f"it looks like {first.name}: {first.guess.reason}")
    for words in first.guess.details:
        tell(f"  {words}")
    for other in others:
        tell(f"it may also be {other.name}: {other.guess.reason}")
    for failure in failures:
        tell(f"could not be asked: {failure}")
    for line, what in places_of(text):
        tell(f"fill in: {path}:{line}: {what}")
    command = lacking.packages_for(str(path)) or needs(first)
    if command:
        tell(f"it needs packages that are not installed: {command}")
    tell(f"next: {skelconv_command('plan', str(path))}")
