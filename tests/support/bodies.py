"""Clips of somebody who walks on the spot, in pixels or in metres, without anything wrong."""

from typing import Any

import numpy as np

from skelconv import Clip
from skelconv.plugin import layout_named

# Where the joints of one who stands are, in heights of the body, from the middle of the hips.
_HEIGHTS = {
    "nose": (0.0, -0.42), "eye": (0.02, -0.44), "ear": (0.04, -0.43), "shoulder": (0.11, -0.3),
    "elbow": (0.15, -0.12), "wrist": (0.17, 0.02), "hand": (0.17, 0.05), "thumb": (0.15, 0.05),
    "hand_tip": (0.17, 0.07), "hip": (0.08, 0.01), "knee": (0.09, 0.25), "ankle": (0.09, 0.47),
    "foot": (0.1, 0.5), "neck": (0.005, -0.34), "head": (0.005, -0.48), "spine_base": (0.0, 0.005),
    "spine_mid": (0.005, -0.15), "spine_shoulder": (0.0, -0.31), "pelvis": (0.0, 0.005),
    "big_toe": (0.11, 0.5), "small_toe": (0.12, 0.5), "heel": (0.09, 0.49),
}  # fmt: skip


def body(
    clip_id: str = "a",
    *,
    layout: str = "coco17",
    channels: int | None = None,
    persons: int = 1,
    frames: int = 30,
    label: int | tuple[int, ...] | None = 0,
    seed: int | None = None,
    **changes: Any,
) -> Clip:
    """Make a clip; those of other ids, or seeds, are other clips."""
    channels = channels or (3 if layout == "ntu25" else 2)
    rng = np.random.default_rng(sum(map(ord, clip_id)) * 97 if seed is None else seed)
    joints = layout_named(layout).joints
    places = []
    for name in joints:
        side, _, part = name.partition("_")
        sign = {"left": 1.0, "right": -1.0}.get(side)
        x, y = _HEIGHTS[name if sign is None else part]
        places.append((x if sign is None else sign * x, y))
    still = np.array(places)  # (V, 2)
    phase = rng.uniform(0, 2 * np.pi, (persons, 1, len(joints), channels))
    time = np.arange(frames)[None, :, None, None]
    sway = 0.01 * np.sin(time / 5 + phase)
    keypoint = np.zeros((persons, frames, len(joints), channels))
    keypoint[..., :2] = still
    keypoint += sway + rng.normal(0, 0.001, keypoint.shape)
    if channels == 2:
        keypoint = keypoint * 500 + [1000, 500]
        keypoint[..., 0] += 150 * np.arange(persons)[:, None, None]
        changes = {
            "keypoint_score": rng.uniform(0.5, 1, keypoint.shape[:3]).astype(np.float32),
            "img_shape": (1080, 1920),
        } | changes
    else:
        keypoint = keypoint * 1.7 + [0.1, 0.2, 3.0]
        keypoint[..., 0] += np.arange(persons)[:, None, None]
    return Clip(clip_id, keypoint.astype(np.float32), layout, label=label, **changes)
