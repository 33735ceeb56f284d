"""The source ``video-pose``: frames in which people are detected and their joints estimated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple

from skelconv import Clip, ClipError, PluginError
from skelconv.plugin import Inventory, Item, Poses
from skelconv.vision import ahead, use_memory_again
from skelconv_video.chunks import Frames
from skelconv_video.clips import boxes_in, finished, presence, with_poses
from skelconv_video.cutting import CutFrames
from skelconv_video.decode import Decoding, decode
from skelconv_video.together import Ask, Steps, answered, groups

if TYPE_CHECKING:
    from skelconv_video.finders import Finder
    from skelconv_video.guarded import GuardedPoseModel, GuardedTransform
    from skelconv_video.listing import Listing


class _Begun(NamedTuple):
    """A clip, its class and place, and its frames, which are being decoded; or why not."""

    item: Item
    label: int | None
    where: str
    frames: Frames | ClipError


class VideoPose:
    """Clips from videos.

    Models are made in `prepare`, on workers only. Each clip's frames are streamed, once to find
    people and, where joints are those of people who were chosen among them, once more. Where the
    models say that they may, short clips that come one after the other are found together, with
    full batches, when the first of them is loaded; what goes wrong with one is its own.

    Parameters
    ----------
    listing : Listing
        Which clips there are.
    decoding : Decoding
        How videos are decoded.
    finder : callable
        Makes what finds people.
    people : sequence of callable
        Each makes a transform that chooses among the people that were found.
    model : callable, optional
        Makes what estimates the joints of these people; without it the finder has found them.
    keep_boxes : bool
        Whether the boxes and their scores stay in the clip.
    """

    def __init__(
        self,
        listing: Listing,
        decoding: Decoding,
        *,
        finder: Callable[[], Finder],
        people: Sequence[Callable[[], GuardedTransform]],
        model: Callable[[], GuardedPoseModel] | None,
        keep_boxes: bool,
    ) -> None:
        self._listing = listing
        self._decoding = decoding
        self._make_finder = finder
        self._make_people = people
        self._make_model = model
        self._keep_boxes = keep_boxes
        self._expected: Sequence[Item] = ()
        self._coming: list[Item] = []
        self._groups: Iterator[list[_Begun]] = iter(())
        self._made: dict[str, Clip | Exception] = {}

    def inventory(self) -> Inventory:
        """List the clips."""
        return self._listing.inventory()

    def prepare(self) -> None:
        """Make the models."""
        use_memory_again()
        _ = self._finder, self._people, self._model

    @cached_property
    def _finder(self) -> Finder:
        return self._make_finder()

    @cached_property
    def _people(self) -> list[GuardedTransform]:
        return [make() for make in self._make_people]

    @cached_property
    def _model(self) -> GuardedPoseModel | None:
        return None if self._make_model is None else self._make_model()

    def stamp(self, item: Item) -> tuple[int, int]:
        """Return the present size and time of change of a clip's files.

        Parameters
        ----------
        item : Item
            The clip's item.

        Returns
        -------
        (int, int)
            Bytes, and the time of the last change in nanoseconds.
        """
        return self._listing.stamp(item)

    def expect(self, items: Sequence[Item]) -> None:
        """Take note of clips, to decode the first of them while those before are in use.

        Parameters
        ----------
        items : sequence of Item
            The items that are loaded after the next one.
        """
        self._expected = items

    def load(self, item: Item) -> Clip:
        """Find the people of one clip and their joints.

        Parameters
        ----------
        item : Item
            The clip's item.

        Returns
        -------
        Clip
            The clip.

        Raises
        ------
        ClipError
            When it cannot be decoded, or there is no person in it.
        PluginError
            When a model or a transform under ``people`` breaks its interface.
        """
        expected, self._expected = self._expected, ()
        if item.id not in self._made:
            if self._coming[:1] != [item]:
                self._coming = [item, *expected]
                self._groups = ahead(self._grouped(self._coming))
            clips = next(self._groups)
            del self._coming[: len(clips)]
            made = answered([self._steps(clip) for clip in clips])
            self._made = dict(zip((clip.item.id for clip in clips), made, strict=True))
        clip = self._made.pop(item.id)
        if isinstance(clip, Exception):
            raise clip
        return clip

    def _grouped(self, items: Sequence[Item]) -> Iterator[list[_Begun]]:
        """Begin to decode clips, and put those together that models are asked about at once."""
        begun = map(self._begun, list(items))
        if not self._across_clips:
            return ([clip] for clip in begun)
        return groups(begun, lambda clip: clip.frames)

    @cached_property
    def _across_clips(self) -> bool:
        return self._finder.across_clips and (self._model is None or self._model.across_clips)

    def _begun(self, item: Item) -> _Begun:
        """Begin to decode a clip, in a thread, up to a bounded number of frames."""
        try:
            wanted = self._listing.wanted(item)
        except ClipError as error:
            return _Begun(item, None, "", error)
        decoded = partial(decode, wanted.footage, wanted.cut, self._decoding)
        frames = (
            CutFrames(decoded, self._model)
            if self._model is not None and self._model.cuts
            else Frames(decoded, keep=self._model is not None)
        )
        return _Begun(item, wanted.label, wanted.footage.where, frames)

    def _steps(self, begun: _Begun) -> Steps[Clip]:
        """Find the people of a clip and their joints."""
        item, label, where, frames = begun
        if isinstance(frames, ClipError):
            raise frames
        clip = yield from self._finder(item.id, label, frames)
        if not clip.num_person:
            reason = f"nobody is in it: no person was found in its {clip.total_frames} frames"
            raise ClipError(reason, path=where)
        for transform in self._people:
            before, clip = clip, transform(clip)
            if self._model is not None and clip.total_frames != before.total_frames:
                raise PluginError(f"{transform.who} under 'people' changed the number of frames")
        if not presence(clip).any():
            reason = "nobody is in it: no person is left after 'people'"
            raise ClipError(reason, path=where)
        if self._model is not None:
            poses: list[Poses] = []
            boxes = boxes_in(clip)
            if isinstance(frames, CutFrames):
                for people in frames.people(boxes):
                    poses += yield Ask(self._model.estimate_cut, (people,))
            else:
                for chunk in frames.chunks():
                    some = boxes[len(poses) : len(poses) + len(chunk)]
                    poses += yield Ask(self._model.estimate, (chunk, some))
            clip = with_poses(clip, self._model.layout, poses)
        return finished(clip, keep_boxes=self._keep_boxes)
