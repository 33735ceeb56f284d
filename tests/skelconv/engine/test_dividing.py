"""Items that give 0, 1 or many clips: what is written, counted and told, against a model."""

import json
import tracemalloc
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.crashing_build import FUNCTIONS, Crash

import skelconv
from skelconv import BuildError, PluginError
from skelconv.cli.app import run as run_command
from skelconv.cli.build import describe
from skelconv.engine.assembly import SpooledClips
from skelconv.engine.outcome import Outcome, Result, record
from skelconv.engine.plan import Plan
from skelconv.engine.report import BuildReport
from skelconv.engine.spool import Spool
from skelconv.plugin import Inventory, Item

Build = Callable[..., BuildReport]
CLIPS = 9


def divide(**options: Any) -> dict[str, Any]:
    return {"use": "toy-divide", "with": options}


def refuse(**ids: str) -> dict[str, Any]:
    return {"use": "toy-refuse", "with": {"ids": ids}}


def written(report: BuildReport) -> tuple[list[str], dict[str, list[str]]]:
    """The ids of the clips, and those of each part, as the toy sink has written them."""
    lines = report.target.read_text().splitlines()
    parts = dict(line.partition(":")[::2] for line in lines[report.clips :])
    return [line.split()[0] for line in lines[: report.clips]], {
        name: ids.split() for name, ids in parts.items()
    }


def test_each_clip_of_an_item_passes_what_follows(run: Build) -> None:
    transforms = [divide(otherwise=3), {"use": "toy-drop", "with": {"every": 2}}]
    report = run({"clips": 4}, transforms=transforms, splits=())
    # The sum of item n and piece p is n + p, and even ones are dropped.
    expected = [f"clip{n:06}@{p}" for n in range(4) for p in range(3) if (n + p) % 2]
    assert written(report)[0] == expected
    assert report.clips == len(expected)
    assert report.dropped == {"a multiple of 2": 12 - len(expected)}
    assert vars_of(report) == (4, 0, 0)
    assert report.clean


def vars_of(report: BuildReport) -> tuple[int, int, int]:
    found = report.recordings
    return found.converted, found.quarantined, found.dropped


def test_two_that_divide_after_each_other(run: Build) -> None:
    report = run({"clips": 2}, transforms=[divide(mark="#"), divide(otherwise=2)])
    ids, parts = written(report)
    assert ids == [f"clip{n:06}#{p}@{q}" for n in range(2) for p in range(2) for q in range(2)]
    assert parts["low"] == ids


FATES = ["clip", "error", "drop", "bug", "unmade-error", "unmade-drop"]


@given(
    fates=st.lists(st.lists(st.sampled_from(FATES), max_size=5), min_size=1, max_size=6).filter(
        lambda fates: any("clip" in of for of in fates)
    )
)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_nothing_is_lost_and_all_is_counted(
    run: Build, tmp_path: Path, fates: list[list[str]]
) -> None:
    """Each piece has a fate: the model counts what becomes of clips and recordings."""
    (tmp_path / "out.txt").unlink(missing_ok=True)  # a worse one would not replace it
    of_clips = {f"clip{n:06}@{p}": fate for n, of in enumerate(fates) for p, fate in enumerate(of)}
    report = run(
        {"clips": len(fates)},
        transforms=[
            divide(
                into={n: len(of) for n, of in enumerate(fates)},
                behave={name: fate for name, fate in of_clips.items() if "unmade" in fate},
            ),
            refuse(**{name: fate for name, fate in of_clips.items() if "unmade" not in fate}),
        ],
        fresh=True,
    )
    assert written(report)[0] == [name for name, fate in of_clips.items() if fate == "clip"]
    failed = [name for name, fate in of_clips.items() if fate in ("error", "bug", "unmade-error")]
    assert [clip.id for clip in report.quarantined] == failed
    reasons = Counter(
        {"drop": "refused", "unmade-drop": "nobody wants it"}.get(f, "") for f in of_clips.values()
    )
    del reasons[""]
    if empty := sum(not of for of in fates):
        reasons["the transform 'toy-divide' gives no clip of it"] = empty
    assert report.dropped == reasons
    converted = sum("clip" in of for of in fates)
    failing = {"error", "bug", "unmade-error"}
    lost = sum("clip" not in of and not failing.isdisjoint(of) for of in fates)
    assert vars_of(report) == (converted, lost, len(fates) - converted - lost)
    # Clips in = clips out + quarantined + dropped.
    made = sum(max(len(of), 1) for of in fates)
    assert made == report.clips + len(report.quarantined) + sum(report.dropped.values())


def test_one_that_fails_while_it_divides_gives_nothing(run: Build) -> None:
    behave = {"clip000001@1": "error", "clip000002@1": "drop", "clip000003@1": "bug"}
    report = run({"clips": 4}, transforms=[divide(behave=behave)])
    assert written(report)[0] == ["clip000000@0", "clip000000@1"]
    assert [clip.id for clip in report.quarantined] == ["clip000001", "clip000003"]
    assert report.dropped == {"not worth it": 1}
    assert vars_of(report) == (1, 2, 1)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("id:clip000000", "it called a clip 'clip000000', which must be 'clip000001' with"),
        ("id:clip000001", "it called a clip 'clip000001', which must be"),
        ("id:clip000001@", "it called a clip 'clip000001@', which must be"),
        ("id:clip000001_1", "it called a clip 'clip000001_1', which must be"),
        ("id:clip000001@0", "it gave the clip 'clip000001@0' twice"),
        (f"id:clip000001@{'x' * 1000}", "its id is longer than 1,000 bytes"),
        ("text", "divide gave a str, not a Clip or Unmade"),
    ],
)
def test_an_id_that_no_clip_of_it_may_have(run: Build, name: str, told: str) -> None:
    report = run({"clips": 3}, transforms=[divide(behave={"clip000001@1": name})])
    (clip,) = report.quarantined
    assert told in clip.reason
    assert "clip000000@0" in written(report)[0]


def test_two_items_never_give_one_id(tmp_path: Path) -> None:
    """One is called as a clip of the other: that is told where their clips have one id."""
    plan = planned(Inventory([Item("a"), Item("a@0"), Item("b@0")]))
    with Spool(tmp_path / "spool", bytes(32), 3) as spool:
        spool.append([(0, *made("@1")), (1, *made("@0")), (2, *made("@0"))])
        assert list(SpooledClips(plan, spool).ids) == ["a@1", "a@0@0", "b@0@0"]
    with Spool(tmp_path / "other", bytes(32), 3) as spool:
        spool.append([(0, *made("@1", "@0@0")), (1, *made("@0")), (2, *made("@0"))])
        with pytest.raises(BuildError, match="two recordings give a clip 'a@0@0'"):
            SpooledClips(plan, spool)


def made(*added: str) -> tuple[Outcome, bytes]:
    return record([Result(Outcome.CLIP, b"x", (one,), 0) for one in added])


def planned(inventory: Inventory) -> Plan:
    recipe = skelconv.load_recipe(
        {
            "skelconv": 1,
            "name": "many",
            "source": "toy",
            "transforms": [divide()],
            "sink": {"use": "toy", "with": {"path": "out"}},
        }
    )
    return Plan(recipe, inventory, inventory.items, {}, complete=True)


def test_a_label_that_is_changed_needs_classes(run: Build) -> None:
    with pytest.raises(PluginError, match=r"changes the label of a clip \(0 -> 1\)"):
        run({"clips": 2}, transforms=[divide(relabel=True)])


# Parts.


def test_parts_are_the_items_and_a_list_may_name_a_clip(run: Build) -> None:
    named = {
        "clip000001@1": ["high"],  # its item is low
        "clip000002@0": [],
        "clip000007@1": ["low", "high"],
        "clip000008#0": ["low"],  # of what it came from in between
        "clip000003@9": ["low"],
        "clip000004@0": ["high"],  # refused later
        "clip000005@0": ["high"],  # its item fails
        "nobody@0": ["low"],
        "zzz": ["low"],
    }
    options = {"use": "toy-halves", "with": {"named": named}}
    transforms = [
        divide(into={8: 0}, behave={"clip000005@1": "error"}),
        refuse(**{"clip000004@0": "error"}),
    ]
    report = run({"clips": 10}, transforms=transforms, splits=[options])
    ids, parts = written(report)
    model: dict[str, list[str]] = {"low": [], "high": []}
    for name in ids:
        number = int(name[4:10])
        for part in named.get(name, ["low" if number < 5 else "high"]):
            model[part].append(name)
    assert parts == model
    told = report.membership
    assert told.unmade.first == ("clip000003@9",)
    assert set(told.without_clip.first) == {"nobody@0", "zzz"}
    assert told.in_no_part.first == ("clip000002@0",)
    assert told.of_made
    assert "1 listed clip was not made" in report.faults
    assert report.splits == {name: len(members) for name, members in model.items()}


def test_the_nearest_name_in_a_list_counts(run: Build) -> None:
    named = {"clip000000#1": ["high"], "clip000000#1@0": ["low"]}
    splits = [{"use": "toy-halves", "with": {"named": named}}]
    report = run({"clips": 2}, transforms=[divide(mark="#"), divide()], splits=splits)
    _, parts = written(report)
    assert parts["high"] == ["clip000000#1@1"]
    assert report.clean


def test_a_table_that_names_no_recording_is_told(run: Build) -> None:
    transforms = [divide(listed=["clip000000", "clip00001"]), divide(listed=["clip000001@1", "y"])]
    report = run({"clips": 2}, transforms=transforms)
    assert set(report.membership.without_item.first) == {"clip00001", "y"}
    assert "2 names in transforms' lists have no clip" in report.faults
    assert not report.membership.unmade
    later = run({"clips": 2}, transforms=[divide(), divide(listed=["clip000001@7"])], fresh=True)
    assert later.membership.unmade.first == ("clip000001@7",)


def test_what_a_recipe_expects_counts_clips(run: Build) -> None:
    expect = {"clips": 7, "splits": {"low": 7}}
    report = run({"clips": 3}, transforms=[divide(into={0: 5, 1: 1, 2: 1})], expect=expect)
    assert not report.unmet
    report = run({"clips": 3}, transforms=[divide()], expect=expect, fresh=True)
    assert [(unmet.what, unmet.found) for unmet in report.unmet] == [("clips", 6), ("low", 6)]


# What is said.


def test_a_plan_counts_recordings_and_a_report_clips_too(
    run: Build, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    transforms = [
        divide(into={1: 0}, behave={"clip000002@0": "error"}, listed=["zzz"]),
        refuse(**{"clip000003@1": "error"}),
    ]
    report = run({"clips": 5}, transforms=transforms, splits=())
    said = list(describe(report))
    assert said[-5] == f"{report.target}: 5 clips"
    assert said[-4] == "  of 5 recordings: 3 gave clips, 1 quarantined, 1 dropped"
    assert said[-1].startswith("exit code 2: 2 clips are quarantined; 1 name in a transform's")
    path = str(tmp_path / "recipe.yaml")
    capsys.readouterr()
    assert run_command(["plan", path]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert "toy: 5 recordings to convert, of which many clips may be made" in lines
    assert lines[:2] == ["1 name in a transform's list has no clip:", "  zzz"]
    assert run_command(["plan", path, "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert (told["divides"], told["classes"], len(told["items"])) == (True, None, 5)
    # Where nothing is divided, recordings are clips, and nothing more is said.
    other = run({"clips": 3}, splits=(), fresh=True)
    assert vars_of(other) == (3, 0, 0)
    assert not [line for line in describe(other) if " recordings: " in line]


# The same bytes, however it is built.


def recipe_in(folder: Path, **source: Any) -> Path:
    """Items of 0, 1 and 500 clips; some clips fail, and some are dropped."""
    recipe = {
        "skelconv": 1,
        "name": "many",
        "source": {"use": "toy", "with": {"clips": CLIPS, "log": str(folder), **source}},
        "transforms": [
            divide(into={0: 0, 1: 1, 4: 500}, otherwise=2),
            refuse(**{"clip000002@1": "error", "clip000005@0": "drop", "clip000004@300": "error"}),
        ],
        "splits": [{"use": "toy-halves", "with": {"named": {"clip000004@7": ["high"]}}}],
        "sink": {"use": "toy", "with": {"path": str(folder / "out")}},
    }
    (folder / "log").touch()
    (folder / "recipe.yaml").write_text(json.dumps(recipe))
    return folder / "recipe.yaml"


def of(folder: Path) -> tuple[bytes, Any]:
    told = json.loads((folder / "out.skelconv.json").read_text())
    for key in ("identity_sha256", "recipe_sha256", "recipe"):
        del told[key]
    return (folder / "out").read_bytes(), told


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, Any]:
    folder = tmp_path_factory.mktemp("undisturbed")
    report = skelconv.build(recipe_in(folder), executor="serial")
    assert report.clips == 1 + 500 + 6 * 2 - 3
    return of(folder)


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_the_same_bytes_at_any_number_of_workers(
    undisturbed: tuple[bytes, Any], tmp_path: Path, workers: int
) -> None:
    skelconv.build(recipe_in(tmp_path), workers=workers)
    assert of(tmp_path) == undisturbed


@pytest.mark.parametrize("function", FUNCTIONS)
def test_killed_at_any_step_on_disk(
    undisturbed: tuple[bytes, Any], tmp_path: Path, function: str, crash: Crash
) -> None:
    counting = tmp_path / "counting"
    counting.mkdir()
    calls = crash(recipe_in(counting), function, 0, how="fresh")
    for number in sorted({1, (calls + 2) // 3, (2 * calls + 2) // 3, calls} - {0}):
        folder = tmp_path / f"{function}{number}"
        folder.mkdir()
        recipe = recipe_in(folder)
        assert crash(recipe, function, number, how="fresh") is None
        loaded = Counter((folder / "log").read_text().split())
        report = skelconv.build(recipe, executor="serial")
        assert of(folder) == undisturbed, f"killed at {function} {number}"
        again = Counter((folder / "log").read_text().split()) - loaded
        assert again.total() == (0 if report.already_built else CLIPS - report.resumed)


def test_retry_tries_the_items_of_which_clips_failed(tmp_path: Path) -> None:
    def recipe(folder: Path) -> Path:
        folder.mkdir(exist_ok=True)
        path = recipe_in(folder)
        content = json.loads(path.read_text())
        until = f"error-until:{tmp_path / 'corrected'}"
        content["transforms"][1] = refuse(**{"clip000002@1": until, "clip000004@300": until})
        path.write_text(json.dumps(content))
        return path

    first = skelconv.build(recipe(tmp_path / "a"), executor="serial")
    assert [clip.id for clip in first.quarantined] == ["clip000002@1", "clip000004@300"]
    assert vars_of(first) == (8, 0, 1)
    (tmp_path / "corrected").touch()
    (tmp_path / "a" / "log").write_text("")
    second = skelconv.build(tmp_path / "a" / "recipe.yaml", executor="serial", retry=True)
    assert second.clean
    assert (tmp_path / "a" / "log").read_text().split() == ["clip000002", "clip000004"]
    skelconv.build(recipe(tmp_path / "b"), executor="serial")
    assert of(tmp_path / "a") == of(tmp_path / "b")


def test_what_cannot_be_read_is_tried_again_as_a_whole(
    run: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skelconv.engine.dispatch._PAUSES", (0,))
    gone = str(tmp_path / "gone")
    transforms = [divide(behave={"clip000001@1": f"read:{gone}"})]
    report = run({"clips": 3}, transforms=transforms)
    (clip,) = report.quarantined
    assert (clip.id, clip.unread) == ("clip000001", True)
    assert vars_of(report) == (2, 1, 0)
    Path(gone).touch()
    report = run({"clips": 3}, transforms=transforms)
    assert not report.quarantined
    assert len(written(report)[0]) == 6


@pytest.mark.parametrize("count", [1, 3])
def test_shards_become_the_whole(tmp_path: Path, count: int) -> None:
    def build(shard: tuple[int, int] | None = None) -> BuildReport:
        content = json.loads(recipe_in(tmp_path).read_text())
        content["sink"] = {"use": "pickle", "with": {"path": str(tmp_path / "out.pkl")}}
        named = {"clip000001@8": ["low"], "clip000007@8": ["low"], "clip000006@1": [], "no": []}
        content["splits"] = [{"use": "toy-halves", "with": {"named": named}}]
        (tmp_path / "recipe.yaml").write_text(json.dumps(content))
        return skelconv.build(tmp_path / "recipe.yaml", executor="serial", shard=shard)

    whole = build()
    parts = [str(build((number, count)).target) for number in range(1, count + 1)]
    merged = skelconv.merge(parts, str(tmp_path / "merged.pkl"))
    assert merged.target.read_bytes() == whole.target.read_bytes()
    assert merged.membership == whole.membership
    assert merged.membership.unmade.first == ("clip000001@8", "clip000007@8")
    for name in ("recordings", "quarantined", "dropped", "clips", "splits"):
        assert getattr(merged, name) == getattr(whole, name)


def test_memory_does_not_grow_with_the_clips_of_an_item(tmp_path: Path) -> None:
    """The driver's, for a hundred thousand clips: a list of their ids alone takes 8 MB."""
    items, clips = 200, 500
    inventory = Inventory([Item(f"recording{number:06}") for number in range(items)])
    results = [Result(Outcome.CLIP, b"x" * 10, (f"@{n:06}-{n + 64:06}",), 1) for n in range(clips)]
    with Spool(tmp_path / "spool", bytes(32), items) as spool:
        for position in range(items):
            spool.append([(position, *record(results))])
        plan = planned(inventory)
        tracemalloc.start()
        try:
            found = SpooledClips(plan, spool)
            assert sum(map(len, found)) == 10 * items * clips
            assert sum(1 for _ in found.ids) == len(found.ids) == items * clips
            assert Counter(found.labels()) == {1: items * clips}
            assert found.ids[-1] == "recording000199@000499-000563"
            assert found.ids[clips : clips + 1] == ["recording000001@000000-000064"]
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert most < 3_000_000
    assert isinstance(found.splits, Mapping)


def test_an_output_without_a_clip_is_an_error(run: Build) -> None:
    with pytest.raises(BuildError, match="not one of 3 clips is left"):
        run({"clips": 3}, transforms=[divide(otherwise=0)])


def test_a_strict_build_stops_at_one_clip_of_many(run: Build) -> None:
    with pytest.raises(BuildError, match="clip000001@1 is refused"):
        run({"clips": 3}, transforms=[divide(), refuse(**{"clip000001@1": "error"})], strict=True)
