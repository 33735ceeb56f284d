"""What is wrong with all files, or with some, is told by the plan before the build finds it."""

import json
from pathlib import Path
from typing import Any

import pytest
from support.folders import fill

from skelconv.cli.app import run

JOINTS = ["nose", "left_eye", "right_eye"]
LAYOUT = {"name": "face3", "joints": JOINTS}
COLUMNS = {"frame": "frame", "x": "{joint}_x", "y": "{joint}_y"}
HEADER = ",".join(["frame", *(f"{joint}_{axis}" for joint in JOINTS for axis in "xy")])
TABLE = f"{HEADER}\n0,1,2,3,4,5,6\n1,1,2,3,4,5,6\n"


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command on a recipe for the files in a folder; return its code, and what it prints."""

    def command(name: str, *arguments: str, use: str = "pose-table", **options: Any) -> Any:
        if use == "pose-table":
            options = {"layout": LAYOUT, "columns": COLUMNS} | options
        recipe = {
            "skelconv": 1,
            "name": "tables",
            "source": {"use": use, "with": {"root": str(tmp_path / "poses"), **options}},
            "sink": {"use": "pickle", "with": {"path": str(tmp_path / "out.pkl")}},
        }
        (tmp_path / "recipe.yaml").write_text(json.dumps(recipe))
        capsys.readouterr()
        code = run([name, str(tmp_path / "recipe.yaml"), *arguments])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return command


def tables(tmp_path: Path, **others: str) -> None:
    fill(tmp_path / "poses", {f"clip{n:02}.csv": TABLE for n in range(20)} | others)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"columns": COLUMNS | {"frame": "fram"}}, "'fram' once: did you mean 'frame'?"),
        ({"columns": COLUMNS | {"x": "{joint}.x"}}, "none of this joint that fits '{joint}.x'"),
        ({"layout": "coco17"}, "its joints are not those of coco17: it lacks left_ear"),
    ],
    ids=["a column", "a pattern", "the layout"],
)
def test_what_the_recipe_says_wrong_is_likely_wrong_for_all(
    tmp_path: Path, command: Any, options: dict[str, Any], reason: str
) -> None:
    tables(tmp_path)
    code, told = command("plan", **options)
    assert code == 2
    assert "5 will be quarantined, and likely all" in told
    assert reason in told
    assert told.count("the first: clip00 (") == 1  # those that fail alike are one line
    assert "exit code 2: 5 clips would be quarantined, and likely all" in told
    code, told = command("build", "--executor", "serial", **options)
    assert code == 1
    assert "the first 20 clips all fail alike" in told
    assert reason in told


def test_one_damaged_file_says_nothing_of_the_others(tmp_path: Path, command: Any) -> None:
    damaged = TABLE.replace("frame,", "fram,")
    tables(tmp_path, **{"clip00.csv": damaged})
    code, told = command("plan")
    assert code == 2
    assert "\nexit code 2: 1 clip would be quarantined\n" in told
    code, told = command("build", "--executor", "serial", "--json")
    report = json.loads(told[told.index("{") : told.rindex("}") + 1])
    assert (code, report["clips"]) == (2, 19)
    assert [clip["id"] for clip in report["quarantined"]] == ["clip00"]
    # It is one of the clips that a build tries again.
    (tmp_path / "poses" / "clip00.csv").write_text(TABLE)
    code, told = command("build", "--executor", "serial", "--json", "--retry")
    report = json.loads(told[told.index("{") : told.rindex("}") + 1])
    assert (code, report["clips"], report["resumed"]) == (0, 20, 19)


def test_a_plan_of_some_clips_counts_those_alone(tmp_path: Path, command: Any) -> None:
    tables(tmp_path)
    told = command("plan", "--limit", "5", layout="coco17")[1]
    assert "2 clips would be quarantined" in told  # of those that were opened, clip00 and clip04


def test_files_of_whole_clips_are_tried_as_well(tmp_path: Path, command: Any) -> None:
    fill(tmp_path / "poses", {f"clip{n}.json": '{"data": 1}' for n in range(9)})
    told = command("plan", use="kinetics-skeleton")[1]
    assert "exit code 2: 5 clips would be quarantined, and likely all" in told
    fill(tmp_path / "poses", {f"walk{n}.bvh": "no motion" for n in range(9)})
    code, told = command("plan", use="bvh")
    assert code == 2
    assert "exit code 2: 5 clips would be quarantined, and likely all" in told
