"""An independent validator must say of recipes by the schema what `load_recipe` says of them."""

import json

import jsonschema
import pytest
import yaml

from skelconv import RecipeError
from skelconv.plugin import Options
from skelconv.plugin.descriptors import SinkPlugin
from skelconv.plugin.loading import registry_in_use
from skelconv.plugin.registry import Offer, Registry
from skelconv.recipe.schema import options_schema, recipe_schema


@pytest.fixture
def validator():
    schema = json.loads(json.dumps(recipe_schema()))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


SINK = "sink: {use: file, with: {path: b}}"
RIGHT = [
    f"source: bare\n{SINK}",
    f"source: {{use: bare}}\n{SINK}",
    f"source: {{use: bare, with: }}\n{SINK}",
    f"about: x\nsource: {{use: folder, with: {{root: [a, b], workers: 3}}}}\n{SINK}",
    f"source: {{use: folder, with: {{root: a, box: {{low: 1.5}}}}}}\n{SINK}",
    f"source: {{use: folder, with: {{root: a, workers: '${{vars.n}}'}}}}\nvars: {{n: 1}}\n{SINK}",
    f"source: acme/twin\ntransforms: [smooth, {{use: smooth, with: {{factor: 2}}}}]\n{SINK}",
    f"source: bare\nsplits: [half]\nexpect: {{clips: 3, splits: {{a: 1}}}}\n{SINK}",
]
WRONG = [
    SINK,
    f"source: other\n{SINK}",
    f"source: folder\n{SINK}",
    f"source: twin\n{SINK}",
    f"source: {{use: bare, with: {{a: 1}}}}\n{SINK}",
    f"source: {{use: folder, with: {{workers: 3}}}}\n{SINK}",
    f"source: {{use: folder, with: {{root: a, workers: 0}}}}\n{SINK}",
    f"source: {{use: folder, with: {{root: a, box: {{lwo: 1}}}}}}\n{SINK}",
    f"source: {{use: folder, root: a}}\n{SINK}",
    f"source: bare\ntransforms: smooth\n{SINK}",
    f"source: bare\ntransforms: [{{use: smooth, with: {{profile: mode}}}}]\n{SINK}",
    f"source: bare\nexpect: {{clips: -1}}\n{SINK}",
    f"source: bare\nsinks: 1\n{SINK}",
]


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right(load, validator, text):
    text = f"skelconv: 1\nname: a\n{text}"
    load(text)
    validator.validate(yaml.safe_load(text))


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong(load, validator, text):
    text = f"skelconv: 1\nname: a\n{text}"
    with pytest.raises(RecipeError):
        load(text)
    assert not validator.is_valid(yaml.safe_load(text))


def test_a_child_says_only_what_is_different(validator):
    child = {"skelconv": 1, "extends": "a.yaml", "source": {"with": {"root": "b"}}}
    assert validator.is_valid(child)
    del child["extends"]
    assert not validator.is_valid(child)


def test_options_of_a_type_that_no_schema_can_hold():
    class Odd(Options, arbitrary_types_allowed=True):
        path: str
        code: type(lambda: 0) = len

    plugin = SinkPlugin(name="odd", summary="", options=Odd, create=Odd)
    assert options_schema(Odd)["type"] == "object"
    with registry_in_use(Registry([Offer("sink", plugin, "acme", "1")])):
        schema = recipe_schema()
    recipe = {"skelconv": 1, "extends": "a.yaml", "sink": {"use": "odd", "with": {"path": "b"}}}
    jsonschema.Draft202012Validator(schema).validate(recipe)
