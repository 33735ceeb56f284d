"""What a recipe says, and all that can be wrong with what it says."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from skelconv import RecipeError, load_recipe
from skelconv.plugin.loading import registry_in_use
from skelconv.plugin.use import UseSink, UseSource, UseSplit, UseTransform
from skelconv.recipe import Expect, Recipe

RECIPE = """\
skelconv: 1
name: ntu60_xsub
about: NTU RGB+D 60
vars:
  root: ${DATA:-data}/raw
  n: 4
source:
  use: folder
  with:
    root: ${vars.root}
    workers: ${vars.n}
transforms:
  - smooth
  - use: smooth
    with: {profile: median, factor: 1e-3}
splits:
  - half
sink:
  use: file
  with: {path: out/a.pkl}
expect:
  clips: 10
  splits: {train: 7, val: 3}
"""


def used(use, name, **options):
    return use.model_validate({"use": name, "with": options})


def test_a_whole_recipe(load):
    recipe = load(RECIPE)
    assert recipe == Recipe(
        name="ntu60_xsub",
        about="NTU RGB+D 60",
        source=used(UseSource, "folder", root="data/raw", workers=4),
        transforms=(
            used(UseTransform, "smooth"),
            used(UseTransform, "smooth", profile="median", factor=0.001),
        ),
        splits=(used(UseSplit, "half"),),
        sink=used(UseSink, "file", path="out/a.pkl"),
        expect=Expect(10, {"train": 7, "val": 3}),
    )


def test_the_least_recipe(load):
    recipe = load("skelconv: 1\nname: a\nsource: bare\nsink: {use: file, with: {path: b}}")
    assert recipe.transforms == recipe.splits == ()
    assert recipe.about == ""
    assert recipe.expect is None


def test_null_for_the_recipes_own_keys_is_not_given(load):
    recipe = load(
        "skelconv: 1\nname: a\nabout:\nextends:\nvars: ~\nsource: {use: bare, with: }\n"
        "transforms:\nsplits: null\nsink: {use: file, with: {path: b}}\n"
        "expect: {clips: ~, splits: {a: ~, b: 1}}"
    )
    assert recipe.expect == Expect(None, {"b": 1})
    assert recipe.source == used(UseSource, "bare")


def test_a_qualified_name(load):
    text = "skelconv: 1\nname: a\nsource: other/twin\nsink: {use: acme/file, with: {path: b}}"
    assert load(text).source.use == "other/twin"


def test_what_a_stage_requires_need_not_be_installed(load, registry):
    assert registry.get("source", "bare").missing == ("nosuch",)
    assert load("skelconv: 1\nname: a\nsource: bare\nsink: {use: file, with: {path: b}}")


def test_all_that_is_wrong_is_reported_at_once(problems):
    text = """\
skelconv: 1
nam: x
about: [a]
vars: {root: data}
source:
  use: foldr
  with: {root: a}
transforms:
  - use: smooth
    with: {profil: mean, exact: maybe, factor: .inf}
  - {use: smooth, wiht: {}}
  - [smooth]
  - use: smooth
    factor: 2
splits: half
sink:
  use: file
  with: {path: "${vars.rot}/x"}
expect: {clip: 3, clips: -1, splits: {train: 2.5}}
"""
    assert problems(text) == [
        "recipe.yaml:1:1: the key 'name' is missing",
        "recipe.yaml:2:1: nam: no key 'nam' here: did you mean 'name'?",
        "recipe.yaml:3:8: about: must be text, not a list",
        "recipe.yaml:6:8: source.use: there is no source 'foldr': did you mean 'folder'?",
        "recipe.yaml:10:12: transforms.0.with.profil: no option 'profil': did you mean 'profile'?",
        "recipe.yaml:10:33: transforms.0.with.exact: must be a valid boolean, not 'maybe'",
        "recipe.yaml:10:48: transforms.0.with.factor: must be a finite number, not .inf or .nan",
        "recipe.yaml:11:19: transforms.1.wiht: no key 'wiht' here: "
        "a stage has `use` and `with`, and its options go under `with`",
        "recipe.yaml:12:5: transforms.2: must be a transform's name, "
        "or a mapping of `use` and `with`, not a list",
        "recipe.yaml:14:5: transforms.3.factor: no key 'factor' here: "
        "a stage has `use` and `with`, and its options go under `with`",
        "recipe.yaml:15:9: splits: must be a list, not text",
        "recipe.yaml:18:16: sink.with.path: no variable 'rot': did you mean 'root'?",
        "recipe.yaml:19:10: expect.clip: no key 'clip' here: did you mean 'clips'?",
        "recipe.yaml:19:26: expect.clips: must be a number of clips, not -1",
        "recipe.yaml:19:46: expect.splits.train: must be a number of clips, not 2.5",
    ]


BASE = "skelconv: 1\nname: a\nsource: bare\nsink: {use: file, with: {path: b}}\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (BASE[12:], "recipe.yaml:1:1: the line `skelconv: 1` is missing"),
        (
            "skelconv: 2\nwhatever: 1\nskelconf: []",
            "recipe.yaml:1:11: skelconv: "
            "made for a newer skelconv: this one knows recipes up to version 1",
        ),
        (f"skelconv: true{BASE[11:]}", "recipe.yaml:1:11: skelconv: must be 1"),
        (
            BASE.replace("name: a", "name: ../a"),
            "recipe.yaml:2:7: name: must be letters, digits, '.', '_' and '-', not '../a'",
        ),
        (
            BASE.replace("name: a", "name: 1"),
            "recipe.yaml:2:7: name: must be letters, digits, '.', '_' and '-', not 1",
        ),
        (BASE.replace("source: bare\n", ""), "recipe.yaml:1:1: the key 'source' is missing"),
        (
            BASE.replace("bare", "{with: {a: 1}}"),
            "recipe.yaml:3:9: source: the key 'use' is missing",
        ),
        (
            BASE.replace("bare", "{use: 7}"),
            "recipe.yaml:3:15: source.use: must be a source's name, not a number",
        ),
        (
            BASE.replace("bare", "half"),
            "recipe.yaml:3:9: source.use: there is no source 'half' (it is a split)",
        ),
        (
            BASE.replace("bare", "twin"),
            "recipe.yaml:3:9: source.use: "
            "two plugins offer the source 'twin': write acme/twin or other/twin",
        ),
        (
            BASE.replace("bare", "{use: bare, with: [1]}"),
            "recipe.yaml:3:27: source.with: must be a mapping, not a list",
        ),
        (
            BASE.replace("bare", "{use: bare, with: {a: 1}}"),
            "recipe.yaml:3:28: source.with.a: no option 'a'; there are none",
        ),
        (
            BASE + "cite: ['@article{a, year={2024}}', 'Smith, 2024']",
            "recipe.yaml:5:36: cite.1: is no BibTeX entry, as @article{KEY, ...}",
        ),
        (
            BASE + '"\\e[31m": 1',
            "recipe.yaml:5:1: '\\x1b[31m': no key '\\x1b[31m' here; there are: skelconv, name, "
            "about, needs, cite, extends, vars, source, transforms, splits, sink, expect",
        ),
    ],
)
def test_one_thing_wrong(problems, text, problem):
    assert problems(text) == [problem]


def test_thousands_of_things_wrong(problems):
    found = problems(BASE + "\n".join(f"k{n}: 1" for n in range(10_000)))
    assert len(found) == 101
    assert found[0].startswith("recipe.yaml:5:1: k0: no key 'k0' here")
    assert found[-1] == "recipe.yaml: and there may be more"


def test_an_absurdly_long_name(problems):
    (problem,) = problems(BASE.replace("bare", "b" * 100_000))
    assert len(problem) < 1200


def test_the_environment_is_the_processs_own_by_default(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE", "bare")
    (tmp_path / "a.yaml").write_text(BASE.replace("bare", "${SOURCE}"))
    assert load_recipe(tmp_path / "a.yaml").source.use == "bare"


def test_the_registry_is_that_of_the_installed_plugins_by_default(tmp_path):
    (tmp_path / "a.yaml").write_text(BASE)
    with registry_in_use(None), pytest.raises(RecipeError, match="there is no source 'bare'"):
        load_recipe(tmp_path / "a.yaml")


@st.composite
def mutated(draw):
    """Give a valid recipe with some of its text replaced."""
    text = RECIPE
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        bits = ["", "[", "]", "{", "}", ":", " ", "\n", "  ", "- ", "'", '"', "&a ", "*a", "!!int "]
        bits += ["${", "}", "$${", "null", "1e999", "-1", "use: ", "with: ", "\t", "#", "|", "\x85"]
        text = text[:start] + draw(st.sampled_from(bits) | st.text(max_size=3)) + text[end:]
    return text.encode(errors="surrogatepass")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(mutated() | st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@example(b"a: 'x\n\n")
@example(b"skelconv: 1\nsource: {use: folder, with: {root: [[[[]]]]}}")
def test_anything_gives_a_recipe_or_says_where_it_is_wrong(load, content):
    try:
        recipe = load(content)
    except RecipeError as error:
        for problem in error.problems:
            assert problem.file == "recipe.yaml"
            assert problem.what
            _assert_is_inside(problem, content)
    else:
        assert isinstance(recipe, Recipe)


def _assert_is_inside(problem, content):
    if problem.line == 0:
        assert problem.column == 0
        return
    text = content.decode("utf-8-sig")
    for line_break in ("\r\n", "\r", "\x85", "\u2028", "\u2029"):
        text = text.replace(line_break, "\n")
    lines = text.split("\n")
    assert 1 <= problem.line <= len(lines)
    assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
