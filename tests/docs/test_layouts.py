"""The table of layouts says what the layouts say, and its recipes are right."""

import re
from pathlib import Path

import pytest
import yaml

from skelconv import RecipeError, load_recipe
from skelconv.plugin.loading import load_registry

TEXT = (Path(__file__).parents[2] / "docs/layouts.md").read_text()


def test_the_table_lists_every_layout():
    rows = [row.strip("| ").split(" | ") for row in TEXT.splitlines() if row.startswith("| `")]
    listed = [row for row in rows if len(row) == 5]
    assert listed == [
        [
            f"`{layout.name}`",
            str(len(layout.joints)),
            str(len(layout.limbs)),
            layout.summary,
            layout.origin,
        ]
        for layout in (
            offer.descriptor
            for offer in load_registry().of_kind("layout")
            if offer.distribution == "skelconv"
        )
    ]


@pytest.mark.parametrize("block", re.findall(r"^```yaml\n(.*?)^```$", TEXT, re.M | re.S))
def test_what_it_shows_of_recipes_is_valid(block):
    source = {"use": "pose-array", "with": {"root": "x", "layout": "openpose137"}}
    sink = {"use": "pickle", "with": {"path": "x.pkl"}}
    recipe = {"name": "toy", "source": source, "sink": sink, **yaml.safe_load(block)}
    if "merge-joints" not in block:
        load_recipe(recipe)
        return
    with pytest.raises(RecipeError, match="'merge-joints' cannot work: there is no such file"):
        load_recipe(recipe)
