"""Checks for ``skelconv doctor``: the result of a check, and helpers to write one.

A check finds versions in the metadata of packages, without importing them. With `in_python` it
imports in another process what is heavy or may crash.
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
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import IO, Any, Literal, TypeAlias

Status = Literal["ok", "warning", "problem"]

_IMPORT_SECONDS = 120
_LONGEST_FAULT = 400


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One result of a check.

    Attributes
    ----------
    status : {"ok", "warning", "problem"}
        Optional software that is not installed at all is ``ok``. Software that is installed in
        part, or in versions that do not work together, is a ``problem``.
    what : str
        What was found, in one line.
    hint : tuple of str
        Commands that repair it, or that install what is missing.
    """

    status: Status
    what: str
    hint: tuple[str, ...] = ()


Check: TypeAlias = Callable[[], Iterable[CheckResult]]


def installed(distribution: str) -> str | None:
    """Return the version of an installed distribution; nothing is imported.

    Parameters
    ----------
    distribution : str
        Its name for ``pip install``.

    Returns
    -------
    str or None
        None where it is not installed.
    """
    try:
        # It has none where the file METADATA is incomplete.
        versions = metadata.distribution(distribution).metadata.get_all("Version")
    except metadata.PackageNotFoundError:
        return None
    except FileNotFoundError:
        # The same in importlib_metadata, which replaces the finders when it is imported.
        versions = None
    return str(versions[0]) if versions and versions[0] else "of no version"


def fits(version: str, specifier: str) -> bool:
    """Return whether a version meets a requirement; pre-releases may meet it too.

    Parameters
    ----------
    version : str
        Such as ``2.1.0``.
    specifier : str
        Such as ``>=2.0,<2.2``.

    Returns
    -------
    bool
        False also for what is not a version.
    """
    from packaging.specifiers import SpecifierSet
    from packaging.version import InvalidVersion

    try:
        return SpecifierSet(specifier).contains(version, prereleases=True)
    except InvalidVersion:
        return False


def pip(action: Literal["install", "uninstall"], *arguments: str) -> str:
    """Return a command for a shell that runs pip for this Python, or uv where pip is missing.

    Parameters
    ----------
    action : {"install", "uninstall"}
        The command of pip.
    *arguments : str
        Its arguments, such as requirements; they are quoted for the shell.

    Returns
    -------
    str
        The command.
    """
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
        Why it failed, in one line; None if it ended with exit code 0.
    """

    output: str
    fault: str | None


def run_program(command: Sequence[str], timeout: float) -> Ended:
    """Run a program without a shell, and wait for it.

    Parameters
    ----------
    command : sequence of str
        The program and its arguments.
    timeout : float
        Seconds after which it is killed.

    Returns
    -------
    Ended
        Its output, and why it failed if it did, which includes that it could not be started.
    """
    # Files, not pipes: a grandchild that keeps a pipe open would be waited for.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        try:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err)  # noqa: S603
        except OSError as error:
            return Ended("", f"it cannot be run: {error.strerror or error}")
        try:
            code = process.wait(timeout)
        except BaseException as error:
            process.kill()
            # A process that hangs in a device driver does not end even then.
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(1)
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            return Ended(_text(out), f"it did not end in {timeout:g} s")
        if code == 0:
            return Ended(_text(out), None)
        lines = [line for line in (_text(err) or _text(out)).splitlines() if line.strip()]
        last = " ".join(lines[-1].split()) if lines else f"it ended with code {code}"
        return Ended(_text(out), f"it crashed ({_signal(-code)})" if code < 0 else _short(last))


# Answers go to the original stdout, and stdout to stderr: libraries may print on import.
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
        The code. It calls ``answer(value)`` with JSON values, any number of times. It should be a
        constant, without text from users.
    timeout : float
        Seconds after which the process is killed.

    Returns
    -------
    answers : list
        The values, up to where the code failed.
    fault : str or None
        Why it failed, in one line; None if it ran to its end.
    """
    # -P: modules in the current folder are not the packages that the code imports.
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
