"""Plugins that fail in every way: users learn which plugin it was, and where in its code."""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import skelconv
from skelconv import PluginError
from skelconv.cli.app import run

# A plugin of every kind. The variable ACME says what of it goes wrong, and how.
PLUGIN = """\
import errno
import os
from concurrent.futures import Executor as Pool, Future
from pathlib import Path

import numpy as np
from pydantic import field_serializer, field_validator

from skelconv import Clip
from skelconv.plugin import (
    CheckPlugin, CheckResult, ExecutorPlugin, Inventory, Item, Options, ReaderPlugin, Resources,
    SinkPlugin, SourcePlugin, SplitPlugin, Trainer, TrainerPlugin, TransformPlugin, hookimpl,
)

PLACE, HOW = os.environ["ACME"].split(":")


def act(place, right):
    if place != PLACE:
        return right
    if HOW == "OSError":
        raise OSError(errno.EIO, "Input/output error", "weights.bin")
    if HOW == "full":
        raise OSError(errno.ENOSPC, "No space left on device", "out")
    if HOW == "ValueError":
        raise ValueError("not a number")
    if HOW == "SystemExit":
        raise SystemExit(3)
    return 3.5 if HOW == "wrong" else (part for part in [right])


def clip(clip_id):
    return Clip(clip_id, np.ones((1, 2, 17, 2), np.float32), "coco17", label=0)


class SourceOptions(Options):
    root: str = "."

    @field_validator("root")
    @classmethod
    def _check(cls, root):
        return act("option", root)

    @field_serializer("root")
    def _write(self, root):
        return act("serializer", root)


class Source:
    def prepare(self):
        act("prepare", None)

    def inventory(self):
        found = {"items": [Item("a"), Item("b")], "absent": (), "label_names": ("walk",)}
        given = {name: act(name, value) for name, value in found.items()}
        return act("inventory", Inventory(**given))

    def load(self, item):
        return act("load", clip(item.id))


class Split:
    @property
    def names(self):
        return act("names", ("train", "val"))

    def assign(self, clip_id):
        return act("assign", ["train"])


class PathOptions(Options):
    path: str

    @field_validator("path")
    @classmethod
    def _check(cls, path):
        return act("path", path)


class Sink:
    def __init__(self, options):
        self._path = options.path

    @property
    def target(self):
        return act("target", Path(self._path))

    def encode(self, clip):
        return act("encode", b"clip")

    def assemble(self, clips, path):
        act("assemble", None)
        path.write_bytes(b"".join(clips))


class Reader:
    def __init__(self, options):
        pass

    ids = property(lambda self: act("ids", ["a", "b"]))
    labels = property(lambda self: act("labels", [0, 0]))
    layout = property(lambda self: act("layout", "coco17"))
    splits = property(lambda self: act("splits", {"train": act("positions", [0, 1])}))
    unknown = property(lambda self: act("unknown", {"val": act("unknown-ids", ["c"])}))
    label_names = property(lambda self: act("label-names", ["walk"]))
    info = property(lambda self: act("info", {"about": act("info-value", "two clips")}))

    def read(self, index):
        return act("read", clip("ab"[index]))


class AcmePool(Pool):
    def submit(self, function, *arguments):
        future = Future()
        try:
            future.set_result(act("result", function(*arguments)))
        except Exception as error:
            future.set_exception(error)
        return act("submit", future)

    def shutdown(self, wait=True, *, cancel_futures=False):
        act("shutdown", None)


class Executor:
    @property
    def workers(self):
        return act("workers", 1)

    @property
    def isolated(self):
        return act("isolated", False)

    def start(self, resources):
        return act("start", AcmePool())

    def kill(self, pool):
        act("kill", None)


def check_clip(clip):
    return act("train", [])


@hookimpl
def skelconv_sources():
    found = [
        SourcePlugin(
            name="acme",
            summary="",
            options=SourceOptions,
            create=lambda options: act("source", Source()),
            resources=lambda options: act("resources", Resources()),
        )
    ]
    return act("hook", found)


@hookimpl
def skelconv_transforms():
    yield TransformPlugin(
        name="acme", summary="", create=lambda options: act("transform", transform)
    )


def transform(clip):
    return act("call", clip)


@hookimpl
def skelconv_splits():
    yield SplitPlugin(name="acme", summary="", create=lambda options: act("split", Split()))


@hookimpl
def skelconv_sinks():
    yield SinkPlugin(
        name="acme",
        summary="",
        options=PathOptions,
        create=lambda options: act("sink", Sink(options)),
        suffixes=(".acme",),
    )


@hookimpl
def skelconv_readers():
    yield ReaderPlugin(
        name="acme",
        summary="",
        options=PathOptions,
        create=lambda options: act("reader", Reader(options)),
        recognises=lambda path: act("recognises", path.endswith(".acme")),
    )


@hookimpl
def skelconv_executors():
    yield ExecutorPlugin(
        name="acme", summary="", create=lambda options: act("executor", Executor())
    )


@hookimpl
def skelconv_trainers():
    yield TrainerPlugin(
        name="acme",
        summary="",
        create=lambda options: act("trainer", Trainer(check=check_clip)),
    )


@hookimpl
def skelconv_checks():
    yield CheckPlugin(name="acme", summary="", create=lambda options: act("check", check))


def check():
    return act("look", [CheckResult("ok", "well")])
"""

BUILD = ["build", "recipe.yaml", "--executor", "acme"]
INSPECT = ["inspect", "data.acme"]
VERIFY = ["verify", "data.acme", "--for", "acme"]
CONVERT = ["convert", "data.acme", "out.pkl"]

RAISED = ("OSError", "ValueError", "SystemExit")
RETURNED = ("wrong", "generator")

# What goes wrong, the command that meets it, how messages call the plugin, and whether what it
# returns matters: None is due from some, and a generator will do for others.
CASES = [
    ("hook", ["doctor", "plugins"], "acme 1.0 (a): skelconv_sources", ("wrong",)),
    ("option", ["validate", "recipe.yaml"], "the source 'acme'", ()),
    ("option", BUILD, "the source 'acme'", ()),
    ("source", BUILD, "the source 'acme'", RETURNED),
    ("source", ["plan", "recipe.yaml"], "the source 'acme'", RETURNED),
    ("resources", BUILD, "the source 'acme'", RETURNED),
    ("prepare", BUILD, "the source 'acme'", ()),
    ("inventory", BUILD, "the source 'acme'", RETURNED),
    ("inventory", ["plan", "recipe.yaml"], "the source 'acme'", RETURNED),
    ("items", BUILD, "the source 'acme'", RETURNED),
    ("absent", ["plan", "recipe.yaml"], "the source 'acme'", RETURNED),
    ("label_names", BUILD, "the source 'acme'", RETURNED),
    ("transform", BUILD, "the transform 'acme'", RETURNED),
    ("split", BUILD, "the split 'acme'", RETURNED),
    ("names", BUILD, "the split 'acme'", RETURNED),
    ("assign", BUILD, "the split 'acme', assigning 'a',", ("wrong",)),
    ("sink", BUILD, "the sink 'acme'", RETURNED),
    ("target", BUILD, "the sink 'acme'", RETURNED),
    ("assemble", BUILD, "the sink 'acme'", ()),
    ("path", ["convert", "data.acme", "x.out", "--sink", "acme"], "acme'", ()),
    ("recognises", INSPECT, "the reader 'acme/acme'", RETURNED),
    ("reader", INSPECT, "the reader 'acme/acme'", RETURNED),
    ("ids", INSPECT, "the reader 'acme/acme'", RETURNED),
    ("layout", INSPECT, "the reader 'acme/acme'", RETURNED),
    ("splits", INSPECT, "the reader 'acme/acme'", RETURNED),
    ("positions", INSPECT, "the reader 'acme/acme'", ("wrong",)),
    ("label-names", INSPECT, "the reader 'acme/acme'", RETURNED),
    ("info", INSPECT, "the reader 'acme/acme'", RETURNED),
    ("info-value", [*INSPECT, "--json"], "the reader 'acme/acme'", ("generator",)),
    ("read", INSPECT, "the reader 'acme/acme'", RETURNED),
    ("read", ["stats", "data.acme"], "the reader 'acme/acme'", RETURNED),
    ("read", CONVERT, "the reader 'acme/acme'", RETURNED),
    ("ids", CONVERT, "the reader 'acme/acme'", RETURNED),
    ("splits", CONVERT, "the reader 'acme/acme'", RETURNED),
    ("info", CONVERT, "the reader 'acme/acme'", RETURNED),
    ("read", ["diff", "data.acme", "data.acme"], "the reader 'acme/acme'", RETURNED),
    ("unknown", VERIFY, "the reader 'acme/acme'", RETURNED),
    ("unknown-ids", VERIFY, "the reader 'acme/acme'", RETURNED),
    ("executor", BUILD, "the executor 'acme'", RETURNED),
    ("workers", BUILD, "the executor 'acme'", RETURNED),
    ("isolated", BUILD, "the executor 'acme'", ()),
    ("start", BUILD, "the executor 'acme'", RETURNED),
    ("submit", BUILD, "the executor 'acme'", RETURNED),
    ("shutdown", BUILD, "the executor 'acme'", ()),
    ("trainer", VERIFY, "the trainer 'acme'", RETURNED),
    ("train", VERIFY, "the trainer 'acme'", ("wrong",)),
    ("check", ["doctor", "acme"], "acme  problem  the check", RETURNED),
    ("look", ["doctor", "acme"], "acme  problem  the check", ("wrong",)),
]
WAYS = [
    pytest.param(place, how, command, who, id=f"{place}-{how}-{command[0]}")
    for place, command, who, returned in CASES
    for how in (*RAISED, *returned)
    # A ValueError is how options are refused.
    if not (place in ("option", "path") and how == "ValueError")
]

Break = Callable[[str, str], None]


@pytest.fixture
def acme(
    install: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, str], None]:
    """Install the plugin with something that goes wrong, beside a recipe and a dataset of it."""

    def acme(place: str, how: str) -> None:
        monkeypatch.setenv("ACME", f"{place}:{how}")
        monkeypatch.chdir(tmp_path)
        install("acme", {"a": "acme_faulty"}, {"acme_faulty": PLUGIN})
        recipe = {
            "skelconv": 1,
            "name": "a",
            "source": "acme",
            "transforms": ["acme"],
            "splits": ["acme"],
            "sink": {"use": "acme", "with": {"path": "out"}},
        }
        recipe["source"] = {"use": "acme", "with": {"root": "videos"}}
        Path("recipe.yaml").write_text(json.dumps(recipe))
        Path("data.acme").touch()

    return acme


def test_the_plugin_is_right_where_nothing_goes_wrong(acme: Break) -> None:
    acme("nothing", "wrong")
    commands = [BUILD, INSPECT, CONVERT, ["doctor", "acme"], ["plan", "recipe.yaml"]]
    assert [run(command) for command in commands] == [0] * len(commands)
    assert run(VERIFY) == 1  # a split names a clip that is not there
    assert Path("out").read_bytes() == b"clipclip"


@pytest.mark.parametrize(("place", "how", "command", "who"), WAYS)
def test_what_a_plugin_does_wrong_names_the_plugin(
    acme: Break,
    capsys: pytest.CaptureFixture[str],
    place: str,
    how: str,
    command: list[str],
    who: str,
) -> None:
    acme(place, how)
    code = run(command)
    text = "".join(capsys.readouterr())
    assert code in (1, 2), text
    assert who in text
    assert "the output cannot be written" not in text
    if how in RAISED:
        assert re.search(rf"{how}: .* \(acme_faulty\.py:\d+\)", text)


CLIPS = [
    (place, how, who)
    for place, who in (("load", "source"), ("call", "transform"), ("encode", "sink"))
    for how in (*RAISED, *RETURNED)
]


@pytest.mark.parametrize(("place", "how", "who"), CLIPS)
def test_what_goes_wrong_with_a_clip_is_quarantined(
    acme: Break, capsys: pytest.CaptureFixture[str], place: str, how: str, who: str
) -> None:
    acme(place, how)
    assert run([*BUILD, "--json"]) == 2
    report = json.loads(capsys.readouterr().out)
    assert [clip["id"] for clip in report["quarantined"]] == ["a", "b"]
    reason = report["quarantined"][0]["reason"]
    assert reason.startswith(f"the {who} 'acme' failed: ")
    assert ("acme_faulty.py:" in reason) == (how in RAISED)


@pytest.mark.parametrize("how", [*RAISED, *RETURNED])
def test_labels_of_a_reader_that_fails(acme: Break, how: str) -> None:
    acme("labels", how)
    with pytest.raises(PluginError, match="the reader 'acme/acme' failed: "):
        _ = skelconv.open("data.acme").labels


def test_a_result_that_is_lost_is_the_executors_fault(
    acme: Break, capsys: pytest.CaptureFixture[str]
) -> None:
    acme("result", "OSError")
    assert run(BUILD) == 1
    assert "\nthe executor 'acme' failed: OSError: " in capsys.readouterr().err


def test_options_that_cannot_be_written_down(
    acme: Break, capsys: pytest.CaptureFixture[str]
) -> None:
    acme("serializer", "OSError")
    for command in (BUILD, ["show", "recipe.yaml"]):
        assert run(command) == 1
        assert capsys.readouterr().err.startswith("the source 'acme' failed: ")


def test_an_error_counts_more_than_a_pool_that_cannot_be_killed(
    acme: Break, capsys: pytest.CaptureFixture[str]
) -> None:
    acme("kill", "OSError")
    assert run([*BUILD, "--set", "source.with.root=a", "--set", "splits=[acme, acme]"]) == 1
    assert "two splits of the recipe are called 'train'" in capsys.readouterr().err


def test_a_full_disk_is_not_the_sinks_fault(
    acme: Break, capsys: pytest.CaptureFixture[str]
) -> None:
    acme("assemble", "full")
    assert run(BUILD) == 1
    err = capsys.readouterr().err
    assert "\nout: the disk is full\n" in err
    assert "acme" not in err


@pytest.mark.parametrize("how", [*RAISED, *RETURNED])
def test_a_reader_that_fails_does_not_disturb_others(
    acme: Break, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    acme("recognises", how)
    toy = ["source=toy", "transforms=", "splits=", "sink={use: pickle, with: {path: toy.pkl}}"]
    skelconv.build("recipe.yaml", toy, executor="serial")
    assert run(["inspect", "toy.pkl"]) == 0
    out, err = capsys.readouterr()
    assert "clips: 10" in out
    assert "acme" not in err


def test_the_next_build_in_a_process_makes_its_stages_again(
    acme: Break, capsys: pytest.CaptureFixture[str]
) -> None:
    acme("nothing", "wrong")
    assert run(BUILD) == 0
    plugin = sys.modules["acme_faulty"]
    plugin.PLACE, plugin.HOW = "prepare", "ValueError"
    assert run([*BUILD, "--fresh"]) == 1
    assert "the source 'acme' failed: ValueError: not a number" in capsys.readouterr().err


def test_a_part_of_a_build_needs_a_sink_with_a_path(
    install: Callable[..., None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = """\
    from skelconv.plugin import Options, SinkPlugin, hookimpl

    @hookimpl
    def skelconv_sinks():
        yield SinkPlugin(name="nowhere", summary="", create=Options)
    """
    install("acme-nowhere", {"n": "acme_nowhere"}, {"acme_nowhere": code})
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text("skelconv: 1\nname: a\nsource: toy\nsink: nowhere\n")
    assert run(["build", str(recipe), "--shard", "1/2"]) == 1
    assert "the sink 'nowhere' has no option 'path'" in capsys.readouterr().err
