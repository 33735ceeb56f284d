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
from collections.abc import Sequence
from typing import Annotated

import typer

from skelconv.cli import (
    build,
    convert,
    describe,
    init,
    inspect,
    list_plugins,
    plan,
    schema,
    show,
    status,
    validate,
    verify,
)
from skelconv.cli.output import tell
from skelconv.errors import ClipError, SkelconvError
from skelconv.version import __version__

USERS_FAULT = 1
OUR_FAULT = 3
INTERRUPTED = 130
PIPE_CLOSED = 141
TRACEBACK_VARIABLE = "SKELCONV_TRACEBACK"

app = typer.Typer(
    help="Build datasets for skeleton-based action recognition from recipes.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("build")(build.build)
app.command("plan")(plan.plan)
app.command("validate")(validate.validate)
app.command("show")(show.show)
app.command("describe")(describe.describe)
app.command("list-plugins")(list_plugins.list_plugins)
app.command("schema")(schema.schema)
app.command("init")(init.init)
app.command("status")(status.status)
app.command("inspect")(inspect.inspect)
app.command("stats")(inspect.stats)
app.command("verify")(verify.verify)
app.command("diff")(verify.diff)
app.command("convert")(convert.convert)
app.command("merge")(convert.merge)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"skelconv {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
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
    try:
        command = typer.main.get_command(app)
        code = command.main(arguments, prog_name="skelconv", standalone_mode=False)
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
