"""The commands together, and how any of them ends.

Exit codes: 0 done; 1 something for the user to mend; 2 done, but not clean; 3 a fault of
skelconv's; 130 interrupted; 141 the reader of a pipe went away.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import traceback
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Annotated

import typer

from skelconv.cli.output import tell
from skelconv.errors import ClipError, SkelconvError
from skelconv.version import __version__

USERS_FAULT = 1
OUR_FAULT = 3
INTERRUPTED = 130
PIPE_CLOSED = 141
TRACEBACK_VARIABLE = "SKELCONV_TRACEBACK"

# In the order in which they are listed, each with its module; the function has the command's name.
_COMMANDS = {
    "build": "build",
    "plan": "plan",
    "status": "status",
    "validate": "validate",
    "show": "show",
    "init": "init",
    "schema": "schema",
    "list-plugins": "list_plugins",
    "describe": "describe",
    "doctor": "doctor",
    "inspect": "inspect",
    "stats": "inspect",
    "verify": "verify",
    "diff": "verify",
    "convert": "convert",
    "merge": "convert",
}


def make_app(names: Iterable[str] = _COMMANDS) -> typer.Typer:
    """Make the program with some of its commands; each costs time to make."""
    app = typer.Typer(
        help="Build datasets for skeleton-based action recognition from recipes.",
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(invoke_without_command=True)(_without_command)
    for name in names:
        module = import_module(f"skelconv.cli.{_COMMANDS[name]}")
        app.command(name)(getattr(module, name.replace("-", "_")))
    return app


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"skelconv {__version__}")
        raise typer.Exit


def _without_command(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        print(context.get_help())


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the program's name; those of the process if None.

    Returns
    -------
    int
        The exit code.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # File names need not be text; an error message about one must still be printed.
            stream.reconfigure(errors="backslashreplace")
    given = sys.argv[1:] if arguments is None else arguments
    try:
        named = [name for name in given[:1] if name in _COMMANDS]
        command = typer.main.get_command(make_app(named or _COMMANDS))
        code = command.main(given, prog_name="skelconv", standalone_mode=False)
        sys.stdout.flush()
    except (SkelconvError, ClipError) as error:
        tell(str(error))
        return USERS_FAULT
    except typer.TyperException as error:
        _tell_usage(error)
        return USERS_FAULT
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        return _pipe_closed()
    except OSError as error:
        tell(f"{error.filename or 'the result cannot be printed'}: {error.strerror or error}")
        return USERS_FAULT
    except (Exception, SystemExit) as error:
        if isinstance(error.__context__, BrokenPipeError):  # typer's answer to one
            return _pipe_closed()
        _tell_fault(error)
        return OUR_FAULT
    return code or 0


def _tell_usage(error: typer.TyperException) -> None:
    context = getattr(error, "ctx", None)
    tell(error.format_message())
    tell(f"  see: {context.command_path if context else 'skelconv'} --help")


def _tell_fault(error: BaseException) -> None:
    if os.environ.get(TRACEBACK_VARIABLE, "") not in ("", "0"):
        tell("".join(traceback.format_exception(error)).rstrip())
    tell(f"a fault of skelconv's own: {type(error).__name__}: {error}")
    tell(f"  please report it, with what {TRACEBACK_VARIABLE}=1 shows")


def _pipe_closed() -> int:
    # Python flushes stdout once more at its end, and would complain.
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return PIPE_CLOSED
