"""What looking at every n-th frame alone does to people's boxes.

    python benchmarks/detect_every.py FOLDER        # of NTU RGB+D .skeleton files

The boxes about the joints of real people, in pixels of the colour frames (1080 x 1920, 30 frames a
second), stand for what a detector finds. Every n-th frame is kept, and the rest made up as
``detect_every: n`` does. How well a made-up box covers the real one is told as IoU; what the
option saves is n - 1 of n detections (see ``video.py`` for their share).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from skelconv.vision.boxes import iou
from skelconv_ntu.skeleton_file import parse_skeleton
from skelconv_video.between import fill_between

MARGIN = 0.1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", type=int, nargs="+", default=[2, 3, 4, 5, 10, 15])
    options = parser.parse_args()
    people = [boxes for path in sorted(options.folder.glob("*.skeleton")) for boxes in tracks(path)]
    frames = sum(map(len, people))
    print(f"{len(people)} people, {frames} frames")
    for every in options.every:
        overlaps = np.concatenate([covered(boxes, every) for boxes in people])
        print(
            f"every {every:2}: mean IoU of what is made up {overlaps.mean():.3f}, "
            f"5 % are below {np.quantile(overlaps, 0.05):.3f}, worst {overlaps.min():.3f}, "
            f"{(overlaps < 0.5).mean():.1%} below 0.5"
        )


def tracks(path: Path) -> list[np.ndarray]:
    """Return the boxes (T, 5) of each person who is there for a second or more without a gap."""
    file = parse_skeleton(path.read_bytes(), extras=True)
    people = []
    for body in np.unique(file.body_id):
        there = file.body_id == body
        frames, joints = file.frame[there], file.extras["color_xy"][there]
        low, high = joints.min(1), joints.max(1)
        margin = MARGIN * (high - low)
        boxes = np.column_stack([low - margin, high + margin, np.full(len(frames), 0.9)])
        if len(frames) >= 30 and (np.diff(frames) == 1).all() and np.isfinite(boxes).all():
            people.append(boxes.astype(np.float32))
    return people


def covered(boxes: np.ndarray, every: int) -> np.ndarray:
    """Return the IoU of each made-up box with the real one; 0 where there is none."""
    keys = [boxes[t : t + 1] for t in range(0, len(boxes), every)]
    filled = fill_between(keys, every, len(boxes))
    made_up = [t for t in range(len(boxes)) if t % every]
    return np.array([iou(filled[t], boxes[t : t + 1]).max(initial=0) for t in made_up], np.float64)


if __name__ == "__main__":
    main()
