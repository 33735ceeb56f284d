"""How far joints found in a video of NTU RGB+D are from those that its Kinect saw.

    python benchmarks/kinect.py S001C001P001R001A001.skeleton out.pkl

``out.pkl`` is built from the RGB video of the same sample, and maybe others, in ``coco17``. Of
samples with one person: the first body is compared with the first row, where Kinect says that it
saw the joint. Its images are mirrored, so that what it calls left is right for an image model; both
ways are compared. It does not mean the same point by a shoulder as people who annotate images.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

import skelconv
from skelconv.plugin import layout_named
from skelconv_ntu.skeleton_file import parse_skeleton

# The joints that both have.
JOINTS = ["nose"] + [
    f"{side}_{joint}"
    for side in ("left", "right")
    for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
]
OTHER = {"left": "right", "right": "left"}
TRACKED = 2  # 1 is a guess


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("skeleton", type=Path)
    parser.add_argument("dataset", type=Path)
    options = parser.parse_args()
    file = parse_skeleton(options.skeleton.read_bytes(), extras=True)
    dataset = skelconv.open(options.dataset)
    clip = next(clip for clip in dataset if options.skeleton.stem in clip.id)
    body = np.unique(file.body_id)[0]
    there = file.body_id == body
    kinect = np.full((clip.total_frames, 25, 2), np.nan)
    seen = file.extras["tracking_state"][there][..., np.newaxis] == TRACKED
    kinect[file.frame[there]] = np.where(seen, file.extras["color_xy"][there], np.nan)
    height = np.nanmedian(np.nanmax(kinect[..., 1], 1) - np.nanmin(kinect[..., 1], 1))
    print(f"{clip.total_frames} frames; the Kinect's body is {height:.0f} pixels high")
    for title, swapped in (("as they are called", False), ("left and right swapped", True)):
        distances = apart(clip, kinect, swapped=swapped)
        each = {name: np.nanmedian(values) for name, values in distances.items()}
        print(f"{title}: median {np.nanmedian(list(distances.values())):.1f} pixels")
        print("  " + ", ".join(f"{name} {value:.1f}" for name, value in each.items()))


def apart(clip: skelconv.Clip, kinect: np.ndarray, *, swapped: bool) -> dict[str, np.ndarray]:
    """Return the distance (T,) in pixels of each joint; NaN where one of both lacks it."""
    found = np.where(clip.present()[0, ..., np.newaxis], clip.keypoint[0], np.nan)
    ours, theirs = layout_named(clip.layout).joints, layout_named("ntu25").joints
    distances = {}
    for name in JOINTS:
        side, _, joint = name.partition("_")
        other = f"{OTHER[side]}_{joint}" if swapped and joint else name
        other = "head" if name == "nose" else other
        away = found[:, ours.index(name)] - kinect[:, theirs.index(other)]
        distances[name] = np.sqrt((away**2).sum(-1))
    return distances


if __name__ == "__main__":
    main()
