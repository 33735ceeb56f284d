"""Checks the place of an output before the work starts."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from skelconv.data.errors import BuildError


def check_target(target: Path) -> None:
    """Refuse a place that an output cannot be moved to, or that would be something else then.

    Parameters
    ----------
    target : Path
        The output.

    Raises
    ------
    BuildError
        When it is a link, a device or the like, or lies below a file.
    """
    if target.is_symlink():
        # Moved there, the output would replace the link; the user may mean what it leads to.
        there = os.path.realpath(target)
        raise BuildError(
            f"the output is a link to {there}",
            where=str(target),
            hint=f"name the place itself: --set sink.with.path={shlex.quote(there)}",
        )
    if target.exists() and not (target.is_file() or target.is_dir()):
        raise BuildError("the output is neither a file nor a folder", where=str(target))
    for folder in target.parents:
        if os.path.lexists(folder):
            if not folder.is_dir():
                raise BuildError(
                    f"the output cannot be written: {folder} is not a folder", where=str(target)
                )
            break
