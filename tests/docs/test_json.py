"""What `--json` prints is what the page on it says."""

import json
import re
from pathlib import Path

import pytest
import typer

from skelconv.cli.app import _make_app, run

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/json.md").read_text()
ROWS = {
    name: (document, set(re.findall(r"`(\w+)`", re.sub(r"\([^)]*\)", "", keys.partition(";")[0]))))
    for names, document, keys in re.findall(r"^\| (`.*?`) \| (.*?) \| (.*?) \|$", TEXT, re.M)
    for name in re.findall(r"`([\w-]+)`", names)
}
DONE = {
    "build": "sample --set sink.with.path=new.pkl",
    "convert": "out/sample.pkl out/sample.zarr",
    "merge": "out/sample.pkl out/three.pkl both.pkl --prefix",
    "plan": "sample",
    "status": "out/sample.pkl",
    "validate": "sample broken.yaml",
    "show": "sample",
    "list-recipes": "",
    "list-plugins": "",
    "describe": "pickle",
    "models": "yolox",
    "doctor": "machine",
    "inspect": "out/sample.pkl",
    "stats": "out/sample.pkl",
    "verify": "out/sample.pkl",
    "diff": "out/sample.pkl out/three.pkl",
    "cite": "out/sample.pkl",
}


def test_every_command_that_has_it_is_there() -> None:
    commands = typer.main.get_command(_make_app()).commands
    have = {name for name, one in commands.items() if any("--json" in p.opts for p in one.params)}
    assert have == ROWS.keys() == DONE.keys() | {"fetch"}  # the sample fetches nothing


@pytest.mark.parametrize("name", DONE)
def test_it_is_one_document_with_these_keys(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NTU_SAMPLE_ROOT", str(ROOT / "samples/ntu"))
    (tmp_path / "broken.yaml").write_text("[")
    for path, limit in (("sample", "16"), ("three", "3")):
        how = ["--set", f"sink.with.path=out/{path}.pkl", "--limit", limit]
        assert run(["build", "sample", *how]) == 0
    capsys.readouterr()
    run([name, *DONE[name].split(), "--json"])
    printed = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    document, keys = ROWS[name]
    assert isinstance(printed, list if document.startswith("a list") else dict)
    each = printed if isinstance(printed, list) else [printed]
    assert each
    if name == "show":
        assert {"skelconv", "source", "sink"} <= printed.keys()
    else:
        assert all(one.keys() == keys for one in each)
