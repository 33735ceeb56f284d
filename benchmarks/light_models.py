"""How many seconds of video one CPU second gives, by whole commands, for each pair of models.

    python benchmarks/light_models.py demo.mp4 --models yolox=yolox-s+rtmpose=rtmpose-l rtmo=rtmo-s
    python benchmarks/light_models.py demo.mp4 --models yolox=nets/yolox-s.onnx+rtmpose=m.onnx

Models are detector and pose model, or a pose model that finds people itself: the plugin, ``=``, and
a name or a file; where published weights cannot be had, ``random_models.py`` writes nets that take
as long. People are tracked, and the two who are there longest are kept, as in ``video_folder``. One
worker, and the models' default of one thread. A command with the first frame alone is start-up,
which is taken off. CPU seconds do not depend on what else the machine does, or little.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import av
from measure import run

PEOPLE = ["track-people", {"use": "keep-people", "with": {"keep": 2, "by": "length"}}]


class Video(NamedTuple):
    """A video, how many frames it has, and how many seconds they last."""

    path: Path
    frames: int
    seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("video", type=Path, nargs="+")
    parser.add_argument("--models", nargs="+", required=True, metavar="PLUGIN=MODEL[+PLUGIN=MODEL]")
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    videos = [opened(path.resolve()) for path in options.video]
    print("| models | video | CPU ms a frame | s of video for a CPU s | start-up, CPU s |")
    print("| --- " * 5 + "|")
    with tempfile.TemporaryDirectory() as temporary:
        for models in options.models:
            for video in videos:
                print(measured(Path(temporary), models, video, options.rounds), flush=True)


def opened(path: Path) -> Video:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = sum(1 for _ in container.decode(stream))
        assert stream.average_rate is not None
        return Video(path, frames, float(frames / stream.average_rate))


def measured(folder: Path, models: str, video: Video, rounds: int) -> str:
    """Run the whole command and the start alone in turn; return a row of the table."""
    start, whole = (recipe_of(folder, models, video.path, alone=alone) for alone in (True, False))
    spent: dict[Path, list[float]] = {start: [], whole: []}
    for _ in range(rounds):
        for recipe, seconds in spent.items():
            command = [sys.executable, "-m", "skelconv", "build", recipe, "--fresh"]
            seconds.append(run([*command, "--workers", "1"], folder).cpu)
    before, total = (statistics.median(seconds) for seconds in spent.values())
    work = total - before
    frame = 1000 * work / (video.frames - 1)
    rate = video.seconds * (video.frames - 1) / video.frames / work
    return f"| {models} | {video.path.name} | {frame:.0f} | {rate:.2f} | {before:.1f} |"


def recipe_of(folder: Path, models: str, video: Path, *, alone: bool) -> Path:
    """Write the recipe of one video, or of its first frame alone."""
    root = folder / "videos" / video.stem
    root.mkdir(parents=True, exist_ok=True)
    link = root / video.name
    if not link.exists():
        link.symlink_to(video)
    uses = [model.partition("=")[::2] for model in models.split("+")]
    stages = [{"use": use, "with": {"model": in_full(model)}} for use, model in uses]
    source: dict[str, Any] = {"root": str(root), "people": PEOPLE, "pose": stages[-1]}
    if len(stages) > 1:
        source["detector"] = stages[0]
    name = "start" if alone else "whole"
    if alone:
        table = folder / "start.csv"
        table.write_text(f"id,video,start,end\nfirst,{video.name},0,0\n")
        source["cuts"] = {"csv": str(table), "unit": "frames"}
    path = folder / f"{name}.yaml"
    recipe = {
        "skelconv": 1,
        "name": name,
        "source": {"use": "video-pose", "with": source},
        "sink": {"use": "pickle", "with": {"path": str(path.with_suffix(".pkl"))}},
    }
    path.write_text(json.dumps(recipe))  # JSON is YAML
    return path


def in_full(model: str) -> str:
    return str(Path(model).resolve()) if Path(model).exists() else model


if __name__ == "__main__":
    main()
