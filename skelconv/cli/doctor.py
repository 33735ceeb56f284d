"""``skelconv doctor``: what this machine has, and what is amiss with it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated

import typer

from skelconv.cli.arguments import AsJson
from skelconv.cli.output import columns, say, say_json
from skelconv.errors import SkelconvError

if TYPE_CHECKING:
    from skelconv.checks import Report
    from skelconv.hookspecs import CheckPlugin

NOT_WELL = 1


def doctor(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="One check, or a package, alone.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check this machine and what is installed; print the commands that mend it.

    Exit code 1 when there is a problem. What is not installed at all is none.
    """
    from skelconv.checks import run_checks
    from skelconv.machine import all_checks
    from skelconv.registry import load_registry

    reports = run_checks(_chosen(name, all_checks(load_registry())))
    problems = sum(finding.status == "problem" for report in reports for finding in report.findings)
    if as_json:
        say_json({"problems": problems, "checks": [dataclasses.asdict(r) for r in reports]})
    else:
        _print(reports, problems)
    if problems:
        raise typer.Exit(NOT_WELL)


def _chosen(name: str | None, checks: list[CheckPlugin]) -> list[CheckPlugin]:
    from skelconv.nearest import nearest

    if name is None:
        return checks
    chosen = [check for check in checks if name in (check.name, *check.modules)]
    if not chosen:
        names = [known for check in checks for known in (check.name, *check.modules)]
        raise SkelconvError(f"no check is called {name!r}{nearest(name, names)}")
    return chosen


def _print(reports: list[Report], problems: int) -> None:
    findings = [(report.name, finding) for report in reports for finding in report.findings]
    rows = [(name, finding.status, _one_line(finding.what)) for name, finding in findings]
    for line, (_, finding) in zip(columns(rows), findings, strict=True):
        say(line)
        for command in finding.hint:
            say(f"    {_one_line(command)}")
    say(f"problems: {problems}" if problems else "no problems")


def _one_line(text: str) -> str:
    return " ".join(text.split())
