"""The reference of recipes has what the JSON Schema has, and its examples are valid."""

import re
from pathlib import Path

import pytest
import yaml

from skelconv import load_recipe
from skelconv.recipe.schema import recipe_schema

TEXT = (Path(__file__).parents[2] / "docs/recipe_reference.md").read_text()
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def test_the_table_has_every_key_with_its_description() -> None:
    schema = recipe_schema()
    required = {*schema["required"], *schema["else"]["required"]}
    rows = re.findall(r"^\| \[`(\w+)`\]\(#([\w-]+)\) \| (.*?) \| (.*) \|$", TEXT, re.MULTILINE)
    assert [(name, about) for name, _, _, about in rows] == [
        (name, option["description"]) for name, option in schema["properties"].items()
    ]
    assert {name for name, _, kind, _ in rows if "required" in kind} == required


@pytest.mark.parametrize("block", BLOCKS)
def test_what_it_shows_is_valid(block: str) -> None:
    shown = yaml.safe_load(block)
    whole = {
        "skelconv": 1,
        "name": "toy",
        "source": {"use": "pose-array", "with": {"root": "x", "layout": "coco17"}},
        "sink": {"use": "pickle", "with": {"path": "x.pkl"}},
    }
    recipe = load_recipe(shown if "name" in shown else {**whole, **shown}, environ={})
    if "extends" in shown:
        # The sink is still the parent's, with another path.
        assert recipe.sink.offer.name == "pickle"
        assert recipe.sink.options.path.name == "ntu60_xsub_bones.pkl"
        assert [use.offer.name for use in recipe.transforms] == ["ntu-bodies", "bone"]
        assert recipe.expect is not None


def test_variables_become_what_it_says(tmp_path: Path) -> None:
    rows = re.findall(r"^\| `(\$+\{[^`]*)` \| (.*) \|$", TEXT, re.MULTILINE)
    assert len(rows) == 5
    base = {
        "skelconv": 1,
        "name": "toy",
        "vars": {"root": "data/x", "length": 3},
        "sink": {"use": "pickle", "with": {"path": "x.pkl"}},
    }

    def root(written: str, **environ: str) -> str:
        source = {"use": "pose-array", "with": {"root": written, "layout": "coco17"}}
        return str(load_recipe({**base, "source": source}, environ=environ).source.options.root)

    written = [one for one, _ in rows]
    assert root(written[0]) == "data/x"
    assert root(written[1], NTU_ROOT="/ntu") == "/ntu"
    assert root(written[2]) == "data/ntu"
    assert root(written[2], NTU_ROOT="/ntu") == "/ntu"
    assert root(written[3]) == "data/x/train.csv"
    assert root(f"{written[4]}x}}") == "${x}"
    windows = [{"use": "windows", "with": {"length": "${vars.length}"}}]
    source = {"use": "pose-array", "with": {"root": "x", "layout": "coco17"}}
    recipe = load_recipe({**base, "source": source, "transforms": windows})
    assert recipe.transforms[0].options.length == 3
