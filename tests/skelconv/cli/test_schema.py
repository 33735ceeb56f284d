"""The JSON schema and `validate` say the same of recipes with the plugins that are installed.

What only a plugin's own check knows, such as that a path must end in .pkl, is beyond a schema; all
that `validate` says in its own words is not.
"""

import copy
import json
from itertools import chain

import jsonschema
import pytest
import yaml

from skelconv import RecipeError, load_recipe
from skelconv.recipe.document import parse_document
from skelconv.recipe.finding import shipped_recipes
from skelconv.recipe.nodes import Problems
from skelconv.recipe.schema import recipe_schema

OWN_WORDS = ("must be ", "no option ", "no key ", "the option ", "the key ", "there is no ")
# Each takes the place of each value in turn.
VALUES = [None, {}, {"x": 1}, [], [[]], [None], "yes", "5", 5, -1, 5.5, True, "bare-name", ""]
DELETED = object()


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(json.dumps(recipe_schema()))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def shipped(name):
    path = shipped_recipes()[name]
    return parse_document(path.read_text(), str(path), Problems()).plain()


@pytest.mark.parametrize("name", shipped_recipes())
def test_what_is_shipped_is_right(validator, name):
    validator.validate(shipped(name))


def paths(value, path=()):
    if path:
        yield path
    if isinstance(value, list):
        value = dict(enumerate(value))
    for key, one in value.items() if isinstance(value, dict) else ():
        yield from paths(one, (*path, key))


def changed(recipe, path, value):
    recipe = copy.deepcopy(recipe)
    inner = recipe
    for key in path[:-1]:
        inner = inner[key]
    if value is DELETED:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return recipe


def mutations(recipe):
    for path in paths(recipe):
        if path[0] not in ("skelconv", "vars"):
            yield from (changed(recipe, path, value) for value in (*VALUES, DELETED))
            inner = recipe
            for key in path:
                inner = inner[key]
            if isinstance(inner, dict):
                yield from (changed(recipe, (*path, "typo"), value) for value in (1, None))


@pytest.mark.parametrize("name", ["custom", "video_folder", "sample", "ctrgcn_ntu60_cs"])
def test_all_mutations(validator, name):
    differing = []
    for recipe in mutations(shipped(name)):
        try:
            load_recipe(recipe, environ={})
        except RecipeError as error:
            wrong = any(problem.what.startswith(OWN_WORDS) for problem in error.problems)
            said = str(error)
        else:
            wrong, said = False, None
        fits = validator.is_valid(recipe)
        if (wrong and fits) or (said is None and not fits):
            differing.append((said, recipe))
    assert not differing, differing[0]


CHILD = "skelconv: 1\nextends: video_folder\n"
WHOLE = """\
skelconv: 1
name: a
source: {use: babel, with: {root: a}}
sink: {use: pickle, with: {path: o.pkl}}
"""
RIGHT = [
    CHILD,
    CHILD + "source: {with: {pose: {use: mediapipe}, detector: ~}}",
    CHILD + "source: {with: {pose: {with: {device: cpu}}}}",
    CHILD + "source: {use: video-pose, with: {people: [{use: track-people}]}}",
    CHILD + "source: video-pose",
    CHILD + "sink: {use: npz, with: {path: o.npz}}",
    CHILD + "transforms: ~\nsplits: ~\nexpect: ~\nabout: ~",
    CHILD + "source: {use: skelconv/babel, with: {root: a}}",
    WHOLE + "transforms: [skelconv/bone, {use: bone}, {use: bone, with: }]",
    WHOLE + "transforms: [{use: '${vars.t}'}, '${vars.t}']\nvars: {t: bone}",
    WHOLE + "expect: {clips: '${vars.n}', splits: ~}\nvars: {n: 1}",
    WHOLE + "expect: {clips: ~, splits: {a: ~}}",
    WHOLE + "extends: ~",
    WHOLE + "needs: [a.zip of A, '']",
    WHOLE + "needs: ~",
]
WRONG = [
    WHOLE + "needs: a.zip",
    WHOLE + "needs: [[a.zip]]",
    WHOLE + "needs: [5]",
    CHILD + "sourc: {}",
    CHILD + "source: []",
    CHILD + "source: {use: video-pse}",
    CHILD + "source: {use: video-pose, with: {rot: a}}",
    CHILD + "source: {use: video-pose, with: {detector: {use: mdet}}}",
    CHILD + "source: {use: video-pose, with: {people: [keep-poeple]}}",
    CHILD + "transforms: [{with: {dtype: float16}}]",
    CHILD + "name: ~",
    CHILD.replace("video_folder", "''"),
    WHOLE.replace("sink:", "sinc:"),
    WHOLE.replace("name: a", "name: '-'"),
    WHOLE.replace("name: a", "name: ~"),
    WHOLE.replace("{root: a}", "~"),
    WHOLE + "transfroms: ",
    WHOLE + "transforms: [{use: bone, wiht: ~}]",
    WHOLE + "expect: {clip: ~}",
    WHOLE + "vars: {a: [1]}",
    WHOLE + "transforms: [{use: keep-people, with: {keep: '2'}}]",
    WHOLE + "transforms: [{use: map-layout}]",
]


@pytest.mark.parametrize(
    ("text", "is_right"), [*((t, True) for t in RIGHT), *((t, False) for t in WRONG)]
)
def test_the_corpus(validator, tmp_path, text, is_right):
    (tmp_path / "a.yaml").write_text(text)
    try:
        load_recipe(tmp_path / "a.yaml")
        loads = True
    except RecipeError:
        loads = False
    assert (loads, validator.is_valid(yaml.safe_load(text))) == (is_right, is_right)


def test_what_is_missing_is_named(validator):
    recipe = shipped("custom")
    del recipe["sink"]
    (error,) = validator.iter_errors(recipe)
    assert error.message == "'sink' is a required property"


def errors_at(error, path):
    """Return the messages of an error and those within it, at a path of the recipe."""
    here = [error.message] if [*error.absolute_path] == path else []
    return [*here, *chain.from_iterable(errors_at(inner, path) for inner in error.context or ())]


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (["source", "with", "detector", "with", "min_scor"], 0.5, "'min_scor' was unexpected"),
        (["source", "with", "pose", "use"], "mmpse", "'mmpse' is not one of ["),
    ],
)
def test_nested_stages_are_checked(validator, path, value, said):
    recipe = changed(shipped("video_folder"), path, value)
    (error,) = validator.iter_errors(recipe)
    at = path if path[-1] == "use" else path[:-1]
    assert any(said in message for message in errors_at(error, at))


def test_nested_stages_have_names_and_options_for_editors(validator):
    definitions = validator.schema["$defs"]
    names = definitions["detector"]["else"]["properties"]["use"]["anyOf"][0]["enum"]
    assert "mmdet" in names
    then = [one["then"] for one in definitions["detector"]["else"]["allOf"]]
    refs = [text for text in json.dumps(then).split('"') if text.startswith("#/$defs/")]
    assert (
        "weights" in definitions[refs[names.index("mmdet")].removeprefix("#/$defs/")]["properties"]
    )


@pytest.mark.parametrize(
    ("layout", "fits"),
    [
        ("coco17", True),
        ("a_file_beside_it", True),
        ("from-file", True),
        ({"name": "x", "joints": ["a", "b"], "parents": {"b": "a", "a": None}}, True),
        ({"name": "x", "joints": ["a", "b"], "limbs": [["a", "b"]], "left_right": []}, True),
        ({"joints": ["a", "b"]}, False),
        ({"name": "x", "joints": []}, False),
        ({"name": "x", "joints": ["a", 5]}, False),
        ({"name": "x", "joints": ["a"], "limbs": [["a"]]}, False),
        ({"name": "x", "joints": ["a"], "bones": []}, False),
        (5, False),
        ("", False),
    ],
)
def test_a_layout_is_a_name_or_a_definition(validator, layout, fits):
    source = {"use": "mmpose", "with": {"root": "x", "layout": layout}}
    sink = {"use": "pickle", "with": {"path": "x.pkl"}}
    recipe = {"skelconv": 1, "name": "toy", "source": source, "sink": sink}
    assert validator.is_valid(recipe) == fits
    if not fits:
        with pytest.raises(RecipeError):
            load_recipe(recipe)
    elif layout != "a_file_beside_it":  # it is not
        load_recipe(recipe)
