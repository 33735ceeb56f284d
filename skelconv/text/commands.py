"""Commands that messages print, which can be pasted into a shell."""

from __future__ import annotations

import shlex

_ALONE = "--no-deps "


def pip_install(*requirements: str) -> str:
    """Return the command that installs packages.

    Parameters
    ----------
    *requirements : str
        By their names for pip, such as ``av>=18`` or ``skelconv[video]``. One that begins with
        ``--no-deps`` and a space is installed after the others, without what it requires.

    Returns
    -------
    str
        The command, quoted for a shell: ``pip install 'av>=18'``.
    """
    wanted = list(dict.fromkeys(requirements))
    together = [one for one in wanted if not one.startswith(_ALONE)]
    alone = [one.removeprefix(_ALONE) for one in wanted if one.startswith(_ALONE)]
    commands = [
        shlex.join(["pip", "install", *words])
        for words in (together, ["--no-deps", *alone] if alone else [])
        if words
    ]
    return " && ".join(commands)


def skelconv_command(*words: str) -> str:
    """Return a command line of skelconv.

    Parameters
    ----------
    *words : str
        The command and its arguments, not quoted.

    Returns
    -------
    str
        The command, quoted for a shell.
    """
    return shlex.join(["skelconv", *words])
