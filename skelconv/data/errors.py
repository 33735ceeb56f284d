"""The errors that users meet: what happened, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from skelconv.text.secrets import without_secrets

_T = TypeVar("_T")


def _clean(text: _T) -> _T:
    # A plugin may give anything, such as a Path or another exception.
    return without_secrets(text) if isinstance(text, str) else text  # type: ignore[return-value]


class SkelconvError(Exception):
    """An error that the user can correct. What a URL in it must not show is left out.

    Parameters
    ----------
    what : str
        What happened, in one sentence.
    where : str, optional
        The file, line, clip or option where it happened.
    hint : str, optional
        What to do about it.
    """

    def __init__(self, what: str, where: str | None = None, hint: str | None = None) -> None:
        self.what = _clean(what)
        self.where = _clean(where)
        self.hint = _clean(hint)
        super().__init__(self.what, self.where, self.hint)

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text}\n  {self.hint}" if self.hint else text


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a recipe.

    Attributes
    ----------
    what : str
        What is wrong, and the nearest right name where there is one.
    path : str
        The key's path in the recipe, such as ``source.with.root``.
    file, line, column : str, int, int
        Where it is; lines and columns are counted from 1, and 0 means the whole file.
    excerpt : str
        The line with a caret below the column, as it is printed below the message.
    """

    what: str
    path: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    excerpt: str = field(default="", compare=False, repr=False)

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return ": ".join(part for part in (where, self.path, self.what) if part)


class RecipeError(SkelconvError):
    """A recipe that cannot be used, with everything that is wrong with it.

    Parameters
    ----------
    problems : sequence of Problem
        At least one.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(_in_full(problem) for problem in problems))
        self.problems = tuple(problems)

    def __reduce__(self) -> tuple[type[RecipeError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


def _in_full(problem: Problem) -> str:
    return "\n".join(filter(None, (str(problem), problem.excerpt)))


class PluginError(SkelconvError):
    """A plugin that is not installed, is broken, is ambiguous or lacks a package that it needs."""


class BuildError(SkelconvError):
    """A build that cannot start or continue. What was done so far is kept."""


class DatasetError(SkelconvError):
    """A dataset file that cannot be read or written."""


class ClipError(Exception):
    """One clip that cannot be converted: it is quarantined and the build goes on.

    Raised by sources and transforms.

    Parameters
    ----------
    reason : str
        What is wrong with the clip, without its id.
    path : str, optional
        The file where it is.
    line : int, optional
        The line of that file, counted from 1.
    """

    def __init__(self, reason: str, path: str | None = None, line: int | None = None) -> None:
        self.reason = _clean(reason)
        self.path = _clean(path)
        self.line = line
        super().__init__(self.reason, self.path, line)

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.line) if part is not None)
        return f"{place}: {self.reason}" if place else self.reason


class ClipDropped(Exception):  # noqa: N818 (it is an outcome, not an error)
    """Raised by a transform that filters: the clip is left out on purpose, and counted.

    Parameters
    ----------
    reason : str
        The same words for every clip that is dropped for the same reason.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
