"""``skelconv cite``: what a paper says of a dataset."""

from __future__ import annotations

import dataclasses

from skelconv.cli.arguments import AsJson
from skelconv.cli.inspect import DatasetPath
from skelconv.cli.output import say, say_json, say_lines, wrapped


def cite(path: DatasetPath, as_json: AsJson = False) -> None:  # numpydoc ignore=PR01
    """Say how a dataset was made, for a paper's appendix, and what to cite.

    All of it is from the provenance beside the dataset: clips, recipe, versions and digests as
    text, and the dataset, models and methods of the recipe as BibTeX.
    """
    from skelconv.datasets.citing import citation

    found = citation(path)
    if as_json:
        say_json(dataclasses.asdict(found))
        return
    say_lines(wrapped(found.text))
    for entry in found.entries:
        say()
        say(entry)
