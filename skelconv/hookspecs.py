"""The hooks that a plugin implements, and the descriptors that it hands over.

A plugin is a module (or any object) named by an entry point in the group ``skelconv``. Its
hooks take no argument and yield *descriptors*: plain data that says what is offered and how to
make it. Reading a descriptor costs nothing, so nothing heavy is imported outside ``create``::

    # acme_pose/plugin.py
    from collections.abc import Iterator
    from pydantic import Field
    from skelconv import Options, SourcePlugin, hookimpl

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

``docs/plugins.md`` writes a whole package, with its tests.

Fields that a later version adds to a descriptor have defaults, and hooks are never removed: a
plugin written for this version goes on working.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import pluggy
from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from skelconv.layouts import Layout

PROJECT = "skelconv"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class Options(BaseModel):
    """The options of a stage: a pydantic model that refuses unknown keys.

    Give every field a ``description``: ``skelconv describe`` shows it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


@dataclass(frozen=True, slots=True)
class Resources:
    """What one worker of a stage needs, for executors that place work by it.

    Attributes
    ----------
    cpus : int
        Cores.
    gpus : int
        GPUs.
    gpu : int, optional
        The one GPU of this machine to use, by its number, where it is not left to the executor.
    """

    cpus: int = 1
    gpus: int = 0
    gpu: int | None = None

    @classmethod
    def together(cls, needs: Sequence[Resources]) -> Resources:
        """Return what a worker needs that does all of several things, one after the other.

        Raises
        ------
        ValueError
            When they name different GPUs: a worker has one.
        """
        gpus = {need.gpu for need in needs if need.gpu is not None}
        if len(gpus) > 1:
            names = " and ".join(f"cuda:{gpu}" for gpu in sorted(gpus))
            raise ValueError(f"a worker has one GPU, and {names} are asked for")
        return cls(
            cpus=max(need.cpus for need in needs),
            gpus=max(need.gpus for need in needs),
            gpu=next(iter(gpus), None),
        )


@dataclass(frozen=True, kw_only=True)
class Descriptor:
    """What a plugin offers under one name.

    Attributes
    ----------
    name : str
        In kebab-case; what recipes call it.
    summary : str
        One line.
    options : type of Options
        What ``with:`` may hold.
    create : callable
        Makes the stage from its checked options. Heavy modules are imported in here.
    requires : tuple of (str, str)
        Pairs of an import name (top level) and what to ``pip install`` for it.
    uses_if_there : tuple of str
        Import names of packages that are not required and that change what comes out where they
        are installed. Their versions are a part of what an output is made from.
    resources : Resources, or callable from checked options to Resources
        What one worker needs.
    example : mapping
        Options that show a typical use; they must be valid.
    """

    kind: ClassVar[str]

    name: str
    summary: str
    create: Callable[[Any], Any]
    options: type[Options] = Options
    requires: tuple[tuple[str, str], ...] = ()
    uses_if_there: tuple[str, ...] = ()
    resources: Resources | Callable[[Any], Resources] = Resources()
    example: Mapping[str, Any] = field(default_factory=dict)

    def resources_for(self, options: Options) -> Resources:
        """Return what one worker needs with these options."""
        needs = self.resources
        return needs if isinstance(needs, Resources) else needs(options)


class SourcePlugin(Descriptor):
    """Describes a `skelconv.stages.Source`."""

    kind = "source"


@dataclass(frozen=True, kw_only=True)
class TransformPlugin(Descriptor):
    """Describes a `skelconv.stages.Transform`.

    Attributes
    ----------
    on_boxes : bool, or callable from checked options to bool
        Whether it can choose among people whose boxes are known and whose joints are not, V being
        0, and leaves the frames as they are: then it can stand under ``people`` of a video.
    """

    kind = "transform"

    on_boxes: bool | Callable[[Any], bool] = False

    def is_on_boxes(self, options: Options) -> bool:
        """Return whether it can do so with these options."""
        return self.on_boxes if isinstance(self.on_boxes, bool) else self.on_boxes(options)


class SplitPlugin(Descriptor):
    """Describes a `skelconv.stages.Split`."""

    kind = "split"


@dataclass(frozen=True, kw_only=True)
class SinkPlugin(Descriptor):
    """Describes a `skelconv.stages.Sink`; its options have at least ``path``.

    Attributes
    ----------
    suffixes : tuple of str
        Endings of a path, such as ``.pkl``, by which ``skelconv convert`` chooses this sink.
    """

    kind = "sink"

    suffixes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReaderPlugin(Descriptor):
    """Describes a `skelconv.stages.Reader`; its options have at least ``path``.

    Attributes
    ----------
    recognises : callable
        From a path or URL to whether this reader is the one for it: by its ending, or by looking
        at the first bytes, never by loading it.
    """

    kind = "reader"

    recognises: Callable[[str], bool]


class ExecutorPlugin(Descriptor):
    """Describes a way to run work: ``create`` returns a `skelconv.engine.executors.Engine`."""

    kind = "executor"


class DetectorPlugin(Descriptor):
    """Describes a `skelconv.stages.Detector`.

    ``create`` loads the model, onto the device that its options name, and raises
    `skelconv.PluginError` when that is not possible: it is everyone's fault, not one clip's.
    """

    kind = "detector"


@dataclass(frozen=True, kw_only=True)
class PoseModelPlugin(Descriptor):
    """Describes a `skelconv.stages.PoseModel`, which ``create`` loads, as that of a detector does.

    Attributes
    ----------
    one_stage : bool
        Whether it is a `skelconv.stages.OneStagePoseModel`, which needs no boxes.
    """

    kind = "pose-model"

    one_stage: bool = False


@dataclass(frozen=True, kw_only=True)
class CheckPlugin(Descriptor):
    """Describes a check of ``skelconv doctor``: ``create`` returns a `skelconv.checks.Check`.

    Attributes
    ----------
    modules : tuple of str
        Import names of packages that it answers for. Of those that are in a ``requires`` and that
        no check answers for, skelconv itself tells whether they are installed.
    """

    kind = "check"

    modules: tuple[str, ...] = ()


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
    """Offer checks of what this package needs, for ``skelconv doctor``."""
    raise NotImplementedError


@hookspec
def skelconv_layouts() -> Iterable[Layout]:
    """Offer layouts. These are plain data: the hook yields them as they are."""
    raise NotImplementedError
