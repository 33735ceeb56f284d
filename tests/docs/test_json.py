"""What `--json` prints is what the page on it says."""

import json
import re
from pathlib import Path

import pytest
import typer

import skelconv
from skelconv.cli.app import _make_app, run

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/json.md").read_text()
ROWS = {
    name: (document, set(re.findall(r"`(\w+)`", re.sub(r"\([^)]*\)", "", keys.partition(";")[0]))))
    for names, document, keys in re.findall(r"^\| (`.*?`) \| (.*?) \| (.*?) \|$", TEXT, re.M)
    for name in re.findall(r"`([\w-]+)`", names)
}
DONE = {
    "build": "sample --set sink.with.path=new.pkl --executor serial",
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


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two datasets in it."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "broken.yaml").write_text("[")
    root = f"source.with.root={ROOT / 'samples/ntu'}"
    for name, limit in (("sample", 16), ("three", 3)):
        changes = [root, f"sink.with.path={folder / 'out' / name}.pkl"]
        skelconv.build("sample", changes, limit=limit, executor="serial")
    return folder


@pytest.mark.parametrize("name", DONE)
def test_it_is_one_document_with_these_keys(
    name: str, built: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(built)
    monkeypatch.setenv("NTU_SAMPLE_ROOT", str(ROOT / "samples/ntu"))
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
