"""Checks that fail in every way must be results, and nothing else."""

import re
import threading

import pytest

from skelconv.doctor.run import run_checks
from skelconv.plugin import CheckPlugin, CheckResult


def plugin(check, name="acme"):
    return CheckPlugin(name=name, summary="", create=lambda options: check)


def results(check, **limits):
    (report,) = run_checks([plugin(check)], **limits)
    return report.results


def test_findings_come_in_the_order_of_the_checks():
    reports = run_checks(
        [plugin(lambda n=n: [CheckResult("ok", str(n))], name=f"check-{n}") for n in range(20)]
    )
    assert [(report.name, report.results) for report in reports] == [
        (f"check-{n}", (CheckResult("ok", str(n)),)) for n in range(20)
    ]


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (ValueError("a\nb"), r"the check failed: ValueError: a b \(test_run.py:\d+\)"),
        (OSError(28, "No space"), r"the check failed: OSError: \[Errno 28\] No space \(test_run.*"),
        (SystemExit("a b"), r"the check failed: SystemExit: a b \(test_run.py:\d+\)"),
        (KeyboardInterrupt("a b"), "the check was interrupted"),
    ],
)
def test_a_check_that_raises_is_a_problem_and_keeps_what_it_found(error, what):
    def check():
        yield CheckResult("ok", "first")
        raise error

    first, second = results(check)
    assert first == CheckResult("ok", "first")
    assert second.status == "problem"
    assert re.fullmatch(what, second.what)


def test_a_check_that_cannot_be_made_is_a_problem():
    broken = CheckPlugin(name="acme", summary="", create=lambda: None)
    (report,) = run_checks([broken])
    assert [result.status for result in report.results] == ["problem"]
    assert "TypeError" in report.results[0].what


@pytest.mark.parametrize(
    "given",
    [
        "text",
        CheckResult("fine", "a"),
        CheckResult("ok", 1),
        CheckResult("ok", "a", "pip install b"),
    ],
)
def test_what_is_not_a_result_is_a_problem(given):
    (result,) = results(lambda: [given])
    assert result.status == "problem"
    assert "which is not a CheckResult" in result.what


def test_a_check_that_does_not_end_is_a_problem():
    end = threading.Event()
    found = results(end.wait, timeout=0.05)
    end.set()
    assert found == (CheckResult("problem", "the check did not end in 0.05 s"),)


def test_what_a_check_prints_is_not_a_result(capsys):
    results(lambda: print("noise") or [])
    assert capsys.readouterr() == ("", "noise\n")
