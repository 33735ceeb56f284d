"""Builds, through the public function, on the toy plugin."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

import skelconv
from skelconv import BuildError, BuildReport, PluginError
from skelconv.cli.build import describe
from skelconv.engine.report import Quarantined, Unmet
from skelconv.engine.workdir import Workdir

Build = Callable[..., BuildReport]


@pytest.fixture
def run(tmp_path: Path) -> Build:
    """Build a toy recipe; keywords that are no arguments of `build` change the recipe."""

    def run(
        source: dict[str, Any] | None = None,
        *,
        transforms: Sequence[Any] = (),
        sink: dict[str, Any] | None = None,
        expect: dict[str, Any] | None = None,
        splits: Sequence[Any] = ("toy-halves",),
        **arguments: Any,
    ) -> BuildReport:
        recipe: dict[str, Any] = {
            "skelconv": 1,
            "name": "toy",
            "source": {"use": "toy", "with": source or {}},
            "transforms": list(transforms),
            "splits": list(splits),
            "sink": {"use": "toy", "with": {"path": str(tmp_path / "out.txt"), **(sink or {})}},
        }
        if expect is not None:
            recipe["expect"] = expect
        path = tmp_path / "recipe.yaml"
        path.write_text(json.dumps(recipe))  # JSON is YAML
        arguments.setdefault("executor", "serial")
        return skelconv.build(path, **arguments)

    return run


def line(number: int) -> str:
    """What the toy sink writes of a clip, by arithmetic."""
    frames = 2 + number % 3
    return f"clip{number:06} {number % 2} 1x{frames}x2x3 {number * frames * 2 * 3:g}"


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"recipe.yaml"}


@pytest.mark.parametrize("executor", ["serial", "local"])
def test_clips_come_out_in_the_order_of_the_plan(run: Build, tmp_path: Path, executor: str) -> None:
    report = run({"clips": 200}, executor=executor, workers=3)
    lines = (tmp_path / "out.txt").read_text().splitlines()
    assert lines[:200] == [line(number) for number in range(200)]
    assert lines[200] == "low: " + " ".join(f"clip{n:06}" for n in range(5))
    assert lines[201].split()[1:] == [f"clip{n:06}" for n in range(5, 200)]
    assert lines[202:] == ["nobody: "]
    assert report.clips == 200
    assert report.splits == {"low": 5, "high": 195, "nobody": 0}
    assert report.clean
    assert left(tmp_path) == {"out.txt", "out.txt.skelconv.json"}


def test_what_goes_in_comes_out_or_is_accounted_for(run: Build, tmp_path: Path) -> None:
    behave = {1: "error", 3: "bug", 5: "rename", 7: "none"}
    report = run(
        {"clips": 12, "behave": behave, "rejected": ["stray"]},
        transforms=[{"use": "toy-drop", "with": {"every": 4}}],
    )
    assert report.clips == 12 - 4 - 3
    assert report.dropped == {"a multiple of 4": 3}
    first, *others = report.quarantined
    assert first == Quarantined("stray", "not a clip", "stray.txt")
    assert others[0] == Quarantined("clip000001", "letters in line 7", "clip000001.txt", 7)
    assert [clip.id for clip in others] == [f"clip{n:06}" for n in behave]
    assert others[1].reason.startswith("toy: ZeroDivisionError: a fault of the plugin (toy_plugin")
    assert "renamed" in others[2].reason
    assert "NoneType" in others[3].reason
    assert not report.clean
    lines = (tmp_path / "out.txt").read_text().splitlines()
    kept = [n for n in range(12) if n % 4 and n not in behave]
    assert lines[: len(kept)] == [line(number) for number in kept]
    assert lines[len(kept)] == "low: clip000002"


def test_a_clip_that_kills_its_worker_is_quarantined_and_the_rest_is_kept(
    run: Build, tmp_path: Path
) -> None:
    survivor = tmp_path / "survivor"
    behave = {4: "die", 11: f"die-until:{survivor}", 30: "die"}
    report = run({"clips": 40, "behave": behave}, executor="local", workers=2)
    assert [clip.id for clip in report.quarantined] == ["clip000004", "clip000030"]
    assert "worker died" in report.quarantined[0].reason
    kept = [n for n in range(40) if n not in (4, 30)]
    assert (tmp_path / "out.txt").read_text().splitlines()[:38] == [line(n) for n in kept]


@pytest.mark.parametrize("workers", [1, 3])
def test_a_worker_that_is_killed_as_it_starts_is_started_anew(
    run: Build, tmp_path: Path, workers: int
) -> None:
    start = f"die-until:{tmp_path / 'started'}"
    report = run({"clips": 20, "start": start}, executor="local", workers=workers)
    assert report.clips == 20
    assert report.clean


def test_workers_that_die_each_time_as_they_start_end_the_build(run: Build, tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="a worker died as it started, each time") as raised:
        run({"start": "die"}, executor="local", workers=2)
    assert raised.value.hint == "fewer workers need less memory: --workers"
    assert left(tmp_path) == set()


def test_the_command_line_speaks_of_no_script(run: Build, tmp_path: Path) -> None:
    with pytest.raises(BuildError):
        run({"start": "die"}, executor="local", workers=1)
    command = [sys.executable, "-m", "skelconv", "build", "recipe.yaml", "--workers", "1"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "a worker died as it started" in done.stderr
    assert "script" not in done.stderr


@pytest.mark.parametrize("guard", ["", "if __name__ == '__main__': "])
def test_a_script_needs_a_guard_and_is_told(run: Build, tmp_path: Path, guard: str) -> None:
    run({"clips": 3}, fresh=True)
    (tmp_path / "out.txt").unlink()
    build = "skelconv.build('recipe.yaml', workers=1, fresh=True)"
    (tmp_path / "script.py").write_text(f"import skelconv\n{guard}{build}\n")
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode == 0) == bool(guard), done.stderr
    assert ("a script that calls skelconv.build() needs" in done.stderr) == (not guard)


def test_a_clip_that_hangs_is_ended_and_quarantined(run: Build) -> None:
    report = run({"clips": 6, "behave": {2: "hang"}}, executor="local", workers=2, timeout=1.0)
    assert [clip.id for clip in report.quarantined] == ["clip000002"]
    assert "longer than 1 s" in report.quarantined[0].reason
    assert report.clips == 5


@pytest.mark.parametrize("executor", ["serial", "local"])
def test_a_stage_that_cannot_be_made_stops_the_build_at_once(
    run: Build, tmp_path: Path, executor: str
) -> None:
    with pytest.raises(PluginError, match="the source 'toy' cannot be made: ClipError: no luck"):
        run({"broken": True}, executor=executor)
    assert left(tmp_path) == set()


@pytest.mark.parametrize("expect", [None, {"clips": 10}, {"clips": 12}])
def test_clips_that_are_listed_and_not_there_are_always_named(
    run: Build, expect: dict[str, Any] | None
) -> None:
    lines = list(describe(run({"absent": ["clip000010", "clip000011"]}, expect=expect)))
    at = lines.index("2 listed clips are not there:")
    assert lines[at + 1 : at + 3] == ["  clip000010", "  clip000011"]
    many = run({"absent": [f"absent{n}" for n in range(25)]}, fresh=True)
    assert "  ... and 5 more (all of them: --json)" in list(describe(many))
    assert not any("not there" in line for line in describe(run({}, fresh=True)))


@pytest.mark.parametrize("executor", ["serial", "local"])
def test_what_is_everyones_ends_the_build_and_what_is_done_is_kept(
    run: Build, tmp_path: Path, executor: str
) -> None:
    with pytest.raises(PluginError, match="the model lacks an operation") as raised:
        run({"clips": 200, "behave": {3: "error", 100: "plugin"}}, executor=executor, workers=2)
    assert raised.value.hint == "install it"
    assert left(tmp_path) == {"out.txt.skelconv-build"}
    status = Workdir(tmp_path / "out.txt").status()
    assert status is not None
    assert status.clips > 0


CUDA = "CUDA error: {}\nCUDA kernel errors might be asynchronously reported at some other API call"


def test_a_gpu_that_is_lost_ends_the_build(run: Build) -> None:
    fault = CUDA.format("device-side assert triggered")
    with pytest.raises(PluginError, match=r"cannot use it any more: .* device-side assert") as told:
        run({"clips": 9, "behave": {3: fault}})
    assert told.value.where == "clip000003"


def test_a_gpu_that_lacks_memory_for_a_clip_is_not_lost(run: Build) -> None:
    library = "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"
    behave = {3: CUDA.format("out of memory"), 4: "CUDA out of memory", 5: library}
    report = run({"clips": 9, "behave": behave})
    assert [clip.id for clip in report.quarantined] == [f"clip{n:06}" for n in behave]


def test_strict_stops_at_the_first_clip_that_fails(run: Build, tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"clip000003.txt:7: letters in line 7"):
        run({"clips": 9, "behave": {3: "error"}}, strict=True)
    assert not (tmp_path / "out.txt").exists()


def test_strict_sees_what_an_earlier_run_quarantined(run: Build) -> None:
    source = {"clips": 9, "behave": {3: "error", 5: "error"}}
    for _ in range(2):
        with pytest.raises(BuildError, match=r"clip000003.txt:7"):
            run(source, strict=True)


def test_expectations(run: Build) -> None:
    expect = {"clips": 12, "splits": {"low": 5, "high": 6}}
    report = run({"absent": ["clip000010", "clip000011"]}, expect=expect)
    assert report.unmet == (Unmet("clips", 12, 10), Unmet("high", 6, 5))
    assert not report.clean
    assert list(report.absent) == ["clip000010", "clip000011"]
    assert run(expect=expect, check_expect=False, fresh=True).clean
    assert run(expect=expect, limit=3, fresh=True).clean


def test_a_limit_takes_the_first_clips(run: Build, tmp_path: Path) -> None:
    assert run({"clips": 50}, limit=3).clips == 3
    assert (tmp_path / "out.txt").read_text().splitlines()[:3] == [line(n) for n in range(3)]


def test_a_whole_output_is_not_built_again(run: Build, tmp_path: Path) -> None:
    log = tmp_path / "log"
    source = {"clips": 9, "behave": {3: "error"}, "log": str(tmp_path)}
    first = run(source)
    size = log.stat().st_size
    second = run(source)
    assert log.stat().st_size == size
    assert second.already_built
    assert not second.clean
    assert (second.clips, second.splits) == (first.clips, first.splits)
    assert second.quarantined == first.quarantined
    assert left(tmp_path) == {"out.txt", "out.txt.skelconv.json", "log"}


@pytest.mark.parametrize("folder", [False, True])
def test_another_output_is_replaced_only_when_asked(
    run: Build, tmp_path: Path, folder: bool
) -> None:
    run({"clips": 3}, sink={"folder": folder})
    with pytest.raises(BuildError, match="there already") as raised:
        run({"clips": 4}, sink={"folder": folder}, expect={"clips": 4})
    assert raised.value.what.splitlines()[1:] == [
        "    recipe.source.with.clips: 3 -> 4",
        "    source: clips were added, removed or changed (3 -> 4)",
    ]
    assert run({"clips": 4}, sink={"folder": folder}, fresh=True).clips == 4
    if folder:
        assert sorted(path.name for path in (tmp_path / "out.txt").iterdir()) == [
            f"clip{n:06}" for n in range(4)
        ]
    assert left(tmp_path) == {"out.txt", "out.txt.skelconv.json"}


def test_an_output_that_was_changed_is_not_taken_for_whole(run: Build, tmp_path: Path) -> None:
    run({"clips": 3})
    (tmp_path / "out.txt").write_text("mine")
    for told in ("it was changed since", "out.txt.skelconv.json is missing"):
        with pytest.raises(BuildError, match=f"there already(.|\n)*{told}"):
            run({"clips": 3})
        assert (tmp_path / "out.txt").read_text() == "mine"
        (tmp_path / "out.txt.skelconv.json").unlink(missing_ok=True)


def test_versions_that_an_output_was_built_with_are_told(run: Build, tmp_path: Path) -> None:
    run({"clips": 3})
    path = tmp_path / "out.txt.skelconv.json"
    told = json.loads(path.read_text())
    now = told["versions"]["numpy"]
    told["versions"]["numpy"] = "1.0"
    path.write_text(json.dumps(told | {"identity_sha256": "0" * 64}))
    with pytest.raises(BuildError) as raised:
        run({"clips": 3})
    assert raised.value.what.splitlines()[1:] == [f'    versions.numpy: "1.0" -> "{now}"']


def test_a_build_that_fails_while_writing_leaves_the_earlier_output(
    run: Build, tmp_path: Path
) -> None:
    run({"clips": 3})
    before = (tmp_path / "out.txt").read_bytes()
    with pytest.raises(BuildError, match="the disk is full"):
        run({"clips": 8}, sink={"fail_after": 4}, fresh=True)
    assert (tmp_path / "out.txt").read_bytes() == before


def test_the_same_recipe_and_data_give_the_same_bytes(run: Build, tmp_path: Path) -> None:
    outputs = set()
    for workers in (0, 1, 2, 7):
        executor = "local" if workers else "serial"
        run({"clips": 150}, workers=workers, executor=executor, fresh=True)
        outputs.add(
            (
                (tmp_path / "out.txt").read_bytes(),
                (tmp_path / "out.txt.skelconv.json").read_bytes(),
            )
        )
    assert len(outputs) == 1


def test_a_split_that_cannot_be_assigned_names_the_clip(run: Build) -> None:
    with pytest.raises(BuildError, match="toy-halves: clip000002: the split cannot be assigned"):
        run(splits=[{"use": "toy-halves", "with": {"bad": "clip000002"}}])


def test_two_splits_of_one_name_are_refused(run: Build) -> None:
    with pytest.raises(BuildError, match="two splits of the recipe are called 'low'"):
        run(splits=["toy-halves", "toy-halves"])


def test_an_output_that_cannot_be_written(run: Build, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BuildError, match="cannot be written"):
        run(sink={"path": str(tmp_path / "file" / "out.txt")})
    assert left(tmp_path) == {"file"}


def test_provenance_tells_how_to_build_it_again(run: Build, tmp_path: Path) -> None:
    report = run({"clips": 5, "behave": {1: "error"}}, expect={"clips": 5})
    told = json.loads((tmp_path / "out.txt.skelconv.json").read_text())
    assert told["output"] == {"name": "out.txt", "sha256": report.sha256}
    assert told["recipe"]["source"]["use"] == "toy"
    assert told["versions"]["toy-plugin"] == "1.0"
    assert told["report"]["clips"] == 4
    assert told["report"]["quarantined"][0]["line"] == 7
    assert told["report"]["unmet"] == [{"what": "clips", "expected": 5, "found": 4}]


def test_a_folder_that_was_not_built_here_is_never_replaced(run: Build, tmp_path: Path) -> None:
    thesis = tmp_path / "out.txt" / "thesis"
    thesis.parent.mkdir()
    thesis.write_text("mine")
    with pytest.raises(BuildError, match="a folder that was not built here"):
        run(fresh=True)
    assert thesis.read_text() == "mine"


def test_what_is_built_already_is_judged_by_the_recipe_of_now(run: Build) -> None:
    assert run(check_expect=False, expect={"clips": 11}).clean
    again = run(expect={"clips": 11})
    assert again.already_built
    assert again.unmet == (Unmet("clips", 11, 10),)
    assert run(expect={"clips": 10}).clean


def test_the_serial_engine_cannot_end_what_hangs(run: Build) -> None:
    with pytest.raises(BuildError, match="'serial' cannot end a clip that hangs"):
        run(timeout=5.0)


def test_an_output_that_cannot_have_a_folder_beside_it(run: Build, tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="cannot be written"):
        run(sink={"path": "/proc/out.txt"})
    with pytest.raises(BuildError, match="cannot be the name of an output"):
        run(sink={"path": str(tmp_path / ("x" * 250))})


def test_more_workers_than_work(run: Build) -> None:
    assert run({"clips": 2}, executor="local", workers=64).clips == 2


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [("exit", "toy: SystemExit: 3"), ("mute", "toy: MuteError"), ("surrogate", "\\udcff")],
)
def test_plugins_that_misbehave_are_named(run: Build, behaviour: str, reason: str) -> None:
    report = run({"clips": 3, "behave": {1: behaviour}})
    assert report.clips == 2
    assert reason in report.quarantined[0].reason
