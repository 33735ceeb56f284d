"""What a notebook shows of a dataset and of a clip."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import islice

from skelconv.data.classes import called
from skelconv.data.clip import Clip
from skelconv.datasets.dataset import Dataset
from skelconv.viewer.report import clip_page

_SHOWN = 8


def clip_html(clip: Clip) -> str:
    """Return a clip that plays, in a frame of its own.

    Parameters
    ----------
    clip : Clip
        The clip.

    Returns
    -------
    str
        HTML; nothing of it is loaded from elsewhere.
    """
    page = escape(clip_page(clip))
    return (
        f'<iframe srcdoc="{page}" title="{escape(clip.id)}" sandbox="allow-scripts" '
        'style="width: 100%; max-width: 640px; height: 640px; border: 0"></iframe>'
    )


def dataset_html(dataset: Dataset) -> str:
    """Return what a dataset is, and its first clips, without reading one.

    Parameters
    ----------
    dataset : Dataset
        The dataset.

    Returns
    -------
    str
        HTML.
    """
    facts: list[tuple[str, object]] = [("clips", len(dataset)), ("layout", dataset.layout)]
    if dataset.label_names:
        facts.append(("classes", len(dataset.label_names)))
    facts += [(f"split {name}", len(members)) for name, members in dataset.splits.items()]
    sizes: Sequence[Sequence[object]] = dataset.sizes or [("", "")] * len(dataset)
    first = zip(dataset.ids, dataset.labels, sizes, strict=True)
    rows: list[Sequence[object]] = [
        (clip_id, called(label, dataset.label_names), *size)
        for clip_id, label, size in islice(first, _SHOWN)
    ]
    if len(dataset) > _SHOWN:
        rows.append(("...", "", "", ""))
    return _table((), facts) + _table(("id", "class", "persons", "frames"), rows)


def _table(head: Iterable[str], rows: Iterable[Sequence[object]]) -> str:
    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    lines = [
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows
    ]
    return f"<table>{f'<tr>{titles}</tr>' if titles else ''}{''.join(lines)}</table>"
