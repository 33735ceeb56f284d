"""A picture of one clip: its people, frame by frame, and what they are called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from skelconv.data.classes import called
from skelconv.data.clip import Array, Clip
from skelconv.data.layout import Layout
from skelconv.pictures import palette
from skelconv.pictures.camera import Projected
from skelconv.pictures.palette import Color
from skelconv.pictures.shapes import Dot, Line, Shape, Text

Coloring = Literal["side", "person", "track", "score"]

CAPTION = 34
"""The height in pixels of the two lines of text above a picture."""

_TEXT = 12.0
# The narrowest picture: an id of NTU RGB+D fits in it.
_NARROWEST = 160
# A limb of a person who fills the picture is so wide, as a share of its height; but not wider than
# this share of its own length: fingers and lips are thin.
_LIMB, _STOUTEST = 0.008, 0.3
_THINNEST = 1.0


@dataclass(frozen=True, slots=True)
class Look:
    """How people are drawn.

    Attributes
    ----------
    color : {"side", "person", "track", "score"}
        What the colour of a joint says: left (blue) and right (orange); which row of the clip it is
        in; its track id, where the clip has the field ``track_id``; its score.
    threshold : float
        Joints with a lower score are not drawn.
    trail : int
        For how many frames the way of hands, feet and head is shown.
    """

    color: Coloring = "side"
    threshold: float = 0.0
    trail: int = 0


class Panel:
    """Draws one clip.

    Parameters
    ----------
    clip : Clip
        The clip.
    layout : Layout
        Its layout.
    placed : Projected
        Where its joints are in the picture.
    look : Look
        How they are drawn.
    caption : (str, str)
        What it is called, and its class, which are written above it.
    first, total : int, optional
        Which frame of a longer clip is the first, and how many that has.
    people : bool
        Whether people are drawn, or only what is behind them is seen.
    halo : bool
        Whether lines have a white edge, to be seen before a video.
    values : ndarray of float of shape (M, T, V), optional
        What the colour of joints shows, from 0 to 1, in place of what `look` says.
    """

    def __init__(
        self,
        clip: Clip,
        layout: Layout,
        placed: Projected,
        look: Look,
        caption: tuple[str, str],
        *,
        first: int = 0,
        total: int | None = None,
        people: bool = True,
        halo: bool = False,
        values: Array | None = None,
    ) -> None:
        self.placed = placed
        self.frames = clip.total_frames
        self._look = look
        self._people = people
        self._halo = halo
        self._values = _scores(clip) if values is None and look.color == "score" else values
        self._caption = caption
        self._first = first
        self._total = clip.total_frames if total is None else total
        self._limbs = layout.limbs
        self._scores = clip.keypoint_score
        there = clip.present()
        self._somebody: Array = np.any(there, axis=(0, 2))
        if self._scores is not None:
            there &= np.nan_to_num(self._scores) >= look.threshold
        self._there = there
        self._sides = palette.of_sides(layout)
        self._tracks = _track_ids(clip)
        ends = np.bincount(np.array(layout.limbs, np.int64).ravel(), minlength=len(layout.joints))
        self._tips = np.flatnonzero(ends == 1)
        width = max(placed.height * _LIMB, 1.5)
        self._widths = np.clip(_STOUTEST * _lengths(placed.points, layout), _THINNEST, width)
        self._radii = np.full(len(layout.joints), 0.9 * width)
        for limb, width in zip(layout.limbs, self._widths, strict=True):
            for joint in limb:
                self._radii[joint] = min(self._radii[joint], 0.9 * width)

    @property
    def width(self) -> int:
        """The width of the picture in pixels, with room for its caption."""
        return max(self.placed.width, _NARROWEST)

    @property
    def height(self) -> int:
        """The height of the picture in pixels, with its caption."""
        return self.placed.height + CAPTION

    def shapes(self, frame: int) -> Iterator[Shape]:
        """Draw one frame.

        Parameters
        ----------
        frame : int
            Its number, from 0; a clip that has ended stays at its last frame.

        Yields
        ------
        Line, Dot or Text
            What the frame is made of.
        """
        frame = min(frame, self.frames - 1)
        name, of_class = self._caption
        yield Text((4, 2), self._fitting(name), _TEXT, palette.INK)
        number = f"{self._first + frame + 1} / {self._total}  {of_class}"
        yield Text((4, 17), self._fitting(number), _TEXT, palette.MIDDLE)
        if frame < 0 or not self._somebody[frame]:
            x = (self.placed.width - _width_of("nobody")) / 2
            y = CAPTION + (self.placed.height - _TEXT) / 2
            yield Text((x, y), "nobody", _TEXT, palette.WARNING)
            return
        if not self._people:
            return
        for person in range(len(self._there)):
            drawn = [*self._trails(person, frame), *self._person(person, frame)]
            if self._halo:
                yield from map(_halo, drawn)
            yield from drawn

    def _fitting(self, text: str) -> str:
        """Leave out the middle of what is too long: ids differ at their ends."""
        left, room = len(text), self.width - 8
        if _width_of(text) <= room:
            return text
        while left and _width_of(text[:left]) > room - _width_of("..."):
            left -= 1
        return f"{text[: left - left // 2]}...{text[len(text) - left // 2 :]}"

    def _person(self, person: int, frame: int) -> Iterator[Line | Dot]:
        there = self._there[person, frame]
        points = self.placed.points[person, frame]
        for (one, other), width in zip(self._limbs, self._widths.tolist(), strict=True):
            if there[one] and there[other]:
                opacity = min(
                    self._opacity(person, frame, one), self._opacity(person, frame, other)
                )
                color = self._limb_color(person, frame, one, other)
                yield Line(self._at(points[one]), self._at(points[other]), width, color, opacity)
        for joint in np.flatnonzero(there).tolist():
            yield Dot(
                self._at(points[joint]),
                float(self._radii[joint]),
                self._color(person, frame, joint),
                self._opacity(person, frame, joint),
            )

    def _trails(self, person: int, frame: int) -> Iterator[Line | Dot]:
        for back in range(min(self._look.trail, frame), 0, -1):
            both = self._there[person, frame - back] & self._there[person, frame - back + 1]
            before, after = self.placed.points[person, frame - back : frame - back + 2]
            for joint in self._tips[both[self._tips]]:
                yield Line(
                    self._at(before[joint]),
                    self._at(after[joint]),
                    float(self._radii[joint]) / 2,
                    self._color(person, frame, int(joint)),
                    0.6 * (1 - back / (self._look.trail + 1)),
                )

    def _at(self, point: Array) -> tuple[float, float]:
        return float(point[0]), float(point[1]) + CAPTION

    def _opacity(self, person: int, frame: int, joint: int) -> float:
        if self._scores is None:
            return 1.0
        return 0.25 + 0.75 * min(max(float(self._scores[person, frame, joint]), 0.0), 1.0)

    def _limb_color(self, person: int, frame: int, one: int, other: int) -> Color:
        if self._values is not None:
            return palette.ramp(float(self._values[person, frame, [one, other]].mean()))
        first, last = self._sides[one], self._sides[other]
        if self._look.color == "side" and first != last:
            # It is of the side that it leads to; from left to right, as between hips, of neither.
            if palette.MIDDLE not in (first, last):
                return palette.MIDDLE
            return last if first == palette.MIDDLE else first
        return self._color(person, frame, one)

    def _color(self, person: int, frame: int, joint: int) -> Color:
        if self._values is not None:
            return palette.ramp(float(self._values[person, frame, joint]))
        if self._look.color == "side":
            return self._sides[joint]
        number = person
        if self._look.color == "track" and self._tracks is not None:
            number = int(self._tracks[person, frame])
        return palette.PEOPLE[number % len(palette.PEOPLE)]


def _scores(clip: Clip) -> Array:
    return np.ones(clip.keypoint.shape[:3]) if clip.keypoint_score is None else clip.keypoint_score


def _width_of(text: str) -> float:
    """Return about how wide text is, in pixels: capital letters and digits are the widest."""
    widths = (
        0.62 if one.isupper() or one.isdigit() else 0.54 if one.isalpha() else 0.35 for one in text
    )
    return sum(widths) * _TEXT


def _lengths(points: Array, layout: Layout) -> Array:
    """Return the longest length of each limb, in pixels; 0 where it is nowhere."""
    ends = np.array(layout.limbs, np.int64).reshape(-1, 2)
    lengths = np.linalg.norm(points[:, :, ends[:, 0]] - points[:, :, ends[:, 1]], axis=-1)
    longest: Array = np.fmax.reduce(lengths.reshape(-1, len(ends)), axis=0, initial=0.0)
    return longest


def _halo(shape: Line | Dot) -> Line | Dot:
    """Return what makes a white edge behind a line or a disc."""
    if isinstance(shape, Line):
        return replace(shape, width=shape.width * 1.8, color=palette.PAPER)
    return replace(shape, radius=shape.radius * 1.4, color=palette.PAPER)


def _track_ids(clip: Clip) -> Array | None:
    tracks = clip.fields.get("track_id")
    if tracks is None or tracks.axes not in ("M", "MT"):
        return None
    values = tracks.values if tracks.axes == "MT" else tracks.values[:, None]
    ids: Array = np.broadcast_to(values, (clip.num_person, clip.total_frames))
    return ids


def caption_of(clip: Clip, label_names: Sequence[str] = ()) -> tuple[str, str]:
    """Return what is written above a clip: its id and its class.

    Parameters
    ----------
    clip : Clip
        The clip.
    label_names : sequence of str
        The names of the classes, in the order of labels.

    Returns
    -------
    (str, str)
        Such as ``S001C001P001R001A051`` and ``50 kicking``.
    """
    return clip.id, called(clip.label, label_names)
