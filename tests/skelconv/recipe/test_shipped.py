import pytest

from skelconv import RecipeError, SkelconvError, load_recipe
from skelconv.recipe import finding
from skelconv.recipe.finding import shipped_recipes
from skelconv.recipe.shipped import Facts, copy_recipe, facts_of

BASE = """\
skelconv: 1
name: base
about: {about}
source: bare
sink: {{use: file, with: {{path: b}}}}
"""
CHILD = "skelconv: 1\nextends: base.yaml\nname: child\n"


@pytest.fixture(autouse=True)
def _shipped(tmp_path, monkeypatch):
    folder = tmp_path / "shipped"
    folder.mkdir()
    (folder / "base.yaml").write_text(BASE.format(about="the base"))
    (folder / "child.yaml").write_text(CHILD)
    (folder / "notes.txt").write_text("no recipe")
    monkeypatch.setattr(finding, "_INSTALLED", folder)


def test_they_are_listed_with_what_they_say_of_themselves():
    recipes = shipped_recipes()
    assert {name: facts_of(path).about for name, path in recipes.items()} == {
        "base": "the base",
        "child": "the base",
    }


def test_a_copy_brings_its_parents_and_loads(tmp_path):
    target = tmp_path / "new" / "mine.yaml"
    assert copy_recipe("child", target) == [target, tmp_path / "new" / "base.yaml"]
    recipe = load_recipe(target)
    assert (recipe.name, recipe.about) == ("child", "the base")


def test_a_copy_into_a_folder_keeps_its_name(tmp_path):
    assert copy_recipe("base", tmp_path) == [tmp_path / "base.yaml"]


@pytest.mark.parametrize("folder", ["sub", "sub/", "a/b"])
def test_a_folder_that_is_not_there_is_made(tmp_path, folder):
    assert copy_recipe("base", tmp_path / folder) == [tmp_path / folder / "base.yaml"]
    assert (tmp_path / folder).is_dir()


def test_a_parent_that_is_there_already_is_shared(tmp_path):
    copy_recipe("base", tmp_path)
    assert copy_recipe("child", tmp_path) == [tmp_path / "child.yaml"]


@pytest.mark.parametrize("there", ["child.yaml", "base.yaml"])
def test_nothing_is_overwritten_and_nothing_written_by_half(tmp_path, there):
    (tmp_path / there).write_text("mine")
    with pytest.raises(SkelconvError, match=f"{there}: there is a file of this name already"):
        copy_recipe("child", tmp_path)
    assert [path.name for path in tmp_path.glob("*.yaml")] == [there]
    assert (tmp_path / there).read_text() == "mine"


def test_a_copy_does_not_take_the_name_of_its_parent(tmp_path):
    with pytest.raises(SkelconvError, match=r"base\.yaml: the recipe extends one of this name"):
        copy_recipe("child", tmp_path / "base.yaml")
    assert not (tmp_path / "base.yaml").exists()


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SkelconvError, match="cannot be written: Not a directory"):
        copy_recipe("base", tmp_path / "file" / "below" / "a.yaml")


def test_an_unknown_name(tmp_path):
    with pytest.raises(SkelconvError, match=r"no installed recipe .* 'bse': did you mean 'base'\?"):
        copy_recipe("bse", tmp_path)


def test_a_broken_one(tmp_path):
    (tmp_path / "shipped" / "base.yaml").write_text("[")
    facts = facts_of(tmp_path / "shipped" / "child.yaml")
    assert "base.yaml:1:2: not valid YAML" in facts.fault
    assert facts == Facts(fault=facts.fault)
    with pytest.raises(RecipeError, match="not valid YAML"):
        copy_recipe("child", tmp_path)
