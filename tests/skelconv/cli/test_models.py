"""``skelconv models``."""

import json

import pytest

from skelconv.cli.app import run

Printed = pytest.CaptureFixture[str]


def test_all_models_fit_a_terminal(capsys: Printed) -> None:
    assert run(["models"]) == 0
    out = capsys.readouterr().out
    # A command stays in one line, to be pasted.
    lines = [line for line in out.splitlines() if "pip install" not in line]
    assert max(map(len, lines)) <= 80
    for line in (
        "yolox (people), from download.openmmlab.com",
        "rtmo (people and joints of coco17), from download.openmmlab.com",
        "rtmpose (joints of hand21), from download.openmmlab.com",
        "vitpose (joints of coco17), from huggingface.co",
    ):
        assert f"{line}\n" in out


def test_the_models_of_one_plugin(capsys: Printed) -> None:
    assert run(["models", "yolox"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines[2:4]] == [
        ["yolox-tiny", "416x416"],
        ["yolox-s", "640x640"],
    ]


def test_models_for_programs(capsys: Printed) -> None:
    assert run(["models", "rtmpose", "--json"]) == 0
    models = {one["name"]: one for one in json.loads(capsys.readouterr().out)}
    medium = models["rtmpose-m"]
    assert medium["plugin"] == "rtmpose"
    assert medium["gives"] == "joints"
    assert medium["layout"] == "coco17"
    assert medium["input_size"] == [256, 192]
    assert medium["url"].endswith("-256x192-e48f03d0_20230504.zip")
    # The digits in this name are those of the checkpoint, and not of the zip.
    assert medium["sha256"] is None


def test_what_has_no_models(capsys: Printed) -> None:
    assert run(["models", "rtmpos"]) == 1
    assert "no plugin 'rtmpos' has a list of models: did you mean" in capsys.readouterr().err
