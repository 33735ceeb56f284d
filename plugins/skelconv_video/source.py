"""The source ``video-pose``: frames in which people are detected and their joints estimated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property, partial
from typing import TYPE_CHECKING

from skelconv import Clip, ClipError, PluginError
from skelconv.plugin import Inventory, Item, PoseModel, Poses
from skelconv_video.chunks import Frames
from skelconv_video.clips import boxes_in, finished, presence, with_poses
from skelconv_video.decode import Decoding, decode

if TYPE_CHECKING:
    from skelconv_video.finders import Finder
    from skelconv_video.guarded import GuardedTransform
    from skelconv_video.listing import Listing, Wanted


class VideoPose:
    """Clips from videos.

    Models are made in `prepare`, on workers only. Each clip's frames are streamed, once to find
    people and, where joints are those of people who were chosen among them, once more.

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
        model: Callable[[], PoseModel] | None,
        keep_boxes: bool,
    ) -> None:
        self._listing = listing
        self._decoding = decoding
        self._make_finder = finder
        self._make_people = people
        self._make_model = model
        self._keep_boxes = keep_boxes
        self._expected: Item | None = None
        self._begun: tuple[Item, Frames] | None = None

    def inventory(self) -> Inventory:
        """List the clips."""
        return self._listing.inventory()

    def prepare(self) -> None:
        """Make the models."""
        _ = self._finder, self._people, self._model

    @cached_property
    def _finder(self) -> Finder:
        return self._make_finder()

    @cached_property
    def _people(self) -> list[GuardedTransform]:
        return [make() for make in self._make_people]

    @cached_property
    def _model(self) -> PoseModel | None:
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

    def expect(self, item: Item) -> None:
        """Take note of a clip, to decode its first frames while the one before is in use.

        Parameters
        ----------
        item : Item
            The item that is loaded after the next one.
        """
        self._expected = item

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
        begun, self._begun = self._begun, None
        expected, self._expected = self._expected, None  # also where this clip is not there
        wanted = self._listing.wanted(item)
        footage = wanted.footage
        frames = begun[1] if begun is not None and begun[0] == item else self._frames(wanted)
        if expected is not None:
            with suppress(ClipError):  # it is raised when the clip is loaded
                self._begun = expected, self._frames(self._listing.wanted(expected))
        clip = self._finder(item.id, wanted.label, frames)
        if not clip.num_person:
            reason = f"nobody is in it: no person was found in its {clip.total_frames} frames"
            raise ClipError(reason, path=footage.where)
        for transform in self._people:
            before, clip = clip, transform(clip)
            if self._model is not None and clip.total_frames != before.total_frames:
                raise PluginError(f"{transform.who} under 'people' changed the number of frames")
        if not presence(clip).any():
            reason = "nobody is in it: no person is left after 'people'"
            raise ClipError(reason, path=footage.where)
        if self._model is not None:
            clip = self._with_joints(clip, self._model, frames)
        return finished(clip, keep_boxes=self._keep_boxes)

    def _frames(self, wanted: Wanted) -> Frames:
        """Begin to decode a clip, in a thread, up to a bounded number of frames."""
        decoded = partial(decode, wanted.footage, wanted.cut, self._decoding)
        return Frames(decoded, keep=self._model is not None)

    @staticmethod
    def _with_joints(clip: Clip, model: PoseModel, frames: Frames) -> Clip:
        poses: list[Poses] = []
        for chunk in frames.chunks():
            boxes = boxes_in(clip, slice(len(poses), len(poses) + len(chunk)))
            poses += model.estimate(chunk, boxes)
        return with_poses(clip, model.layout, poses)
