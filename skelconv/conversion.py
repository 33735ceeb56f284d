"""Converting and merging finished datasets: a build whose recipe is made on the spot."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from skelconv.dataset import checked_options
from skelconv.engine.report import BuildReport
from skelconv.engine.run import Progress, build
from skelconv.errors import BuildError
from skelconv.hookspecs import SinkPlugin
from skelconv.recipe import Recipe, Stage
from skelconv.registry import Registry, load_registry
from skelconv.stored_parts import forget_parts, open_part


def convert(
    parts: Sequence[str | os.PathLike[str]],
    target: str | os.PathLike[str],
    *,
    sink: str | None = None,
    options: Mapping[str, Any] | None = None,
    reader: Mapping[str, Any] | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> BuildReport:
    """Write one or more finished datasets as another, clips and splits in their order.

    Parameters
    ----------
    parts : sequence of path
        The datasets, in any format that is read. No id may be in two of them.
    target : path
        What to write.
    sink : str, optional
        The plugin that writes it; by default the one for the ending of `target`.
    options : mapping, optional
        Further options of the sink.
    reader : mapping, optional
        Options of the reader of the parts.
    fresh : bool
        Replace what is there.
    progress : Progress, optional
        Is told how it goes.

    Returns
    -------
    BuildReport
        As of any build.

    Raises
    ------
    SkelconvError
        When a part cannot be read, parts do not go together, or there is no sink for the target.
    """
    registry = load_registry()
    paths = [os.fspath(part) for part in parts]
    name = os.fspath(target)
    use = sink or _sink_for(name, registry)
    for path in paths:
        if os.path.exists(name) and os.path.exists(path) and os.path.samefile(name, path):
            raise BuildError("this is one of the datasets that are to be read", where=name)
    descriptor = registry.descriptor("sink", use)
    made = checked_options(descriptor, {**(options or {}), "path": name})
    stored = Stage("stored", {"paths": paths, "reader": dict(reader or {})})
    try:
        info = _common_info(paths, stored.options["reader"])
        recipe = Recipe(
            name=info.get("name", PurePosixPath(name).stem),
            about=info.get("about", ""),
            source=stored,
            transforms=(),
            splits=(stored,),
            sink=Stage(use, made.model_dump(mode="json")),
        )
        # Reading and writing is all there is to do, and each worker would open all parts.
        return build(recipe, executor="serial", fresh=fresh, progress=progress)
    finally:
        forget_parts()


def _sink_for(target: str, registry: Registry) -> str:
    offers = [
        (offer.qualified_name, offer.descriptor.suffixes)
        for offer in registry.of_kind("sink")
        if isinstance(offer.descriptor, SinkPlugin)
    ]
    for name, suffixes in offers:
        if target.rstrip("/").endswith(suffixes):
            return name
    known = ", ".join(suffix for _, suffixes in offers for suffix in suffixes)
    raise BuildError(
        "no format goes by this ending", where=target, hint=f"known are {known}; or name a --sink"
    )


def _common_info(paths: Sequence[str], reader: Mapping[str, Any]) -> dict[str, Any]:
    """Return what all parts say of themselves in the same words."""
    infos = [open_part(path, reader).info for path in paths]
    return {
        key: value
        for key, value in infos[0].items()
        if all(info.get(key) == value for info in infos)
    }
