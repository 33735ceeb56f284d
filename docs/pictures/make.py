"""Makes the pictures of the README and the docs, of people who were never there.

    python docs/pictures/make.py

It writes a small dataset of two walking people, a video behind them, and draws both.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import av
import numpy as np

import skelconv
from skelconv.cli.app import run
from skelconv.data.clip import Array

HERE = Path(__file__).parent
FRAMES, HEIGHT, WIDTH = 48, 240, 360

# Somebody who stands, in pixels from the hips; left is what we see on the right.
BODY = {
    "nose": (0, -88),
    "eye": (5, -93),
    "ear": (11, -90),
    "shoulder": (22, -60),
    "elbow": (34, -28),
    "wrist": (38, 4),
    "hip": (13, 0),
    "knee": (15, 46),
    "ankle": (15, 92),
}
SIDES = ("left", "right")
COCO = ["nose", *(f"{side}_{part}" for part in list(BODY)[1:] for side in SIDES)]


def walk(start: float, speed: float, size: float, wave: bool) -> Array:
    """Return somebody who walks, and may wave: (T, 17, 2), in pixels."""
    time = np.arange(FRAMES)
    points = np.zeros((FRAMES, len(COCO), 2))
    for joint, name in enumerate(COCO):
        side, _, part = name.rpartition("_")
        sign = -1 if side == "right" else 1
        x, y = BODY[part]
        swing = {"knee": 14, "ankle": 30, "elbow": -6, "wrist": -18}.get(part, 0)
        points[:, joint, 0] = sign * x + sign * swing * np.sin(time / 4)
        points[:, joint, 1] = y + 2 * np.cos(time / 2)
        if wave and side == "right" and part in ("elbow", "wrist"):
            lift = (-44, -70) if part == "elbow" else (-48, -104)
            points[:, joint] = lift
            points[:, joint, 0] += (part == "wrist") * 14 * np.sin(time / 3)
    return points * size + np.array([start, 140]) + time[:, None, None] * [speed, 0]


def write_dataset(folder: Path) -> str:
    """Write one clip as an array, and build a dataset of it."""
    people = [walk(90, 1.4, 1.0, True), walk(300, -1.0, 0.85, False)]
    keypoint = np.stack(people)
    score = np.full((*keypoint.shape[:3], 1), 0.95)
    score[1, :, -1] = np.linspace(0.9, 0.2, FRAMES)[:, None]
    (folder / "wave").mkdir()
    np.save(folder / "wave" / "wave_01.npy", np.concatenate([keypoint, score], axis=-1))
    recipe = {
        "skelconv": 1,
        "name": "walkers",
        "source": {
            "use": "pose-array",
            "with": {
                "root": str(folder / "wave"),
                "layout": "coco17",
                "channels": "xy-score",
                "img_shape": [HEIGHT, WIDTH],
            },
        },
        "sink": {"use": "pickle", "with": {"path": str(folder / "walkers.pkl")}},
    }
    skelconv.build(recipe, executor="serial")
    return str(folder / "walkers.pkl")


def write_video(path: Path) -> None:
    """Write a street in the evening."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.height, stream.width, stream.pix_fmt = HEIGHT, WIDTH, "yuv420p"
        for frame in range(FRAMES):
            sky = np.clip(1 - rows / 170, 0, 1)
            light = 0.5 + 0.5 * np.cos((columns - frame) / 28) * (rows > 60) * (rows < 170)
            road = (rows > 170) * 0.35
            red = 90 * sky + 70 * light + 160 * road
            green = 80 * sky + 60 * light + 160 * road
            blue = 150 * sky + 50 * light + 170 * road
            picture = np.stack([red, green, blue], axis=-1)
            ready = np.ascontiguousarray(picture.clip(0, 255).astype(np.uint8))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(ready, format="rgb24")))
        container.mux(stream.encode())


def main() -> None:
    """Draw all pictures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = write_dataset(folder)
        write_video(folder / "wave_01.mp4")
        over = ["--video", str(folder / "wave_01.mp4"), "--height", "240", "--fresh", "--fps", "20"]
        for picture, options in {
            "skeletons": [],
            "keypoint-heatmaps": ["--heatmap", "keypoint"],
            "limb-heatmaps": ["--heatmap", "limb"],
        }.items():
            code = run(["viz", data, "-o", str(HERE / f"{picture}.webp"), *over, *options])
            if code:
                raise SystemExit(code)


if __name__ == "__main__":
    main()
