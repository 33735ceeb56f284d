"""The checks of ``skelconv doctor``: what they find, what they are made with, and how they run.

A check looks at versions by what is written about packages, without importing them, and imports
what is heavy or may crash in another process, with `in_python`.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import IO, TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from skelconv.errors import one_line

if TYPE_CHECKING:
    from skelconv.hookspecs import CheckPlugin

Status = Literal["ok", "warning", "problem"]

_IMPORT_SECONDS = 120
_CHECK_SECONDS = 300
_LONGEST_FAULT = 400


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check has to say.

    Attributes
    ----------
    status : {"ok", "warning", "problem"}
        What is not installed at all is ``ok``: nobody asked for it. Half of it, or versions that
        do not go together, are a ``problem``.
    what : str
        One line.
    hint : tuple of str
        Commands that mend it, or that bring what is not there.
    """

    status: Status
    what: str
    hint: tuple[str, ...] = ()


Check: TypeAlias = Callable[[], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found.

    Attributes
    ----------
    name, summary : str
        Of the check.
    findings : tuple of Finding
        In its order.
    """

    name: str
    summary: str
    findings: tuple[Finding, ...]


def run_checks(checks: Sequence[CheckPlugin], timeout: float = _CHECK_SECONDS) -> list[Report]:
    """Run checks side by side. One that fails, or doesn't end, is a finding.

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
    found: list[tuple[Finding, ...] | None] = [None] * len(checks)

    def run(index: int) -> None:
        found[index] = _findings(checks[index])

    # A thread cannot be ended; as a daemon, it does not hold up the end of the program either.
    threads = [
        threading.Thread(target=run, args=(index,), daemon=True) for index in range(len(checks))
    ]
    # What a check prints must not get between the results on stdout.
    with contextlib.redirect_stdout(sys.stderr):
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + timeout
        for thread in threads:
            thread.join(max(0, deadline - time.monotonic()))
    late = (Finding("problem", f"the check did not end in {timeout:g} s"),)
    return [
        Report(check.name, " ".join(check.summary.split()), late if given is None else given)
        for check, given in zip(checks, found, strict=True)
    ]


def _findings(plugin: CheckPlugin) -> tuple[Finding, ...]:
    found: list[Finding] = []
    try:
        for finding in plugin.create(plugin.options())():
            if not _is_finding(finding):
                raise TypeError(f"it gave {finding!r}, which is no Finding")
            found.append(finding)
    except BaseException as error:  # SystemExit, and what extension modules panic with
        found.append(Finding("problem", f"the check failed: {_short(one_line(error))}"))
    return tuple(found)


def _is_finding(given: Any) -> bool:
    return (
        isinstance(given, Finding)
        and given.status in get_args(Status)
        and isinstance(given.what, str)
        and isinstance(given.hint, tuple)
        and all(isinstance(command, str) for command in given.hint)
    )


def installed(distribution: str) -> str | None:
    """Return the version of what ``pip install`` calls so, or None; nothing is imported."""
    try:
        # It is None where the file of it was cut off.
        version = metadata.version(distribution)
    except (metadata.PackageNotFoundError, KeyError):
        return None
    except FileNotFoundError:
        # So says importlib_metadata instead, which takes the finders over when it is imported.
        version = None
    return str(version or "of no version")


def fits(version: str, specifier: str) -> bool:
    """Return whether a version is one of those meant by, say, ``>=2.0,<2.2``."""
    from packaging.specifiers import SpecifierSet
    from packaging.version import InvalidVersion

    try:
        return SpecifierSet(specifier).contains(version, prereleases=True)
    except InvalidVersion:
        return False


def pip(action: Literal["install", "uninstall"], *arguments: str) -> str:
    """Return the command that has pip do something for this Python, ready for a shell."""
    python = sys.executable or "python"
    if importlib.util.find_spec("pip") is None and shutil.which("uv"):
        return shlex.join(["uv", "pip", action, "--python", python, *arguments])
    yes = ["-y"] if action == "uninstall" else []
    return shlex.join([python, "-m", "pip", action, *yes, *arguments])


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended.

    Attributes
    ----------
    output : str
        What it wrote on stdout.
    fault : str or None
        Why it failed, in one line.
    """

    output: str
    fault: str | None


def run_program(command: Sequence[str], timeout: float) -> Ended:
    """Run a program, without a shell, and wait for it no longer than this many seconds."""
    # Files, not pipes: a grandchild that holds on to a pipe would be waited for.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        try:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err)  # noqa: S603
        except OSError as error:
            return Ended("", f"it cannot be run: {error.strerror or error}")
        try:
            code = process.wait(timeout)
        except BaseException as error:
            process.kill()
            # A process that a driver holds fast does not even end by that.
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(1)
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            return Ended(_text(out), f"it did not end in {timeout:g} s")
        if code == 0:
            return Ended(_text(out), None)
        lines = [line for line in (_text(err) or _text(out)).splitlines() if line.strip()]
        said = " ".join(lines[-1].split()) if lines else f"it ended with code {code}"
        return Ended(_text(out), f"it crashed ({_signal(-code)})" if code < 0 else _short(said))


# Answers go where stdout was, and stdout to stderr: libraries print what they like on import.
_PRELUDE = """\
import json, os, sys
_answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
def answer(value):
    print(json.dumps(value), file=_answers, flush=True)
def _say(kind, error, trace):
    print("\\n" + kind.__name__ + ": " + " ".join(str(error).split()), file=sys.stderr)
sys.excepthook = _say
"""


def in_python(code: str, timeout: float = _IMPORT_SECONDS) -> tuple[list[Any], str | None]:
    """Run code in another process of this Python, where it may crash or hang.

    Parameters
    ----------
    code : str
        A constant. It calls ``answer(value)`` with plain values, as often as it likes.
    timeout : float
        Seconds after which it is killed.

    Returns
    -------
    answers : list
        The values, as far as it got.
    fault : str or None
        In one line why it did not come to its end.
    """
    # What lies in the current folder is none of the packages that are asked for.
    command = [sys.executable, "-P", "-W", "ignore", "-c", _PRELUDE + code]
    ended = run_program(command, timeout)
    return [json.loads(line) for line in ended.output.splitlines()], ended.fault


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="backslashreplace")


def _signal(number: int) -> str:
    names: Iterable[signal.Signals] = signal.Signals
    return next((name.name for name in names if name == number), f"signal {number}")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_FAULT else f"{text[:_LONGEST_FAULT]} ..."
