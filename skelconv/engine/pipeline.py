"""What a worker does: load, transform and encode clips.

A batch carries the recipe's stages as a few hundred bytes of JSON, and each process makes the
stage objects from it on first use and keeps them. So any executor can bring the batch, and only
plain data crosses between processes.
"""

from __future__ import annotations

import errno
import faulthandler
import functools
import json
import os
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TextIO

from skelconv.data.clip import Clip
from skelconv.data.errors import BuildError, ClipDropped, ClipError, PluginError
from skelconv.engine.keeping import lost_of
from skelconv.engine.outcome import Outcome, Result, record
from skelconv.engine.steps import OF_A_CLIP, Steps, check_id, failed_result
from skelconv.plugin.descriptors import Resources, SourcePlugin
from skelconv.plugin.guard import PluginFailure, call
from skelconv.plugin.interfaces.sources import Item
from skelconv.plugin.loading import begin_registry, load_registry
from skelconv.plugin.own_layouts import OwnLayout
from skelconv.plugin.registry import OWN_DISTRIBUTION
from skelconv.plugin.use import Use, UseTransform, use_plugin
from skelconv.recipe.model import Recipe
from skelconv.text.faults import as_text
from skelconv.vision.device import settle_auto


@dataclass(frozen=True, slots=True)
class Work:
    """What the workers of a build do.

    Attributes
    ----------
    text : str
        JSON: ``build``, which is new for each build; ``gpus``, the number of GPUs for each
        worker; ``stages``, the recipe's source, transforms and sink as lists of kind, name
        and options; and ``modules``, those of skelconv's own plugins among them.
    resources : Resources
        What a worker needs for all of these stages.
    """

    text: str
    resources: Resources

    @classmethod
    def of(cls, recipe: Recipe) -> Work:
        """Return the work of a recipe.

        Parameters
        ----------
        recipe : Recipe
            The recipe.

        Returns
        -------
        Work
            The stages, with what a worker needs for them on this machine.

        Raises
        ------
        BuildError
            When stages ask for different GPUs.
        """
        stages = [recipe.source, *recipe.transforms, recipe.sink]
        try:
            resources = Resources.together([stage.resources() for stage in stages])
        except ValueError as error:
            raise BuildError(str(error)) from None
        plain = [(stage.kind, *stage.plain().values()) for stage in stages]
        # The next build makes its stages again: files that they hold may have changed.
        asked = {
            "build": uuid.uuid4().hex,
            "gpus": resources.gpus,
            "stages": plain,
            "modules": _modules_of(stages),
        }
        return cls(json.dumps(asked), resources)


def _modules_of(stages: Sequence[Use]) -> list[str]:
    """Return the modules of skelconv's own plugins that stages use, also in their options."""
    uses = chain.from_iterable((stage, *stage.nested()) for stage in stages)
    offers = [use.offer for use in uses]
    named = [name for use in stages if (name := use.layout()) is not None]
    # Those that a recipe or a file defines need no plugin.
    plugins = [name for name in named if not isinstance(name, OwnLayout)]
    offers += [load_registry().get("layout", name) for name in plugins]
    own = {offer.module for offer in offers if offer.distribution == OWN_DISTRIBUTION}
    return sorted(own - {""})


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What a worker returns for a batch.

    Attributes
    ----------
    outcomes : list of (Outcome, bytes)
        One for each item, in the order of the batch.
    seconds : float
        Time that the batch took, from which the driver chooses the size of batches.
    overlaps : bool
        Whether the source reads items of a batch ahead, so that larger ones are better.
    """

    outcomes: list[tuple[Outcome, bytes]]
    seconds: float
    overlaps: bool = False


class Pipeline:
    """The stages that a clip passes in a worker.

    Parameters
    ----------
    work : str
        The `Work.text`.

    Attributes
    ----------
    overlaps : bool
        Whether the source reads items after the present one ahead.

    Raises
    ------
    skelconv.SkelconvError
        When a stage cannot be made.
    """

    def __init__(self, work: str) -> None:
        asked = json.loads(work)
        settle_auto(gpu=asked["gpus"] > 0)
        begin_registry(asked["modules"])
        source, *transforms, sink = [use_plugin(*stage) for stage in asked["stages"]]
        self._source = source.make()
        descriptor = source.descriptor
        self._keeps_empty = isinstance(descriptor, SourcePlugin) and descriptor.keeps_empty
        self._source_name, self._sink_name = source.who, sink.who
        uses = [use for use in transforms if isinstance(use, UseTransform)]
        self._steps = Steps(uses, self._encoded, self._failed)
        self._sink = sink.make()
        self._number_of_joints = functools.cache(_number_of_joints)  # it is asked for each clip
        self.overlaps = hasattr(self._source, "expect")
        if hasattr(self._source, "prepare"):
            call(source.who, self._source.prepare)

    def run(
        self,
        item: Item,
        after: Sequence[Item] = (),
        *,
        named: bool = False,
        layout: str | None = None,
    ) -> tuple[Outcome, bytes]:
        """Convert one item. What goes wrong with this item alone is its outcome.

        Parameters
        ----------
        item : Item
            The item.
        after : sequence of Item
            Those that are converted next, in order, as far as they are known.
        named : bool
            Whether the classes have names, which must follow the labels.
        layout : str, optional
            The layout that the source has said that all of its clips have.

        Returns
        -------
        (Outcome, bytes)
            The outcome, and the payload of its record.

        Raises
        ------
        skelconv.SkelconvError
            When a stage raises one, which means that every clip would fail; and when this process
            cannot use the GPU any more.
        """
        self._item = item
        try:
            if after and self.overlaps:
                call(self._source_name, self._source.expect, after, passing=OF_A_CLIP)
            clip = self._loaded(item, layout)
        except ClipDropped as drop:
            return record([Result(Outcome.DROPPED, as_text(drop.reason).encode())])
        except (ClipError, PluginFailure) as error:
            return record([self._failed(error)])
        return record(self._steps.results(clip, named=named))

    def _loaded(self, item: Item, layout: str | None) -> Clip:
        clip: Clip = call(self._source_name, self._source.load, item, gives=Clip, passing=OF_A_CLIP)
        check_id(self._source_name, item.id, clip)
        self._check_layout(clip, layout)
        self._check_unchanged(item)
        if not (self._keeps_empty or clip.num_person):
            raise ClipError("nobody is in it")
        return clip

    def _encoded(self, clip: Clip) -> tuple[bytes, tuple[str, ...]]:
        encoded: bytes = call(
            self._sink_name, self._sink.encode, clip, gives=bytes, passing=OF_A_CLIP
        )
        return encoded, lost_of(clip, self._sink, self._sink_name)

    def _failed(self, error: ClipError | PluginFailure) -> Result:
        if isinstance(error, PluginFailure):
            _check_gpu(error, self._item)
        return failed_result(_outcome_of(error), error)

    def _check_layout(self, clip: Clip, said: str | None) -> None:
        """Refuse a clip that does not fit its layout: readers and transforms would fail on it."""
        failed = f"{self._source_name} failed"
        if not isinstance(clip.layout, str):
            raise PluginFailure(f"{failed}: its layout is {clip.layout!r:.60}, not a name")
        if said is not None and clip.layout != said:
            raise PluginFailure(
                f"{failed}: it gave the layout {clip.layout!r}, and said that all of its clips "
                f"have {said!r}"
            )
        try:
            joints = self._number_of_joints(clip.layout)
        except PluginError as error:
            raise PluginFailure(f"{failed}: {error.what}") from None
        if clip.keypoint.shape[2] != joints:
            raise PluginFailure(
                f"{failed}: it gave {clip.keypoint.shape[2]} keypoints, and the layout "
                f"{clip.layout!r} has {joints}"
            )

    def _check_unchanged(self, item: Item) -> None:
        """Refuse a clip whose file is not the one that the plan saw: the build's identity lies."""
        if hasattr(self._source, "stamp"):
            stamp = call(self._source_name, self._source.stamp, item, gives=tuple)
            if stamp != (item.size, item.mtime_ns):
                raise ClipError("its file was changed while the build ran")


# What stays so, however often it is tried. All other errors of the system may pass.
_LASTING = (errno.EINVAL, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG, errno.ENOTDIR)


def _outcome_of(error: BaseException) -> Outcome:
    """Return whether an input is wrong or cannot be read now: an OSError is behind the latter."""
    cause = error.__cause__
    while cause is not None and not isinstance(cause, OSError):
        cause = cause.__cause__
    return Outcome.FAILED if cause is None or cause.errno in _LASTING else Outcome.UNREAD


def _number_of_joints(layout: str) -> int:
    return len(load_registry().layout(layout).joints)


def _check_gpu(failure: PluginFailure, item: Item) -> None:
    """Raise a PluginError when every later call of CUDA will fail too.

    This is so after all errors of CUDA itself except a lack of memory, and not after errors of its
    libraries. They are recognised by PyTorch's message: the core does not import PyTorch.
    """
    words = as_text(failure.__cause__).partition("\n")[0]
    if words.startswith("CUDA error:") and "out of memory" not in words and "_STATUS_" not in words:
        raise PluginError(
            f"the GPU failed, and this process cannot use it any more: {failure.what}",
            where=item.id,
            hint="what is done is kept: run the same command again; if it stops at the same "
            "clip, it may say more when it is run on the CPU",
        ) from failure


# One for each thread: stages need not be thread-safe, and executors may use threads.
_made = threading.local()


def _pipeline(work: str) -> Pipeline:
    if getattr(_made, "work", None) != work:
        _made.pipeline = Pipeline(work)
        _made.work = work
    pipeline: Pipeline = _made.pipeline
    return pipeline


@functools.cache
def _nowhere() -> TextIO:
    return open(os.devnull, "w")


def warm_up(work: str) -> None:
    """Make the stages in this process, ahead of the first batch.

    Parameters
    ----------
    work : str
        The `Work.text`.

    Raises
    ------
    skelconv.SkelconvError
        When a stage cannot be made, which is not one clip's fault.
    """
    _pipeline(work)


def run_batch(
    work: str,
    items: Sequence[Item],
    timeout: float | None,
    named: bool = False,
    layout: str | None = None,
) -> BatchResult:
    """Convert a batch of items in this process.

    Parameters
    ----------
    work : str
        The `Work.text`.
    items : sequence of Item
        The batch.
    timeout : float or None
        Seconds that one clip may take; None for no limit. A clip may hang in native code, where
        no exception can interrupt it, so the process ends itself and the driver sees a worker
        that died.
    named : bool
        As of `Pipeline.run`.
    layout : str, optional
        As of `Pipeline.run`.

    Returns
    -------
    BatchResult
        An outcome for each item.

    Raises
    ------
    skelconv.SkelconvError
        When a stage cannot be made, or every clip would fail; see `Pipeline.run`.
    """
    pipeline = _pipeline(work)
    begin = time.perf_counter()
    outcomes = []
    for number, item in enumerate(items, 1):
        if timeout is not None:
            # The driver reports it; the traceback of each thread would not help.
            faulthandler.dump_traceback_later(timeout, exit=True, file=_nowhere())
        try:
            outcomes.append(pipeline.run(item, items[number:], named=named, layout=layout))
        finally:
            if timeout is not None:
                faulthandler.cancel_dump_traceback_later()
    return BatchResult(outcomes, time.perf_counter() - begin, pipeline.overlaps)
