"""The card of a dataset, read as the Hub reads it: YAML, then Markdown's tables."""

import json
import pickle
import re
from pathlib import Path

import numpy as np
import pytest
import yaml

import skelconv
from skelconv.cli.app import run
from skelconv.datasets.card import FILL_IN, card

CLIPS = [
    {
        "frame_dir": f"clip{number}",
        "label": number % 2,
        "total_frames": 4 + number,
        "img_shape": (1080, 1920),
        "original_shape": (1080, 1920),
        "keypoint": np.ones((1 + number % 2, 4 + number, 17, 2), np.float16),
        "keypoint_score": np.ones((1 + number % 2, 4 + number, 17), np.float16),
    }
    for number in range(5)
]
HOSTILE = "wave | <script>alert(1)</script>\n# a title [x](javascript:1)"


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    path = tmp_path / "own.pkl"
    split = {"train": ["clip0", "clip1", "clip2"], "val": ["clip3", "clip4"]}
    content = {"split": split, "annotations": CLIPS, "label_names": ["jump", HOSTILE]}
    path.write_bytes(pickle.dumps(content))
    return path


def tables(text: str) -> dict[str, list[list[str]]]:
    """The rows of the table below each title."""
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    found = {}
    for section in sections:
        title, _, body = section.partition("\n")
        lines = [line for line in body.splitlines() if line.startswith("| ")]
        found[title] = [re.split(r"(?<!\\) \| ", line[2:-2]) for line in lines][2:]
    return found


def test_the_hub_reads_its_metadata(dataset: Path) -> None:
    _, front, _ = card(skelconv.open(dataset)).split("---\n", 2)
    metadata = yaml.safe_load(front)
    assert metadata["size_categories"] == ["n<1K"]
    assert metadata["license"] == "other"
    assert {"skeleton", "coco17"} <= set(metadata["tags"])


def test_counts_are_those_of_the_clips(dataset: Path) -> None:
    found = tables(card(skelconv.open(dataset)))
    facts = dict(found["What is in it"])
    assert facts["clips"] == "5"
    assert facts["classes"] == "2"
    assert facts["frames in all"] == str(4 + 5 + 6 + 7 + 8)
    assert facts["persons of a clip"] == "1 in 3, 2 in 2"
    assert found["Splits"] == [["train", "3", "2"], ["val", "2", "2"]]
    assert [row[0] for row in found["Joints"]] == [str(number) for number in range(17)]
    assert [(row[0], row[2]) for row in found["Classes"]] == [("0", "3"), ("1", "2")]


def test_names_stay_names(dataset: Path) -> None:
    text = card(skelconv.open(dataset))
    assert "\n# a title" not in text
    assert not re.search(r"(?<!\\)<script", text)
    assert not re.search(r"(?<!\\)\]\(javascript", text)


def test_what_it_says_of_loading_is_true(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(dataset.parent)
    (code,) = re.findall(r"```python\n(.*?)```", card(skelconv.open(dataset)), re.DOTALL)
    names: dict[str, object] = {}
    exec(code, names)
    train, clip = names["train"], names["clip"]
    assert isinstance(train, skelconv.Dataset)
    assert isinstance(clip, skelconv.Clip)
    assert (len(train), clip.id) == (3, "clip0")


def test_the_recipe_and_digests_are_in_it(tmp_path: Path, dataset: Path) -> None:
    out = tmp_path / "out.pkl"
    skelconv.convert(dataset, out)
    text = card(skelconv.open(out))
    provenance = yaml.safe_load((tmp_path / "out.pkl.skelconv.json").read_text())
    rows = dict(row for row in tables(text)["How it was made"])
    assert rows["SHA-256 of the dataset"] == provenance["output"]["sha256"]
    recipe = "\n".join(re.findall(r"^    (.*)$", text, re.MULTILINE))
    assert yaml.safe_load(recipe) == provenance["recipe"]


def test_the_command(dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    readme = tmp_path / "README.md"
    assert run(["card", str(dataset), "-o", str(readme)]) == 0
    assert f"look for {FILL_IN}" in capsys.readouterr().err
    assert run(["card", str(dataset)]) == 0
    assert capsys.readouterr().out == readme.read_text()
    assert run(["card", str(dataset), "-o", str(readme)]) == 1
    assert "--fresh" in capsys.readouterr().err


def test_a_slip_costs_no_dataset(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = dataset.read_bytes()
    assert run(["card", str(dataset), "-o", str(dataset), "--fresh"]) == 1
    assert capsys.readouterr().err == f"{dataset}: a card is a .md file\n"
    assert dataset.read_bytes() == before


@pytest.mark.parametrize("versions", [{"numpy": [3]}, {"numpy": None}, ["numpy"], 7])
def test_a_provenance_that_someone_wrote_by_hand(
    dataset: Path, tmp_path: Path, versions: object
) -> None:
    content = {"skelconv_provenance": 1, "recipe": {}, "output": {}, "versions": versions}
    (tmp_path / "own.pkl.skelconv.json").write_text(json.dumps(content))
    shown = [str(value) for value in versions.values()] if isinstance(versions, dict) else []
    rows = dict(tables(card(skelconv.open(dataset)))["How it was made"])
    assert [rows[name].replace("\\", "") for name in rows if name == "numpy"] == shown
