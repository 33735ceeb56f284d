"""What `prepare: device` changes beside `prepare: exact`: pixels, boxes, joints, and CPU time.

    python benchmarks/video_prepare.py

RT-DETR r50 and ViTPose-B at full size, with random weights, on a photograph as a frame of 1080p,
moved from frame to frame, with two people in boxes that move with it. The device is the CPU here,
with one thread. Nets of random weights answer small changes with larger ones than trained nets.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import cv2
import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.cbook import get_sample_data
from video_operations import PEOPLE, save_transformers

from skelconv_transformers.detector import RtDetr
from skelconv_transformers.options import RtDetrOptions, VitPoseOptions
from skelconv_transformers.pose_model import VitPose

FRAMES = 8


def main() -> None:
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, default=FRAMES)
    count = parser.parse_args().frames
    with get_sample_data("grace_hopper.jpg") as file:  # comes with Matplotlib
        whole = cv2.resize(plt.imread(file), (2400, 1350), interpolation=cv2.INTER_CUBIC)
    frames = [
        np.ascontiguousarray(whole[7 * t : 7 * t + 1080, 11 * t : 11 * t + 1920])
        for t in range(count)
    ]
    boxes = [PEOPLE + np.float32(3.3 * t) for t in range(count)]
    with tempfile.TemporaryDirectory() as temporary:
        detector, pose = save_transformers(Path(temporary))
        with_detector, with_pose = (
            [
                kind(options(model=str(folder), device="cpu", prepare=prepare, **more))
                for prepare in ("exact", "device")
            ]
            for kind, options, folder, more in (
                (RtDetr, RtDetrOptions, detector, {"category": 0, "min_score": 0}),
                (VitPose, VitPoseOptions, pose, {}),
            )
        )
    compare_pixels(
        "a frame, RT-DETR",
        [
            timed(
                lambda model=model: torch.cat([model._prepared([frame]) for frame in frames]), count
            )
            for model in with_detector
        ],
    )
    compare_boxes([model.detect(frames) for model in with_detector])
    exact, device = (
        timed(lambda model=model: list(map(model.cut, frames, boxes)), count) for model in with_pose
    )
    compare_cuts(with_pose[0], exact, device)
    compare_joints([model.estimate(frames, boxes) for model in with_pose])


def timed(call: Any, count: int) -> tuple[Any, float]:
    call()
    begin = time.process_time()
    return call(), 1000 * (time.process_time() - begin) / count


def compare_pixels(what: str, prepared: list[tuple[torch.Tensor, float]], std: Any = 1) -> None:
    (exact, exact_ms), (device, device_ms) = prepared
    levels = (255 * std * (exact - device)).abs()
    print(f"{what}: {exact_ms:.1f} CPU ms exact, {device_ms:.1f} on the device, which is this CPU")
    print(f"  levels of 256: mean {levels.mean():.3f}, max {levels.max():.1f}")


def compare_cuts(model: Any, *cuts: tuple[list[list[Any]], float]) -> None:
    from skelconv_transformers.on_device import normal

    std = torch.tensor(model._processor.image_std).view(-1, 1, 1)
    made = []
    for people, milliseconds in cuts:
        pixels = torch.stack([cut.pixels for in_frame in people for cut in in_frame])
        if pixels.dtype == torch.uint8:
            pixels = normal(pixels, model._processor)
        made.append((pixels, milliseconds))
    compare_pixels("the two people of a frame, ViTPose", made, std)


def compare_boxes(found: list[list[np.ndarray]]) -> None:
    """Compare each box with that of the nearest score in the other answer, of the 20 best."""
    moved, scores = [], []
    for exact, device in zip(*found, strict=True):
        for box in exact[:20]:
            near = np.abs(device[:, :4] - box[:4]).max(1)
            best = near.argmin()
            moved.append(near[best])
            scores.append(abs(device[best, 4] - box[4]))
    tell("boxes", moved, scores)


def compare_joints(found: list[list[Any]]) -> None:
    moved, scores = [], []
    for exact, device in zip(*found, strict=True):
        moved += np.abs(exact.keypoint - device.keypoint).max(-1).ravel().tolist()
        scores += np.abs(exact.keypoint_score - device.keypoint_score).ravel().tolist()
    tell("joints", moved, scores)


def tell(what: str, moved: list[float], scores: list[float]) -> None:
    print(
        f"  {what}: {len(moved)}, moved by {np.median(moved):.3f} px in the median, "
        f"{np.mean(moved):.3f} in the mean, {max(moved):.2f} at most; scores by "
        f"{np.mean(scores):.5f} in the mean, {max(scores):.5f} at most"
    )


if __name__ == "__main__":
    main()
