"""Opening finished datasets of any format that a plugin reads."""

from __future__ import annotations

import os
from typing import Any

from skelconv.data.errors import DatasetError, SkelconvError
from skelconv.datasets.checked import check_output, names_beside
from skelconv.datasets.dataset import Dataset
from skelconv.plugin.descriptors import ReaderPlugin
from skelconv.plugin.guard import call
from skelconv.plugin.loading import load_registry
from skelconv.plugin.registry import OWN_DISTRIBUTION, Offer
from skelconv.plugin.use import use_plugin
from skelconv.text.places import is_remote


def open(  # noqa: A001
    path: str | os.PathLike[str], *, verify: str = "auto", **options: Any
) -> Dataset:
    """Open a dataset of any format that a plugin reads.

    Where provenance is beside it, its bytes are compared with what that says of them: the size,
    and once for each file and machine the digest, which takes a second for a gigabyte or two.
    `Dataset.checked` says whether they were. The names of classes, where the format holds none, are
    then those of the provenance.

    Parameters
    ----------
    path : path or URL
        The dataset.
    verify : {"auto", "always", "never"}
        When to compare the digest; with ``"never"`` nothing is compared.
    **options
        Options of the reader; see ``skelconv list-plugins --kind reader``.

    Returns
    -------
    Dataset
        Lazy: clips are read when they are asked for.

    Raises
    ------
    DatasetError
        When there is no such file, no reader knows it, it is damaged, or it is not what its
        provenance describes.
    PluginError
        When the reader does not know an option, or cannot be used.
    """
    name = os.path.expanduser(os.fspath(path))
    if "layout" in options:
        from skelconv.recipe.layout_files import with_layout  # it imports YAML

        options = with_layout(options)
    use = use_plugin("reader", reader_of(name).qualified_name, {"path": name, **options})
    checked = check_output(name, verify)
    names = names_beside(name, checked)
    return Dataset(use.make(), who=use.who, path=name, checked=checked, label_names=names)


def as_dataset(data: Dataset | str | os.PathLike[str]) -> Dataset:
    """Open a dataset that is given by its path; an open one is returned as it is.

    Parameters
    ----------
    data : Dataset, path or URL
        The dataset.

    Returns
    -------
    Dataset
        Open.
    """
    return data if isinstance(data, Dataset) else open(data)


def reader_of(path: str) -> Offer:
    """Return the reader for a path or URL: skelconv's own are asked first.

    Parameters
    ----------
    path : str
        The dataset.

    Returns
    -------
    Offer
        Of the reader that recognises it.

    Raises
    ------
    DatasetError
        When there is no such file, or no reader knows it.
    """
    if not is_remote(path) and not os.path.exists(path):
        raise DatasetError("there is no such file or folder", where=path)
    offers = load_registry().of_kind("reader")
    failures = []
    for offer in sorted(offers, key=lambda offer: offer.distribution != OWN_DISTRIBUTION):
        assert isinstance(offer.descriptor, ReaderPlugin)  # noqa: S101 (readers' hook gives these)
        who = f"the reader {offer.qualified_name!r}"
        try:
            if call(who, offer.descriptor.recognises, path, gives=bool):
                return offer
        except SkelconvError as failure:  # the other readers are still asked
            failures.append(failure.what)
    names = ", ".join(offer.name for offer in offers)
    raise DatasetError(
        "no plugin knows this format",
        where=path,
        hint="; ".join([f"there are readers for: {names}", *failures]),
    )
