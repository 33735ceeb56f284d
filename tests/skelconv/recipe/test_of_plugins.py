"""Recipes that packages bring along: by name from anywhere, as parents, and copied."""

import os

import pytest

from skelconv import RecipeError, SkelconvError, load_recipe
from skelconv.plugin import RecipeFolder
from skelconv.plugin.loading import load_registry, registry_in_use
from skelconv.plugin.registry import Broken, Offer, Registry
from skelconv.recipe.finding import known_recipes
from skelconv.recipe.shipped import copy_recipe

BASE = """\
skelconv: 1
name: {name}
about: {name}
source: {{use: toy, with: {{clips: 3, layout: fork3}}}}
sink: {{use: toy, with: {{path: out.txt}}}}
"""
LAYOUT = "joints: [a, b, c]\nbones: [[b, a], [c, a]]\n"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def folder_of(path, name="acme"):
    return RecipeFolder(name=name, summary="Recipes", path=path)


@pytest.fixture(autouse=True)
def acme(tmp_path, monkeypatch):
    """Two packages, of which one is called acme, and the toy plugin."""
    acme, other = tmp_path / "acme" / "recipes", tmp_path / "other"
    write(acme / "base.yaml", BASE.format(name="base"))
    write(acme / "reach.yaml", "skelconv: 1\nextends: base.yaml\nname: reach\n")
    write(acme / "hands" / "wave.yaml", "skelconv: 1\nextends: acme:base\nname: wave\n")
    write(acme / "up.yaml", "skelconv: 1\nextends: ../secret.yaml\nname: up\n")
    write(acme / "layouts" / "fork3.yaml", LAYOUT)
    write(acme / "ours.yaml", "skelconv: 1\nextends: ntu60_xsub\nname: ours\n")
    write(acme.parent / "secret.yaml", BASE.format(name="secret").replace("fork3", "toy2"))
    write(other / "base.yaml", BASE.format(name="theirs"))
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    with registry_in_use(None):
        installed = load_registry()
    offers = [
        Offer("recipes", folder_of(acme), "acme-pose", "1"),
        Offer("recipes", folder_of(other, "other"), "other", "1"),
    ]
    with registry_in_use(Registry([*installed.offers, *offers])):
        yield acme


def test_they_are_known_by_name_and_layouts_are_none():
    acme = ["acme:base", "acme:ours", "acme:reach", "acme:up", "acme:hands/wave"]
    assert [name for name in known_recipes() if ":" in name] == [*acme, "other:base"]


@pytest.mark.parametrize("name", ["base", "reach", "hands/wave", "ours"])
def test_by_name_from_anywhere(name):
    assert load_recipe(f"acme:{name}").name == os.path.basename(name)


def test_its_layouts_come_along():
    assert load_recipe("acme:hands/wave").source.options.layout == "fork3"


def test_a_file_goes_first(tmp_path):
    write(tmp_path / "here" / "acme:base.yaml", BASE.format(name="mine").replace("fork3", "toy2"))
    assert load_recipe("acme:base").name == "mine"


def test_as_a_parent(tmp_path):
    assert load_recipe({"extends": "acme:reach", "about": "x"}).name == "reach"


def test_of_two_packages_with_one_name_the_full_one_is_needed(acme):
    offers = [*load_registry().offers, Offer("recipes", folder_of(acme), "zzz", "1")]
    with registry_in_use(Registry(offers)):
        with pytest.raises(RecipeError, match="write acme-pose/acme:reach or zzz/acme:reach"):
            load_recipe("acme:reach")
        assert load_recipe("acme-pose/acme:reach").name == "reach"


@pytest.mark.parametrize(
    ("given", "meant"),
    [("acme:raech", "acme:reach"), ("acne:reach", "acme:reach"), ("other:bse", "other:base")],
)
def test_a_misspelt_name(given, meant):
    with pytest.raises(RecipeError, match=f"did you mean '{meant}'"):
        load_recipe(given)


def test_a_recipe_that_is_not_there_since_a_plugin_is_broken():
    broken = [Broken("acme-gait", "1", "acme", "SyntaxError")]
    with (
        registry_in_use(Registry([*load_registry().offers], broken)),
        pytest.raises(RecipeError, match=r"some plugins are broken: skelconv list-plugins"),
    ):
        load_recipe("gaitlaboratory:subjects")


def test_a_copy_brings_parents_and_layouts(tmp_path):
    written = copy_recipe("acme:reach", tmp_path / "new" / "mine.yaml")
    names = [path.relative_to(tmp_path / "new").as_posix() for path in written]
    assert names == ["mine.yaml", "layouts/fork3.yaml", "base.yaml"]
    assert load_recipe(written[0]) == load_recipe("acme:reach")


def test_a_parent_that_is_called_by_name_is_not_copied(tmp_path):
    for name in ("acme:hands/wave", "acme:ours"):
        copies = copy_recipe(name, tmp_path / name.replace(":", "/"))
        assert [path.suffix for path in copies][:1] == [".yaml"]
        assert "base.yaml" not in [path.name for path in copies]
        assert load_recipe(copies[0]) == load_recipe(name)


def test_nothing_is_written_outside_of_the_target(tmp_path):
    assert load_recipe("acme:up").name == "up"
    with pytest.raises(SkelconvError, match=r"outside of its own folder cannot be copied"):
        copy_recipe("acme:up", tmp_path / "new" / "mine.yaml")
    assert not (tmp_path / "new").exists()
