"""What cannot be read now is tried again; what is quarantined can be; good outputs stay."""

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import skelconv
from skelconv import BuildError
from skelconv.engine import dispatch
from skelconv.engine.report import BuildReport


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., BuildReport]:
    """Build toy clips; those that `needs` names read a file of their own in `inputs`."""
    monkeypatch.setattr(dispatch, "_PAUSES", (0.01, 0.02))
    inputs = tmp_path / "inputs"
    inputs.mkdir()

    def build(clips: int = 10, needs: tuple[int, ...] = (), **arguments: Any) -> BuildReport:
        behave = {number: f"read:{inputs / str(number)}" for number in needs}
        behave.update(arguments.pop("behave", {}))
        source = {"clips": clips, "behave": behave, "log": str(tmp_path), "weights": str(inputs)}
        recipe = {
            "name": "toy",
            "source": {"use": "toy", "with": source},
            "sink": {"use": "toy", "with": {"path": str(tmp_path / "out.txt")}},
        }
        arguments.setdefault("executor", "serial")
        return skelconv.build(recipe, **arguments)

    return build


def loaded(folder: Path) -> list[str]:
    """The clips that were loaded since the last look."""
    log = folder / "log"
    names = log.read_text().split() if log.exists() else []
    log.write_text("")
    return names


@pytest.mark.parametrize("executor", ["serial", "local"])
def test_a_file_that_is_gone_for_a_while_is_read_in_the_end(
    build: Callable[..., BuildReport],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    executor: str,
) -> None:
    real, pauses = dispatch.time.sleep, []

    def sleep(seconds: float) -> None:
        if seconds:  # the toy's own are of no length
            pauses.append(seconds)
            (tmp_path / "inputs" / "3").touch()
        real(0)

    monkeypatch.setattr(dispatch.time, "sleep", sleep)
    report = build(needs=(3,), executor=executor)
    assert (report.clips, report.clean) == (10, True)
    assert pauses == [0.01]
    assert not (tmp_path / "out.txt.skelconv-build").exists()


def test_what_stays_unreadable_is_tried_by_the_same_command(
    build: Callable[..., BuildReport], tmp_path: Path
) -> None:
    report = build(needs=(3, 5), behave={7: "error"})
    assert [(clip.id, clip.unread) for clip in report.quarantined] == [
        ("clip000003", True),
        ("clip000005", True),
        ("clip000007", False),
    ]
    assert "No such file" in report.quarantined[0].reason
    assert loaded(tmp_path).count("clip000003") == 3  # once, and after each pause
    (tmp_path / "inputs" / "3").touch()
    again = build(needs=(3, 5), behave={7: "error"})
    assert not again.already_built
    assert [clip.id for clip in again.quarantined] == ["clip000005", "clip000007"]
    assert set(loaded(tmp_path)) == {"clip000003", "clip000005"}
    assert (tmp_path / "out.txt").read_text().count("clip") >= 8


def test_the_output_is_that_of_a_build_that_read_all_at_once(
    build: Callable[..., BuildReport], tmp_path: Path
) -> None:
    build(needs=(0, 4))
    for number in (0, 4):
        (tmp_path / "inputs" / str(number)).touch()
    late = build(needs=(0, 4))
    assert late.clean
    content = (tmp_path / "out.txt").read_bytes()
    build(needs=(0, 4), fresh=True)
    assert (tmp_path / "out.txt").read_bytes() == content


def test_retry_tries_quarantined_clips_and_nothing_else(
    build: Callable[..., BuildReport], tmp_path: Path
) -> None:
    survivor = tmp_path / "fixed"
    behave = {2: f"error-until:{survivor}", 6: "error"}
    first = build(behave=behave)
    assert [clip.id for clip in first.quarantined] == ["clip000002", "clip000006"]
    loaded(tmp_path)
    assert build(behave=behave).already_built
    assert loaded(tmp_path) == []
    survivor.touch()
    second = build(behave=behave, retry=True)
    assert loaded(tmp_path) == ["clip000002", "clip000006"]
    assert (second.clips, [clip.id for clip in second.quarantined]) == (9, ["clip000006"])
    assert second.resumed == 8
    assert build(behave=behave).already_built


def test_retry_needs_what_was_done(build: Callable[..., BuildReport], tmp_path: Path) -> None:
    build(behave={2: "error"})
    for path in (tmp_path / "out.txt.skelconv-build").iterdir():
        path.unlink()
    with pytest.raises(BuildError, match="cannot be tried alone"):
        build(behave={2: "error"}, retry=True)
    assert build(behave={2: "error"}).already_built


def test_retry_and_fresh_exclude_each_other(
    build: Callable[..., BuildReport], tmp_path: Path
) -> None:
    build(behave={2: "error"})
    before = (tmp_path / "out.txt").stat()
    with pytest.raises(BuildError, match=r"--fresh builds all of it again, and --retry nothing"):
        build(behave={2: "error"}, retry=True, fresh=True)
    assert (tmp_path / "out.txt").stat() == before
    assert build(behave={2: "error"}, retry=True).resumed == 9


def test_retry_of_a_clean_build_does_nothing(build: Callable[..., BuildReport]) -> None:
    build()
    assert build(retry=True).already_built


@pytest.mark.parametrize("executor", ["serial", "local"])
def test_inputs_that_vanish_stop_the_build(
    build: Callable[..., BuildReport], tmp_path: Path, executor: str
) -> None:
    inputs = tmp_path / "inputs"
    gate = inputs / "5"
    os.mkfifo(gate)

    def vanish() -> None:
        with open(gate, "w"):  # the fifth clip is being loaded
            inputs.rename(tmp_path / "elsewhere")

    thread = threading.Thread(target=vanish)
    thread.start()
    needs = tuple(range(5, 10))
    with pytest.raises(BuildError, match="is gone"):
        build(needs=needs, executor=executor, workers=1)
    thread.join()
    (tmp_path / "elsewhere").rename(inputs)
    gate.unlink()
    for number in needs:
        (inputs / str(number)).touch()
    loaded(tmp_path)
    report = build(needs=needs, executor=executor, workers=1)
    assert (report.clips, report.clean) == (10, True)
    assert "clip000000" not in loaded(tmp_path)


def test_a_broken_source_does_not_replace_a_good_output(
    build: Callable[..., BuildReport], tmp_path: Path
) -> None:
    build(clips=60)
    content = (tmp_path / "out.txt").read_bytes()
    behave = dict.fromkeys(range(3, 60), "error")
    with pytest.raises(BuildError, match=r"57 clips failed.*has 60 and was not replaced"):
        build(clips=60, behave=behave, fresh=True)
    assert (tmp_path / "out.txt").read_bytes() == content
    provenance = json.loads((tmp_path / "out.txt.skelconv.json").read_text())
    assert provenance["report"]["clips"] == 60
    (tmp_path / "out.txt").rename(tmp_path / "kept.txt")  # as the error says
    assert build(clips=60, behave=behave, fresh=True).clips == 3


def test_a_few_failures_replace_an_output(build: Callable[..., BuildReport]) -> None:
    build(clips=60)
    assert build(clips=60, behave={3: "error"}, fresh=True).clips == 59


def test_strict_stops_at_what_cannot_be_read(build: Callable[..., BuildReport]) -> None:
    with pytest.raises(BuildError, match="No such file"):
        build(needs=(3,), strict=True)


def test_a_fresh_build_that_was_stopped_continues_over_an_equal_output(
    build: Callable[..., BuildReport], tmp_path: Path
) -> None:
    allowed = tmp_path / "allowed"
    allowed.touch()
    behave = {6: f"error-until:{allowed}"}
    build(behave=behave)
    allowed.unlink()
    with pytest.raises(BuildError, match="not yet"):
        build(behave=behave, fresh=True, strict=True)
    allowed.touch()
    report = build(behave=behave, retry=True)
    assert (report.already_built, report.clips) == (False, 10)
    assert report.resumed >= 6  # how many more is a matter of batches
    assert not (tmp_path / "out.txt.skelconv-build").exists()
