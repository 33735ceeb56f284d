"""What a paper says of a dataset: how it was made, and whom to cite."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from skelconv.data.errors import DatasetError
from skelconv.datasets.checked import provenance_of
from skelconv.text.counts import counted
from skelconv.text.places import is_remote, name_at

_OWN = """@software{skelconv,
  author = {{The skelconv developers}},
  title = {skelconv: checked and reproducible datasets for skeleton-based action recognition},
  version = {VERSION},
  license = {Apache-2.0}
}"""


@dataclass(frozen=True, slots=True)
class Citation:
    """What a paper says of a dataset.

    Attributes
    ----------
    text : str
        Sentences for an appendix: what it is, the recipe, versions and digests.
    entries : tuple of str
        BibTeX entries of the dataset, of models and methods, and of skelconv.
    """

    text: str
    entries: tuple[str, ...]


def citation(path: str) -> Citation:
    """Return what a paper says of a dataset, by the provenance beside it.

    Parameters
    ----------
    path : str
        The dataset.

    Returns
    -------
    Citation
        Text and BibTeX.

    Raises
    ------
    DatasetError
        When there is no such dataset, or no provenance beside it.
    """
    content = provenance_of(path)
    if content is None:
        if not is_remote(path) and not os.path.exists(os.path.expanduser(path)):
            raise DatasetError("there is no such file or folder", where=path)
        raise DatasetError(
            "no provenance is beside it, so nothing is known of how it was made",
            where=path,
            hint="keep OUT.skelconv.json beside the dataset when it is copied",
        )
    versions = _mapping(content.get("versions"))
    own = _OWN.replace("VERSION", str(versions.get("skelconv")))
    entries = content.get("cite")
    cited = [entry for entry in entries if isinstance(entry, str)] if type(entries) is list else []
    text = " ".join(_sentences(name_at(path), content, versions))
    return Citation(text, (*(entry.strip() for entry in cited), own))


def _sentences(name: str, content: Mapping[str, Any], versions: Mapping[str, Any]) -> Iterator[str]:
    recipe, report = _mapping(content.get("recipe")), _mapping(content.get("report"))
    clips = report.get("clips")
    parts = ", ".join(f"{part} {n:,}" for part, n in _counts(report.get("splits")))
    yield (
        f"{name} has {counted(clips, 'clip') if isinstance(clips, int) else 'clips'}"
        f"{f' ({parts})' if parts else ''}."
    )
    others = ", ".join(f"{key} {value}" for key, value in versions.items() if key != "skelconv")
    yield (
        f"It was built with skelconv {versions.get('skelconv')} ({others}) by the recipe "
        f"{recipe.get('name')} (SHA-256 {content.get('recipe_sha256')})."
    )
    lost = report.get("quarantined")
    if isinstance(lost, list):
        yield f"{counted(len(lost), 'clip')} could not be converted."
    for reason, count in _counts(report.get("dropped")):
        yield f"{counted(count, 'clip')} left out: {reason}."
    yield f"The SHA-256 of the dataset is {_mapping(content.get('output')).get('sha256')}."


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _counts(value: Any) -> list[tuple[str, int]]:
    return [(key, count) for key, count in _mapping(value).items() if isinstance(count, int)]
