"""A command that is interrupted ends with the command that continues it."""

import json
import shlex
import sys
from pathlib import Path
from typing import Any, NoReturn

import pytest

import skelconv
from skelconv.cli.app import run

CONVERT = ["convert", "in data.pkl", "out.zarr"]
MERGE = ["merge", "part-00001-of-00002.pkl", "part-00002-of-00002.pkl", "out.zarr"]
BUILD = ["build", "recipe.yaml", "--executor", "serial", "--set", "sink.with.path=out.pkl"]
COMMANDS = pytest.mark.parametrize("command", [BUILD, CONVERT, MERGE], ids=lambda given: given[0])


def stop(*_: object, **__: object) -> NoReturn:
    raise KeyboardInterrupt


@pytest.fixture(autouse=True)
def _parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, shards in (("in data.pkl", [None]), ("part.pkl", [(1, 2), (2, 2)])):
        recipe = {
            "skelconv": 1,
            "name": "toy",
            "source": {"use": "toy", "with": {"clips": 12}},
            "splits": ["toy-halves"],
            "sink": {"use": "pickle", "with": {"path": name}},
        }
        Path("recipe.yaml").write_text(json.dumps(recipe))
        for shard in shards:
            skelconv.build("recipe.yaml", executor="serial", shard=shard)


def interrupted(
    command: list[str],
    place: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    then: str = "continue",
) -> list[str]:
    """Run a command that is interrupted, and return the one that it prints."""
    capsys.readouterr()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "argv", ["skelconv", *command])
        patch.setattr(place, stop)
        assert run(command) == 130
    printed = capsys.readouterr()
    assert printed.out == ""
    last = printed.err.splitlines()[-1]
    assert [line for line in printed.err.splitlines() if "interrupted" in line] == [last]
    assert ("kept" in last) == (then == "continue")
    program, *arguments = shlex.split(last.partition(f"To {then}: ")[2])
    assert program == "skelconv"
    return arguments


@COMMANDS
def test_what_is_done_is_not_done_again(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = "skelconv.engine.build.assemble"
    again = interrupted([*command, "--fresh"], place, monkeypatch, capsys)
    assert again == command  # for --fresh would do all of it again
    assert run([*again, "--json"]) == 0
    report: Any = json.loads(capsys.readouterr().out)
    assert (report["clips"], report["resumed"]) == (12, 12)


@COMMANDS
def test_before_the_first_clip_an_output_may_still_be_replaced(
    command: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    target = command[-1].rpartition("=")[2]
    skelconv.merge([tmp_path / "part-00001-of-00002.pkl"], tmp_path / target, allow_missing=True)
    before = sorted(tmp_path.rglob("*"))
    place = "skelconv.engine.dispatch.Dispatcher.run"
    again = interrupted([*command, "--fresh"], place, monkeypatch, capsys, "run it again")
    assert sorted(tmp_path.rglob("*")) == before
    assert run(again) == 0
    assert len(skelconv.open(target)) == 12
