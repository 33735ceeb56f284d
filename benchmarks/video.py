"""Frames a second and peak memory from a video to joints, against the plain loop.

    python benchmarks/video.py --frames 300 --device cuda --batch 1 8 --with precision=tf32
    python benchmarks/video.py --frames 4 --device cpu --batch 1 4
    python benchmarks/video.py --frames 40 --device cpu --batch 1 8 --small

Faster R-CNN and HRNet-w32 with random weights, two people in each frame, as whole commands in
turn. Each runs on a video of one frame too: what that takes is start-up, and the frames a second
are those of the rest. --small is a small detector on small frames. At the end, what decoding,
detection and pose take alone, one after the other, says where the time goes.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from functools import partial
from itertools import product
from pathlib import Path

import av
import numpy as np
from measure import Used, in_turn, run

warnings.simplefilter("ignore")

Command = Callable[[], Used]

PEOPLE = 2
LOOP = Path(__file__).with_name("video_plain_loop.py")
SMALL = """
model.update(dict(
    backbone=dict(depth=18), neck=dict(in_channels=[64, 128, 256, 512], out_channels=32),
    rpn_head=dict(in_channels=32, feat_channels=32),
    roi_head=dict(bbox_roi_extractor=dict(out_channels=32),
                  bbox_head=dict(in_channels=32, fc_out_channels=64))))
test_dataloader = dict(dataset=dict(pipeline=[
    dict(type='LoadImageFromFile', backend_args=None),
    dict(type='Resize', scale=(333, 200), keep_ratio=True),
    dict(type='LoadAnnotations', with_bbox=True),
    dict(type='PackDetInputs',
         meta_keys=('img_id', 'img_path', 'ori_shape', 'img_shape', 'scale_factor'))]))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, default=100)
    parser.add_argument("--size", type=int, nargs=2, default=[1080, 1920])
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 8], help="frames at once")
    parser.add_argument(
        "--with", dest="ways", action="append", default=[], help="precision=half, channels_last"
    )
    parser.add_argument("--workers", type=int, nargs="+", default=[1])
    parser.add_argument("--videos", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--small", action="store_true")
    options = parser.parse_args()
    print(hardware(options.device))
    print(f"{options.videos} x {options.frames} frames of {options.size}, {PEOPLE} people each")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name, frames in (("one", 1), ("many", options.frames)):
            (folder / name).mkdir()
            write_video(folder / name / "0.mp4", frames, options.size)
            for number in range(1, options.videos if name == "many" else 1):
                os.link(folder / name / "0.mp4", folder / name / f"{number}.mp4")
        models = make_models(folder, small=options.small)
        compare(folder, models, options)
        print(shares(folder / "many" / "0.mp4", models, options))


def compare(folder: Path, models: dict[str, Path], options: argparse.Namespace) -> None:
    ways = list(product(options.batch, ["", *options.ways], options.workers))
    starts = {"plain": "start, plain loop", "skelconv": "start, skelconv"}

    def loop(videos: str) -> Used:
        whole = Used(0, 0, 0)
        for video in sorted((folder / videos).iterdir()):
            command = [sys.executable, LOOP, video, folder / "loop.pkl", options.device]
            seconds, cpu, peak = run([*command, *models.values()], folder)
            whole = Used(whole.seconds + seconds, whole.cpu + cpu, max(whole.peak_mb, peak))
        return whole

    def build(videos: str, batch: int, way: str, workers: int) -> Used:
        recipe = write_recipe(folder, videos, models, options.device, batch, way)
        command = [sys.executable, "-m", "skelconv", "build", recipe, "--fresh"]
        return run([*command, "--workers", str(workers)], folder)

    commands: dict[str, Command] = {
        starts["plain"]: partial(loop, "one"),
        starts["skelconv"]: partial(build, "one", *ways[0]),
        "plain loop": partial(loop, "many"),
    }
    for batch, way, workers in ways:
        name = f"skelconv, batch {batch}, {workers} worker{'s' * (workers > 1)} {way}"
        commands[name.rstrip()] = partial(build, "many", batch, way, workers)
    with GpuMemory(options.device) as gpu:
        watched = {name: partial(gpu.watch, name, command) for name, command in commands.items()}
        timings = in_turn(watched, options.rounds)
    begun = {kind: timings[name].median for kind, name in starts.items()}
    print(f"start-up and one frame: {begun['plain']:.2f} s and {begun['skelconv']:.2f} s")
    frames = options.videos * options.frames
    # The loop is started anew for each video.
    base = (frames - options.videos) / (
        timings["plain loop"].median - options.videos * begun["plain"]
    )
    for name in list(commands)[len(starts) :]:
        rate = (frames - 1) / (timings[name].median - begun["skelconv"])
        if name.startswith("plain"):
            rate = base
        print(
            f"{name:44} {timings[name]}, {rate:7.2f} frames/s, {rate / base:5.2f} x the loop"
            f"{gpu.peak(name)}"
        )


def hardware(device: str) -> str:
    import torch

    cpu = platform.processor()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        cpu = names[0].partition(": ")[2] if names else cpu
    gpu = torch.cuda.get_device_name() if device != "cpu" else "no GPU"
    try:
        import torchvision

        operations = f"torchvision {torchvision.__version__}"
    except Exception:
        operations = "no torchvision"
    cores = len(os.sched_getaffinity(0))
    return f"{cpu}, {cores} cores; {gpu}; PyTorch {torch.__version__}, {operations}"


def write_video(path: Path, frames: int, size: list[int]) -> None:
    """Encode something that moves and is not too smooth to be decoded in no time."""
    height, width = size
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    grain = np.random.default_rng(0).integers(0, 24, (height, width, 1), np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("h264", rate=30, options={"preset": "veryfast", "crf": "23"})
        stream.height, stream.width, stream.pix_fmt = height, width, "yuv420p"
        for t in range(frames):
            waves = [
                np.sin(rows / (40 + 9 * c) + t / 7) + np.cos(columns / (70 - 9 * c) - t / 5)
                for c in range(3)
            ]
            image = (np.stack(waves, -1) * 50 + 110).astype(np.uint8)
            image += np.roll(grain, t, axis=1)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())


def make_models(folder: Path, *, small: bool) -> dict[str, Path]:
    """Write configs, and checkpoints of random weights, as NAME.py and NAME.pth."""
    import importlib.util

    from skelconv_openmmlab.stack import prepare

    prepare()
    import torch
    from mmdet.registry import MODELS as DETECTORS
    from mmengine.config import Config
    from mmengine.logging import MMLogger
    from mmengine.registry import DefaultScope
    from mmpose.registry import MODELS as POSE_MODELS

    MMLogger.get_instance("mmengine", log_level="ERROR")

    def config_of(package: str, path: str) -> Path:
        return Path(importlib.util.find_spec(package).origin).parent / ".mim" / "configs" / path

    detector = config_of("mmdet", "faster_rcnn/faster-rcnn_r50-caffe_fpn_ms-1x_coco-person.py")
    pose = config_of(
        "mmpose",
        "body_2d_keypoint/topdown_heatmap/coco/td-hm_hrnet-w32_8xb64-210e_coco-256x192.py",
    )
    # Whatever the score, so many boxes are let through.
    rcnn = f"dict(rcnn=dict(score_thr=0, max_per_img={PEOPLE}))"
    texts = {
        "detector": f"_base_ = {str(detector)!r}\nmodel = dict(test_cfg={rcnn})\n"
        + (SMALL if small else ""),
        "pose": f"_base_ = {str(pose)!r}\n",
    }
    models = {}
    for name, text in texts.items():
        scope, registry = {
            "detector": ("mmdet", DETECTORS),
            "pose": ("mmpose", POSE_MODELS),
        }[name]
        models[name] = folder / name
        models[name].with_suffix(".py").write_text(text)
        config = Config.fromfile(str(models[name].with_suffix(".py")))
        config.model.backbone.init_cfg = None
        config.model.train_cfg = None
        torch.manual_seed(0)
        with DefaultScope.overwrite_default_scope(scope):
            model = registry.build(config.model)
        model.init_weights()
        torch.save({"state_dict": model.state_dict(), "meta": {}}, models[name].with_suffix(".pth"))
    return models


def write_recipe(
    folder: Path, videos: str, models: dict[str, Path], device: str, batch: int, way: str
) -> Path:
    path = folder / f"{videos}-{batch}-{way}.yaml"
    key, _, value = way.partition("=")
    common = {"device": device, **({key: value or True} if key else {})}
    source = {
        "root": str(folder / videos),
        "detector": {"use": "mmdet", "with": {**options_of(models["detector"], batch), **common}},
        "pose": {"use": "mmpose", "with": {**options_of(models["pose"], 4 * batch), **common}},
    }
    source["detector"]["with"]["min_score"] = 0
    recipe = {
        "skelconv": 1,
        "name": "video",
        "source": {"use": "video-pose", "with": source},
        "sink": {"use": "pickle", "with": {"path": str(path.with_suffix(".pkl"))}},
    }
    path.write_text(json.dumps(recipe))
    return path


def options_of(model: Path, batch: int) -> dict[str, object]:
    weights = model.with_suffix(".pth")
    return {"config": f"{model}.py", "weights": str(weights), "batch": batch}


def shares(video: Path, models: dict[str, Path], options: argparse.Namespace) -> str:
    from skelconv_openmmlab.detector import MmdetDetector
    from skelconv_openmmlab.options import MmdetOptions, MmposeOptions
    from skelconv_openmmlab.pose_model import MmposePoseModel
    from skelconv_video.chunks import chunked
    from skelconv_video.decode import Cut, Decoding, decode
    from skelconv_video.footage import VideoFile

    batch, device = max(options.batch), options.device
    detector = MmdetDetector(
        MmdetOptions(**options_of(models["detector"], batch), device=device, min_score=0)
    )
    pose = MmposePoseModel(MmposeOptions(**options_of(models["pose"], 4 * batch), device=device))
    spent = {"decoding": 0.0, "detection": 0.0, "pose": 0.0}
    frames = 0
    pictures = decode(VideoFile(str(video)), Cut(), Decoding())
    chunks = chunked(each.rgb() for each in pictures)
    first = True
    while True:
        begin = time.perf_counter()
        chunk = next(chunks, None)
        decoded = time.perf_counter()
        if chunk is None:
            break
        if first:  # what is done once only
            pose.estimate(chunk, [boxes[:, :4] for boxes in detector.detect(chunk)])
            first = False
        start = time.perf_counter()
        found = detector.detect(chunk)
        detected = time.perf_counter()
        pose.estimate(chunk, [boxes[:, :4] for boxes in found])
        spent["decoding"] += decoded - begin
        spent["detection"] += detected - start
        spent["pose"] += time.perf_counter() - detected
        frames += len(chunk)
    whole = sum(spent.values())
    parts = [f"{k} {1000 * v / frames:.1f} ms ({v / whole:.0%})" for k, v in spent.items()]
    return f"a frame, batch {batch}, one after the other: {', '.join(parts)}"


class GpuMemory:
    """The most memory in use on the first GPU while each command runs, as the driver says."""

    def __init__(self, device: str) -> None:
        self._on = device != "cpu"
        self._peaks: dict[str, int] = {}
        self._name = ""
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._poll)

    def __enter__(self) -> GpuMemory:
        if self._on:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        if self._on:
            self._thread.join()

    def watch(self, name: str, command: Command) -> Used:
        self._name = name
        return command()

    def peak(self, name: str) -> str:
        return f", GPU {self._peaks.get(name, 0)} MB" if self._on else ""

    def _poll(self) -> None:
        query = [
            "nvidia-smi",
            "--query-gpu=memory.used",
            "--format=csv,noheader,nounits",
            "-i",
            "0",
        ]
        while not self._done.wait(0.3):
            used = int(subprocess.run(query, capture_output=True, text=True).stdout or 0)
            self._peaks[self._name] = max(used, self._peaks.get(self._name, 0))


if __name__ == "__main__":
    main()
