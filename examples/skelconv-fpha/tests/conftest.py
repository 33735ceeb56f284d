"""Files of the benchmark's form, made by a program."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from skelconv_fpha import plugin

from skelconv.testing import installed_plugins

ACTIONS = ("charge_cell_phone", "clap", "open_juice_bottle")


def make_benchmark(root: Path) -> None:
    """Write two clips of three actions for two subjects; joint j of frame t is at (j, t, 0.5)."""
    lists: dict[str, list[str]] = {"Training": [], "Test": []}
    for subject in (1, 2):
        for label, action in enumerate(ACTIONS):
            for take, part in enumerate(lists, 1):
                clip = f"Subject_{subject}/{action}/{take}"
                lists[part].append(f"{clip} {label}")
                path = root / "Hand_pose_annotation_v1" / clip / "skeleton.txt"
                path.parent.mkdir(parents=True)
                lines = [
                    " ".join([str(t), *(f"{j}.0 {t}.0 0.5" for j in range(21))])
                    for t in range(2 + label)
                ]
                path.write_text("\n".join([*lines, ""]))
    lines = [line for part in lists for line in (f"{part} {len(lists[part])}", *lists[part])]
    (root / "data_split_action_recognition.txt").write_text("\n".join([*lines, ""]))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make_benchmark(tmp_path / "fpha")
    return tmp_path / "fpha"


@pytest.fixture(autouse=True)
def _installed() -> Iterator[None]:
    with installed_plugins(
        *plugin.skelconv_sources(), *plugin.skelconv_splits(), *plugin.skelconv_layouts()
    ):
        yield
