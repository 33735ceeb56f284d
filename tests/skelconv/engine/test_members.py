"""How the clips and the lists of the splits fit together, in plans, reports and exit codes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from toy_plugin import make_clip

import skelconv
from skelconv import BuildError, PluginError
from skelconv.cli.app import run as command
from skelconv.engine.membership import Membership, Names
from skelconv.engine.report import BuildReport
from skelconv.plugin import Inventory, Item

Build = Callable[..., BuildReport]


def halves(**options: Any) -> list[dict[str, Any]]:
    return [{"use": "toy-halves", "with": options}]


def test_names_without_a_clip_are_counted_once(run: Build, tmp_path: Path) -> None:
    source = {"clips": 12, "absent": ["gone"], "rejected": ["bad"]}
    listed = ["gone", "clip000001", "lost", "bad", "lost", "mislaid"]
    report = run(source, splits=halves(listed=listed))
    assert report.membership.without_clip == Names(2, ("lost", "mislaid"))
    assert report.membership.absent == 1
    assert report.faults == ["1 clip is quarantined", "3 names in the splits have no clip"]
    provenance = json.loads((tmp_path / "out.txt.skelconv.json").read_text())
    assert provenance["report"]["membership"]["without_clip"] == {
        "count": 2,
        "first": ["lost", "mislaid"],
    }
    again = run(source, splits=halves(listed=listed))
    assert again.already_built
    assert again.membership == report.membership


def test_clips_in_no_part_and_in_two(run: Build) -> None:
    outside = run({"clips": 12}, splits=halves(outside=["clip000003", "clip000007"]))
    assert outside.membership.in_no_part == Names(2, ("clip000003", "clip000007"))
    assert outside.clean  # told, and no fault
    assert run({"clips": 12}, splits=[], fresh=True).membership == Membership()


PARTS = [
    (("train", "val"), True),
    (("train1", "test1"), True),
    (("train1", "test2"), False),
    (("xsub_train", "xsub_val"), True),
    (("xsub_train", "xview_val"), False),
    (("training", "validation"), True),
    (("s1-Train", "s1-TEST"), True),
    (("easy", "hard"), False),
    (("train", "trainval"), False),
]


@pytest.mark.parametrize(("parts", "excluded"), PARTS)
def test_parts_of_one_division_exclude_each_other(
    tmp_path: Path, parts: tuple[str, str], excluded: bool
) -> None:
    splits = [{"use": "pattern", "with": {"parts": {part: "clip"}}} for part in parts]
    recipe = {
        "skelconv": 1,
        "name": "toy",
        "source": "toy",
        "splits": splits,
        "sink": {"use": "toy", "with": {"path": str(tmp_path / "out.txt")}},
    }
    plan = skelconv.plan(recipe)
    assert plan.membership.in_two_parts.count == (10 if excluded else 0)


def test_an_empty_part_is_not_clean(run: Build) -> None:
    report = run({"clips": 12}, splits=halves(others=["nobody"]))
    assert report.membership.empty == ("nobody",)
    assert report.faults == ["1 part is empty"]


@pytest.mark.parametrize("how", ["error", "drop"])
def test_a_part_without_a_clip_in_the_output_is_empty(run: Build, how: str) -> None:
    fails = dict.fromkeys(range(5), "error") if how == "error" else {}
    splits = [{"use": "pattern", "with": {"parts": {"zero": "0$", "low": "[2468]$"}}}]
    drops = [] if how == "error" else [{"use": "toy-drop", "with": {"every": 10}}]
    report = run({"clips": 10, "behave": fails}, splits=splits, transforms=drops)
    assert report.membership.empty == ("zero",)
    assert not report.clean


def test_no_clip_in_any_part_is_an_error_of_the_plan(run: Build, tmp_path: Path) -> None:
    clips = [f"clip{n:06}" for n in range(10)]
    with pytest.raises(BuildError, match="not one of 10 clips is in a part: low, high"):
        run(splits=halves(outside=clips))
    assert not (tmp_path / "out.txt").exists()
    with pytest.raises(BuildError, match="not one of 10 clips is in a part"):
        skelconv.plan(tmp_path / "recipe.yaml")


def test_of_a_part_of_a_build_the_whole_counts(run: Build) -> None:
    splits = halves(listed=["lost"], others=["nobody"], outside=["clip000011"])
    arguments = {"source": {"clips": 12}, "splits": splits}
    whole = run(**arguments).membership
    assert whole.empty == ("nobody",)
    # The first clips are all in the part `low`.
    assert run(**arguments, limit=3, fresh=True).membership == whole
    assert [run(**arguments, shard=(n, 4)).membership for n in (1, 4)] == [whole] * 2


def test_an_error_of_a_split_that_looks_at_all_clips_names_it(run: Build) -> None:
    with pytest.raises(BuildError, match="does not say from which file") as error:
        run(splits=["by-source"])
    assert error.value.where == "the split 'by-source'"


def test_a_split_that_fails_as_it_looks_at_all_clips_is_blamed(
    run: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    def survey(split: Any, inventory: Inventory) -> None:
        raise KeyError(inventory.items[0].id)

    monkeypatch.setattr("toy_plugin.Halves.survey", survey, raising=False)
    with pytest.raises(PluginError, match="the split 'toy-halves' failed: KeyError: 'clip000000'"):
        run()


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (["a.pkl"] * 9, "its inputs are not one for each of its 10 items"),
        ("a.pkl", "its inputs is a str, not a list or tuple"),
        ([None] * 10, "its inputs holds None, which is not a str"),
    ],
)
def test_the_files_that_a_source_names_are_checked(
    run: Build, monkeypatch: pytest.MonkeyPatch, inputs: Any, message: str
) -> None:
    found = Inventory([Item(f"clip{n:06}", n) for n in range(10)], inputs=inputs)
    monkeypatch.setattr("toy_plugin.Source.inventory", lambda source: found)
    with pytest.raises(PluginError, match=message):
        run()


def test_ids_that_are_too_long_leave_with_their_files(
    run: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = ["clip000000", "x" * 1001, "clip000001"]
    found = Inventory(
        [Item(name, n) for n, name in enumerate(ids)], inputs=["a.pkl", "b.pkl", "c.pkl"]
    )
    monkeypatch.setattr("toy_plugin.Source.inventory", lambda source: found)
    monkeypatch.setattr("toy_plugin.Source.load", lambda source, item: make_clip(item.id, item.ref))
    assert run(splits=["by-source"]).splits == {"a": 1, "c": 1}


@pytest.fixture
def poses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Make eight clips in two folders; return a command's arguments with a recipe for them."""
    monkeypatch.chdir(tmp_path)
    for number in range(8):
        folder = tmp_path / "poses" / ("jump" if number % 2 else "run")
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / f"vid{number:03}.npy", np.ones((1, 4, 17, 3), "f4"))

    def recipe(what: str, split: dict[str, Any] | str, **source: Any) -> list[str]:
        options = {"root": "poses", "layout": "coco17", "img_shape": [9, 9], **source}
        content = {
            "skelconv": 1,
            "name": "own",
            "source": {"use": "pose-array", "with": options},
            "splits": [split],
            "sink": {"use": "pickle", "with": {"path": "out.pkl"}},
        }
        (tmp_path / "recipe.yaml").write_text(json.dumps(content))
        workers = ["--executor", "serial"] if what == "build" else []
        return [what, "recipe.yaml", *workers]

    return recipe


def write_table(name: str) -> None:
    rows = [f"{name.format(n)},{n % 2},{'train' if n < 6 else 'val'}" for n in range(8)]
    Path("table.csv").write_text("\n".join(["id,label,split", *rows]))


CSV = {"use": "csv", "with": {"path": "table.csv"}}


@pytest.mark.parametrize("what", ["plan", "build"])
@pytest.mark.parametrize(
    ("name", "ids", "said", "remedy"),
    [
        ("vid{:03}.mp4", "name", "the ending", {"strip": ".mp4"}),
        ("VID{:03}", "name", "capital letters", None),
        ("vid{}", "name", "leading zeros", None),
        ("vid{:03} (1)", "name", "the mark of a copy", None),
    ],
)
def test_a_csv_of_names_that_nearly_match(
    poses: Callable[..., list[str]],
    capsys: pytest.CaptureFixture[str],
    what: str,
    name: str,
    ids: str,
    said: str,
    remedy: dict[str, str] | None,
) -> None:
    write_table(name)
    assert command(poses(what, CSV, ids=ids)) == 1
    err = capsys.readouterr().err
    assert f"8 of these names are clips but for {said}, as " in err
    assert not Path("out.pkl").exists()
    if remedy is None:
        assert "write them in the list as the clips are called" in err
        return
    ((option, value),) = remedy.items()
    assert f"to match them: `{option}: {value}` in the split 'csv'" in err
    split = {"use": "csv", "with": {"path": "table.csv", **remedy}}
    assert command(poses(what, split, ids=ids)) == 0
    assert "  train: 6\n  val: 2\n" in capsys.readouterr().out


def test_folders_that_ids_have_and_a_list_does_not(
    poses: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    write_table("vid{:03}")
    assert command(poses("plan", CSV)) == 1
    assert "to match them: `ids: name` in the source 'pose-array'" in capsys.readouterr().err
    assert command(poses("plan", CSV, ids="name")) == 0


@pytest.mark.parametrize("what", ["plan", "build"])
def test_some_names_without_a_clip_end_with_exit_code_2(
    poses: Callable[..., list[str]], capsys: pytest.CaptureFixture[str], what: str
) -> None:
    write_table("vid{:03}")
    with open("table.csv", "a") as table:
        table.write("\nvid000.npy,0,train\nabroad,0,val\n")
    assert command(poses(what, CSV, ids="name")) == 2
    out = capsys.readouterr().out
    assert "2 names in the splits have no clip:\n  vid000.npy\n  abroad\n" in out
    assert "8 of" not in out  # vid000 is matched by its own name
    assert out.endswith("exit code 2: 2 names in the splits have no clip\n")
    assert command([*poses(what, CSV, ids="name"), "--json"]) == 2
    membership = json.loads(capsys.readouterr().out)["membership"]
    assert membership["without_clip"] == {"count": 2, "first": ["vid000.npy", "abroad"]}


def test_very_many_names_are_counted_and_not_kept(
    poses: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    write_table("vid{:03}")
    with open("table.csv", "a") as table:
        table.writelines(f"\nabsent{n:05},0,train" for n in range(20_000))
    assert command(poses("build", CSV, ids="name", labels={"csv": "table.csv"})) == 2
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) < 20
    assert lines[0] == "20000 listed clips are not there:"
    assert lines[6] == "  ... and 19995 more (all of them: skelconv plan RECIPE --json)"
    provenance = Path("out.pkl.skelconv.json")
    assert provenance.stat().st_size < 20_000
    report = json.loads(provenance.read_text())["report"]
    assert report["absent"]["count"] == report["membership"]["absent"] == 20_000
    assert len(report["absent"]["first"]) == 100


def test_a_table_of_labels_that_nearly_matches(
    poses: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    write_table("vid{:03}.mp4")
    split = {"use": "csv", "with": {"path": "table.csv", "strip": ".mp4"}}
    labels = {"csv": "table.csv"}
    assert command(poses("plan", split, ids="name", labels=labels)) == 2
    out = capsys.readouterr().out
    assert "`strip: .mp4` under `labels` of the source 'pose-array'" in out
    assert "  8: no label: table.csv has no row with this id\n" in out
    assert "exit code 2: no clip would be converted; 8 clips would be quarantined" in out
    labels["strip"] = ".mp4"
    assert command(poses("plan", split, ids="name", labels=labels)) == 0


def test_a_list_with_two_endings(
    poses: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("a.txt").write_text("".join(f"vid{n:03}.skeleton.npy\n" for n in range(8)))
    options: dict[str, Any] = {"parts": {"train": "a.txt"}}
    assert command(poses("plan", {"use": "list", "with": options}, ids="name")) == 1
    assert "`strip: .skeleton` in the split 'list'" in capsys.readouterr().err
    options["strip"] = ".skeleton"
    assert command(poses("plan", {"use": "list", "with": options}, ids="name")) == 0


def test_stored_splits_of_files_without_any(
    poses: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    write_table("vid{:03}")
    build = poses("build", CSV, ids="name")
    assert command([*build, "--set", "splits=[]", "--set", "sink.with.path=bare.pkl"]) == 0
    stored = {"use": "stored", "with": {"paths": ["bare.pkl"]}}
    for what in ("plan", "build"):
        capsys.readouterr()
        assert command(poses(what, stored)) == 1
        assert "the split 'stored': it has no part" in capsys.readouterr().err
    assert not Path("out.pkl").exists()


@pytest.mark.parametrize(("clips", "code"), [(8, 0), (7, 0), (9, 2)])
def test_a_plan_knows_when_clips_are_too_few_for_the_recipe(
    poses: Callable[..., list[str]], capsys: pytest.CaptureFixture[str], clips: int, code: int
) -> None:
    write_table("vid{:03}")
    plan = [*poses("plan", CSV, ids="name"), "--set", f"expect.clips={clips}"]
    assert command(plan) == code  # of too many, transforms may drop some
    said = "exit code 2: the recipe expects 9 clips\n" in capsys.readouterr().out
    assert said == (code == 2)
    assert command([*plan, "--limit", "3"]) == 0
