"""A build that is killed goes on, loses nothing, and gives the bytes of one that was not."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest
from support.crashing_build import FUNCTIONS, Crash

import skelconv
from skelconv import BuildError, PluginError
from skelconv.engine.status import status_of
from skelconv.engine.workdir import Workdir

CLIPS = 60


def write_recipe(
    root: Path,
    *,
    seconds: float = 0.0,
    clips: int = CLIPS,
    behave: dict[str, str] | None = None,
    **sink: object,
) -> Path:
    recipe = {
        "skelconv": 1,
        "name": "toy",
        "source": {
            "use": "toy",
            "with": {
                "clips": clips,
                "log": str(root),
                "behave": {"7": "error", **(behave or {})},
                "seconds": seconds,
            },
        },
        "transforms": [{"use": "toy-drop", "with": {"every": 9}}],
        "splits": ["toy-halves"],
        "sink": {"use": "toy", "with": {"path": str(root / "out"), **sink}},
    }
    path = root / "recipe.yaml"
    path.write_text(json.dumps(recipe))
    return path


def result(folder: Path) -> dict[str, bytes]:
    """The output, file by file, and all else that was left.

    Of what is kept to try the quarantined clip again, only the names: times are in it, and the
    order in which workers finished.
    """
    ignored = {"log", "recipe.yaml"}
    files = [path for path in folder.rglob("*") if path.is_file() and path.name not in ignored]
    return {
        str(path.relative_to(folder)): b""
        if path.parent.name.endswith(".skelconv-build")
        else path.read_bytes()
        for path in files
    }


def same_provenance(one: bytes, other: bytes) -> bool:
    """Whether two builds in different folders tell the same of themselves."""
    contents = [json.loads(text) for text in (one, other)]
    for provenance in contents:
        del provenance["identity_sha256"], provenance["recipe_sha256"], provenance["recipe"]
    return contents[0] == contents[1]


@pytest.fixture(scope="module", params=["file", "folder"])
def undisturbed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("undisturbed")
    write_recipe(folder, folder=request.param == "folder")
    skelconv.build(folder / "recipe.yaml", executor="serial")
    return folder


def points(calls: int, most: int) -> list[int]:
    """The first, the last and others spread between."""
    return sorted({1 + step * (calls - 1) // max(most - 1, 1) for step in range(most)})


def with_earlier_output(root: Path, folder: bool) -> Path:
    """Write the recipe where an output of another recipe stands, which it is to replace."""
    skelconv.build(write_recipe(root, folder=folder, clips=5), executor="serial")
    (root / "log").write_text("")
    return write_recipe(root, folder=folder)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_killed_at_any_step_on_disk(
    undisturbed: Path, tmp_path: Path, function: str, crash: Crash
) -> None:
    expected = result(undisturbed)
    as_folder = (undisturbed / "out").is_dir()
    counting = tmp_path / "counting"
    counting.mkdir()
    calls = crash(with_earlier_output(counting, as_folder), function, 0, how="fresh")
    assert calls
    for number in points(calls, 8):
        folder = tmp_path / f"{function}{number}"
        folder.mkdir()
        recipe = with_earlier_output(folder, as_folder)
        assert crash(recipe, function, number, how="fresh") is None
        loaded = Counter((folder / "log").read_text().split())
        begun = (folder / "out.skelconv-build" / "spool").exists()
        report = skelconv.build(recipe, executor="serial", fresh=not begun)
        found = result(folder)
        assert found.keys() == expected.keys(), f"killed at {function} {number}"
        for name, content in found.items():
            if name.endswith(".skelconv.json"):
                assert same_provenance(content, expected[name])
            else:
                assert content == expected[name], f"killed at {function} {number}"
        again = Counter((folder / "log").read_text().split()) - loaded
        # What was under way when it was killed is loaded again, and nothing else.
        assert again.total() == (0 if report.already_built else CLIPS - report.resumed)


@pytest.mark.parametrize("seed", range(6))
def test_driver_and_workers_killed_at_random(tmp_path: Path, seed: int) -> None:
    """The moment is chosen by how much is done, so it does not depend on the machine."""
    rng = random.Random(seed)
    recipe = write_recipe(tmp_path, clips=300, seconds=0.001)
    script = (
        "import skelconv, sys\n"
        "if __name__ == '__main__':\n"
        "    skelconv.build(sys.argv[1], workers=2)\n"
    )
    main = tmp_path / "main.py"
    main.write_text(script)
    log = tmp_path / "log"
    log.touch()
    for _ in range(3):
        size = log.stat().st_size + rng.randrange(1, 80) * len("clip000000\n")
        with subprocess.Popen([sys.executable, main, recipe], stderr=subprocess.PIPE) as process:
            while process.poll() is None and log.stat().st_size < size:
                threading.Event().wait(0.001)
            process.send_signal(signal.SIGKILL)
            # Its workers hold stderr as well: this ends when they have ended.
            process.communicate()
    main.unlink()
    report = skelconv.build(recipe, workers=2)
    log.unlink()
    other = tmp_path / "other"
    other.mkdir()
    skelconv.build(write_recipe(other, clips=300), executor="serial")
    assert (tmp_path / "out").read_bytes() == (other / "out").read_bytes()
    assert report.clips == 300 - 34 - 1


def test_a_stopped_build_goes_on_only_with_the_same_recipe_and_data(
    tmp_path: Path, crash: Crash
) -> None:
    recipe = write_recipe(tmp_path)
    assert crash(recipe, "fsync", 3, how="fresh") is None
    write_recipe(tmp_path, clips=CLIPS + 1)
    with pytest.raises(BuildError) as raised:
        skelconv.build(recipe, executor="serial")
    assert f"recipe.source.with.clips: {CLIPS} -> {CLIPS + 1}" in str(raised.value)
    assert f"items: {CLIPS} -> {CLIPS + 1}" in str(raised.value)
    assert "--fresh" in str(raised.value)
    assert skelconv.build(recipe, executor="serial", fresh=True).resumed == 0


def test_workers_without_work_are_not_waited_for(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    gate.touch()
    recipe = json.loads(write_recipe(tmp_path, behave={"7": ""}).read_text())
    recipe["source"]["with"]["start"] = f"read:{gate}"
    skelconv.build(recipe, executor="serial")
    gate.unlink()
    os.mkfifo(gate)  # which a worker opens as it starts, and waits for ever
    assert skelconv.build(recipe, executor="local", workers=2).already_built


def test_a_failed_start_leaves_nothing(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path, behave={"0": "plugin"})
    with pytest.raises(PluginError, match="the model lacks an operation"):
        skelconv.build(recipe, executor="serial")
    assert result(tmp_path) == {}
    assert skelconv.build(write_recipe(tmp_path), executor="serial").clips


def test_a_fresh_build_that_fails_before_the_first_clip_leaves_nothing(tmp_path: Path) -> None:
    with_earlier_output(tmp_path, folder=False)
    before = result(tmp_path)
    recipe = write_recipe(tmp_path, behave={"0": "plugin"})
    with pytest.raises(PluginError, match="the model lacks an operation"):
        skelconv.build(recipe, executor="serial", fresh=True)
    assert result(tmp_path) == before
    assert not (tmp_path / "out.skelconv-build").exists()


def test_a_permission_to_replace_outlives_a_kill_and_a_failed_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crash: Crash
) -> None:
    recipe = with_earlier_output(tmp_path, folder=False)
    assert crash(recipe, "pwrite", 1, how="fresh") is None  # before its first clip

    def stop(*arguments: object, **named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("skelconv.engine.dispatch.Dispatcher.run", stop)
        with pytest.raises(KeyboardInterrupt):
            skelconv.build(recipe, executor="serial")
    assert skelconv.build(recipe, executor="serial").clips == 52


def test_an_output_that_was_moved_aside_is_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two renames only the working folder has it, and that folder may be removed."""
    recipe = with_earlier_output(tmp_path, folder=True)
    before = result(tmp_path)
    replace = os.replace

    def stop(source: Path, target: Path) -> None:
        if Path(target) == tmp_path / "out":
            raise KeyboardInterrupt
        replace(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", stop)
        with pytest.raises(KeyboardInterrupt):
            skelconv.build(recipe, executor="serial", fresh=True)
    assert not (tmp_path / "out").exists()
    recipe = write_recipe(tmp_path, folder=True, behave={"0": "plugin"})
    with pytest.raises(PluginError, match="the model lacks an operation"):
        skelconv.build(recipe, executor="serial", fresh=True)
    assert result(tmp_path) == before


def test_a_build_without_a_clip_gives_way_to_another(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path, behave={"0": "error"})
    with pytest.raises(BuildError, match="letters in line 7"):
        skelconv.build(recipe, executor="serial", strict=True)
    assert Workdir(tmp_path / "out").holds_work
    assert skelconv.build(write_recipe(tmp_path), executor="serial").resumed == 0


def test_what_one_build_may_replace_another_may_not(tmp_path: Path, crash: Crash) -> None:
    recipe = with_earlier_output(tmp_path, folder=False)
    before = (tmp_path / "out").read_bytes()
    assert crash(recipe, "pwrite", 1, how="fresh") is None
    assert Workdir(tmp_path / "out").may_replace(tmp_path / "out")
    with pytest.raises(BuildError, match="there already"):
        skelconv.build(write_recipe(tmp_path, clips=6), executor="serial")
    assert (tmp_path / "out").read_bytes() == before
    # What was refused changes nothing: the build that was stopped still goes on.
    assert skelconv.build(write_recipe(tmp_path), executor="serial").clips == 52


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_stop_around_the_move_of_the_output_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    recipe = write_recipe(tmp_path)
    replace = os.replace

    def stop(source: Path, target: Path) -> None:
        is_output = Path(target) == tmp_path / "out"
        if not is_output or moment == "after":
            replace(source, target)
        if is_output:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", stop)
        with pytest.raises(KeyboardInterrupt):
            skelconv.build(recipe, executor="serial")
    report = skelconv.build(recipe, executor="serial")
    assert (report.clips, report.resumed) == (52, CLIPS)
    assert {name for name in result(tmp_path) if "/" not in name} == {"out", "out.skelconv.json"}


def test_a_stop_within_the_provenance_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old provenance fits the new output: the next run has nothing to do but to clear up."""
    recipe = write_recipe(tmp_path)
    skelconv.build(recipe, executor="serial")
    before = result(tmp_path)
    replace = os.replace

    def stop(source: Path, target: Path) -> None:
        if Path(target).name == "out.skelconv.json":
            raise KeyboardInterrupt
        replace(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", stop)
        with pytest.raises(KeyboardInterrupt):
            skelconv.build(recipe, executor="serial", fresh=True)
    assert skelconv.build(recipe, executor="serial").already_built
    assert result(tmp_path) == before


def test_two_builds_of_one_output(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path)
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    script = (
        "import skelconv, sys\n"
        "class Progress:\n"
        "    def begin(self, items, done):\n"
        "        open(sys.argv[2], 'w').close()\n"  # says that the lock is held
        "        open(sys.argv[2]).close()\n"  # waits until it may go on
        "    def advance(self, done, failed): ...\n"
        "    def assembling(self): ...\n"
        "skelconv.build(sys.argv[1], executor='serial', progress=Progress())\n"
    )
    first = subprocess.Popen([sys.executable, "-c", script, recipe, gate])
    gate.open().close()
    with pytest.raises(BuildError, match="another build of this output is running"):
        skelconv.build(recipe, executor="serial")
    gate.open("w").close()
    assert first.wait() == 0
    assert skelconv.build(recipe, executor="serial").already_built


def test_status_of_a_build(tmp_path: Path, crash: Crash) -> None:
    recipe = write_recipe(tmp_path)
    workdir = Workdir(tmp_path / "out")
    assert status_of(workdir) is None
    seen = []

    class Watch:
        def begin(self, items: int, done: int) -> None: ...
        def advance(self, done: int, failed: int) -> None:
            seen.append(status_of(workdir))

        def assembling(self) -> None: ...

    skelconv.build(recipe, executor="serial", progress=Watch())
    last = seen[-1]
    assert last is not None
    assert last.running
    # Every ninth of 60 is dropped, and the seventh fails.
    assert (last.items, last.converted, last.dropped, last.failed, last.left) == (60, 52, 7, 1, 0)
    assert [status.left for status in seen if status] == sorted(
        (status.left for status in seen if status), reverse=True
    )
    # It is kept to try the clip that failed again.
    kept = status_of(workdir)
    assert kept is not None
    assert (kept.running, kept.left, kept.failed) == (False, 0, 1)
    assert crash(recipe, "fsync", 3, how="fresh") is None
    stopped = status_of(workdir)
    assert stopped is not None
    assert not stopped.running
    assert stopped.items == stopped.left + stopped.converted + stopped.dropped + stopped.failed


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_keeps_what_is_done(number: signal.Signals, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    recipe = write_recipe(tmp_path, clips=400, behave={"45": f"wait:{gate}"})
    # Where tests run in the background, Ctrl-C may be ignored, and that is inherited.
    program = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "signal.signal(signal.SIGHUP, signal.SIG_DFL); "
        "from skelconv.cli import main; main()"
    )
    command = [sys.executable, "-c", program, "build", recipe]
    log = tmp_path / "log"
    log.touch()
    with subprocess.Popen(
        [*command, "--workers", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        while process.poll() is None and "clip000045" not in log.read_text():
            threading.Event().wait(0.001)
        if number != signal.SIGTERM:
            # As a terminal does: the whole group gets it, workers too.
            os.killpg(process.pid, number)
        else:
            process.terminate()
        # The clip that is under way can finish now, and not before.
        gate.open("w").close()
        output, errors = process.communicate()
    assert process.returncode == 130, errors
    assert output == ""
    assert "Traceback" not in errors
    assert f"skelconv build {recipe} --workers 2" in errors
    loaded = len(log.read_text().split())
    report = skelconv.build(recipe, executor="serial")
    # All that was loaded was finished, kept, and not loaded again.
    assert report.resumed == loaded
    assert len(log.read_text().split()) == 400


def test_twenty_signals_are_one_interrupt(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    recipe = write_recipe(tmp_path, clips=400, behave={"45": f"wait:{gate}"})
    program = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "signal.signal(signal.SIGHUP, signal.SIG_DFL); "
        "from skelconv.cli import main; main()"
    )
    log = tmp_path / "log"
    log.touch()
    signals = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGINT]
    with subprocess.Popen(
        [sys.executable, "-c", program, "build", recipe, "--workers", "2"],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        while process.poll() is None and "clip000045" not in log.read_text():
            threading.Event().wait(0.001)
        for number in signals * 4:
            process.send_signal(number)
        gate.open("w").close()
        assert process.stderr is not None
        errors = ""
        for line in process.stderr:
            errors += line
            for number in signals if "interrupted" in line else ():  # while it ends
                process.send_signal(number)
    assert process.returncode == 130, errors
    assert errors.count("interrupted") == 1
    assert "Traceback" not in errors
    assert "Exception ignored" not in errors
    # None of the first sixteen has cut short the clip that was under way.
    loaded = len(log.read_text().split())
    assert skelconv.build(recipe, executor="serial").resumed == loaded


def test_under_nohup_a_build_outlives_its_terminal(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    recipe = write_recipe(tmp_path, clips=60, behave={"45": f"wait:{gate}"})
    program = (
        "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); "
        "from skelconv.cli import main; main()"
    )
    log = tmp_path / "log"
    log.touch()
    with subprocess.Popen(
        [sys.executable, "-c", program, "build", recipe, "--workers", "2"],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        while process.poll() is None and "clip000045" not in log.read_text():
            threading.Event().wait(0.001)
        os.killpg(process.pid, signal.SIGHUP)
        gate.open("w").close()
        _, errors = process.communicate()
    assert process.returncode == 2, errors  # one clip is quarantined
    assert (tmp_path / "out").exists()


@pytest.mark.parametrize("parts", [1, 3, 7])
def test_shards_hold_the_whole_in_order(tmp_path: Path, parts: int) -> None:
    recipe = write_recipe(tmp_path)
    skelconv.build(recipe, executor="serial")
    whole = (tmp_path / "out").read_text().splitlines()
    lines: list[str] = []
    for part in range(1, parts + 1):
        report = skelconv.build(recipe, executor="serial", shard=(part, parts))
        assert report.target.name == f"out-{part:05}-of-{parts:05}"
        lines += report.target.read_text().splitlines()[: report.clips]
    assert lines == whole[: len(lines)]
    assert len(lines) == 52


def test_a_file_that_came_since_is_not_replaced(tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path)
    command = "import skelconv, sys; skelconv.build(sys.argv[1], executor='serial', strict=True)"
    assert subprocess.run([sys.executable, "-c", command, recipe], check=False).returncode == 1
    assert Workdir(tmp_path / "out").holds_work
    (tmp_path / "out").write_text("precious")
    with pytest.raises(BuildError, match="there already"):
        skelconv.build(recipe, executor="serial")
    assert (tmp_path / "out").read_text() == "precious"
    (tmp_path / "out").unlink()
    assert skelconv.build(recipe, executor="serial").resumed > 0
