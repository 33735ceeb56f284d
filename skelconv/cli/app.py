"""The program with all its commands, and how each of them ends.

Exit codes: 0 done; 1 an error that the user can correct; 2 done, but not clean; 3 an error in
skelconv itself; 130 interrupted; 141 the reader of a pipe ended.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Annotated, Any

import typer

from skelconv.cli import completion, examples
from skelconv.cli.output import tell
from skelconv.data.errors import ClipError, SkelconvError
from skelconv.plugin.guard import TRACEBACK_VARIABLE, show_traceback
from skelconv.text.streams import outlive_reader
from skelconv.version import __version__

USERS_FAULT = 1
OUR_FAULT = 3
INTERRUPTED = 130
PIPE_CLOSED = 141

# The commands in the order of the help, each with its module; its function has the same name.
_COMMANDS = {
    "build": "build",
    "plan": "plan",
    "status": "status",
    "validate": "validate",
    "fetch": "fetch",
    "show": "show",
    "list-recipes": "list_recipes",
    "init": "init",
    "schema": "schema",
    "list-plugins": "list_plugins",
    "describe": "describe",
    "new-plugin": "new_plugin",
    "models": "models",
    "doctor": "doctor",
    "inspect": "inspect",
    "stats": "inspect",
    "verify": "verify",
    "viz": "viz",
    "view": "view",
    "report": "report",
    "card": "card",
    "cite": "cite",
    "diff": "verify",
    "convert": "convert",
    "merge": "convert",
}


class _Program(typer.core.TyperGroup):
    """Suggests the nearest commands, and those that begin like a word that is none of them."""

    def resolve_command(self, context: Any, arguments: list[str]) -> Any:
        """Find the command that is called; typer suggests names that are spelled alike."""
        try:
            return super().resolve_command(context, arguments)
        except typer.TyperException as error:
            word = arguments[0].lower()
            begun = [repr(name) for name in self.commands if name.startswith(word)]
            if word and begun and "Did you mean" not in error.message:
                error.message += f" Did you mean {', '.join(begun)}?"
            raise


def _make_app(names: Iterable[str] = _COMMANDS) -> typer.Typer:
    """Make the program with some of its commands; each takes time to make."""
    app = typer.Typer(
        help="Build datasets for skeleton-based action recognition from recipes.",
        rich_markup_mode=None,
        add_completion=False,
        pretty_exceptions_enable=False,
        cls=_Program,
        epilog=examples.shown(examples.PROGRAM),
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(invoke_without_command=True)(_without_command)
    for name in names:
        module = import_module(f"skelconv.cli.{_COMMANDS[name]}")
        told = examples.shown(examples.COMMANDS[name])
        app.command(name, epilog=told)(getattr(module, name.replace("-", "_")))
    return app


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"skelconv {__version__}")
        raise typer.Exit


def _show_completion(shell: str | None) -> None:
    if shell is not None:
        print(completion.script(shell), end="")
        raise typer.Exit


def _install_completion(shell: str | None) -> None:
    if shell is not None:
        for path in completion.install(shell):
            print(path)
        tell("completion begins with the next shell")
        raise typer.Exit


def _without_command(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_print_version, is_eager=True),
    ] = False,
    show_completion: Annotated[
        str | None,
        typer.Option(
            metavar="[SHELL]",
            help="Print the script that completes commands in bash, zsh or fish.",
            callback=_show_completion,
            is_eager=True,
        ),
    ] = None,
    install_completion: Annotated[
        str | None,
        typer.Option(
            metavar="[SHELL]",
            help="Install this script for bash, zsh or fish.",
            callback=_install_completion,
            is_eager=True,
        ),
    ] = None,
) -> None:
    if context.invoked_subcommand is None:
        print(context.get_help())


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        The arguments without the program's name; those of the process if None.

    Returns
    -------
    int
        The exit code.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # File names may not be valid text; messages about them must still be printed.
            stream.reconfigure(errors="backslashreplace")
    outlive_reader("stderr")
    given = list(sys.argv[1:] if arguments is None else arguments)
    if completion.VARIABLE in os.environ:
        named = [name for name in given[:-1] if name in _COMMANDS][:1]
        group = typer.main.get_command(_make_app(named or _COMMANDS))
        completion.answer(os.environ[completion.VARIABLE], given, group)
        return 0
    if given in (["--show-completion"], ["--install-completion"]):
        given.append(completion.this_shell())
    try:
        named = [name for name in given[:1] if name in _COMMANDS]
        command = typer.main.get_command(_make_app(named or _COMMANDS))
        code = command.main(given, prog_name="skelconv", standalone_mode=False)
        if sys.stdout is not None:  # it is None when it is closed
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
    show_traceback(error)
    tell(f"an error in skelconv itself: {type(error).__name__}: {error}")
    tell(f"  please report it, with the traceback that {TRACEBACK_VARIABLE}=1 shows")


def _pipe_closed() -> int:
    # Python flushes stdout once more at exit, and would report an error.
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return PIPE_CLOSED
