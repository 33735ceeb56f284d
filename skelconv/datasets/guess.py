"""The guess of the source ``stored``: finished datasets, by the readers that know them."""

from __future__ import annotations

from collections.abc import Iterator

from skelconv.data.errors import SkelconvError
from skelconv.datasets.opening import open as open_dataset
from skelconv.datasets.opening import reader_of
from skelconv.files.samples import Samples
from skelconv.plugin.guesses import Guess
from skelconv.text.counts import counted

# How many files of a folder are shown to the readers.
_SHOWN = 20


def guess_stored(samples: Samples) -> Guess | None:
    """Guess whether these are finished datasets.

    Parameters
    ----------
    samples : Samples
        Some files.

    Returns
    -------
    Guess or None
        None where no reader opens one of them.
    """
    unread: Guess | None = None
    for path in _candidates(samples):
        try:
            reader = reader_of(path).name
        except SkelconvError:
            continue
        try:
            dataset = open_dataset(path)
        except SkelconvError as error:
            # Some files lack what a recipe can say, such as the layout.
            unread = unread or Guess(
                options={"paths": [path]},
                reason=f"{path}: a dataset for the reader {reader}, which says: {error.what}",
                confidence=0.45,
                advice={"reader": f"{{layout: ...}}  # see: skelconv describe {reader}"},
            )
            continue
        return Guess(
            options={"paths": [path]},
            reason=f"{path}: a finished dataset of {counted(len(dataset), 'clip')} for the reader "
            f"{reader}, {dataset.layout}",
            confidence=0.95,
        )
    return unread


def _candidates(samples: Samples) -> Iterator[str]:
    """Yield what may be a dataset: the whole, and the files in it."""
    yield samples.root
    if not samples.is_file:
        for path in samples.files[:_SHOWN]:
            if "/" not in path:
                yield samples.where(path)
