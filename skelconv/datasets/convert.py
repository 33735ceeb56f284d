"""Converting and merging finished datasets: a build with a recipe that is made here."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

from skelconv.data.errors import BuildError
from skelconv.datasets.joining import Joining
from skelconv.datasets.opening import reader_of
from skelconv.datasets.parts import files_of, in_order
from skelconv.datasets.stored import forget_parts, open_part
from skelconv.engine.build import build
from skelconv.engine.parts import Parts, Whole
from skelconv.engine.progress import Progress
from skelconv.engine.report import BuildReport
from skelconv.plugin.descriptors import SinkPlugin
from skelconv.plugin.loading import load_registry
from skelconv.plugin.registry import OWN_DISTRIBUTION
from skelconv.plugin.use import UseSink, UseSource, UseSplit, use_plugin
from skelconv.recipe.layout_files import with_layout
from skelconv.recipe.model import Expect, Recipe
from skelconv.text.places import is_remote

Path = str | os.PathLike[str]
Parting: TypeAlias = Literal["own", "by-source"]


class _Changes(NamedTuple):
    """What a merge changes, beside joining: see `merge`."""

    classes: Joining = "same"
    layout: str | None = None
    splits: Parting = "own"
    prefix: bool = False


_AS_THEY_ARE = _Changes()


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
    paths = [os.path.expanduser(os.fspath(source))]
    _check_formats(paths)
    use = _sink(paths, os.path.expanduser(os.fspath(target)), sink, options)
    parts = files_of(paths, checked=_is_checked(reader))
    return _write(paths, parts, use, reader, fresh, progress)


def merge(
    parts: Sequence[Path],
    target: Path,
    *,
    sink: str | None = None,
    options: Mapping[str, Any] | None = None,
    reader: Mapping[str, Any] | None = None,
    fresh: bool = False,
    allow_missing: bool = False,
    classes: Joining = "same",
    layout: str | None = None,
    splits: Parting = "own",
    prefix: bool = False,
    progress: Progress | None = None,
) -> BuildReport:
    """Write finished datasets as one, in their order.

    The parts of a build (``build(shard=...)``) are known by their provenance. They are merged in
    the order of their numbers, in whatever order they are given, and only if they are all parts of
    one build, each once and undamaged. What they report, such as quarantined clips, is reported
    again, the counts that the recipe expects are compared, and the provenance is that of the whole
    build.

    Parameters
    ----------
    parts : sequence of path
        All parts of a build; or two datasets or more, in any format that is read. No id may be in
        two of them.
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
    allow_missing : bool
        Merge the parts of a build that are there, when some are missing; the report lists these.
    classes : {"same", "union"}
        Whether all must have the same classes in the same order, or classes are joined by their
        names: labels get new numbers then, in the order in which names first occur, which the
        report says.
    layout : str, optional
        The layout that all clips are mapped to (by the transform ``map-layout``); by default all
        must have the same.
    splits : {"own", "by-source"}
        Whether splits of the same name become one, or each dataset is a split and called like its
        file.
    prefix : bool
        Put the name of its dataset, without the ending, and ``/`` in front of each clip's id.
    progress : Progress, optional
        Is called as the build goes on.

    Returns
    -------
    BuildReport
        As of any build; of the whole build, where these are its parts.

    Raises
    ------
    SkelconvError
        When a part cannot be read, parts do not fit each other, or there is no sink for the target.
    """
    for name, value, known in (("classes", classes, Joining), ("splits", splits, Parting)):
        if value not in get_args(known):
            raise BuildError(f"{name} is {value!r}, not one of: {', '.join(get_args(known))}")
    if isinstance(parts, str | os.PathLike) or not parts:
        raise BuildError("at least two parts are merged")
    given = [os.path.expanduser(os.fspath(part)) for part in parts]
    _check_formats(given)
    paths, parts_known = in_order(given, allow_missing=allow_missing, checked=_is_checked(reader))
    changed = _Changes(classes, layout, splits, prefix)
    if parts_known.whole is not None and changed != _AS_THEY_ARE:
        raise BuildError(
            "the parts of one build are merged as they are, into the dataset of that build",
            hint="merge them without options such as --layout, --splits or --prefix first",
        )
    use = _sink(paths, os.path.expanduser(os.fspath(target)), sink, options, parts_known.whole)
    return _write(paths, parts_known, use, reader, fresh, progress, changed)


def _write(
    paths: Sequence[str],
    parts: Parts,
    sink: UseSink,
    reader: Mapping[str, Any] | None,
    fresh: bool,
    progress: Progress | None,
    changed: _Changes = _AS_THEY_ARE,
) -> BuildReport:
    options = with_layout(reader or {})
    stored = {"paths": list(paths), "reader": options, "prefix": changed.prefix}
    of_source = {"classes": changed.classes, "layout": changed.layout}
    try:
        info = _common_info(paths, options)
        splits: list[Any] = ["by-source"] if changed.splits == "by-source" else []
        if not splits and any(open_part(path, options).splits for path in paths):
            splits = [{"use": "stored", "with": stored}]
        if parts.whole is not None:
            info = {**_texts(parts.whole.recipe, "name", "about"), **info}
        recipe = Recipe(
            name=info.get("name", PurePosixPath(sink.plain()["with"]["path"]).stem),
            about=info.get("about", ""),
            source=UseSource.model_validate({"use": "stored", "with": {**stored, **of_source}}),
            transforms=(),
            splits=tuple(map(UseSplit.model_validate, splits)),
            sink=sink,
            expect=None if parts.whole is None else _expect(parts.whole),
        )
        # There is only reading and writing to do, and each worker would open all parts.
        return build(recipe, executor="serial", fresh=fresh, progress=progress, parts=parts)
    finally:
        forget_parts()


def _check_formats(paths: Sequence[str]) -> None:
    """Refuse what is no dataset, before it is read to its end for its digest."""
    for path in paths:
        reader_of(path)


def _sink(
    paths: Sequence[str],
    target: str,
    sink: str | None,
    options: Mapping[str, Any] | None,
    whole: Whole | None = None,
) -> UseSink:
    """Return the sink; with the same as the parts of a build have, their options are kept."""
    for path in paths:
        if os.path.exists(target) and os.path.exists(path) and os.path.samefile(target, path):
            raise BuildError("this is one of the datasets to read", where=target)
        if not is_remote(target) and _is_in(target, path):
            raise BuildError(f"this is in {path}, one of the datasets to read", where=target)
    name = sink or _sink_for(target)
    theirs = {} if whole is None else whole.sink_options(name)
    use = use_plugin("sink", name, {**theirs, **(options or {}), "path": target})
    assert isinstance(use, UseSink)  # noqa: S101 (by its kind)
    return use


def _is_in(target: str, folder: str) -> bool:
    inner, outer = map(PurePosixPath, (os.path.realpath(target), os.path.realpath(folder)))
    return outer in inner.parents


def _is_checked(reader: Mapping[str, Any] | None) -> bool:
    return (reader or {}).get("verify") != "never"


def _texts(recipe: Mapping[str, Any], *names: str) -> dict[str, str]:
    return {name: recipe[name] for name in names if isinstance(recipe.get(name), str)}


def _expect(whole: Whole) -> Expect | None:
    """Return what the recipe of the parts expects of the whole."""
    given = whole.recipe.get("expect")
    if not whole.complete or not isinstance(given, Mapping):
        return None
    clips, splits = given.get("clips"), given.get("splits")
    counts = splits if isinstance(splits, Mapping) else {}
    return Expect(
        clips if isinstance(clips, int) else None,
        {name: count for name, count in counts.items() if isinstance(count, int)},
    )


def _sink_for(target: str) -> str:
    registry = load_registry()
    # What is installed beside skelconv does not change what its own endings mean.
    offers = [
        (registry.short_name(offer), offer.descriptor.suffixes)
        for offer in sorted(
            registry.of_kind("sink"), key=lambda offer: offer.distribution != OWN_DISTRIBUTION
        )
        if isinstance(offer.descriptor, SinkPlugin)
    ]
    for name, suffixes in offers:
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
