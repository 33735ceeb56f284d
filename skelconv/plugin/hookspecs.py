"""The hooks that a plugin implements.

A plugin is a module (or any object) named by an entry point in the group ``skelconv``. Its
hooks take no arguments and yield *descriptors*: plain data that says what is offered and how it is
made. Plugins are loaded whenever skelconv starts, so what is heavy is imported in ``create``::

    # acme_pose/plugin.py
    from collections.abc import Iterator
    from pydantic import Field
    from skelconv.plugin import Options, SourcePlugin, hookimpl

    class FolderOptions(Options):
        root: str = Field(description="Folder of .json files")

    def create(options: FolderOptions):
        from acme_pose.folder import FolderSource   # the heavy part, only when used
        return FolderSource(options.root)

    @hookimpl
    def skelconv_sources() -> Iterator[SourcePlugin]:
        yield SourcePlugin(
            name="acme-folder",
            summary="Pose files of Acme's camera",
            options=FolderOptions,
            create=create,
            requires=(("acme", "acme-sdk"),),
            example={"root": "recordings"},
        )

and in its ``pyproject.toml``::

    [project.entry-points.skelconv]
    acme = "acme_pose.plugin"

``docs/plugins.md`` describes a whole package.

Fields that a later version adds to a descriptor have defaults, and hooks are never removed, so a
plugin for this version continues to work.
"""

from __future__ import annotations

from collections.abc import Iterable

import pluggy

from skelconv.data.layout import Layout
from skelconv.plugin.descriptors import (
    CheckPlugin,
    DetectorPlugin,
    ExecutorPlugin,
    PoseModelPlugin,
    ReaderPlugin,
    RecipeFolder,
    SinkPlugin,
    SourcePlugin,
    SplitPlugin,
    TrainerPlugin,
    TransformPlugin,
)

PROJECT = "skelconv"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def skelconv_sources() -> Iterable[SourcePlugin]:
    """Offer sources."""
    raise NotImplementedError


@hookspec
def skelconv_transforms() -> Iterable[TransformPlugin]:
    """Offer transforms."""
    raise NotImplementedError


@hookspec
def skelconv_splits() -> Iterable[SplitPlugin]:
    """Offer splits."""
    raise NotImplementedError


@hookspec
def skelconv_sinks() -> Iterable[SinkPlugin]:
    """Offer sinks."""
    raise NotImplementedError


@hookspec
def skelconv_readers() -> Iterable[ReaderPlugin]:
    """Offer readers of finished datasets."""
    raise NotImplementedError


@hookspec
def skelconv_trainers() -> Iterable[TrainerPlugin]:
    """Offer checks of what a training code needs of a dataset, for ``skelconv verify --for``."""
    raise NotImplementedError


@hookspec
def skelconv_executors() -> Iterable[ExecutorPlugin]:
    """Offer executors."""
    raise NotImplementedError


@hookspec
def skelconv_detectors() -> Iterable[DetectorPlugin]:
    """Offer person detectors."""
    raise NotImplementedError


@hookspec
def skelconv_pose_models() -> Iterable[PoseModelPlugin]:
    """Offer pose models."""
    raise NotImplementedError


@hookspec
def skelconv_checks() -> Iterable[CheckPlugin]:
    """Offer checks of what the plugin needs, for ``skelconv doctor``."""
    raise NotImplementedError


@hookspec
def skelconv_layouts() -> Iterable[Layout]:
    """Offer layouts. The hook yields the layouts themselves, which are plain data."""
    raise NotImplementedError


@hookspec
def skelconv_recipes() -> Iterable[RecipeFolder]:
    """Offer folders of recipes, which are used by their names: ``skelconv build acme:reach``."""
    raise NotImplementedError
