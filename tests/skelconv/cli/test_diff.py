"""What ``skelconv diff`` prints."""

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.assembly import Encoded
from support.memory import clip

from skelconv.cli.app import run
from skelconv_zarr.sink import ZarrSink

CLIPS = [
    {"frame_dir": name, "label": n, "keypoint": np.full((1, 3, 17, 2), n, np.float32)}
    for n, name in enumerate("abc")
]


@pytest.fixture
def stored(tmp_path: Path) -> Any:
    def stored(name: str, clips: Any, **splits: Any) -> str:
        path = tmp_path / f"{name}.pkl"
        path.write_bytes(pickle.dumps({"split": splits, "annotations": clips}))
        return str(path)

    return stored


def test_of_equal_clips_in_another_order_it_says_that_all_else_is_equal(
    stored: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    one = stored("one", CLIPS, t=["a", "b"], v=["c"])
    other = stored("other", CLIPS[::-1], v=["c"], t=["b", "a"])
    assert run(["diff", one, other]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "A has 3 clips, B has 3",
        "clips are in another order; all else is equal",
    ]
    assert run(["diff", "--json", one, other]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found == {
        "clips": [3, 3],
        "only_a": [],
        "only_b": [],
        "order": False,
        "label_names": None,
        "splits": {},
        "reordered": [],
        "fields": {},
    }
    assert run(["diff", one, one]) == 0
    assert capsys.readouterr().out == "equal: 3 clips\n"


def test_another_order_within_a_split_is_told_and_is_equal(
    stored: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = stored("one", CLIPS, t=["a", "b"], v=["c"])
    other = stored("other", CLIPS, v=["c"], t=["b", "a"])
    assert run(["diff", one, other]) == 0
    said = "split t: the same clips in another order, which no training sees"
    assert capsys.readouterr().out.splitlines() == ["equal: 3 clips", said]
    assert run(["diff", "--json", one, other]) == 0
    assert json.loads(capsys.readouterr().out)["reordered"] == ["t"]
    changed = stored("changed", [{**CLIPS[0], "label": 9}, *CLIPS[1:]], t=["b", "a"], v=["c"])
    assert run(["diff", one, changed]) == 1
    assert said in capsys.readouterr().out
    fewer = stored("fewer", CLIPS, t=["b"], v=["c"])
    assert run(["diff", one, fewer]) == 1
    assert "another order" not in capsys.readouterr().out


def test_what_else_differs_is_listed_after_the_order(
    stored: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    one = stored("one", CLIPS, t=["a", "b"])
    changed = [{**CLIPS[2], "label": 7}, CLIPS[0], {**CLIPS[1], "frame_dir": "d"}]
    other = stored("other", changed, t=["a"])
    assert run(["diff", one, other]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "A has 3 clips, B has 3",
        "1 in A alone:",
        "  b",
        "1 in B alone:",
        "  d",
        "clips are in another order",
        "split t: 1 in A's alone, 0 in B's alone",
        "label: differs in 1 clip; first c: 2 and 7",
    ]


def test_classes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:

    paths = []
    for number, names in enumerate((["walk", "run"], ["walk", "jog", "sit"], [])):
        sink = ZarrSink(str(tmp_path / f"{number}.zarr"))
        clips = Encoded(sink, [clip("a")], label_names=names)
        sink.assemble(clips, sink.target)
        paths.append(str(sink.target))
    assert run(["diff", paths[0], paths[1]]) == 1
    assert "classes: A names 2, B names 3; first 1: run and jog\n" in capsys.readouterr().out
    assert run(["diff", paths[0], paths[2]]) == 1
    assert "classes: A names 2, B names none\n" in capsys.readouterr().out
