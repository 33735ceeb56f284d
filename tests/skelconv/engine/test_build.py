"""Builds, through the public function, on the toy plugin."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import skelconv
from skelconv import BuildError, PluginError
from skelconv.cli.build import describe
from skelconv.engine import dispatch
from skelconv.engine.report import BuildReport, Quarantined, Unmet
from skelconv.engine.status import status_of
from skelconv.engine.workdir import Workdir

Build = Callable[..., BuildReport]


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
    assert lines[202:] == []
    assert report.clips == 200
    assert report.splits == {"low": 5, "high": 195}
    assert report.clean
    assert left(tmp_path) == {"out.txt", "out.txt.skelconv.json"}


def test_the_name_of_a_split_must_not_be_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Build
) -> None:
    import toy_plugin

    monkeypatch.setattr(toy_plugin.Halves, "names", ("low", "high", "n" * 1001))
    with pytest.raises(BuildError, match="the name of a split is longer than 1,000 bytes"):
        run()
    assert left(tmp_path) == set()


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
    fault = (
        r"the source 'toy' failed: ZeroDivisionError: a fault of the plugin \(toy_plugin.py:\d+\)"
    )
    assert re.fullmatch(fault, others[1].reason)
    assert "renamed" in others[2].reason
    assert "NoneType" in others[3].reason
    assert not report.clean
    lines = (tmp_path / "out.txt").read_text().splitlines()
    kept = [n for n in range(12) if n % 4 and n not in behave]
    assert lines[: len(kept)] == [line(number) for number in kept]
    assert lines[len(kept)] == "low: clip000002"


def test_a_clip_that_kills_its_worker_is_quarantined(run: Build, tmp_path: Path) -> None:
    survivor = tmp_path / "survivor"
    behave = {4: "die", 11: f"die-until:{survivor}", 30: "die"}
    report = run({"clips": 40, "behave": behave}, executor="local", workers=2)
    assert [clip.id for clip in report.quarantined] == ["clip000004", "clip000030"]
    assert "worker died" in report.quarantined[0].reason
    kept = [n for n in range(40) if n not in (4, 30)]
    assert (tmp_path / "out.txt").read_text().splitlines()[:38] == [line(n) for n in kept]


@pytest.mark.parametrize("workers", [1, 3])
def test_a_worker_that_is_killed_as_it_starts_is_started_again(
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
@pytest.mark.parametrize("way", ["file", "stdin", "word"])
def test_workers_need_no_script(run: Build, tmp_path: Path, guard: str, way: str) -> None:
    run({"clips": 3}, fresh=True)
    expected = (tmp_path / "out.txt").read_bytes()
    (tmp_path / "out.txt").unlink()
    build = "skelconv.build('recipe.yaml', workers=2, fresh=True)"
    script = f"import skelconv\nprint('once')\n{guard}{build}\n"
    (tmp_path / "script.py").write_text(script)
    arguments = {"file": ["script.py"], "stdin": ["-"], "word": ["-c", script]}[way]
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=tmp_path,
        input=script if way == "stdin" else "",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (0, "once\n"), done.stderr
    assert (tmp_path / "out.txt").read_bytes() == expected


def test_a_clip_that_hangs_is_ended_and_quarantined(run: Build) -> None:
    report = run({"clips": 6, "behave": {2: "hang"}}, executor="local", workers=2, timeout=1.0)
    assert [clip.id for clip in report.quarantined] == ["clip000002"]
    assert "longer than 1 s" in report.quarantined[0].reason
    assert report.clips == 5


def test_a_worker_that_is_frozen_is_replaced(run: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "_FROZEN_SECONDS", 0.5)
    report = run({"clips": 30, "behave": {4: "freeze"}}, executor="local", workers=2, timeout=0.5)
    assert [clip.id for clip in report.quarantined] == ["clip000004"]
    assert "longer than 0.5 s" in report.quarantined[0].reason
    assert report.clips == 29


@pytest.mark.parametrize("executor", ["serial", "local"])
def test_a_stage_that_cannot_be_made_stops_the_build_at_once(
    run: Build, tmp_path: Path, executor: str
) -> None:
    with pytest.raises(PluginError, match="the source 'toy' failed: ClipError: no luck"):
        run({"broken": True}, executor=executor)
    assert left(tmp_path) == set()


@pytest.mark.parametrize("expect", [None, {"clips": 10}, {"clips": 12}])
def test_listed_clips_that_are_missing_are_always_named(
    run: Build, expect: dict[str, Any] | None
) -> None:
    lines = list(describe(run({"absent": ["clip000010", "clip000011"]}, expect=expect)))
    at = lines.index("2 listed clips are not there:")
    assert lines[at + 1 : at + 3] == ["  clip000010", "  clip000011"]
    many = run({"absent": [f"absent{n}" for n in range(25)]}, fresh=True)
    assert "  ... and 20 more (all of them: skelconv plan RECIPE --json)" in list(describe(many))
    assert not any("not there" in line for line in describe(run({}, fresh=True)))


@pytest.mark.parametrize("executor", ["serial", "local"])
def test_a_plugin_error_ends_the_build_and_keeps_what_is_done(
    run: Build, tmp_path: Path, executor: str
) -> None:
    with pytest.raises(PluginError, match="the model lacks an operation") as raised:
        run({"clips": 200, "behave": {3: "error", 100: "plugin"}}, executor=executor, workers=2)
    assert raised.value.hint == "install it"
    assert left(tmp_path) == {"out.txt.skelconv-build"}
    status = status_of(Workdir(tmp_path / "out.txt"))
    assert status is not None
    assert status.converted > 0


CUDA = "CUDA error: {}\nCUDA kernel errors might be asynchronously reported at some other API call"


def test_a_gpu_that_is_lost_ends_the_build(run: Build) -> None:
    fault = CUDA.format("device-side assert triggered")
    with pytest.raises(
        PluginError, match=r"cannot use it any more: .* device-side assert"
    ) as raised:
        run({"clips": 9, "behave": {3: fault}})
    assert raised.value.where == "clip000003"


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
    assert report.absent.first == ("clip000010", "clip000011")
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
    assert left(tmp_path) == {
        "out.txt",
        "out.txt.skelconv.json",
        "out.txt.skelconv-build",  # to try the quarantined clip again
        "log",
    }


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
    fault = "the split 'toy-halves', assigning 'clip000002', failed: ValueError: no number"
    with pytest.raises(PluginError, match=fault):
        run(splits=[{"use": "toy-halves", "with": {"bad": "clip000002"}}])


def test_two_splits_of_one_name_are_refused(run: Build) -> None:
    with pytest.raises(BuildError, match="two splits of the recipe are called 'low'"):
        run(splits=["toy-halves", "toy-halves"])


def test_an_output_that_cannot_be_written(run: Build, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BuildError, match="cannot be written"):
        run(sink={"path": str(tmp_path / "file" / "out.txt")})
    assert left(tmp_path) == {"file"}


def test_a_folder_that_was_not_built_here_is_never_replaced(run: Build, tmp_path: Path) -> None:
    thesis = tmp_path / "out.txt" / "thesis"
    thesis.parent.mkdir()
    thesis.write_text("mine")
    with pytest.raises(BuildError, match="this is a folder that skelconv did not build"):
        run(fresh=True)
    assert thesis.read_text() == "mine"


def test_what_is_built_already_is_judged_by_the_recipe_of_now(run: Build) -> None:
    assert run(check_expect=False, expect={"clips": 11}).clean
    again = run(expect={"clips": 11})
    assert again.already_built
    assert again.unmet == (Unmet("clips", 11, 10),)
    assert run(expect={"clips": 10}).clean


def test_the_serial_executor_cannot_end_what_hangs(run: Build) -> None:
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
    [
        ("exit", "the source 'toy' failed: SystemExit: 3"),
        ("mute", "the source 'toy' failed: MuteError"),
        ("surrogate", "\\udcff"),
    ],
)
def test_plugins_that_misbehave_are_named(run: Build, behaviour: str, reason: str) -> None:
    report = run({"clips": 3, "behave": {1: behaviour}})
    assert report.clips == 2
    assert reason in report.quarantined[0].reason


def test_a_recipe_is_a_path_a_mapping_or_loaded(tmp_path: Path) -> None:
    recipe = {
        "skelconv": 1,
        "name": "toy",
        "source": {"use": "toy", "with": {"clips": 5}},
        "splits": ["toy-halves"],
        "sink": {"use": "toy", "with": {"path": str(tmp_path / "out.txt")}},
    }
    path = tmp_path / "recipe.yaml"
    path.write_text(json.dumps(recipe))
    given = [path, str(path), recipe, skelconv.load_recipe(recipe)]
    plans = [skelconv.plan(one, limit=3) for one in given]
    assert all(plan == plans[0] for plan in plans)
    outputs = set()
    for one in given:
        skelconv.build(one, executor="serial", fresh=True)
        outputs.add(
            (
                (tmp_path / "out.txt").read_bytes(),
                (tmp_path / "out.txt.skelconv.json").read_bytes(),
            )
        )
    assert len(outputs) == 1
    assert skelconv.build(recipe, executor="serial").already_built
    overrides = ["source.with.clips=2"]
    assert len(skelconv.plan(recipe, overrides).items) == 2
    assert skelconv.build(recipe, overrides, executor="serial", fresh=True).clips == 2


ODD = """\
import numpy as np
from skelconv import Clip
from skelconv.plugin import Inventory, Item, Options, SourcePlugin, hookimpl

class Odd:
    def __init__(self, options):
        pass

    def inventory(self):
        return Inventory([Item("good"), Item("odd")])

    def load(self, item):
        joints, layout, label = {odd} if item.id == "odd" else (17, "coco17", 0)
        return Clip(item.id, np.ones((1, 2, joints, 2), np.float32), layout, label=label)

@hookimpl
def skelconv_sources():
    yield SourcePlugin(name="odd", summary="", create=Odd)
"""


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        ('18, "coco17", 0', "it gave 18 keypoints, and the layout 'coco17' has 17"),
        ('17, "coco71", 0', "there is no layout 'coco71': did you mean 'coco17'?"),
        ("17, None, 0", "its layout is None, not a name"),
        ('17, "coco17", "x"', "ValueError: label is 'x': it must be an int, or a tuple of int"),
        ('17, "coco17", 1.0', "ValueError: label is 1.0: it must be an int, or a tuple of int"),
    ],
)
def test_a_clip_that_breaks_the_rules_names_its_source(
    install: Callable[..., None], tmp_path: Path, odd: str, reason: str
) -> None:
    install("acme-odd", {"o": "acme_odd"}, {"acme_odd": ODD.replace("{odd}", f"({odd})")})
    sink = {"use": "toy", "with": {"path": str(tmp_path / "out.txt")}}
    report = skelconv.build({"name": "a", "source": "odd", "sink": sink}, executor="serial")
    assert report.clips == 1
    (clip,) = report.quarantined
    assert clip.id == "odd"
    assert clip.reason.startswith(f"the source 'odd' failed: {reason}")


REFUSING = """\
from pathlib import Path
from skelconv import ClipError
from skelconv.plugin import Options, SinkPlugin, hookimpl

class Refusing:
    target = Path("out.txt")

    def __init__(self, options):
        pass

    def encode(self, clip):
        if clip.label:
            raise ClipError("the label is odd", path="labels.csv", line=3)
        return b"clip"

    def assemble(self, clips, path):
        path.write_bytes(b"".join(clips))

@hookimpl
def skelconv_sinks():
    yield SinkPlugin(name="refusing", summary="", create=Refusing)
"""


def test_a_clip_that_a_sink_refuses_keeps_the_sinks_words(
    install: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    install("acme-refusing", {"r": "acme_refusing"}, {"acme_refusing": REFUSING})
    source = {"use": "toy", "with": {"clips": 2}}
    recipe = {"name": "a", "source": source, "sink": "refusing"}
    report = skelconv.build(recipe, executor="serial")
    expected = Quarantined("clip000001", "the label is odd", "labels.csv", 3)
    assert report.quarantined == (expected,)


@pytest.mark.parametrize("timeout", [0, -1, float("nan")])
def test_a_timeout_without_time_is_refused(run: Build, timeout: float) -> None:
    with pytest.raises(BuildError, match="leaves no time"):
        run(executor="local", timeout=timeout)


def test_a_negative_limit_is_refused(run: Build) -> None:
    with pytest.raises(BuildError, match="no first -1 clips"):
        run(limit=-1)
