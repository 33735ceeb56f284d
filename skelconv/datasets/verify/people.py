"""People and frames: who is there, and when."""

from __future__ import annotations

import numpy as np

from skelconv.data.clip import Array, Clip
from skelconv.data.layout import Layout
from skelconv.datasets.verify import catalog
from skelconv.datasets.verify.blocks import Block
from skelconv.datasets.verify.findings import Findings
from skelconv.text.listing import listed

# In Kinetics-400 nobody is found in most frames of 40 clips of 100, and in the first quarter of 3;
# none of them begins with as long a time as this, which is cut wrongly, or numbered from elsewhere.
_LATE_FRAMES = 15
_LATE_SHARE = 0.5


def check_size(clip: Clip, findings: Findings) -> bool:
    """Look whether a clip has anything in it.

    Parameters
    ----------
    clip : Clip
        The clip.
    findings : Findings
        Where to add what is found.

    Returns
    -------
    bool
        Whether the other checks can look at it.
    """
    persons, frames, joints, channels = clip.keypoint.shape
    if not frames:
        findings.add_clip(catalog.NO_FRAMES, clip.id)
    if not persons:
        findings.add_clip(catalog.NO_PERSON, clip.id)
    if not joints:
        findings.add_clip(catalog.JOINTS, clip.id, "no keypoints")
    if not channels:
        findings.add_clip(catalog.COORDINATES, clip.id, "0 coordinates, not 2 or 3")
    return clip.keypoint.size > 0


class People:
    """Who is there in each clip, and which joints are in none.

    Parameters
    ----------
    findings : Findings
        Where to add what is found.
    """

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._seen: dict[tuple[str, int], Array] = {}

    def look(self, block: Block, layout: Layout | None) -> None:
        """Look at some clips.

        Parameters
        ----------
        block : Block
            The clips.
        layout : Layout or None
            Their layout, where it is known.
        """
        occupied, first = block.frames_with_person
        frames = block.frames
        nobody = occupied == 0
        mostly = (occupied * 2 < frames) & ~nobody
        late = (first >= _LATE_FRAMES) & (first >= _LATE_SHARE * frames) & ~nobody
        add = self._findings.add_clips
        add(catalog.NOBODY, block.clips, nobody)
        add(
            catalog.MOSTLY_EMPTY,
            block.clips,
            mostly,
            lambda n: f"{frames[n] - occupied[n]} of {frames[n]} frames",
        )
        add(
            catalog.LATE,
            block.clips,
            late,
            lambda n: f"the first {first[n]} of {frames[n]} frames",
        )
        self._look_at_rows(block, nobody)
        if not block.all_seen:
            self._look_at_joints(block, nobody, layout)
        key = block.clips[0].layout, len(block.seen)
        seen = block.seen.any(axis=1)
        self._seen[key] = np.asarray(self._seen.get(key, False) | seen)

    def finish(self, layout: Layout | None) -> None:
        """Name the joints that are in no clip.

        Parameters
        ----------
        layout : Layout or None
            The dataset's layout, where it is known.
        """
        for seen in self._seen.values():
            if seen.any() and not seen.all():
                names = _names(np.flatnonzero(~seen), len(seen), layout)
                self._findings.add(catalog.JOINT_NEVER, f"joints are missing in all clips: {names}")

    def _look_at_rows(self, block: Block, nobody: Array) -> None:
        if block.there.all():
            return
        # Rows of persons side by side: each begins where its frame is 0.
        begins = np.flatnonzero(block.frame_of == 0)
        empty = ~np.logical_or.reduceat(block.there, begins)
        count = np.bincount(block.clip_of[begins][empty], minlength=len(block))
        self._findings.add_clips(
            catalog.EMPTY_ROW,
            block.clips,
            (count > 0) & ~nobody,
            lambda n: f"{count[n]} of {block.persons[n]} rows",
        )

    def _look_at_joints(self, block: Block, nobody: Array, layout: Layout | None) -> None:
        seen = np.logical_or.reduceat(block.seen, block.starts, axis=1)  # (V, N)
        self._findings.add_clips(
            catalog.JOINT_MISSING,
            block.clips,
            ~seen.all(axis=0) & ~nobody,
            lambda n: _names(np.flatnonzero(~seen[:, n]), len(seen), layout),
        )


def _names(joints: Array, count: int, layout: Layout | None) -> str:
    named = layout is not None and len(layout.joints) == count
    names = [layout.joints[j] if named and layout else str(j) for j in joints]
    return listed(names, 5)
