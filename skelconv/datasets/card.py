"""A dataset card: what a reader must know of a dataset that is shared, as a README.

Its form is that of the Hugging Face Hub: Markdown, with metadata as YAML at its top. The keys are
those of the Hub's documentation of dataset cards (``license``, ``pretty_name``, ``tags``,
``task_categories``, ``size_categories``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

from skelconv.data.classes import ClassCount
from skelconv.data.errors import PluginError
from skelconv.datasets.checked import provenance_of
from skelconv.datasets.dataset import Dataset
from skelconv.datasets.stats import Statistics, stats
from skelconv.plugin.loading import load_registry
from skelconv.text.commands import pip_install
from skelconv.text.counts import counted
from skelconv.text.escaping import printable
from skelconv.text.places import name_at

FILL_IN = "FILL IN"
"""What a person has to replace: skelconv cannot know it."""

# The Hub's own classes of sizes.
_SIZES = [
    (10**3, "n<1K"),
    (10**4, "1K<n<10K"),
    (10**5, "10K<n<100K"),
    (10**6, "100K<n<1M"),
    (10**7, "1M<n<10M"),
]
# What Markdown and HTML would take for their own.
_MARKS = re.compile(r"([\\`*_\[\]<>|~#&])")


def card(dataset: Dataset) -> str:
    """Return the card of a dataset.

    Parameters
    ----------
    dataset : Dataset
        The dataset. All its clips are read once.

    Returns
    -------
    str
        Markdown with YAML at its top. `FILL_IN` stands where a person has to write something.
    """
    counts = stats(dataset)
    provenance = provenance_of(dataset.path) or {}
    name = name_at(dataset.path or "") or "dataset"
    recipe = provenance.get("recipe")
    told = recipe.get("about") if isinstance(recipe, dict) else dataset.info.get("about")
    sections = [
        _front_matter(dataset, counts, name),
        f"# {_text(name)}\n\n{_text(str(told or FILL_IN))}",
        f"Where it is from, and for what it may be used: {FILL_IN}.",
        "## What is in it\n\n" + _table(("", ""), _facts(dataset, counts)),
        _splits(dataset, counts.classes),
        _classes(counts.classes),
        _joints(dataset),
        _loading(dataset, name),
        _making(provenance),
        "## People\n\nIt holds the positions of people's joints over time, no images and no "
        "sound. How people move can tell who they are, so it may be personal data all the same. "
        f"How people agreed: {FILL_IN}.",
    ]
    return "\n\n".join(filter(None, sections)) + "\n"


def _front_matter(dataset: Dataset, counts: Statistics, name: str) -> str:
    sizes = (words for limit, words in _SIZES if counts.clips < limit)
    content = {
        "pretty_name": printable(name),
        "license": "other",
        "license_name": FILL_IN,
        "license_link": FILL_IN,
        "task_categories": ["video-classification"],
        "size_categories": [next(sizes, "10M<n<100M")],
        # An own layout is a text that YAML does not know.
        "tags": ["skeleton", "action-recognition", "skelconv", str(dataset.layout)],
    }
    return f"---\n{yaml.safe_dump(content, sort_keys=False, allow_unicode=True)}---"


def _facts(dataset: Dataset, counts: Statistics) -> Iterable[tuple[str, str]]:
    yield "clips", f"{counts.clips:,}"
    yield "classes", f"{sum(one.label is not None for one in counts.classes):,}"
    yield "layout", dataset.layout
    for joints, channels, dtype in counts.shapes:
        yield "keypoint", f"{joints} joints, {channels} coordinates, {dtype}"
    if counts.clips:
        median, most = counts.frames["median"], counts.frames["max"]
        yield "frames of a clip", f"{median:g} (median), up to {most:g}"
        yield "frames in all", f"{counts.frames['total']:,}"
    yield "persons of a clip", ", ".join(f"{m} in {n:,}" for m, n in counts.persons.items())
    yield "frames without a person", f"{counts.empty_frames:,}"
    yield "missing joints", f"{counts.missing_joints:.2%}"


def _splits(dataset: Dataset, classes: Sequence[ClassCount]) -> str:
    named = [one.splits for one in classes if one.label is not None]
    rows = [
        (name, f"{len(members):,}", str(sum(bool(clips.get(name)) for clips in named)))
        for name, members in dataset.splits.items()
    ]
    return "## Splits\n\n" + _table(("split", "clips", "classes"), rows) if rows else ""


def _classes(classes: Sequence[ClassCount]) -> str:
    rows = [
        ("none" if one.label is None else str(one.label), one.name, f"{one.clips:,}")
        for one in classes
    ]
    return "## Classes\n\n" + _table(("label", "class", "clips"), rows) if rows else ""


def _joints(dataset: Dataset) -> str:
    try:
        joints = load_registry().layout(dataset.layout).joints
    except PluginError:  # of a package that is not installed here
        return ""
    rows = [(str(number), joint) for number, joint in enumerate(joints)]
    return "## Joints\n\n" + _table(("number", "joint"), rows)


def _loading(dataset: Dataset, name: str) -> str:
    first = next(iter(dataset.splits), None)
    part = "" if first is None else f"train = dataset.split({first!r})\n"
    lines = f"import skelconv\n\ndataset = skelconv.open({name!r})\n{part}"
    return (
        "## How to load it\n\n"
        f"```python\n{lines}clip = dataset[0]  # clip.keypoint: (M, T, V, C)\n```\n\n"
        f"after `{pip_install('skelconv')}`. `skelconv verify` compares it with what its "
        "provenance says."
    )


def _making(provenance: Mapping[str, Any]) -> str:
    """Say how it was built: the recipe, versions and digests of its provenance."""
    recipe, output = provenance.get("recipe"), provenance.get("output")
    if not isinstance(recipe, dict) or not isinstance(output, dict):
        return ""
    rows = [
        ("SHA-256 of the dataset", str(output.get("sha256"))),
        ("SHA-256 of the recipe", str(provenance.get("recipe_sha256"))),
        *((of, str(version)) for of, version in _mapping(provenance.get("versions")).items()),
    ]
    report = provenance.get("report")
    lost = report.get("quarantined") if isinstance(report, dict) else None
    if isinstance(lost, list) and lost:
        rows.append(("quarantined", f"{counted(len(lost), 'clip')}, which could not be converted"))
    text = yaml.safe_dump(recipe, sort_keys=False, allow_unicode=True)
    body = "".join(f"    {line}\n" for line in printable(text).splitlines())
    return (
        "## How it was made\n\n"
        f"With skelconv, by the recipe below.\n\n{_table(('', ''), rows)}\n\n{body.rstrip()}"
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    """Return a mapping of the provenance, which anyone may have changed."""
    return value if isinstance(value, dict) else {}


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *([*map(_text, row)] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _text(text: str) -> str:
    """Return text as Markdown shows it: names of classes and files are anyone's."""
    return _MARKS.sub(r"\\\1", printable(" ".join(text.split())))
