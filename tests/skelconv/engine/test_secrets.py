"""No secret of a recipe is in a file that a build leaves, or in what it prints."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from skelconv.cli.app import run

TOKEN = "s3cr3t-t0ken"
URL = "https://me:pa55w0rd@127.0.0.1:1/a.pth?X-Amz-Signature=s1gnature&part=2"
SECRETS = [TOKEN, "pa55w0rd", "s1gnature"]


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOKEN", TOKEN)
    monkeypatch.setenv("DATA", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()


def write_recipe(folder: Path, behave: dict[str, str]) -> None:
    recipe = {
        "skelconv": 1,
        "name": "toy",
        "about": "with ${TOKEN}",
        "source": {
            "use": "toy",
            "with": {"clips": 8, "behave": behave, "log": "${DATA}", "weights": "x"},
        },
        "sink": {"use": "toy", "with": {"path": "out.txt"}},
    }
    (folder / "recipe.yaml").write_text(json.dumps(recipe))


def build(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = run(
        [
            "build",
            "recipe.yaml",
            "--executor",
            "serial",
            "--set",
            f"source.with.weights={URL}",
            *arguments,
        ]
    )
    return code, "".join(capsys.readouterr())


def assert_no_secret(folder: Path, printed: str, also: Sequence[str] = ()) -> None:
    left = [file for file in folder.rglob("*") if file.is_file() and file.name != "recipe.yaml"]
    assert left or printed
    for secret in (*SECRETS, *also):
        assert secret not in printed
        assert not [file for file in left if secret.encode() in file.read_bytes()], secret


def test_a_build_that_is_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_recipe(tmp_path, {"3": "error"})
    for arguments in ((), ("--json",), ("--fresh", "--set", "about=${TOKEN}")):
        code, printed = build(capsys, *arguments)
        assert code == 2
        assert_no_secret(tmp_path, printed)
    provenance: dict[str, Any] = json.loads((tmp_path / "out.txt.skelconv.json").read_text())
    assert provenance["recipe"]["about"] == "${TOKEN}"
    assert provenance["recipe"]["source"]["with"]["log"] == "${DATA}"
    assert provenance["recipe"]["source"]["with"]["weights"].endswith("=***&part=2")
    assert set(provenance["hidden"]) == {
        "${TOKEN}",
        "${DATA}",
        provenance["recipe"]["source"]["with"]["weights"],
    }
    assert str(tmp_path) not in json.dumps(provenance)


def test_a_build_that_stopped_and_other_values(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_recipe(tmp_path, {"5": "CUDA error: " + URL})
    code, printed = build(capsys)
    assert code == 1
    assert "CUDA error" in printed
    assert_no_secret(tmp_path, printed)
    assert (tmp_path / "out.txt.skelconv-build" / "build.json").exists()
    monkeypatch.setenv("TOKEN", "another-t0ken")
    code, printed = build(capsys)
    assert code == 1
    assert "recipe: with ${TOKEN} has another value now" in printed
    assert_no_secret(tmp_path, printed, ["another-t0ken"])
    code, printed = build(capsys, "--set", f"source.with.weights={URL.replace('pa55', 'an0ther')}")
    assert code == 1
    assert (
        "https://***@127.0.0.1:1/a.pth?X-Amz-Signature=***&part=2 has another value now" in printed
    )
    assert_no_secret(tmp_path, printed, ["another-t0ken", "an0ther"])


def test_an_output_of_another_value(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_recipe(tmp_path, {})
    assert build(capsys)[0] == 0
    monkeypatch.setenv("TOKEN", "another-t0ken")
    code, printed = build(capsys)
    assert code == 1
    assert "recipe: with ${TOKEN} has another value now" in printed
    assert_no_secret(tmp_path, printed, ["another-t0ken"])


def test_the_same_values_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_recipe(tmp_path, {"5": "plugin"})
    assert build(capsys)[0] == 1
    log = (tmp_path / "data" / "log").read_text().splitlines()
    write_recipe(tmp_path, {"5": "plugin"})
    assert build(capsys)[0] == 1
    again = (tmp_path / "data" / "log").read_text().splitlines()[len(log) :]
    assert "clip000000" in log
    assert "clip000000" not in again


@pytest.mark.parametrize(
    "command", [["show"], ["show", "--json"], ["plan"], ["plan", "--json"], ["validate"]]
)
def test_other_commands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    write_recipe(tmp_path, {})
    assert (
        run([command[0], "recipe.yaml", "--set", f"source.with.weights={URL}", *command[1:]]) == 0
    )
    assert_no_secret(tmp_path, "".join(capsys.readouterr()))


@pytest.mark.parametrize("name", ["a.pkl", "a.zarr", "a"])
@pytest.mark.parametrize("command", ["inspect", "verify", "stats", "convert"])
def test_urls_that_fail(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    command: str,
    name: str,
) -> None:
    monkeypatch.setattr("skelconv.vision.download._PAUSES", ())
    url = URL.replace("https", "http").replace("a.pth", name)
    assert run([command, url, *(["b.pkl"] if command == "convert" else [])]) == 1
    printed = "".join(capsys.readouterr())
    assert "127.0.0.1" in printed
    assert_no_secret(tmp_path, printed)
