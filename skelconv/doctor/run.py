"""Runs checks, side by side and in whatever state the machine is."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

from skelconv.data.errors import SkelconvError
from skelconv.plugin.checks import CheckResult, Status
from skelconv.plugin.descriptors import CheckPlugin
from skelconv.plugin.guard import guarded

_CHECK_SECONDS = 300
_LONGEST_FAULT = 400


@dataclass(frozen=True, slots=True)
class Report:
    """What a check gave.

    Attributes
    ----------
    name, summary : str
        Of the check.
    results : tuple of CheckResult
        In the order of the check.
    """

    name: str
    summary: str
    results: tuple[CheckResult, ...]


def run_checks(checks: Sequence[CheckPlugin], timeout: float = _CHECK_SECONDS) -> list[Report]:
    """Run checks side by side. One that fails or does not end is a problem.

    Parameters
    ----------
    checks : sequence of CheckPlugin
        The checks.
    timeout : float
        Seconds for all of them.

    Returns
    -------
    list of Report
        One for each check, in the same order.
    """
    found: list[tuple[CheckResult, ...] | None] = [None] * len(checks)

    def _run(index: int) -> None:
        found[index] = _results(checks[index])

    # A thread cannot be ended; as a daemon, it does not hold up the end of the program either.
    threads = [
        threading.Thread(target=_run, args=(index,), daemon=True) for index in range(len(checks))
    ]
    # What a check prints must not get between the results on stdout.
    with contextlib.redirect_stdout(sys.stderr):
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + timeout
        for thread in threads:
            thread.join(max(0, deadline - time.monotonic()))
    unfinished = (CheckResult("problem", f"the check did not end in {timeout:g} s"),)
    return [
        Report(check.name, " ".join(check.summary.split()), unfinished if given is None else given)
        for check, given in zip(checks, found, strict=True)
    ]


def _results(plugin: CheckPlugin) -> tuple[CheckResult, ...]:
    results: list[CheckResult] = []
    try:
        with guarded("the check"):
            for result in plugin.create(plugin.options())():
                if not _is_result(result):
                    raise TypeError(f"it gave {result!r}, which is not a CheckResult")
                results.append(result)
    except SkelconvError as error:
        results.append(CheckResult("problem", " ".join(error.what.split())[:_LONGEST_FAULT]))
    except KeyboardInterrupt:
        results.append(CheckResult("problem", "the check was interrupted"))
    return tuple(results)


def _is_result(given: Any) -> bool:
    return (
        isinstance(given, CheckResult)
        and given.status in get_args(Status)
        and isinstance(given.what, str)
        and isinstance(given.hint, tuple)
        and all(isinstance(command, str) for command in given.hint)
    )
