"""Converting and merging finished datasets: a build with a recipe that is made here."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from skelconv.data.errors import BuildError
from skelconv.datasets.stored import forget_parts, open_part
from skelconv.engine.build import build
from skelconv.engine.progress import Progress
from skelconv.engine.report import BuildReport
from skelconv.plugin.descriptors import SinkPlugin
from skelconv.plugin.loading import load_registry
from skelconv.plugin.registry import OWN_DISTRIBUTION
from skelconv.plugin.use import UseSink, UseSource, UseSplit, use_plugin
from skelconv.recipe.model import Recipe

Path = str | os.PathLike[str]

_OWN = f"{OWN_DISTRIBUTION}/"


def convert(
    source: Path,
    target: Path,
    *,
    sink: str | None = None,
    options: Mapping[str, Any] | None = None,
    reader: Mapping[str, Any] | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> BuildReport:
    """Write a finished dataset in another format, clips and splits in their order.

    Parameters
    ----------
    source : path
        The dataset, in any format that is read.
    target : path
        The file or folder to write.
    sink : str, optional
        The plugin that writes it; by default the one for the ending of `target`.
    options : mapping, optional
        Further options of the sink.
    reader : mapping, optional
        Options of the reader.
    fresh : bool
        Replace a file or folder that exists.
    progress : Progress, optional
        Is called as the build goes on.

    Returns
    -------
    BuildReport
        As of any build.

    Raises
    ------
    SkelconvError
        When the dataset cannot be read, or there is no sink for the target.
    """
    return _write([source], target, sink, options, reader, fresh, progress)


def merge(
    parts: Sequence[Path],
    target: Path,
    *,
    sink: str | None = None,
    options: Mapping[str, Any] | None = None,
    reader: Mapping[str, Any] | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> BuildReport:
    """Write finished datasets as one, such as the shards of a build, in their order.

    Parameters
    ----------
    parts : sequence of path
        Two datasets or more, in any format that is read. No id may be in two of them.
    target : path
        The file or folder to write.
    sink : str, optional
        The plugin that writes it; by default the one for the ending of `target`.
    options : mapping, optional
        Further options of the sink.
    reader : mapping, optional
        Options of the reader, for all parts.
    fresh : bool
        Replace a file or folder that exists.
    progress : Progress, optional
        Is called as the build goes on.

    Returns
    -------
    BuildReport
        As of any build.

    Raises
    ------
    SkelconvError
        When a part cannot be read, parts do not fit each other, or there is no sink for the target.
    """
    if isinstance(parts, str | os.PathLike) or len(parts) < 2:
        raise BuildError("at least two parts are merged")
    return _write(parts, target, sink, options, reader, fresh, progress)


def _write(
    parts: Sequence[Path],
    target: Path,
    sink: str | None,
    options: Mapping[str, Any] | None,
    reader: Mapping[str, Any] | None,
    fresh: bool,
    progress: Progress | None,
) -> BuildReport:
    paths = [os.fspath(part) for part in parts]
    name = os.fspath(target)
    for path in paths:
        if os.path.exists(name) and os.path.exists(path) and os.path.samefile(name, path):
            raise BuildError("this is one of the datasets to read", where=name)
    use = use_plugin("sink", sink or _sink_for(name), {**(options or {}), "path": name})
    assert isinstance(use, UseSink)  # noqa: S101 (by its kind)
    stored = {"use": "stored", "with": {"paths": paths, "reader": dict(reader or {})}}
    try:
        info = _common_info(paths, dict(reader or {}))
        recipe = Recipe(
            name=info.get("name", PurePosixPath(name).stem),
            about=info.get("about", ""),
            source=UseSource.model_validate(stored),
            transforms=(),
            splits=(UseSplit.model_validate(stored),),
            sink=use,
        )
        # There is only reading and writing to do, and each worker would open all parts.
        return build(recipe, executor="serial", fresh=fresh, progress=progress)
    finally:
        forget_parts()


def _sink_for(target: str) -> str:
    offers = [
        (offer.qualified_name, offer.descriptor.suffixes)
        for offer in load_registry().of_kind("sink")
        if isinstance(offer.descriptor, SinkPlugin)
    ]
    # What is installed beside skelconv does not change what its own endings mean.
    for name, suffixes in sorted(offers, key=lambda offer: not offer[0].startswith(_OWN)):
        if target.rstrip("/").endswith(suffixes):
            return name
    known = ", ".join(suffix for _, suffixes in offers for suffix in suffixes)
    raise BuildError(
        "no format has this ending", where=target, hint=f"known endings: {known}; or name a sink"
    )


def _common_info(paths: Sequence[str], reader: Mapping[str, Any]) -> dict[str, Any]:
    """Return the information that is the same in all parts."""
    infos = [open_part(path, reader).info for path in paths]
    return {
        key: value
        for key, value in infos[0].items()
        if all(info.get(key) == value for info in infos)
    }
