"""What a video costs beside its decoding and its models: frames a second of the whole path.

    python benchmarks/video_flow.py --frames 300 --videos 2              models that answer at once
    python benchmarks/video_flow.py --onnx --frames 20 --workers 1 2     ONNX models of real size

Whole commands in turn, on the same videos. Each runs on a video of one frame too: what that takes
is start-up, and the figures are those of the rest. Without ``--onnx`` the whole path is compared
with decoding alone; with it, with the models alone, which run on inputs that are there already:
nets with random weights of about the compute of YOLOX-tiny (416 x 416) and RTMPose-m (256 x 192),
for two people in each frame. Where other programs use the machine, CPU seconds say more.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from measure import Used, in_turn, run
from video import write_video

PEOPLE = 2
DETECTOR = 416, 416
POSE = 256, 192
HERE = Path(__file__).parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, default=300, help="of each video")
    parser.add_argument("--heights", type=int, nargs="+", default=[360, 1080])
    parser.add_argument("--videos", type=int, default=2)
    parser.add_argument("--workers", type=int, nargs="+", default=[1])
    parser.add_argument("--threads", type=int, default=1, help="of the decoder")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--onnx", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        offer_null_models(folder)
        if options.onnx:
            make_nets(folder)
        for height in options.heights:
            for name, frames, videos in (("one", 1, 1), ("many", options.frames, options.videos)):
                root = folder / f"{name}-{height}"
                root.mkdir()
                write_video(root / "0.mp4", frames, [height, height * 16 // 9])
                for number in range(1, videos):
                    os.link(root / "0.mp4", root / f"{number}.mp4")
            for workers in options.workers:
                compare(folder, height, workers, options)


def compare(folder: Path, height: int, workers: int, options: argparse.Namespace) -> None:
    """Time the whole path and what it is compared with, in turn."""

    def alone(videos: str) -> Used:
        call = models_alone if options.onnx else decoding_alone
        frames = 1 if videos == "one" else options.frames * options.videos // workers
        roots = [folder / f"{videos}-{height}"] * (1 if videos == "one" else workers)
        code = f"import video_flow; video_flow.{call.__name__}"
        if options.onnx:
            calls = [f"{code}({str(folder)!r}, {frames})" for _ in roots]
        else:
            calls = [f"{code}({str(root)!r}, {options.threads})" for root in roots]
        return run([sys.executable, HERE / "video_flow.py", "--calls", *calls], folder)

    def whole(videos: str) -> Used:
        recipe = write_recipe(folder, f"{videos}-{height}", options)
        command = [sys.executable, "-m", "skelconv", "build", recipe, "--fresh"]
        return run([*command, "--workers", str(workers)], folder)

    what = "models alone" if options.onnx else "decoding alone"
    names = {"one": "start", "many": f"{options.videos} x {options.frames} frames"}
    commands: dict[str, Callable[[], Used]] = {
        f"{name} of {height}p, {title}": partial(function, videos)
        for title, function in ((what, alone), ("whole path", whole))
        for videos, name in names.items()
    }
    print(f"{height}p, {workers} worker{'s' * (workers > 1)}")
    timings = list(in_turn(commands, options.rounds).values())
    frames = options.videos * options.frames - 1
    spent = [
        (many.median - start.median, many.cpu - start.cpu)
        for start, many in (timings[:2], timings[2:])
    ]
    for title, (seconds, cpu) in zip((what, "whole path"), spent, strict=True):
        print(
            f"  {title:15} {frames / seconds:7.1f} frames/s, {1000 * seconds / frames:6.2f} ms and "
            f"{1000 * cpu / frames:6.2f} CPU ms a frame"
        )
    (wall, cpu), (whole_wall, whole_cpu) = spent
    shares = f"{whole_wall / wall:.2f} of the time and {whole_cpu / cpu:.2f} of the CPU seconds"
    print(f"  the whole path takes {shares} of {what}")


def offer_null_models(folder: Path) -> None:
    """Install the models of ``null_models.py`` for the commands that are run."""
    about = folder / "null_models-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: null-models\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[skelconv]\nnull = null_models\n")
    inherited = os.environ.get("PYTHONPATH")
    places = [str(folder), str(HERE), *([inherited] if inherited else [])]
    os.environ["PYTHONPATH"] = os.pathsep.join(places)


def write_recipe(folder: Path, videos: str, options: argparse.Namespace) -> Path:
    path = folder / f"{videos}.yaml"
    source: dict[str, object] = {
        "root": str(folder / videos),
        "detector": {"use": "null-detector"},
        "pose": {"use": "null-pose"},
        "people": ["track-people", {"use": "keep-people", "with": {"keep": 2, "by": "length"}}],
        "decode_threads": options.threads,
    }
    if options.onnx:
        source["detector"] = {"use": "yolox", "with": {"model": str(folder / "detector.onnx")}}
        source["pose"] = {"use": "rtmpose", "with": {"model": str(folder / "pose.onnx")}}
    recipe = {
        "skelconv": 1,
        "name": "flow",
        "source": {"use": "video-pose", "with": source},
        "sink": {"use": "pickle", "with": {"path": str(path.with_suffix(".pkl"))}},
    }
    path.write_text(json.dumps(recipe))
    return path


def decoding_alone(root: str, threads: int) -> None:
    """Decode videos with PyAV, and nothing else."""
    import av

    for path in sorted(Path(root).glob("*.mp4")):
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            stream.thread_type, stream.codec_context.thread_count = "AUTO", threads
            for _ in container.decode(stream):
                pass


def models_alone(folder: str, frames: int) -> None:
    """Run the nets on noise: a frame at a time, and people in the plugin's batches."""
    import onnxruntime

    from skelconv_onnx.options import RtmposeOptions

    batch = RtmposeOptions.model_fields["batch"].default
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = settings.inter_op_num_threads = 1
    noise = np.random.default_rng(0)
    for name, count, size, at_once in (
        ("detector", frames, DETECTOR, 1),
        ("pose", PEOPLE * frames, POSE, batch),
    ):
        session = onnxruntime.InferenceSession(f"{folder}/{name}.onnx", settings)
        left = count
        while left:
            some = min(left, at_once)
            images = noise.standard_normal((some, 3, *size), np.float32)
            session.run(None, {"input": images})
            left -= some


def make_nets(folder: Path) -> None:
    """Write convolutions of the models' compute, with two people or 17 joints as their answer."""
    boxes = np.array([[[60, 40, 150, 230, 0.9], [220, 40, 320, 230, 0.8]]])
    answer = {"dets": boxes}
    # 3.2 and 1.9 billion multiplications.
    save_net(folder / "detector.onnx", DETECTOR, (26, 52, 104, 208, 416), 2, answer, batch=1)
    joints = np.arange(17)
    bins = [np.zeros((1, 17, 2 * side)) for side in POSE[::-1]]
    for one in bins:
        one[0, joints, 100 + 10 * joints] = 0.8
    simcc = {"simcc_x": bins[0], "simcc_y": bins[1]}
    save_net(folder / "pose.onnx", POSE, (42, 84, 168, 336), 2, simcc, batch="batch")


def save_net(
    path: Path,
    size: tuple[int, int],
    widths: Sequence[int],
    depth: int,
    answer: dict[str, np.ndarray],
    *,
    batch: int | str,
) -> None:
    """Write a net of stages, each half as large as the one before, and a constant answer.

    A little of the mean of its features is added to the answer, so that they are needed.
    """
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    noise = np.random.default_rng(0)
    constants: dict[str, np.ndarray] = {"little": np.array(1e-4, np.float32)}
    nodes, before, channels, count = [], "input", 3, 0
    for width in widths:
        for step in range(depth + 1):
            weights = noise.standard_normal((width, channels, 3, 3)) * (2 / 9 / channels) ** 0.5
            constants[f"w{count}"] = weights.astype(np.float32)
            stride = 1 if step else 2
            nodes.append(
                helper.make_node(
                    "Conv",
                    [before, f"w{count}"],
                    [f"c{count}"],
                    kernel_shape=[3, 3],
                    pads=[1, 1, 1, 1],
                    strides=[stride, stride],
                )
            )
            nodes.append(helper.make_node("Relu", [f"c{count}"], [f"r{count}"]))
            before, channels, count = f"r{count}", width, count + 1
    nodes.append(helper.make_node("ReduceMean", [before], ["mean"], axes=[1, 2, 3]))
    constants["axis"] = np.array([3])
    nodes.append(helper.make_node("Squeeze", ["mean", "axis"], ["number"]))
    nodes.append(helper.make_node("Mul", ["number", "little"], ["part"]))
    for name, value in answer.items():
        constants[f"{name}_constant"] = value.astype(np.float32)
        nodes.append(helper.make_node("Add", ["part", f"{name}_constant"], [name]))
    graph = helper.make_graph(
        nodes,
        "net",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, [batch, 3, *size])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in answer],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, path)


def run_calls(calls: Sequence[str]) -> None:
    """Run each in a process of its own, all at once."""
    processes = [subprocess.Popen([sys.executable, "-c", call]) for call in calls]
    codes = [process.wait() for process in processes]
    if any(codes):
        sys.exit("a process failed")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--calls"]:
        run_calls(sys.argv[2:])
    else:
        main()
