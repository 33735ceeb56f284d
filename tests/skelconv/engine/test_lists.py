"""Lists of transforms, compared with the clips that there are."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import skelconv
from skelconv.cli.app import run as command
from skelconv.engine.membership import Names
from skelconv.engine.report import BuildReport

Build = Callable[..., BuildReport]


def listed(path: Path, *ids: str, **options: Any) -> dict[str, Any]:
    path.write_text("\n".join(["id,note", *(f"{one},torn" for one in ids)]))
    return {"use": "filter-list", "with": {"csv": str(path), **options}}


@pytest.mark.parametrize("keep", [False, True])
def test_names_that_no_clip_has_are_counted(run: Build, tmp_path: Path, keep: bool) -> None:
    names = ["CLIP000003", "clip000001", "lost"]
    marks = listed(tmp_path / "marks.csv", *names, keep=keep)
    report = run({"clips": 12}, transforms=[marks], splits=[])
    assert report.clips == (1 if keep else 11)
    assert report.membership.without_item == Names(2, ("CLIP000003", "lost"))
    assert report.faults == ["2 names in transforms' lists have no clip"]
    (said,) = report.membership.advice
    assert said.startswith("1 of these names is a clip but for capital letters, as 'CLIP000003'")


def test_what_the_source_knows_is_no_mistake(run: Build, tmp_path: Path) -> None:
    """A clip that is absent, or rejected, may be marked."""
    marks = listed(tmp_path / "marks.csv", "gone", "bad", "clip000002")
    report = run({"clips": 12, "absent": ["gone"], "rejected": ["bad"]}, transforms=[marks])
    assert report.membership.without_item == Names()
    assert report.faults == ["1 clip is quarantined"]


def test_a_plan_says_it_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe = {
        "skelconv": 1,
        "name": "toy",
        "source": "toy",
        "transforms": [listed(tmp_path / "a.csv", "lost"), listed(tmp_path / "b.csv", "lost")],
        "sink": {"use": "toy", "with": {"path": str(tmp_path / "out.txt")}},
    }
    path = tmp_path / "recipe.yaml"
    path.write_text(json.dumps(recipe))
    assert skelconv.plan(path).membership.without_item == Names(1, ("lost",))
    assert command(["plan", str(path)]) == 2
    out = capsys.readouterr().out
    assert "1 name in a transform's list has no clip:\n  lost\n" in out
    assert out.endswith("exit code 2: 1 name in a transform's list has no clip\n")
