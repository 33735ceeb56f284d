"""What stands beside an output, and what a later build learns from it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from skelconv import BuildError
from skelconv.engine.report import BuildReport
from skelconv.files.outputs import read_provenance

Build = Callable[..., BuildReport]


def test_an_output_of_other_versions_is_reported(run: Build, tmp_path: Path) -> None:
    run({"clips": 3})
    path = tmp_path / "out.txt.skelconv.json"
    content = json.loads(path.read_text())
    now = content["versions"]["numpy"]
    content["versions"]["numpy"] = "1.0"
    path.write_text(json.dumps(content | {"identity_sha256": "0" * 64}))
    with pytest.raises(BuildError) as raised:
        run({"clips": 3})
    assert raised.value.what.splitlines()[1:] == [f'    versions.numpy: "1.0" -> "{now}"']


def test_provenance_says_how_to_build_it_again(run: Build, tmp_path: Path) -> None:
    report = run({"clips": 5, "behave": {1: "error"}}, expect={"clips": 5})
    content = json.loads((tmp_path / "out.txt.skelconv.json").read_text())
    size = (tmp_path / "out.txt").stat().st_size
    assert content["output"] == {"name": "out.txt", "bytes": size, "sha256": report.sha256}
    assert content["recipe"]["source"]["use"] == "toy"
    assert content["versions"]["toy-plugin"] == "1.0"
    assert content["report"]["clips"] == 4
    assert content["report"]["quarantined"][0]["line"] == 7
    assert content["report"]["unmet"] == [{"what": "clips", "expected": 5, "found": 4}]


def test_an_output_that_was_changed_is_not_taken_for_whole(run: Build, tmp_path: Path) -> None:
    run({"clips": 3})
    (tmp_path / "out.txt").write_text("mine")
    for reason in ("it was changed since", "out.txt.skelconv.json is missing"):
        with pytest.raises(BuildError, match=f"there already(.|\n)*{reason}"):
            run({"clips": 3})
        assert (tmp_path / "out.txt").read_text() == "mine"
        (tmp_path / "out.txt.skelconv.json").unlink(missing_ok=True)


@pytest.mark.parametrize("text", ["", "[]", "{", "\xff", None], ids=repr)
def test_provenance_that_cannot_be_read_is_none(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "out.skelconv.json").write_bytes(text.encode("latin-1"))
    assert read_provenance(tmp_path / "out") is None


@pytest.mark.parametrize("gone", ["report", "output", "identity_sha256"])
def test_an_output_whose_provenance_is_incomplete_is_not_taken_for_whole(
    run: Build, tmp_path: Path, gone: str
) -> None:
    run({"clips": 3})
    path = tmp_path / "out.txt.skelconv.json"
    content = json.loads(path.read_text())
    del content[gone]
    path.write_text(json.dumps(content))
    with pytest.raises(BuildError, match="the output is there already"):
        run({"clips": 3})


@pytest.mark.parametrize(
    ("key", "value"),
    [("splits", []), ("clips", "x"), ("dropped", {"a": "b"}), ("quarantined", [{"id": 5}])],
)
def test_a_report_that_was_edited_is_not_believed(
    run: Build, tmp_path: Path, key: str, value: Any
) -> None:
    run()
    path = tmp_path / "out.txt.skelconv.json"
    content = json.loads(path.read_text())
    content["report"][key] = value
    path.write_text(json.dumps(content))
    with pytest.raises(BuildError, match="the output is there already"):
        run()
