"""``skelconv new-plugin``: a distribution to start a plugin from."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from skelconv.cli import candidates
from skelconv.cli.output import say, tell
from skelconv.text.commands import pip_install


def new_plugin(  # numpydoc ignore=PR01
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="The plugin's name, such as acme-gestures, and that of its folder."
        ),
    ],
    kind: Annotated[
        str,
        typer.Option(
            "--kind",
            metavar="KIND",
            help="source, transform, split, sink, reader, detector, pose-model, executor, layout "
            "or trainer.",
            autocompletion=candidates.new_kinds,
        ),
    ],
) -> None:
    """Write a small package with a plugin in it, in the folder NAME, to begin with.

    It can be installed, does something already, and has tests that pass; the recipe that uses it
    builds from the made-up data beside it.
    """
    from skelconv.new_plugin.writing import first_commands, make_plugin

    target = make_plugin(name, kind, Path())
    for path in sorted(target.rglob("*")):
        if path.is_file():
            say(str(path))
    commands = [
        f"cd {shlex.quote(name)}",
        pip_install("-e", ".[test]"),
        *first_commands(name, kind),
    ]
    tell(f"next: {' && '.join(commands)}")
