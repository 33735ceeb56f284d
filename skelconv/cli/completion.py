"""Completion in a shell: the scripts for bash, zsh and fish, and what they ask the program.

A script runs ``skelconv`` with the words up to the cursor, and `VARIABLE` set to the shell's name.
What it prints is a candidate on each line, with a tab and a description except in bash. Nothing is
quoted or evaluated in between, so that no name of a file or a clip can be a command.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import typer

from skelconv.data.errors import SkelconvError

VARIABLE = "_SKELCONV_COMPLETE"

_BASH = r"""
_skelconv_completion() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        COMPREPLY+=("$line")
    done < <(_SKELCONV_COMPLETE=bash "$1" "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=/] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}

complete -o default -F _skelconv_completion skelconv
"""
_ZSH = r"""
#compdef skelconv

_skelconv() {
    local line
    local -a lines closed closed_about open open_about
    lines=(${(f)"$(_SKELCONV_COMPLETE=zsh "${words[1]}" "${(@)words[2,CURRENT]}" 2>/dev/null)"})
    for line in $lines; do
        if [[ ${line%%$'\t'*} == *[=/] ]]; then
            open+=("${line%%$'\t'*}")
            open_about+=("${line/$'\t'/  -- }")
        else
            closed+=("${line%%$'\t'*}")
            closed_about+=("${line/$'\t'/  -- }")
        fi
    done
    if (( ${#closed} + ${#open} == 0 )); then
        _files
        return
    fi
    (( ${#closed} )) && compadd -l -d closed_about -a closed
    (( ${#open} )) && compadd -l -S '' -d open_about -a open
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _skelconv "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
    compdef _skelconv skelconv
fi
"""
_FISH = r"""
function __skelconv_complete
    set -lx _SKELCONV_COMPLETE fish
    set -l words (commandline -opc) (commandline -ct)
    set -l found (command $words[1] $words[2..-1] 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end

complete --command skelconv --no-files --arguments '(__skelconv_complete)'
"""
SCRIPTS = {"bash": _BASH.lstrip(), "zsh": _ZSH.lstrip(), "fish": _FISH.lstrip()}

# The characters at which readline ends a word; bash completes only what is behind the last one.
_WORD_BREAKS = "=:"
_SPECIAL = re.compile(r"[^\w@%+=:,./~-]", re.ASCII)


def this_shell() -> str:
    """Return the shell that runs this program, or the user's, or else bash."""
    name = ""
    with contextlib.suppress(Exception):
        import shellingham  # typer's way to find it

        name = shellingham.detect_shell()[0]
    name = name or os.path.basename(os.environ.get("SHELL", ""))
    return name if name in SCRIPTS else "bash"


def script(shell: str) -> str:
    """Return the script that completes commands in a shell.

    Parameters
    ----------
    shell : str
        One of `SCRIPTS`.

    Returns
    -------
    str
        The script.

    Raises
    ------
    SkelconvError
        When there is none for this shell.
    """
    from skelconv.text.advice import nearest

    if shell not in SCRIPTS:
        raise SkelconvError(f"no completion for the shell {shell!r}{nearest(shell, SCRIPTS)}")
    return SCRIPTS[shell]


def install(shell: str) -> list[Path]:
    """Write the script of a shell into the user's home, and have the shell read it.

    Parameters
    ----------
    shell : str
        One of `SCRIPTS`.

    Returns
    -------
    list of Path
        The files that were written or changed.

    Raises
    ------
    SkelconvError
        When there is no script for this shell, or a file cannot be written.
    """
    text = script(shell)
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    if shell == "fish":
        target = config / "fish" / "completions" / "skelconv.fish"
    else:
        target = config / "skelconv" / f"completion.{shell}"
    written = [target]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        if shell != "fish":
            home = os.environ.get("ZDOTDIR") if shell == "zsh" else None
            start = Path(home or Path.home()) / f".{shell}rc"
            line = f"source {shlex.quote(str(target))}"
            before = start.read_text(errors="surrogateescape") if start.exists() else ""
            if line not in before.splitlines():
                gap = "" if before.endswith("\n") or not before else "\n"
                with start.open("a") as file:
                    file.write(f"{gap}{line}\n")
                written.append(start)
    except OSError as error:
        raise SkelconvError(
            f"cannot be written: {error.strerror}", where=str(error.filename or target)
        ) from None
    return written


def complete(shell: str, words: Sequence[str], group: Any) -> list[str]:
    """Return the lines that a script reads.

    Parameters
    ----------
    shell : str
        One of `SCRIPTS`.
    words : sequence of str
        The words after ``skelconv`` up to the cursor, as they are typed; the last is not complete.
    group : command of typer
        The program, with the command that is named in the words.

    Returns
    -------
    list of str
        A candidate on each line; none where a file is to be named, or nothing is known.
    """
    if shell == "bash":
        words = _joined(words)
    *before, incomplete = [_unquoted(word) for word in words] or [""]
    found = {
        value: " ".join(about.split())
        for value, about in _candidates(group, before, incomplete)
        if value.startswith(incomplete) and value.isprintable()
    }
    if shell != "bash":
        return [f"{value}\t{about}" if about else value for value, about in found.items()]
    cut = max(incomplete.rfind(sign) for sign in _WORD_BREAKS) + 1
    if words and words[-1].startswith(("'", '"')):
        return [value[cut:] for value in found]
    return [_SPECIAL.sub(r"\\\g<0>", value[cut:]) for value in found]


def _joined(words: Iterable[str]) -> list[str]:
    """Join what bash takes apart at ``=`` and ``:``."""
    joined: list[str] = []
    sticks = False
    for word in words:
        is_break = bool(word) and not word.strip(_WORD_BREAKS)
        if joined and (sticks or is_break):
            joined[-1] += word
        else:
            joined.append(word)
        sticks = is_break
    return joined


def _unquoted(word: str) -> str:
    """Return a word as the shell reads it; a quote in it may be open yet."""
    for end in ("", "'", '"'):
        with contextlib.suppress(ValueError):
            parts = shlex.split(word + end)
            return parts[0] if len(parts) == 1 else word if parts else ""
    return word.replace("\\", "")


def _candidates(group: Any, before: list[str], incomplete: str) -> Iterable[tuple[str, str]]:
    """Return what may be the next word, each with a description."""
    place = next((i for i, word in enumerate(before) if not word.startswith("-")), None)
    if place is None:
        if incomplete.startswith("-"):
            return _options(group)
        return [(name, _about(command)) for name, command in group.commands.items()]
    command = group.commands.get(before[place])
    if command is None:
        return []
    words = before[place + 1 :]
    pending, positional, only_arguments = _read(command, words)
    context = command.make_context(
        before[place], words[:-1] if pending else words, resilient_parsing=True
    )
    if pending is not None:
        return _values(pending, context, incomplete)
    name, equals, value = incomplete.partition("=")
    if incomplete.startswith("-") and not only_arguments:
        if equals:
            option = _by_name(command).get(name)
            values = _values(option, context, value) if option else []
            return [(f"{name}={value}", about) for value, about in values]
        return _options(command)
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    if not arguments or (positional >= len(arguments) and arguments[-1].nargs != -1):
        return [] if incomplete or only_arguments else _options(command)
    return _values(arguments[min(positional, len(arguments) - 1)], context, incomplete)


def _read(command: Any, words: Sequence[str]) -> tuple[Any, int, bool]:
    """Return the option that lacks its value, the number of arguments, and if -- was given."""
    options = _by_name(command)
    pending = None
    positional = 0
    only_arguments = False
    for word in words:
        if pending is not None:
            pending = None
        elif only_arguments or not word.startswith("-"):
            positional += 1
        elif word == "--":
            only_arguments = True
        else:
            option = options.get(word)
            pending = option if option is not None and not option.is_flag else None
    return pending, positional, only_arguments


def _by_name(command: Any) -> dict[str, Any]:
    return {
        name: one for one in command.params if one.param_type_name == "option" for name in one.opts
    }


def _options(command: Any) -> list[tuple[str, str]]:
    listed = [(name, one.help or "") for name, one in _by_name(command).items()]
    return [*listed, ("--help", "Show this message and exit.")]


def _values(parameter: Any, context: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    found = parameter.shell_complete(context, incomplete)
    return [(item.value, item.help or "") for item in found if item.type == "plain"]


def _about(command: Any) -> str:
    return str(command.get_short_help_str(limit=70))


def answer(shell: str, words: Sequence[str], group: Any) -> None:
    """Print the candidates for a script; what fails prints nothing.

    Parameters
    ----------
    shell : str
        One of `SCRIPTS`; scripts of older versions give another word.
    words : sequence of str
        As for `complete`.
    group : command of typer
        As for `complete`.
    """
    lines: list[str] = []
    with (
        open(os.devnull, "w") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
        contextlib.suppress(Exception, SystemExit),
    ):
        lines = complete(shell, words, group) if shell in SCRIPTS else []
    with contextlib.suppress(OSError):
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        sys.stdout.flush()
