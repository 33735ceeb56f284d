"""``skelconv doctor``: what this machine has, and what is wrong with it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated

import typer

from skelconv.cli import candidates
from skelconv.cli.arguments import AsJson
from skelconv.cli.output import columns, say, say_json
from skelconv.data.errors import SkelconvError
from skelconv.text.counts import counted

if TYPE_CHECKING:
    from skelconv.doctor.run import Report
    from skelconv.plugin.descriptors import CheckPlugin

NOT_WELL = 1


def doctor(  # numpydoc ignore=PR01
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            help="Only the check of this name or package; or a recipe, to check what it needs.",
            autocompletion=candidates.checks,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check this machine and the installed software.

    It also prints the commands that repair what is wrong, and those that install what is missing.
    Of a recipe it checks whether its packages, files, weights and devices are here.

    Exit codes: 0 no problems; 1 problems. Optional software that is not installed is not a problem.
    """
    from skelconv.doctor.checks import all_checks
    from skelconv.doctor.run import run_checks

    reports = run_checks(_chosen(name, all_checks()))
    problems = sum(result.status == "problem" for report in reports for result in report.results)
    if as_json:
        say_json({"problems": problems, "checks": [dataclasses.asdict(r) for r in reports]})
    else:
        _print(reports, problems)
    if problems:
        raise typer.Exit(NOT_WELL)


def _chosen(name: str | None, checks: list[CheckPlugin]) -> list[CheckPlugin]:
    from skelconv.doctor.recipe import recipe_checks
    from skelconv.recipe.finding import SUFFIXES, known_recipes
    from skelconv.recipe.load import load_recipe
    from skelconv.text.advice import nearest

    if name is None:
        return checks
    chosen = [check for check in checks if name in (check.name, *check.modules)]
    if not chosen and (name.endswith(SUFFIXES) or name in known_recipes()):
        return recipe_checks(load_recipe(name), checks)
    if not chosen:
        names = [known for check in checks for known in (check.name, *check.modules)]
        raise SkelconvError(f"no check is called {name!r}{nearest(name, names)}")
    return chosen


def _print(reports: list[Report], problems: int) -> None:
    results = [(report.name, result) for report in reports for result in report.results]
    rows = [(name, result.status, _one_line(result.what)) for name, result in results]
    for line, (_, result) in zip(columns(rows), results, strict=True):
        say(line)
        for command in result.hint:
            say(f"    {_one_line(command)}")
    warnings = sum(result.status == "warning" for _, result in results)
    said = f"problems: {problems}" if problems else "no problems"
    say(f"{said}, {counted(warnings, 'warning')}" if warnings else said)


def _one_line(text: str) -> str:
    return " ".join(text.split())
