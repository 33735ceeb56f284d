"""Motion: what no body does from one frame to the next."""

from __future__ import annotations

import numpy as np

from skelconv.data.clip import Array
from skelconv.data.layout import Layout
from skelconv.datasets.verify import catalog
from skelconv.datasets.verify.blocks import Block, counted
from skelconv.datasets.verify.findings import Findings

# Frames in which somebody stands still to the bit: a few are a recorder's hiccup.
_STILL_FRAMES = 5
_FROZEN_FRAMES = 15
# In bodies (the diagonal of the box) between two frames. A sprinter runs six bodies a second: 0.24
# in a frame at 25 frames a second, 0.6 at 10.
_JUMP = 0.7
_JOINT_JUMP = 1.0
# Joints that a model only guesses, as legs outside the image, jump all the time, and a threshold
# takes them away: 61 of 234 clips of WLASL have such, and 2 have a surer one that jumps.
_SURE = 0.3
# Sides change places when the joints of both sides move by this share of the body at once, and by
# so much less to the other side's places. What moves less is the noise of a body seen from aside.
_SIDES_MOVE = 0.1
_SIDES_BETTER = 0.3
_MIN_JOINTS = 3


def check_motion(block: Block, layout: Layout | None, findings: Findings) -> None:
    """Look for motion that no body makes.

    Parameters
    ----------
    block : Block
        The clips.
    layout : Layout or None
        Their layout, where it is known.
    findings : Findings
        Where to add what is found.
    """
    twice = block.goes_on & block.there
    twice[1:] &= block.there[:-1]
    _check_still(block, twice, findings)
    # Of the two frames: a joint that flies away makes the box of its own frame large.
    scale, smaller = block.size.copy(), block.size.copy()
    scale[1:] = np.maximum(scale[1:], block.size[:-1])
    smaller[1:] = np.minimum(smaller[1:], block.size[:-1])
    seen = counted(block.seen_twice)
    moved = twice & (smaller > 0) & (seen >= _MIN_JOINTS)
    jumped = _check_jumps(block, moved, seen, scale, findings)
    _check_joints(block, moved & ~jumped, smaller, layout, findings)
    if layout and layout.pairs and len(layout.joints) == len(block.seen):
        _check_sides(block, moved & ~jumped, seen, scale, layout, findings)


def _check_still(block: Block, twice: Array, findings: Findings) -> None:
    still = twice & (block.squared_step.max(axis=0) == 0)
    frames, kept = block.count_of(twice), block.count_of(still)
    whole = (frames >= _STILL_FRAMES - 1) & (kept == frames)
    findings.add_clips(catalog.STILL, block.clips, whole, lambda n: f"in {block.frames[n]} frames")
    if not still.any():
        return
    number = np.arange(len(still))
    last = np.maximum.accumulate(np.where(still, -1, number))
    longest = block.most_of(number - last)
    findings.add_clips(
        catalog.FROZEN,
        block.clips,
        (longest >= _FROZEN_FRAMES) & ~whole,
        lambda n: f"{longest[n] + 1} of {block.frames[n]} frames",
    )


def _check_jumps(
    block: Block, moved: Array, seen: Array, scale: Array, findings: Findings
) -> Array:
    """Look for jumps of whole bodies; return the person-frames that they jump into, (R,)."""
    with np.errstate(all="ignore"):
        # What is seen in both frames is compared, so that a leg that appears is no jump.
        centre = np.sqrt(np.square(block.step.sum(axis=1)).sum(axis=0)) / seen
        bodies = np.where(moved, centre / scale, 0)
    jumped: Array = bodies > _JUMP
    findings.add_clips(
        catalog.JUMP, block.clips, block.any_of(jumped), lambda n: _where(block, n, bodies)
    )
    return jumped


def _check_joints(
    block: Block, moved: Array, smaller: Array, layout: Layout | None, findings: Findings
) -> None:
    squared = block.squared_step
    if block.raw_score is not None:
        sure = block.raw_score >= _SURE
        sure[:, 1:] &= sure[:, :-1]
        squared = squared * sure
    with np.errstate(all="ignore"):
        joints = np.where(moved, np.sqrt(squared.max(axis=0)) / smaller, 0)
    findings.add_clips(
        catalog.JOINT_JUMP,
        block.clips,
        block.any_of(joints > _JOINT_JUMP),
        lambda n: _where_joint(block, n, joints, squared, layout),
    )


def _check_sides(
    block: Block, moved: Array, seen: Array, scale: Array, layout: Layout, findings: Findings
) -> None:
    with np.errstate(all="ignore"):
        mean = block.squared_step.sum(axis=0) / seen
        candidates = np.flatnonzero(moved & (mean > np.square(_SIDES_MOVE * scale)))
    if not len(candidates):
        return
    left, right = np.array(layout.pairs).T
    both = block.seen_twice[:, candidates]
    pairs = both[left] & both[right]  # (P, K)
    number = pairs.sum(axis=0)
    now, before = block.keypoint[:, :, candidates], block.keypoint[:, :, candidates - 1]

    def _distance(one: Array, other: Array) -> Array:
        apart = np.sqrt(np.square(now[:, one] - before[:, other]).sum(axis=0))
        return np.asarray(np.where(pairs, apart, 0).sum(axis=0))

    with np.errstate(all="ignore"):
        same = (_distance(left, left) + _distance(right, right)) / 2 / number
        other = (_distance(left, right) + _distance(right, left)) / 2 / number
        changed = (
            (number >= _MIN_JOINTS)
            & (same > _SIDES_MOVE * scale[candidates])
            & (other < _SIDES_BETTER * same)
        )
    flags = np.zeros(len(moved), bool)
    flags[candidates[changed]] = True
    count = block.count_of(flags)
    findings.add_clips(
        catalog.SIDES,
        block.clips,
        count > 0,
        lambda n: f"{count[n]} times, first at frame {block.frame_of[_greatest(block, n, flags)]}",
    )


def _where(block: Block, n: int, values: Array) -> str:
    row = _greatest(block, n, values)
    person, frame = block.person_of[row], block.frame_of[row]
    return f"row {person} by {values[row]:.2g} bodies at frame {frame}"


def _where_joint(block: Block, n: int, values: Array, squared: Array, layout: Layout | None) -> str:
    joint = int(np.argmax(squared[:, _greatest(block, n, values)]))
    named = layout is not None and len(layout.joints) == len(squared)
    name = layout.joints[joint] if named and layout else f"joint {joint}"
    return f"{name} of {_where(block, n, values)}"


def _greatest(block: Block, n: int, values: Array) -> int:
    """Return the person-frame of a clip in which a value is the greatest."""
    start = int(block.starts[n])
    return start + int(np.argmax(values[start : start + block.rows[n]]))
