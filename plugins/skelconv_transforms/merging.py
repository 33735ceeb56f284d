"""The joints of two datasets in one: hands that one model found, after the body of another."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

import skelconv
from skelconv import Array, Clip, ClipError, Dataset, Layout
from skelconv.files import layout_of_joints
from skelconv.plugin import OwnLayout, layout_named, sides_by_name
from skelconv_transforms.layouts import layout_of

# The parent of a joint whose own layout has none for it.
_PARENTS = {f"{side}_hand_root": f"{side}_wrist" for side in ("left", "right")}


@dataclass
class MergeJoints:
    """Puts the joints of another dataset's clip of the same id after a clip's own.

    Attributes
    ----------
    path : str
        The other dataset.
    read : mapping
        Options of its reader.
    parents : mapping of str to str
        The parents of its joints among the clip's own.
    name : str or None
        The name of the layout that both are.
    missing : {"refuse", "zero"}
        What to do about clips that the other dataset does not have.
    """

    path: str
    read: Mapping[str, Any] = field(default_factory=dict)
    parents: Mapping[str, str] = field(default_factory=dict)
    name: str | None = None
    missing: Literal["refuse", "zero"] = "refuse"

    def __call__(self, clip: Clip) -> Clip:
        """Merge the joints of a clip.

        Parameters
        ----------
        clip : Clip
            The clip.

        Returns
        -------
        Clip
            With the joints of both, and zeros with a score of 0 where the other dataset does not
            have the clip.

        Raises
        ------
        ClipError
            When the other dataset does not have the clip, the clips do not fit, or fields for each
            keypoint would get no values.
        """
        layout_of(clip)
        merged = self.layout_after(clip.layout)
        following = [name for name, extra in clip.fields.items() if "V" in extra.axes]
        if following:
            raise ClipError(f"fields for each keypoint would not fit: {', '.join(following)}")
        others = len(layout_named(self._dataset.layout).joints)
        persons, frames, _, channels = clip.keypoint.shape
        if clip.id in self._dataset:
            other = self._dataset[clip.id]
            self._check(clip, other)
            other = self._rows_of(clip, other)
            keypoint, score = other.keypoint, _scores(other)
        elif self.missing == "zero":
            keypoint = np.zeros((persons, frames, others, channels), clip.keypoint.dtype)
            score = np.zeros((persons, frames, others), np.float32)
        else:
            raise ClipError(f"{self.path} has no clip of this id (missing: zero takes zeros)")
        own = _scores(clip)
        return clip.replace(
            layout=merged,
            keypoint=np.concatenate((clip.keypoint, keypoint.astype(clip.keypoint.dtype)), 2),
            keypoint_score=np.concatenate((own, score.astype(own.dtype)), 2),
        )

    def layout_after(self, layout: str) -> str:
        """Return the layout of both.

        Parameters
        ----------
        layout : str
            The layout of the clips.

        Returns
        -------
        str
            One that is offered, where it has these joints in this order.

        Raises
        ------
        ClipError
            When both have a joint of the same name, or a parent is not there.
        """
        return _merged(layout, self._dataset.layout, tuple(sorted(self.parents.items())), self.name)

    @functools.cached_property
    def _dataset(self) -> Dataset:
        return skelconv.open(os.path.expanduser(self.path), **self.read)

    def _check(self, clip: Clip, other: Clip) -> None:
        """Refuse clips of other sizes: which person or frame is which is not known."""
        sizes = [
            ("persons", clip.keypoint.shape[0], other.keypoint.shape[0]),
            ("frames", clip.keypoint.shape[1], other.keypoint.shape[1]),
            ("coordinates", clip.keypoint.shape[3], other.keypoint.shape[3]),
            ("img_shape", clip.img_shape, other.img_shape),
        ]
        for what, one, two in sizes:
            if one != two:
                raise ClipError(f"{what}: {one} here, and {two} in {self.path}")

    def _rows_of(self, clip: Clip, other: Clip) -> Clip:
        """Return the other clip with its rows in the order of the tracks of this one."""
        ours, theirs = _tracks(clip), _tracks(other)
        if ours is None or theirs is None or ours == theirs:
            return other
        if sorted(ours) != sorted(theirs) or len(set(ours)) < len(ours):
            raise ClipError(f"tracks: {ours[:10]} here, and {theirs[:10]} in {self.path}")
        return other.take("M", [theirs.index(track) for track in ours])


def _tracks(clip: Clip) -> list[int] | None:
    """Return the track of each row, where rows have one."""
    tracks = clip.fields.get("track_id")
    if tracks is None or tracks.axes != "M" or tracks.values.dtype.kind not in "iu":
        return None
    found: list[int] = tracks.values.tolist()
    return found


def _scores(clip: Clip) -> Array:
    if clip.keypoint_score is not None:
        return clip.keypoint_score
    return clip.present().astype(np.float32)


@functools.lru_cache(maxsize=64)
def _merged(first: str, second: str, parents: tuple[tuple[str, str], ...], name: str | None) -> str:
    one, two = layout_named(first), layout_named(second)
    both = sorted({*one.joints} & {*two.joints})
    if both:
        raise ClipError(
            f"{one.name} and {two.name} both have {', '.join(both[:5])}: take them out of one with "
            "select-joints"
        )
    joints = (*one.joints, *two.joints)
    count = len(one.joints)
    index = {joint: place for place, joint in enumerate(joints)}
    bones = dict(one.bones) | {count + joint: count + up for joint, up in two.bones}
    links = []
    for joint, parent in (_PARENTS | dict(parents)).items():
        if joint in index and parent in index and index[joint] not in bones:
            bones[index[joint]] = index[parent]
            links.append((index[joint], index[parent]))
        elif (joint, parent) in parents:
            raise ClipError(f"{joint!r} cannot get the parent {parent!r}: it has one, or is absent")
    pairs = (*one.pairs, *((count + left, count + right) for left, right in two.pairs))
    paired = {joint for pair in pairs for joint in pair}
    more = [pair for pair in sides_by_name(joints) if not paired & {*pair}]
    merged = Layout(
        name=(name or f"{one.name}-{two.name}")[:64],
        summary=f"{one.name} and {two.name}: {len(joints)} joints",
        joints=joints,
        bones=tuple(sorted(bones.items())),
        pairs=(*pairs, *more),
        limbs=(*one.limbs, *((count + a, count + b) for a, b in two.limbs), *links),
    )
    known = layout_of_joints(joints, (), merged.name) if name is None else ""
    if known and not isinstance(known, OwnLayout) and layout_named(known).joints == joints:
        return known
    return OwnLayout(merged)
