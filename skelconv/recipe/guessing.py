"""Recipes for files of which nothing is said: what the sources take them for."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from skelconv.data.errors import SkelconvError
from skelconv.files.samples import Samples
from skelconv.plugin.descriptors import SourcePlugin
from skelconv.plugin.extras import install_command
from skelconv.plugin.guard import call, guarded
from skelconv.plugin.guesses import Guess
from skelconv.plugin.loading import load_registry
from skelconv.plugin.registry import OWN_DISTRIBUTION, Offer
from skelconv.recipe.dump import to_yaml
from skelconv.text.commands import skelconv_command
from skelconv.text.counts import counted
from skelconv.text.listing import listed

FILL_IN = "FILL-IN"
"""What a recipe has in the place of a value that nobody knows; `validate` refuses it."""

UNLIKELY = 0.1
"""Guesses that are less confident count only where there is no other."""

_SHOWN = 8


class Guessed(NamedTuple):
    """What a source takes files for.

    Attributes
    ----------
    offer : Offer
        The source.
    name : str
        Its name in recipes.
    guess : Guess
        What it said.
    """

    offer: Offer
    name: str
    guess: Guess


def guesses_for(root: str) -> tuple[list[Guessed], list[str]]:
    """Ask all sources what they take a folder or file for.

    Parameters
    ----------
    root : str
        The folder or file.

    Returns
    -------
    guesses : list of Guessed
        The most confident first; of equal ones skelconv's own.
    failures : list of str
        Which sources failed, and why.

    Raises
    ------
    SkelconvError
        When it is not there, or no source knows what is in it.
    """
    if not os.path.exists(root):
        raise SkelconvError("there is no such file or folder", where=root)
    samples = Samples(root)
    registry = load_registry()
    found = []
    failures = []
    for offer in registry.of_kind("source"):
        descriptor = offer.descriptor
        if not isinstance(descriptor, SourcePlugin) or descriptor.guess is None:
            continue
        try:
            guess = call(offer.who, descriptor.guess, samples, gives=(Guess, type(None)))
            with guarded(offer.who):  # what it holds may be anything
                if guess is not None:
                    _check(guess)
        except SkelconvError as failure:  # the other sources are still asked
            failures.append(failure.what)
            continue
        if guess is not None:
            found.append(Guessed(offer, registry.short_name(offer), guess))
    if not found:
        kinds = sorted({os.path.splitext(path)[1].lower() or path for path in samples.files})
        raise SkelconvError(
            f"no source knows what is in it: {counted(samples.count, 'file')}"
            + (f", such as {listed(kinds, _SHOWN)}" if kinds else ""),
            where=root,
            hint="; ".join(
                [
                    "tables and arrays of any form are read by the sources pose-table and "
                    "pose-array (skelconv describe pose-table), other forms by a plugin of yours",
                    *failures,
                ]
            ),
        )
    likely = [one for one in found if one.guess.confidence >= UNLIKELY]
    found = likely or found
    found.sort(
        key=lambda one: (
            -one.guess.confidence,
            one.offer.distribution != OWN_DISTRIBUTION,
            one.name,
        )
    )
    return found, failures


def _check(guess: Guess) -> None:
    """Raise where a recipe could not be written by a guess."""
    json.dumps([dict(guess.options), float(guess.confidence)], allow_nan=False)
    texts = [guess.reason, *guess.unknown, *guess.unknown.values()]
    texts += [*guess.advice, *guess.advice.values(), *guess.details]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("a guess has something else than text in its words")


def recipe_for(guessed: Guessed, name: str, path: str) -> str:
    """Write the recipe that a guess stands for.

    Parameters
    ----------
    guessed : Guessed
        The guess.
    name : str
        The recipe's name.
    path : str
        The recipe's file, for the commands in it.

    Returns
    -------
    str
        YAML with comments; `FILL_IN` stands for what is unknown.
    """
    guess = guessed.guess
    options: dict[str, Any] = {key: _copied(value) for key, value in guess.options.items()}
    marks = {}
    for number, (key, words) in enumerate(guess.unknown.items()):
        marks[f"{FILL_IN}-{number}"] = words
        _set(options, key.split("."), f"{FILL_IN}-{number}")
    stage = {"use": guessed.name, "with": options} if options else guessed.name
    body = to_yaml({"source": stage})
    lines = [_marked(line, marks) for line in body.splitlines()]
    lines += [f"    # {key}: {_line(value)}" for key, value in guess.advice.items()]
    unknown = [f"#   {key}: {_line(words)}" for key, words in guess.unknown.items()]
    if unknown:
        unknown = [f"# Fill in what is not known, where it says {FILL_IN}:", *unknown, "#"]
    head = [
        "# Written by skelconv init --from.",
        "#",
        f"# It looks like {guessed.name}: {_line(guess.reason)}",
        *(f"#   {_line(words)}" for words in guess.details),
        "#",
        *unknown,
        *(f"#   {skelconv_command(command, path)}" for command in ("plan", "build")),
        "",
        "skelconv: 1",
        to_yaml({"name": name}).rstrip(),
        "",
    ]
    tail = [
        "",
        "# Which clips are for training, such as four of five of each class:",
        "# splits:",
        "#   - use: random",
        "#     with: {parts: {train: 0.8, val: 0.2}, seed: 0, stratify: true}",
        "",
        to_yaml({"sink": {"use": "pickle", "with": {"path": f"out/{name}.pkl"}}}).rstrip(),
    ]
    return "\n".join([*head, *lines, *tail]) + "\n"


def name_for(root: str) -> str:
    """Return a recipe's name for a folder or file.

    Parameters
    ----------
    root : str
        The folder or file.

    Returns
    -------
    str
        Of letters, digits, ``-`` and ``_``.
    """
    stem = os.path.basename(os.path.abspath(root)).partition(".")[0]
    return re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-") or "poses"


def needs(guessed: Guessed) -> str | None:
    """Return the command that installs what a source needs and is not there.

    Parameters
    ----------
    guessed : Guessed
        The guess.

    Returns
    -------
    str or None
        The command; None where all is there.
    """
    return install_command(guessed.offer.missing) if guessed.offer.missing else None


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(part) for key, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_copied(part) for part in value]
    return value


def _set(options: dict[str, Any], keys: Sequence[str], value: str) -> None:
    for key in keys[:-1]:
        options = options.setdefault(key, {})
    options[keys[-1]] = value


def _marked(line: str, marks: Mapping[str, str]) -> str:
    for mark, words in marks.items():
        if line.endswith(mark):
            return f"{line[: -len(mark)]}{FILL_IN}  # {_line(words)}"
    return line


def _line(words: str) -> str:
    """Return words of a plugin in one line, so that they stay within a comment."""
    return " ".join(words.split())


def places_of(text: str) -> Iterator[tuple[int, str]]:
    """Yield where something is to be filled in.

    Parameters
    ----------
    text : str
        A recipe from `recipe_for`.

    Yields
    ------
    (int, str)
        The line, from 1, and what it says.
    """
    for number, line in enumerate(text.splitlines(), 1):
        if FILL_IN in line and not line.startswith("#"):
            yield number, line.strip()
