"""Commands in a process that may open few files: they work, or say what is wrong in a line."""

import json
import os
import subprocess
import sys
from collections.abc import Callable

import pytest

Run = Callable[[int, list[str]], subprocess.CompletedProcess[str]]
PARTS = ["out-00001-of-00002.pkl", "out-00002-of-00002.pkl"]
COMMANDS = [
    ["build", "recipe.yaml", "--fresh", "--workers", "2"],
    ["convert", "out.pkl", "c.pkl", "--fresh"],
    ["merge", *PARTS, "m.pkl", "--fresh"],
]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("few")
    recipe = {
        "skelconv": 1,
        "name": "toy",
        "source": {"use": "toy", "with": {"clips": 40}},
        "splits": ["toy-halves"],
        "sink": {"use": "pickle", "with": {"path": "out.pkl"}},
    }
    (folder / "recipe.yaml").write_text(json.dumps(recipe))

    def _run(files: int, command: list[str]) -> subprocess.CompletedProcess[str]:
        shell = ["sh", "-c", f'ulimit -n {files} && exec "$@"', "sh"]
        return subprocess.run(
            [*shell, sys.executable, "-m", "skelconv", *command],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            check=False,
            capture_output=True,
            text=True,
        )

    serial = ["build", "recipe.yaml", "--executor", "serial"]
    for shard in ([], ["--shard", "1/2"], ["--shard", "2/2"]):
        assert _run(1000, [*serial, *shard]).returncode == 0
    return _run


@pytest.mark.parametrize("command", [*COMMANDS, ["convert", "out.pkl", "c.zarr", "--fresh"]])
def test_twenty_are_enough(run: Run, command: list[str]) -> None:
    done = run(20, command)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_with_fewer_it_works_or_says_so(run: Run, command: list[str]) -> None:
    for files in (6, 7, 9):
        done = run(files, command)
        assert done.returncode in (0, 1), done.stderr
        assert done.returncode == 0 or "too many open files" in done.stderr.lower()
        assert "Traceback" not in done.stderr
