"""Calls into plugins: what a plugin raises becomes an error that names the plugin.

Every call into a plugin goes through `call` or `guarded`. A `SkelconvError`, which a plugin raises
on purpose, stays as it is. Any other error, and a result of a type that the interface does not
allow, becomes a `PluginFailure` with the plugin's name, and the file and line of the error.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from skelconv.data.errors import PluginError, SkelconvError
from skelconv.text.faults import one_line, with_place
from skelconv.text.secrets import without_secrets

TRACEBACK_VARIABLE = "SKELCONV_TRACEBACK"


class PluginFailure(PluginError):  # noqa: N818 (an accident, where a PluginError is on purpose)
    """A plugin raised an unexpected error, or returned a value of a wrong type."""


def call(
    who: str,
    function: Callable[..., Any],
    *arguments: Any,
    gives: type | tuple[type, ...] = object,
    passing: tuple[type[BaseException], ...] = (),
) -> Any:
    """Call a function of a plugin.

    Parameters
    ----------
    who : str
        The plugin's name in messages, such as ``the source 'ntu-raw'``.
    function : callable
        The function or method.
    *arguments : Any
        Its arguments.
    gives : type or tuple of type
        The types that its interface allows as a result.
    passing : tuple of exception types
        What its interface allows it to raise, besides `SkelconvError`.

    Returns
    -------
    Any
        The result of the function, of a type in `gives`.

    Raises
    ------
    PluginFailure
        When it raised anything else, or returned a value of another type. `SkelconvError`,
        KeyboardInterrupt and the types in `passing` are raised as they are.
    """
    try:
        result = function(*arguments)
    except BaseException as error:  # also SystemExit, and panics of extension modules
        if isinstance(error, (SkelconvError, KeyboardInterrupt, *passing)):
            raise
        raise _failure(who, error) from error
    if not isinstance(result, gives):
        wanted = " or ".join(
            _words(one) for one in (gives if isinstance(gives, tuple) else (gives,))
        )
        name = getattr(function, "__name__", "it").strip("_")
        raise PluginFailure(f"{who} failed: {name} gave {_words(type(result))}, not {wanted}")
    return result


class guarded:  # noqa: N801 (used like a function, as those of contextlib)
    """Guard a block that runs a plugin's code; `call` is for a single call.

    Parameters
    ----------
    who : str
        The plugin's name in messages.
    passing : tuple of exception types
        What may be raised, besides `SkelconvError`.

    Raises
    ------
    PluginFailure
        In place of any other error. `SkelconvError`, KeyboardInterrupt and the types in `passing`
        are raised as they are.
    """

    # A generator would also guard its own end, where an interrupt comes between it and its block.

    def __init__(self, who: str, passing: tuple[type[BaseException], ...] = ()) -> None:
        self._who = who
        self._passing = passing

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        passing = (SkelconvError, KeyboardInterrupt, *self._passing)
        if error is not None and not isinstance(error, passing):
            raise _failure(self._who, error) from error


def _failure(who: str, error: BaseException) -> PluginFailure:
    show_traceback(error)
    return PluginFailure(f"{who} failed: {with_place(error)}")


@contextmanager
def as_plugin_error(what: str, where: str | None = None, hint: str | None = None) -> Iterator[None]:
    """Turn any error of a library into a PluginError; for ``with`` blocks in plugins.

    Parameters
    ----------
    what : str
        What failed; the library's message follows it in one line.
    where, hint : str, optional
        The place of the fault, and what to do about it, as in `SkelconvError`.

    Raises
    ------
    PluginError
        In place of any other error; a `SkelconvError` is raised as it is.
    """
    try:
        yield
    except SkelconvError:
        raise
    except Exception as error:
        show_traceback(error)
        raise PluginError(f"{what}: {one_line(error)}", where, hint) from error


def show_traceback(error: BaseException) -> None:
    """Print a traceback on stderr if ``SKELCONV_TRACEBACK=1`` is set.

    Parameters
    ----------
    error : BaseException
        The error.
    """
    if os.environ.get(TRACEBACK_VARIABLE, "") not in ("", "0"):
        text = without_secrets("".join(traceback.format_exception(error)).rstrip())
        print(text, file=sys.stderr, flush=True)


def _words(kind: type) -> str:
    name = kind.__name__
    return f"{'an' if name[0] in 'AEIOUaeiou' else 'a'} {name}"
