"""What a worker does: load, transform and encode clips.

A batch carries the recipe's stages as a few hundred bytes of JSON, and each process makes the
stage objects from it on first use and keeps them. So it does not matter which executor brings
the batch, and nothing but plain data crosses between processes.
"""

from __future__ import annotations

import faulthandler
import functools
import json
import os
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, TextIO

from skelconv.clip import Clip
from skelconv.compute import settle_auto
from skelconv.errors import ClipDropped, ClipError, PluginError, SkelconvError
from skelconv.registry import Registry, load_registry
from skelconv.stages import Item, Sink, Source, Transform


class Outcome(IntEnum):
    """What became of an item, and so what its record in the spool holds."""

    CLIP = 0
    """The encoded clip."""
    DROPPED = 1
    """The reason, as UTF-8."""
    FAILED = 2
    """A JSON object with reason, path and line."""


def _text(value: object) -> str:
    """Return a plugin's words as text that can be written, whatever they are."""
    try:
        return str(value).encode(errors="backslashreplace").decode()
    except Exception:
        return type(value).__name__


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What a worker hands back for a batch.

    Attributes
    ----------
    outcomes : list of (Outcome, bytes)
        One for each item, in the order of the batch.
    seconds : float
        Time it took, by which the driver chooses the size of batches.
    """

    outcomes: list[tuple[Outcome, bytes]]
    seconds: float


def make_stage(kind: str, use: str, options: Mapping[str, Any], registry: Registry) -> Any:
    """Make a stage object from what a recipe says of it.

    Raises
    ------
    skelconv.SkelconvError
        When there is no such plugin, what it requires is not installed, or it cannot be made.
    """
    descriptor = registry.descriptor(kind, use)
    try:
        return descriptor.create(descriptor.options.model_validate(options))
    except SkelconvError:
        raise
    except (Exception, SystemExit) as error:
        raise PluginError(f"the {kind} {use!r} cannot be made: {describe_error(error)}") from error


def failure(reason: str, *, path: str | None = None, line: int | None = None) -> bytes:
    """Encode why an item failed."""
    told = {
        "reason": _text(reason),
        "path": None if path is None else _text(path),
        "line": line if isinstance(line, int) else None,
    }
    return json.dumps(told).encode()


class Pipeline:
    """The stages that a clip passes in a worker.

    Parameters
    ----------
    stages : str
        JSON: ``stages``, a list of ``[kind, use, options]``, the source first and the sink last;
        and ``gpus``, how many the build has a worker use.
    """

    def __init__(self, stages: str) -> None:
        registry = load_registry()
        asked = json.loads(stages)
        settle_auto(gpu=asked["gpus"] > 0)
        uses = asked["stages"]
        made = [make_stage(kind, use, options, registry) for kind, use, options in uses]
        source, *transforms, sink = made
        if hasattr(source, "prepare"):
            source.prepare()
        self._source: Source = source
        self._transforms: list[tuple[str, Transform]] = [
            (use, transform) for (_, use, _), transform in zip(uses[1:-1], transforms, strict=True)
        ]
        self._sink: Sink = sink
        self._source_name: str = uses[0][1]
        self._sink_name: str = uses[-1][1]

    def run(self, item: Item) -> tuple[Outcome, bytes]:
        """Convert one item. What goes wrong with it is the outcome.

        Raises
        ------
        skelconv.SkelconvError
            What a stage raises of these, for it would go wrong with every clip; and when the GPU
            cannot be used any more by this process.
        """
        stage = self._source_name
        try:
            clip = self._source.load(item)
            for stage, transform in self._transforms:  # noqa: B007 (named for the error below)
                clip = _checked(transform(clip))
            stage = self._sink_name
            encoded = self._sink.encode(_checked(clip, item))
            if not isinstance(encoded, bytes):
                raise TypeError(f"it encoded the clip as {type(encoded).__name__}, not bytes")
            return Outcome.CLIP, encoded
        except ClipDropped as drop:
            return Outcome.DROPPED, _text(drop.reason).encode()
        except ClipError as error:
            return Outcome.FAILED, failure(error.reason, path=error.path, line=error.line)
        except SkelconvError:
            raise
        except MemoryError:
            return Outcome.FAILED, failure(f"{stage}: out of memory")
        except (Exception, SystemExit, GeneratorExit) as error:
            if _lost_gpu(error):
                raise PluginError(
                    f"{stage}: the GPU failed, and this process cannot use it any more: "
                    f"{describe_error(error)}",
                    where=item.id,
                    hint="what is done is kept: run the same command again; if it stops at the "
                    "same clip, device: cpu tells more",
                ) from error
            return Outcome.FAILED, failure(f"{stage}: {describe_error(error)}")


def _lost_gpu(error: BaseException) -> bool:
    """Whether CUDA fails from now on, whatever it is asked.

    So it is after every fault of CUDA itself but a lack of memory, and not after those that its
    libraries report. Told by PyTorch's words: the core imports no PyTorch.
    """
    words = _text(error).partition("\n")[0]
    return (
        words.startswith("CUDA error:") and "out of memory" not in words and "_STATUS_" not in words
    )


def _checked(clip: Clip, item: Item | None = None) -> Clip:
    if not isinstance(clip, Clip):
        raise TypeError(f"it gave a {type(clip).__name__}, not a Clip")
    if item is not None and clip.frame_dir != item.id:
        raise ValueError(f"it renamed the clip {item.id!r} to {clip.frame_dir!r}")
    return clip


def describe_error(error: BaseException) -> str:
    """Describe an exception that no one foresaw, with where it was raised."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{os.path.basename(frame.filename)}:{frame.lineno}"
    text = " ".join(_text(error).split())
    return (
        f"{type(error).__name__}: {text} ({place})" if text else f"{type(error).__name__} ({place})"
    )


# Of each thread: stages need not be safe to share, and engines may run threads.
_made = threading.local()


def _pipeline(stages: str) -> Pipeline:
    if getattr(_made, "stages", None) != stages:
        _made.pipeline = Pipeline(stages)
        _made.stages = stages
    pipeline: Pipeline = _made.pipeline
    return pipeline


@functools.cache
def _nowhere() -> TextIO:
    return open(os.devnull, "w")


def warm_up(stages: str) -> None:
    """Make the stages in this process, ahead of the first batch.

    What cannot be made raises here: it is not one clip's fault.
    """
    _pipeline(stages)


def run_batch(stages: str, items: Sequence[Item], timeout: float | None) -> BatchResult:
    """Convert a batch of items in this process.

    Parameters
    ----------
    stages : str
        See `Pipeline`.
    items : sequence of Item
        The batch.
    timeout : float or None
        Seconds that one clip may take. A clip that hangs may hang in native code that no
        exception reaches, so the process ends itself, and the driver sees a worker that died.

    Returns
    -------
    BatchResult
        An outcome for each item.
    """
    pipeline = _pipeline(stages)
    begin = time.perf_counter()
    outcomes = []
    for item in items:
        if timeout is not None:
            # The driver tells of it; where each thread was helps no one.
            faulthandler.dump_traceback_later(timeout, exit=True, file=_nowhere())
        try:
            outcomes.append(pipeline.run(item))
        finally:
            if timeout is not None:
                faulthandler.cancel_dump_traceback_later()
    return BatchResult(outcomes, time.perf_counter() - begin)
