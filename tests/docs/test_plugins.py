"""The guide to plugins, done to the letter; what is installed is written where pip would."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
import torch
from support.videos import scene, write_video

from skelconv.new_plugin.writing import KINDS

GUIDE = Path(__file__).parents[2] / "docs" / "plugins.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def blocks() -> list[tuple[str, str]]:
    return BLOCK.findall(GUIDE.read_text())


@pytest.fixture(scope="module")
def project(blocks: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the files of the guide, and say that the package is installed."""
    folder = tmp_path_factory.mktemp("acme-pose")
    for language, text in blocks:
        if language != "sh":
            path = folder / text.partition("\n")[0].removeprefix("# ")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    (folder / "acme_pose" / "__init__.py").touch()
    told = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    info = folder / "acme_pose-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {told['name']}\nVersion: {told['version']}\n"
    )
    points = told["entry-points"]["skelconv"]
    lines = [f"{name} = {module}" for name, module in points.items()]
    (info / "entry_points.txt").write_text("\n".join(["[skelconv]", *lines, ""]))
    return folder


@pytest.fixture
def run(project: Path):
    def run(*arguments: str) -> str:
        path = f"{project}{os.pathsep}{os.environ['PYTHONPATH']}"
        done = subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=project,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def test_its_tests_pass(run) -> None:
    assert "3 passed" in run("pytest", "-q", "-W", "error", "-p", "no:cacheprovider")


def test_its_commands_do_what_it_says(run, project: Path, blocks: list[tuple[str, str]]) -> None:
    _, commands = (text.splitlines() for language, text in blocks if language == "sh")
    assert commands[:2] == ["pip install -e .", "pytest"]
    prepare(project)
    told = {}
    for command in commands[2:]:
        arguments = command.split()
        if command.endswith("videos.yaml"):
            # The weights of the guide's pose model are not ours to have.
            arguments += ["--set", "source.with.pose=toy-pose"]
        if arguments[1] == "build":
            arguments += ["--executor", "serial"]
        told[command] = run(*arguments)
    for name in ("acme-recordings", "acme-hide", "acme-detector"):
        assert name in told["skelconv list-plugins"]
    assert "What counts as warm" in told["skelconv describe acme-detector"]
    assert "needs recordings.zip of https://acme.example" in told["skelconv list-recipes"]
    assert "2 clips" in told["skelconv build acme:recordings"]
    assert "no joint is sure: 1" in told["skelconv build acme:recordings"]
    assert "videos.pkl: 1 clip\n" in told["skelconv build videos.yaml"]


def test_the_command_that_it_begins_with(blocks: list[tuple[str, str]], tmp_path: Path) -> None:
    commands, _ = (text.splitlines() for language, text in blocks if language == "sh")
    make, enter, *_ = commands
    command = [sys.executable, "-m", *make.split()]
    assert subprocess.run(command, cwd=tmp_path, check=True).returncode == 0
    folder = tmp_path / enter.removeprefix("cd ")
    assert (folder / "pyproject.toml").is_file()
    told = (folder / "README.md").read_text()
    assert [one for one in commands[2:] if one not in told] == []
    (kinds,) = re.findall(r"`--kind` is one of (.*?);", GUIDE.read_text())
    assert tuple(re.findall(r"`([a-z-]+)`", kinds)) == KINDS


def prepare(project: Path) -> None:
    """Give its recipes something to build: two recordings that can be used, and a red person."""
    for folder in ("recordings", "weights", "videos/walk", "out"):
        (project / folder).mkdir(parents=True)
    for number, score in enumerate((0.9, 0.5, 0.1)):
        frames = np.full((4, 17, 3), score).tolist()
        recording = {"label": number, "size": [48, 64], "frames": frames}
        (project / "recordings" / f"{number}.json").write_text(json.dumps(recording))
    red = torch.zeros((1, 3, 5, 5))
    red[0, :, 2, 2] = torch.tensor([8, -8, -8])
    weights = {"weight": red, "bias": torch.tensor([-2.0])}
    torch.save(weights, project / "weights" / "warmth.pth")
    write_video(project / "videos" / "walk" / "a.mkv", [scene([(5, 5, 25, 40)])] * 3)
