"""The names of classes follow the labels from the source to the output, or the build ends."""

import json
import pickle
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import skelconv
from skelconv import BuildError, Clip, PluginError
from skelconv.cli.app import run as run_command
from skelconv.plugin import Classes, Inventory, Item, SourcePlugin, TransformPlugin
from skelconv.testing import installed_plugins

NAMES = ("jump", "run", "walk")


class Source:
    """Clips whose labels are given, in the layout of the toy plugin."""

    def __init__(
        self,
        labels: Sequence[Any],
        names: Sequence[str] = NAMES,
        known: Sequence[Any] | None = None,
    ) -> None:
        self._labels = labels
        self._names = names
        self._known = known

    def inventory(self) -> Inventory:
        items = [Item(f"clip{number:03}", number) for number in range(len(self._labels))]
        return Inventory(items, label_names=self._names, labels=self._known)

    def load(self, item: Item) -> Clip:
        keypoint = np.full((1, 2, 2, 3), item.ref, np.float32)
        return Clip(item.id, keypoint, "toy2", label=self._labels[item.ref])


class Swap:
    """A transform of a third party, which does not know of names."""

    def __call__(self, clip: Clip) -> Clip:
        return clip.replace(label={0: 1, 1: 0}.get(clip.label, clip.label))


class ListOfClasses(Swap):
    classes = ("person",)  # of its model, say


class NamedSwap(Swap):
    def classes(self, known: Classes) -> Classes:
        return replace(known, names=(known.names[1], known.names[0], *known.names[2:]))


class WrongNames(Swap):
    def classes(self, known: Classes) -> Any:
        return replace(known, names=(1, 2))


def plugins(source: Source, transform: type = Swap) -> Any:
    return installed_plugins(
        SourcePlugin(name="labelled", summary="Labelled", create=lambda options: source),
        TransformPlugin(name="swap", summary="Swap", create=lambda options: transform()),
    )


def recipe(path: Path, *transforms: Any, splits: Sequence[Any] = ()) -> dict[str, Any]:
    return {
        "name": "named",
        "source": "labelled",
        "transforms": list(transforms),
        "splits": list(splits),
        "sink": {
            "use": "zarr" if path.suffix == ".zarr" else "pickle",
            "with": {"path": str(path)},
        },
    }


def build(path: Path, *transforms: Any, **arguments: Any) -> Any:
    return skelconv.build(recipe(path, *transforms), executor="serial", **arguments)


def classes_of(path: Path) -> list[Any]:
    """What each clip of a dataset is, in the order of the source."""
    dataset = skelconv.open(path)
    return [label if label is None else dataset.label_names[label] for label in dataset.labels]


def relabel(mapping: dict[Any, int], **options: Any) -> dict[str, Any]:
    return {"use": "relabel", "with": {"mapping": mapping, **options}}


def test_a_transform_that_changes_labels_and_says_nothing_ends_the_build(tmp_path: Path) -> None:
    with plugins(Source([0, 1]), ListOfClasses), pytest.raises(PluginError, match="'swap' changes"):
        build(tmp_path / "a.zarr", "swap")
    with plugins(Source([0, 1, 2])):
        for _ in range(2):  # nothing is kept that a second run would take over
            with pytest.raises(PluginError) as caught:
                build(tmp_path / "a.zarr", "swap")
            assert "the transform 'swap' changes the label of a clip (0 -> 1)" in str(caught.value)
            assert "classes(known)" in str(caught.value)
        assert not (tmp_path / "a.zarr").exists()
    with plugins(Source([0, 1, 2], names=())):
        build(tmp_path / "a.zarr", "swap")
    assert list(skelconv.open(tmp_path / "a.zarr").labels) == [1, 0, 2]
    with plugins(Source([2, 2])):  # it changes none of these
        assert build(tmp_path / "b.zarr", "swap").clips == 2


def test_a_transform_that_says_what_the_classes_are(tmp_path: Path) -> None:
    with plugins(Source([0, 1, 2]), NamedSwap):
        report = build(tmp_path / "a.zarr", "swap")
    assert classes_of(tmp_path / "a.zarr") == ["jump", "run", "walk"]
    assert [(one.label, one.name, one.clips) for one in report.classes] == [
        (0, "run", 1),
        (1, "jump", 1),
        (2, "walk", 1),
    ]


def test_a_transform_whose_classes_are_no_names(tmp_path: Path) -> None:
    with plugins(Source([0]), WrongNames), pytest.raises(PluginError, match=r"'swap' failed.* 1,"):
        build(tmp_path / "a.zarr", "swap")


@pytest.mark.parametrize("known", [[0, 1], [0, 1, "2"], [0, 1, (2.0,)], [0, 1, [2]]])
def test_labels_of_an_inventory_that_are_none(tmp_path: Path, known: list[Any]) -> None:
    with plugins(Source([0, 1, 2], known=known)), pytest.raises(PluginError, match="labelled"):
        build(tmp_path / "a.zarr")


@pytest.mark.parametrize("known", [True, False])
def test_names_follow_relabel(tmp_path: Path, known: bool) -> None:
    labels = [0, 1, 1]
    with plugins(Source(labels, known=labels if known else None)):
        build(tmp_path / "swapped.zarr", relabel({0: 1, 1: 0}))
        build(tmp_path / "named.zarr", relabel({"run": 0, "jump": 2}))
    assert classes_of(tmp_path / "swapped.zarr") == ["jump", "run", "run"]
    assert classes_of(tmp_path / "named.zarr") == ["jump", "run", "run"]
    assert list(skelconv.open(tmp_path / "named.zarr").labels) == [2, 0, 0]


def test_a_wrong_name_is_found_by_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(json.dumps({"skelconv": 1, **recipe(tmp_path / "a.pkl", relabel({"jmup": 0}))}))
    with plugins(Source([0])):
        assert run_command(["plan", str(path)]) == 1
    said = capsys.readouterr().err
    assert said == "the transform 'relabel': there is no class 'jmup': did you mean 'jump'?\n"


LABELS = [7, 3, (9, 3), 9, 3, 7]
LONG = tuple(f"class {number}" for number in range(12))


def test_a_plan_settles_what_a_build_settles(tmp_path: Path) -> None:
    with plugins(Source(LABELS, LONG, known=LABELS)):
        made = skelconv.plan(recipe(tmp_path / "a.pkl", "renumber"))
        built = skelconv.build(recipe(tmp_path / "a.pkl", "renumber"), executor="serial")
    assert made.classes.notes == built.notes
    assert built.notes


def test_renumber_is_the_same_in_every_part(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    splits = [{"use": "pattern", "with": {"parts": {"train": "00[0-2]", "val": "00[3-5]"}}}]
    with plugins(Source(LABELS, LONG, known=LABELS)):
        whole = skelconv.build(
            recipe(tmp_path / "a.pkl", "renumber", splits=splits), executor="serial"
        )
        given = recipe(tmp_path / "parts" / "a.pkl", "renumber", splits=splits)
        parts = [
            skelconv.build(given, executor="serial", shard=(number, 4)).target
            for number in (1, 2, 3, 4)
        ]
        few = recipe(tmp_path / "few.pkl", "renumber")
        limited = skelconv.build(few, executor="serial", limit=1)
        merged = skelconv.merge(parts, tmp_path / "merged.pkl")
    assert (
        whole.notes == merged.notes == ("renumber: class 3 3 -> 0, class 7 7 -> 1, class 9 9 -> 2",)
    )
    assert whole.target.read_bytes() == merged.target.read_bytes()
    assert whole.classes == merged.classes
    found = pickle.loads(whole.target.read_bytes())
    assert found["label_names"] == ["class 3", "class 7", "class 9"]
    assert [each["label"] for each in found["annotations"]] == [1, 0, [2, 0], 2, 0, 1]
    assert [one["clips"] for one in provenance(whole.target)["report"]["classes"]] == [3, 2, 2]
    options = provenance(whole.target)["recipe"]["transforms"][0]["with"]
    assert options == {"labels": [3, 7, 9]}
    assert [(one.label, one.clips) for one in limited.classes if one.clips] == [(1, 1)]


def provenance(path: Path) -> Any:
    return json.loads(path.with_name(f"{path.name}.skelconv.json").read_text())


def test_renumber_knows_what_is_left_by_the_transforms_before_it(tmp_path: Path) -> None:
    labels = [0, 5, 11, 5]
    with plugins(Source(labels, LONG, known=labels)):
        kept = {"use": "filter-label", "with": {"keep": ["class 5", 11]}}
        report = build(tmp_path / "a.zarr", kept, "renumber")
    assert classes_of(tmp_path / "a.zarr") == ["class 5", "class 11", "class 5"]
    assert list(skelconv.open(tmp_path / "a.zarr").labels) == [0, 1, 0]
    assert report.notes == ("renumber: class 5 5 -> 0, class 11 11 -> 1",)


def test_renumber_without_known_labels_asks_for_them(tmp_path: Path) -> None:
    with plugins(Source([2, 0], NAMES)):
        with pytest.raises(BuildError, match="'renumber': which labels there are is not known"):
            build(tmp_path / "a.zarr", "renumber")
        build(tmp_path / "a.zarr", {"use": "renumber", "with": {"labels": ["walk", "jump"]}})
    assert list(skelconv.open(tmp_path / "a.zarr").labels) == [0, 1]
    assert classes_of(tmp_path / "a.zarr") == ["walk", "jump"]


def test_a_build_that_goes_on_counts_all_its_clips(run: Callable[..., Any], tmp_path: Path) -> None:
    marker = tmp_path / "there"
    behave = {7: f"error-until:{marker}"}
    first = run({"behave": behave})
    assert [(one.name, one.clips) for one in first.classes] == [("even", 5), ("odd", 4)]
    marker.touch()
    report = run({"behave": behave}, retry=True)
    assert report.resumed == 9
    assert [(one.name, one.clips, one.splits["low"]) for one in report.classes] == [
        ("even", 5, 3),
        ("odd", 5, 2),
    ]
    again = run({"behave": behave})
    assert again.already_built
    assert again.classes == report.classes


def test_other_names_are_another_build(tmp_path: Path) -> None:
    with plugins(Source([0])):
        build(tmp_path / "a.zarr")
    with (
        plugins(Source([0], names=("hop",))),
        pytest.raises(BuildError, match="is there already, and differs"),
    ):
        build(tmp_path / "a.zarr")


def test_plan_and_build_tell_of_the_classes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(json.dumps({"skelconv": 1, **recipe(tmp_path / "a.pkl")}))
    labels = [1, 4, 1]
    with plugins(Source(labels, ("run", "Run"), known=labels)):
        for command in (["plan"], ["build", "--executor", "serial"]):
            assert run_command([command[0], str(path), *command[1:]]) == 0
            said = capsys.readouterr().out
            assert "\n  1      Run    2      " in said
            assert "a trainer must be given 5 classes (num_classes)" in said
            assert "1 class without a clip: 0 run" in said
            assert "labels begin at 1, not at 0: 2 more labels below the highest have no" in said
            assert "1 label of clips is of no class: 4 (2 classes have a name)" in said
            assert "names differ in case or blanks alone: 'run', 'Run'" in said
        assert run_command(["plan", str(path), "--json"]) == 0
        planned = json.loads(capsys.readouterr().out)
        assert run_command(["build", str(path), "--json"]) == 0
        built = json.loads(capsys.readouterr().out)
    assert planned["classes"] == built["classes"]
    assert planned["told"] == built["told"]
    assert len(planned["told"]) == 5
