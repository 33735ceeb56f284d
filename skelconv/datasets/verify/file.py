"""The file and its ids, and whether all clips are of one kind."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from skelconv.data.clip import Clip
from skelconv.datasets.checked import described_output
from skelconv.datasets.dataset import Dataset
from skelconv.datasets.verify import catalog
from skelconv.datasets.verify.findings import Findings
from skelconv.files.outputs import output_digest, recorded_output
from skelconv.text.listing import listed
from skelconv.text.places import is_remote

_SHOWN = 6


def check_digest(path: str | None, findings: Findings) -> None:
    """Compare a dataset with the provenance beside it.

    Parameters
    ----------
    path : str or None
        The dataset, where it is known.
    findings : Findings
        Where to add what is found.
    """
    output = described_output(path) if path and not is_remote(path) else None
    if output is None:
        return
    recorded = recorded_output(output)
    if recorded is None:
        findings.add(catalog.PROVENANCE)
    elif recorded.sha256 != output_digest(output):
        findings.add(catalog.DIGEST)


def check_ids(dataset: Dataset, findings: Findings) -> None:
    """Look whether there are clips, and each has an id of its own.

    Parameters
    ----------
    dataset : Dataset
        The dataset.
    findings : Findings
        Where to add what is found.
    """
    if not len(dataset):
        findings.add(catalog.NO_CLIPS)
    twice = [clip_id for clip_id, count in Counter(dataset.ids).items() if count > 1]
    if twice:
        findings.add(catalog.SAME_ID, ids=twice)


class Kinds:
    """Counts of which types, shapes and layouts clips are.

    Parameters
    ----------
    findings : Findings
        Where to add what is found.
    """

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._dtypes: Counter[np.dtype[Any]] = Counter()
        self._shapes: Counter[tuple[int, ...]] = Counter()
        self._layouts: Counter[str] = Counter()

    def look(self, clip: Clip) -> None:
        """Count a clip.

        Parameters
        ----------
        clip : Clip
            The clip.
        """
        self._dtypes[clip.keypoint.dtype] += 1
        self._shapes[clip.keypoint.shape[2:]] += 1
        self._layouts[clip.layout] += 1

    def finish(self) -> None:
        """Tell where clips are of several kinds."""
        dtypes = {str(dtype): count for dtype, count in self._dtypes.items()}
        shapes = {f"{v} x {c}": count for (v, c), count in self._shapes.items()}
        for rule, found in (
            (catalog.DTYPES, dtypes),
            (catalog.SHAPES, shapes),
            (catalog.LAYOUTS, dict(self._layouts)),
        ):
            if len(found) > 1:
                self._findings.add(rule, f"{rule.title}: {_listed(found)}")


def _listed(counts: dict[str, int]) -> str:
    most = sorted(counts.items(), key=lambda pair: -pair[1])
    return listed([f"{name} ({count})" for name, count in most], _SHOWN)
