"""What is made passes the checks of style and types that its own README names."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from skelconv.new_plugin.writing import KINDS, make_plugin

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    for kind in KINDS:
        make_plugin(f"{kind}-acme", kind, folder)
    return folder


def check(folder: Path, *command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env={**os.environ, "MYPYPATH": os.pathsep.join([str(ROOT), *map(str, folder.iterdir())])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_ruff(made: Path) -> None:
    for kind in KINDS:
        check(made / f"{kind}-acme", "ruff", "check", "--no-cache", ".")
    check(made, "ruff", "format", "--no-cache", "--check", ".")


def test_mypy(made: Path) -> None:
    packages = [f"{kind.replace('-', '_')}_acme" for kind in KINDS]
    arguments = [word for package in packages for word in ("-p", package)]
    check(made, "mypy", "--strict", "--cache-dir", str(made / "cache"), *arguments)
