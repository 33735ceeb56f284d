"""What checks of doctor are made with."""

import shlex
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelconv.plugin import fits, in_python, installed, pip, run_program


def test_answers_are_kept_apart_from_what_libraries_print():
    code = "import os; print('noise'); os.system('echo noise'); answer([1, None]); answer('é\\n')"
    assert in_python(code) == ([[1, None], "é\n"], None)


def test_answers_before_a_fault_are_kept():
    answers, fault = in_python("answer(1); raise ImportError('no\\nlibrary')")
    assert (answers, fault) == ([1], "ImportError: no library")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "it crashed (SIGSEGV)"),
        ("import sys; sys.exit(7)", "it ended with code 7"),
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
    ],
)
def test_why_python_failed(code, reason):
    assert in_python(code) == ([], reason)


def test_what_does_not_end_is_killed():
    assert in_python("answer(1)\nimport signal\nsignal.pause()", timeout=3) == (
        [1],
        "it did not end in 3 s",
    )


def test_modules_in_the_current_folder_are_not_taken(tmp_path, monkeypatch):
    (tmp_path / "acme_here.py").write_text("")
    monkeypatch.chdir(tmp_path)
    assert in_python("import acme_here")[1] == ("ModuleNotFoundError: No module named 'acme_here'")


def test_a_program_that_is_not_there():
    assert run_program(["/no/such/program"], 1).fault == (
        "it cannot be run: No such file or directory"
    )


def test_versions_of_distributions(install):
    install("acme-sdk", {}, {}, version="1.5.0rc1")
    assert installed("acme_sdk") == "1.5.0rc1"
    assert installed("no-such-sdk") is None


def test_a_distribution_that_was_cut_off_fits_nothing(site):
    (site / "acme_sdk-1.dist-info").mkdir()
    assert not fits(installed("acme-sdk"), ">=0")


@pytest.mark.parametrize(
    ("version", "specifier", "expected"),
    [
        ("2.1.0", ">=2.0,<2.2", True),
        ("2.2.0", ">=2.0,<2.2", False),
        ("2.13.0+cpu", "==2.13.0", True),
        ("2.10", ">2.9", True),
        ("1.0rc1", "", True),
        ("unknown", ">=1", False),
    ],
)
def test_which_versions_fit(version, specifier, expected):
    assert fits(version, specifier) is expected


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1)))
def test_commands_survive_a_shell(arguments):
    command = shlex.split(pip("install", *arguments))
    assert command[: len(command) - len(arguments)][-1] == "install"
    assert command[len(command) - len(arguments) :] == arguments
    assert sys.executable in command
