"""Layouts: what the V keypoints of a clip are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Layout:
    """A named skeleton.

    Attributes
    ----------
    name : str
        In lower case, the family and the number of joints: ``ntu25``, ``coco17``.
    summary : str
        One line.
    joints : tuple of str
        V names, in the order of the keypoints.
    bones : tuple of (int, int)
        Pairs of joint and parent; the root has none.
    pairs : tuple of (int, int)
        Left joint and right joint, for flipping.
    limbs : tuple of (int, int)
        The L pairs of joints between which pictures have a line, and PoseConv3D's heatmaps a limb,
        in their order; the bones, where a layout does not say it.
    origin : str
        Where the order of the joints is from: a paper, or a file of a repository.

    Raises
    ------
    ValueError
        When a joint is named twice, or a bone, a pair or a limb is outside the joints.
    """

    kind: ClassVar[str] = "layout"

    name: str
    summary: str
    joints: tuple[str, ...]
    bones: tuple[tuple[int, int], ...]
    pairs: tuple[tuple[int, int], ...] = ()
    limbs: tuple[tuple[int, int], ...] = ()
    origin: str = ""

    def __post_init__(self) -> None:
        if len(set(self.joints)) != len(self.joints):
            raise ValueError(f"layout {self.name!r} names a joint twice")
        if not self.limbs:
            object.__setattr__(self, "limbs", self.bones)
        for pair in (*self.bones, *self.pairs, *self.limbs):
            if not all(0 <= joint < len(self.joints) for joint in pair):
                raise ValueError(f"layout {self.name!r} has no joints {pair}")
