"""A page for each command: what its ``--help`` says."""

import contextlib
import io
import os
import re

from skelconv.cli.app import run


def _help(*arguments: str) -> str:
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        run([*arguments, "--help"])
    return told.getvalue().strip()


def names() -> list[str]:
    """Return the names of the commands, in the order of the help."""
    return re.findall(r"^  ([a-z][a-z-]+)  ", _help().partition("Commands:")[2], re.M)


def pages() -> dict[str, str]:
    """Return the pages by their names."""
    os.environ.update(COLUMNS="92", NO_COLOR="1")
    summary = re.compile(r"Usage:[^\n]*\n\n  (.+?)(?:\n\n|\Z)", re.S)
    told = {name: _help(name) for name in names()}
    rows = [
        f"| [`skelconv {name}`]({name}.md) | {' '.join(summary.search(text)[1].split())} |"
        for name, text in told.items()
    ]
    index = [
        "## All commands\n\n| command | |\n| --- | --- |",
        *rows,
        "\n## Options without a command\n",
        f"```text\n{_help()}\n```\n",
    ]
    nav = ["- [Commands](index.md)", *(f"- [{name}]({name}.md)" for name in told)]
    return {"commands/index.md": "\n".join(index), "commands/SUMMARY.md": "\n".join(nav)} | {
        f"commands/{name}.md": f"# skelconv {name}\n\n```text\n{text}\n```\n"
        for name, text in told.items()
    }
