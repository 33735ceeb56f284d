"""The example of a plugin in a distribution of its own, as far as it goes without Ultralytics."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from skelconv.testing import check_descriptor

EXAMPLE = Path(__file__).parents[2] / "examples" / "skelconv-ultralytics"


@pytest.fixture(autouse=True)
def _there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(EXAMPLE)


def test_its_descriptors_are_complete() -> None:
    from skelconv_ultralytics import plugin

    given = [*plugin.skelconv_detectors(), *plugin.skelconv_pose_models()]
    assert [each.name for each in given] == ["ultralytics", "ultralytics-pose"]
    for descriptor in given:
        check_descriptor(descriptor)


def test_listing_it_imports_nothing_heavy() -> None:
    code = (
        "import sys; from skelconv_ultralytics import plugin; list(plugin.skelconv_pose_models());"
        "print({'numpy', 'torch', 'ultralytics'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code]
    assert subprocess.check_output(command, text=True, cwd=EXAMPLE) == "set()\n"


def test_its_entry_point_is_the_module_with_the_hooks() -> None:
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["skelconv"] == {"ultralytics": "skelconv_ultralytics.plugin"}


def test_it_is_not_in_the_wheel() -> None:
    """Its licence is not ours."""
    own = tomllib.loads((EXAMPLE.parents[1] / "pyproject.toml").read_text())
    packages = own["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert not any("ultralytics" in package for package in packages)
