"""The transforms that a clip passes in a worker, some of which give many clips for one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from skelconv.data.classes import Label
from skelconv.data.clip import Clip
from skelconv.data.errors import ClipDropped, ClipError, PluginError
from skelconv.engine.classes import step_of
from skelconv.engine.given import is_too_long
from skelconv.engine.outcome import Outcome, Result, failure
from skelconv.plugin.guard import PluginFailure, call, guarded
from skelconv.plugin.interfaces.sources import MAX_ID_BYTES
from skelconv.plugin.interfaces.transforms import Unmade
from skelconv.plugin.made import is_made_of
from skelconv.plugin.use import UseTransform
from skelconv.text.faults import as_text

OF_A_CLIP = (ClipError, ClipDropped)
"""What a stage may raise of one clip."""

Failed = Callable[[ClipError | PluginFailure], Result]
Encode = Callable[[Clip], tuple[bytes, tuple[str, ...]]]


class _Step(NamedTuple):
    """A transform, and what it has said of itself: the recipe was checked by it."""

    who: str
    transform: Any
    divides: bool
    follows_labels: bool  # it is known what the classes are called after it changed a label
    keeps_layout: bool

    @classmethod
    def of(cls, use: UseTransform) -> _Step:
        """Make the transform of a recipe."""
        transform = use.make()
        keeps_layout = getattr(use.descriptor, "layout_after", None) is None
        return cls(use.who, transform, use.divides, step_of(transform) is not None, keeps_layout)


class Steps:
    """The transforms of a recipe, and the sink behind them.

    Parameters
    ----------
    uses : sequence of UseTransform
        The transforms.
    encode : callable from Clip to (bytes, tuple of str)
        What the sink makes of each clip behind the last of them, and what it does not keep of it.
    failed : callable
        Makes the result of a clip that failed from the error; it raises what ends the build.

    Raises
    ------
    skelconv.SkelconvError
        When a transform cannot be made.
    """

    def __init__(self, uses: Sequence[UseTransform], encode: Encode, failed: Failed) -> None:
        self._steps = [_Step.of(use) for use in uses]
        self._encode = encode
        self._failed = failed

    def results(self, clip: Clip, *, named: bool) -> list[Result]:
        """Pass a clip through all of them.

        What goes wrong with one of the clips that it becomes is this one's result, and the others
        are kept. Where a transform fails while it makes many of one, that one has failed.

        Parameters
        ----------
        clip : Clip
            The clip of an item.
        named : bool
            Whether the classes have names, which must follow the labels.

        Returns
        -------
        list of Result
            Those of the clips that it becomes, in the order in which transforms give them; at
            least one.

        Raises
        ------
        skelconv.SkelconvError
            When every clip would fail.
        """
        return self._from(0, clip, (), named)

    def _from(self, start: int, clip: Clip, added: tuple[str, ...], named: bool) -> list[Result]:
        """Pass a clip through the transforms from a number on."""
        try:
            for number, step in enumerate(self._steps[start:], start + 1):
                if step.divides:
                    return self._divided(step, number, clip, added, named)
                after = call(step.who, step.transform, clip, gives=Clip, passing=OF_A_CLIP)
                check_id(step.who, clip.id, after)
                _check_after(step, clip, after, named)
                clip = after
            encoded, lost = self._encode(clip)
            return [Result(Outcome.CLIP, encoded, added, clip.label, lost, clip.layout)]
        except OF_A_CLIP as why:
            return [self._unmade(why, added)]
        except PluginFailure as why:
            return [self._failed(why)._replace(added=added)]

    def _divided(
        self, step: _Step, number: int, clip: Clip, added: tuple[str, ...], named: bool
    ) -> list[Result]:
        """Pass what a step makes of a clip through the transforms from a number on."""
        results: list[Result] = []
        known: set[str] = set()
        for piece in _pieces(step, clip):
            if not is_made_of(piece.id, clip.id):
                raise PluginFailure(
                    f"{step.who} failed: it called a clip {piece.id!r}, which must be {clip.id!r} "
                    "with '@' or '#' and more behind it"
                )
            if piece.id in known:
                raise PluginFailure(f"{step.who} failed: it gave the clip {piece.id!r} twice")
            known.add(piece.id)
            of_piece = (*added, piece.id[len(clip.id) :])
            if isinstance(piece, Unmade):
                results.append(self._unmade(piece.why, of_piece))
            elif is_too_long(piece.id):
                why = ClipError(f"its id is longer than {MAX_ID_BYTES:,} bytes")
                results.append(self._unmade(why, of_piece))
            else:
                _check_after(step, clip, piece, named)
                results += self._from(number, piece, of_piece, named)
        if not results:
            raise ClipDropped(f"{step.who} gives no clip of it")
        return results

    def _unmade(self, why: ClipError | ClipDropped, added: tuple[str, ...]) -> Result:
        if isinstance(why, ClipDropped):
            return Result(Outcome.DROPPED, as_text(why.reason).encode(), added)
        return self._failed(why)._replace(added=added)


def failed_result(outcome: Outcome, error: ClipError | PluginFailure) -> Result:
    """Return the result of a clip that failed.

    Parameters
    ----------
    outcome : Outcome
        FAILED or UNREAD.
    error : ClipError or PluginFailure
        Why.

    Returns
    -------
    Result
        With the reason, and the file and line where they are known.
    """
    if isinstance(error, ClipError):
        return Result(outcome, failure(error.reason, path=error.path, line=error.line))
    return Result(outcome, failure(error.what))


def check_id(stage: str, clip_id: str, clip: Clip) -> None:
    """Check that a stage gave a clip with the id that it must have.

    Parameters
    ----------
    stage : str
        The stage's name in messages.
    clip_id : str
        The id.
    clip : Clip
        What it gave.

    Raises
    ------
    PluginFailure
        When it has another id.
    """
    if clip.id != clip_id:
        raise PluginFailure(f"{stage} failed: it renamed the clip {clip_id!r} to {clip.id!r}")


def _pieces(step: _Step, clip: Clip) -> Iterator[Clip | Unmade]:
    """Return what a transform makes of a clip, one at a time."""
    pieces = call(step.who, step.transform.divide, clip, gives=Iterable, passing=OF_A_CLIP)
    with guarded(step.who, OF_A_CLIP):
        left = iter(pieces)
    while True:
        with guarded(step.who, OF_A_CLIP):
            piece = next(left, None)
            if piece is not None and not isinstance(piece, Clip | Unmade):
                raise TypeError(f"divide gave a {type(piece).__name__}, not a Clip or Unmade")
            if isinstance(piece, Unmade) and not (
                isinstance(piece.id, str) and isinstance(piece.why, OF_A_CLIP)
            ):
                raise TypeError("divide gave an Unmade without an id or a reason")
        if piece is None:
            return
        yield piece


def _check_after(step: _Step, before: Clip, after: Clip, named: bool) -> None:
    """Refuse a label or a layout of which nothing is known any more."""
    if after.label != before.label and named and not step.follows_labels:
        raise _misnamed(step.who, after.id, before.label, after.label)
    if after.layout != before.layout and step.keeps_layout:
        raise PluginFailure(
            f"{step.who} failed: it gave the layout {after.layout!r} for {before.layout!r}, and "
            "its descriptor has no layout_after"
        )


def _misnamed(stage: str, clip_id: str, before: Label, after: Label) -> PluginError:
    return PluginError(
        f"{stage} changes the label of a clip ({before} -> {after}) and does not say what the "
        "classes are called then, so that clips would get names of other classes",
        where=clip_id,
        hint="its author adds a method classes(known) to it: see skelconv.plugin.Transform",
    )
