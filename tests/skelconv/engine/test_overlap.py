"""Sources that read items of a batch ahead."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

import skelconv
from skelconv import Clip, ClipError
from skelconv.plugin import Inventory, Item, Options, SourcePlugin
from skelconv.testing import installed_plugins

IDS = [f"clip{number:02}" for number in range(20)]


class Noting:
    """A source that notes what it is told and asked; one of its clips cannot be loaded."""

    def __init__(self, notes: list[tuple[str, str]]) -> None:
        self._notes = notes

    def inventory(self) -> Inventory:
        return Inventory([Item(name) for name in IDS])

    def expect(self, items: Sequence[Item]) -> None:
        self._notes.append(("expect", " ".join(item.id for item in items)))

    def load(self, item: Item) -> Clip:
        self._notes.append(("load", item.id))
        if item.id == IDS[7]:
            raise ClipError("it is broken")
        return Clip(
            id=item.id,
            keypoint=np.ones((1, 2, 17, 2), np.float32),
            keypoint_score=np.ones((1, 2, 17), np.float32),
            layout="coco17",
        )


def test_what_a_source_is_told_to_expect_is_what_it_loads_next(tmp_path: Path) -> None:
    notes: list[tuple[str, str]] = []
    plugin = SourcePlugin(
        name="noting", summary="", options=Options, create=lambda _: Noting(notes)
    )
    recipe = {
        "skelconv": 1,
        "name": "own",
        "source": {"use": "noting", "with": {}},
        "sink": {"use": "pickle", "with": {"path": str(tmp_path / "out.pkl")}},
    }
    with installed_plugins(plugin):
        report = skelconv.build(recipe, executor="serial")
    assert (report.clips, [each.reason for each in report.quarantined]) == (19, ["it is broken"])
    assert [name for what, name in notes if what == "load"] == IDS
    expected = [at for at, (what, _) in enumerate(notes) if what == "expect"]
    assert len(expected) > len(IDS) / 2  # quick clips come in large batches
    assert max(len(notes[at][1].split()) for at in expected) > 2
    for at in expected:
        present, later = notes[at + 1], [name for what, name in notes[at + 2 :] if what == "load"]
        assert present[0] == "load"
        told = notes[at][1].split()
        assert told
        assert later[: len(told)] == told
