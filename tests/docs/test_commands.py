"""Commands in the documentation: those that can run are run, and all fit the program."""

import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import typer

from skelconv import load_recipe
from skelconv.cli.app import _make_app, run
from skelconv.plugin.loading import load_registry
from skelconv.recipe.finding import shipped_recipes

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
BLOCK = re.compile(r"^( *)```sh\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
PROGRAM = typer.main.get_command(_make_app())
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]


def commands(text: str) -> list[str]:
    """The commands in the blocks of a page, without comments."""
    lines = [line.strip() for _, block in BLOCK.findall(text) for line in block.splitlines()]
    return [
        part
        for line in lines
        for part in re.split(r" && ", re.sub(r"(^|\s+)# .*$", "", line))
        if part
    ]


def inline(text: str) -> list[str]:
    """The commands within tables, where all is said that they need."""
    return re.findall(r"`((?:[A-Z0-9_]+=\S+ )*skelconv [^`]+)`", text)


def check(command: str) -> None:
    words = shlex.split(command)
    while len(words) > 1 and re.match(r"[A-Z][A-Z0-9_]*=", words[0]):
        words.pop(0)
    program = words[0].removeprefix(".venv/bin/")
    if program == "pip":
        for extras in re.findall(r"(?:skelconv|\.)\[([\w,-]+)\]", command):
            assert set(extras.split(",")) <= EXTRAS.keys(), command
        return
    if program != "skelconv":
        return
    name, *arguments = words[1:] or ["--help"]
    if name.startswith("--"):
        PROGRAM.make_context("skelconv", [name, *arguments], resilient_parsing=True)
        return
    assert name in PROGRAM.commands, command
    given = PROGRAM.commands[name].make_context(name, arguments).params
    if name in ("build", "plan", "show", "doctor", "fetch", "init", "validate"):
        check_recipe(given)
    if name == "describe" and not given["name"].startswith("acme-"):
        assert load_registry().find(given["name"]), command


def check_recipe(given: dict) -> None:
    """What the command says of a recipe must be so, where it is one that comes with skelconv."""
    named = given.get("recipe") or given.get("name") or given.get("recipes") or ()
    for recipe in [str(named)] if isinstance(named, str | Path) else map(str, named):
        if recipe.isupper() or ":" in recipe:  # a placeholder, or a plugin's
            continue
        stem = recipe.removeprefix("recipes/").removesuffix(".yaml")
        if stem in shipped_recipes():
            load_recipe(stem, given.get("set_") or (), environ={})
        else:
            assert recipe.endswith(".yaml"), f"no recipe is called {recipe}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_fit_the_program(page: Path) -> None:
    text = page.read_text()
    for command in commands(text) + (inline(text) if page.name == "migrate.md" else []):
        if "<" in command or command.endswith("&"):
            continue
        try:
            check(command)
        except typer.TyperException as error:
            pytest.fail(f"{command}: {error.format_message()}")


@pytest.mark.parametrize("name", ["skelconv", *PROGRAM.commands])
def test_a_help_ends_with_examples_that_fit_the_program(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    asked = [] if name == "skelconv" else [name]
    assert run([*asked, "--help"]) == 0
    _, found, end = capsys.readouterr().out.partition("\n  Examples:\n")
    assert found
    examples = [line.removeprefix("    ") for line in end.splitlines()]
    assert all(one.startswith(" ".join(["skelconv", *asked])) for one in examples)
    for example in examples:
        try:
            check(example)
        except typer.TyperException as error:
            pytest.fail(f"{example}: {error.format_message()}")


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str], str]:
    """Return what runs a command as it is typed, in a folder with the sample."""
    for name in ("samples", "recipes"):
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)

    def typed(command: str) -> str:
        program, *arguments = shlex.split(command)
        assert program == "skelconv"
        code = run(arguments)
        printed = capsys.readouterr()
        assert code == 0, f"{command}: {printed.out}{printed.err}"
        return printed.out

    return typed


def test_start_does_what_it_says(shell, tmp_path: Path) -> None:
    text = (ROOT / "docs/start.md").read_text()
    told = {}
    for command in commands(text):
        if command.startswith("skelconv"):
            told[command] = shell(command)
    assert len(told) == 9
    outputs = re.findall(r"^```text\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert len(outputs) == 2
    for shown, command in zip(outputs, ("plan", "verify"), strict=True):
        (printed,) = (out for typed, out in told.items() if typed.startswith(f"skelconv {command}"))
        assert all(part in printed for part in shown.split("...\n"))
    assert (tmp_path / "sample.png").stat().st_size > 1000
    code = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(code)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "(1, 9, 25, 3)\n"
    model = (ROOT / "docs/data_model.md").read_text()
    code = re.findall(r"^```python\n(.*?)^```$", model, re.MULTILINE | re.DOTALL)
    check_shapes = "assert (persons, frames, keypoints, coordinates) == (1, 9, 25, 3)\n"
    check_shapes += "assert there.shape == (1, 9, 25) and first.total_frames == 5\n"
    check_shapes += "assert len(train) == len(labels) == 8\n"
    script = "\n".join([*code, check_shapes])
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True)


@pytest.fixture
def poses(tmp_path: Path) -> None:
    """Write the files that the page on one's own poses asks for."""
    text = (ROOT / "docs/howto/own_poses.md").read_text()
    (table,) = re.findall(r"^```csv\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    (tmp_path / "data").mkdir()
    (tmp_path / "data/labels.csv").write_text(table)
    videos = [row.partition(",")[0] for row in table.splitlines()[1:]]
    for seed, video in enumerate(videos):
        folder = tmp_path / "data/openpose" / video
        folder.mkdir(parents=True)
        joints = np.random.default_rng(seed).uniform(200, 900, (6, 25, 2))
        for frame, points in enumerate(joints):
            flat = np.insert(points, 2, 0.9, axis=1).ravel().tolist()
            person = {"person_id": [-1], "pose_keypoints_2d": flat}
            name = f"{video}_{frame:012}_keypoints.json"
            (folder / name).write_text(json.dumps({"version": 1.3, "people": [person]}))
    assert "data/openpose/wave_01/wave_01_000000000000_keypoints.json" in text


@pytest.mark.usefixtures("poses")
def test_own_poses_builds_and_verify_do_what_they_say(shell) -> None:
    text = (ROOT / "docs/howto/own_poses.md").read_text()
    told = [shell(command) for command in commands(text)]
    assert "out/custom.pkl: 4 clips\n  train: 2\n  val: 2\n" in told[2]
    assert "4 clips, 2 classes: sound" in told[3]
    builds = commands((ROOT / "docs/builds.md").read_text())[:6]
    assert {command.split()[-1] for command in builds} == {"custom.yaml", "out/custom.pkl"}
    assert shell(builds[-1]) == "out/custom.pkl is built\n"
    for command in builds[:-1]:
        if "fetch" not in command:
            shell(command)
    for command in commands((ROOT / "docs/verify.md").read_text()):
        if "stgcn" not in command:  # 17 keypoints in 2D are not what its configs are written for
            shell(command)


def test_looking_and_converting_do_what_they_say(shell, tmp_path: Path) -> None:
    shell("skelconv build recipes/sample.yaml --set sink.with.path=out/ntu60_xsub.pkl")
    for name, action in (("a", 1), ("b", 58)):
        changes = f"--set source.with.actions=[{action}] --set sink.with.path={name}.pkl"
        shell(f"skelconv build recipes/sample.yaml {changes} --no-expect")
    looking = commands((ROOT / "docs/looking.md").read_text())
    # A dataset is there before it is compared.
    looking.sort(key=lambda command: "diff" in command)
    for command in looking:
        if " view " not in command:
            shell(command)
    assert {"clips.png", "report.html"} <= {path.name for path in tmp_path.iterdir()}
    shell("skelconv build recipes/sample.yaml")
    for command in commands((ROOT / "docs/viewer.md").read_text()):
        if command.startswith("skelconv") and " view " not in command:
            Path("report.html").unlink(missing_ok=True)
            shell(command)


def test_the_program_is_called_as_the_readme_says(shell) -> None:
    text = (ROOT / "README.md").read_text()
    first, second, *_ = [block for _, block in BLOCK.findall(text)]
    assert first == (
        "python3 -m venv .venv && .venv/bin/pip install -q . && "
        ".venv/bin/skelconv build recipes/sample.yaml\n"
    )
    assert second.strip() in (ROOT / ".ci/run").read_text()
    assert "out/sample.pkl: 16 clips" in shell("skelconv build recipes/sample.yaml")
