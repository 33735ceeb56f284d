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
    # Of the two frames: a joint that flies away makes the box of its own frame large.
    larger, smaller = block.size.copy(), block.size.copy()
    larger[1:] = np.maximum(larger[1:], block.size[:-1])
    smaller[1:] = np.minimum(smaller[1:], block.size[:-1])
    twice = block.goes_on & block.there
    twice[1:] &= block.there[:-1]
    furthest = block.squared_step.max(axis=0)  # what moved most in each person-frame
    _check_still(block, twice, twice & (furthest == 0), findings)
    with np.errstate(all="ignore"):
        # What moves little is neither a jump nor a change of sides, and that is nearly all.
        moved = twice & (smaller > 0) & (furthest > np.square(_SIDES_MOVE * larger))
    rows = np.flatnonzero(moved)
    count = counted(block.seen_twice[:, rows])
    rows, count = rows[count >= _MIN_JOINTS], count[count >= _MIN_JOINTS]
    if not len(rows):
        return
    bodies = _check_jumps(block, rows, count, larger[rows], findings)
    rows = rows[bodies <= _JUMP]
    _check_joints(block, rows, smaller[rows], layout, findings)
    if layout and layout.pairs and len(layout.joints) == len(block.seen):
        _check_sides(block, rows, larger[rows], layout, findings)


def _check_still(block: Block, twice: Array, still: Array, findings: Findings) -> None:
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
    block: Block, rows: Array, count: Array, larger: Array, findings: Findings
) -> Array:
    """Look for jumps of whole bodies; return how far each of some person-frames is, in bodies."""
    with np.errstate(all="ignore"):
        # What is seen in both frames is compared, so that a leg that appears is no jump.
        centre = np.sqrt(np.square(block.steps_at(rows).sum(axis=1)).sum(axis=0)) / count
        bodies = np.nan_to_num(centre / larger)
    of_all = _spread(block, rows, bodies)
    findings.add_clips(
        catalog.JUMP,
        block.clips,
        block.any_of(of_all > _JUMP),
        lambda n: _where(block, n, of_all),
    )
    return np.asarray(bodies)


def _check_joints(
    block: Block, rows: Array, smaller: Array, layout: Layout | None, findings: Findings
) -> None:
    squared = block.squared_step[:, rows]
    if block.raw_score is not None:
        squared *= (block.raw_score[:, rows] >= _SURE) & (block.raw_score[:, rows - 1] >= _SURE)
    with np.errstate(all="ignore"):
        bodies = np.sqrt(squared.max(axis=0)) / smaller
    joints = _spread(block, rows, squared.argmax(axis=0))
    of_all = _spread(block, rows, bodies)
    findings.add_clips(
        catalog.JOINT_JUMP,
        block.clips,
        block.any_of(of_all > _JOINT_JUMP),
        lambda n: (
            f"{_name(int(joints[_greatest(block, n, of_all)]), layout, len(squared))} of "
            f"{_where(block, n, of_all)}"
        ),
    )


def _check_sides(
    block: Block, rows: Array, larger: Array, layout: Layout, findings: Findings
) -> None:
    left, right = np.array(layout.pairs).T
    both = block.seen_twice[:, rows]
    pairs = both[left] & both[right]  # (P, K)
    number = pairs.sum(axis=0)
    now, before = block.keypoint[..., rows], block.keypoint[..., rows - 1]

    def _distance(one: Array, other: Array) -> Array:
        apart = np.sqrt(np.square(now[:, one] - before[:, other]).sum(axis=0))
        return np.asarray(np.where(pairs, apart, 0).sum(axis=0))

    with np.errstate(all="ignore"):
        same = (_distance(left, left) + _distance(right, right)) / 2 / number
        other = (_distance(left, right) + _distance(right, left)) / 2 / number
        changed = (
            (number >= _MIN_JOINTS) & (same > _SIDES_MOVE * larger) & (other < _SIDES_BETTER * same)
        )
    flags = _spread(block, rows, changed)
    times = block.count_of(flags)
    findings.add_clips(
        catalog.SIDES,
        block.clips,
        times > 0,
        lambda n: f"{times[n]} times, first at frame {block.frame_of[_greatest(block, n, flags)]}",
    )


def _spread(block: Block, rows: Array, values: Array) -> Array:
    """Return values of some person-frames as values of all; 0 for the others."""
    spread = np.zeros(len(block.there), values.dtype)
    spread[rows] = values
    return spread


def _where(block: Block, n: int, values: Array) -> str:
    row = _greatest(block, n, values)
    person, frame = block.person_of[row], block.frame_of[row]
    return f"row {person} by {values[row]:.2g} bodies at frame {frame}"


def _name(joint: int, layout: Layout | None, count: int) -> str:
    return layout.joints[joint] if layout and len(layout.joints) == count else f"joint {joint}"


def _greatest(block: Block, n: int, values: Array) -> int:
    """Return the person-frame of a clip in which a value is the greatest."""
    start = int(block.starts[n])
    return start + int(np.argmax(values[start : start + block.rows[n]]))
