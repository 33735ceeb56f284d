"""A recipe by its bare name, from anywhere."""

import pytest

from skelconv import RecipeError, load_recipe
from skelconv.recipe import finding

BASE = "skelconv: 1\nname: {name}\nsource: bare\nsink: {{use: file, with: {{path: b}}}}\n"


@pytest.fixture(autouse=True)
def _shipped(tmp_path, monkeypatch):
    folder = tmp_path / "shipped"
    (folder / "published").mkdir(parents=True)
    (folder / "ntu60_xsub.yaml").write_text(BASE.format(name="shipped"))
    (folder / "published" / "gym.yaml").write_text(BASE.format(name="gym"))
    monkeypatch.setattr(finding, "_INSTALLED", folder)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)


def write(name, recipe_name):
    with open(name, "w") as file:
        file.write(BASE.format(name=recipe_name))


def test_what_comes_with_skelconv():
    assert load_recipe("ntu60_xsub").name == "shipped"
    assert load_recipe("published/gym").name == "gym"


def test_a_file_goes_first():
    write("ntu60_xsub.yaml", "mine")
    assert load_recipe("ntu60_xsub").name == "mine"
    write("ntu60_xsub", "bare")
    assert load_recipe("ntu60_xsub").name == "bare"


def test_a_folder_of_that_name_is_no_recipe(tmp_path):
    (tmp_path / "here" / "ntu60_xsub").mkdir()
    assert load_recipe("ntu60_xsub").name == "shipped"


def child(path, extends):
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"skelconv: 1\nextends: {extends}\nabout: child\n")
    return load_recipe(path)


def test_a_parent_by_its_name(tmp_path):
    assert child(tmp_path / "here" / "a.yaml", "ntu60_xsub").name == "shipped"
    assert load_recipe({"extends": "ntu60_xsub", "about": "x"}).name == "shipped"


def test_a_parent_beside_the_child_goes_first(tmp_path):
    folder = tmp_path / "here" / "sub"
    folder.mkdir()
    write(folder / "ntu60_xsub.yaml", "beside")
    assert child(folder / "a.yaml", "ntu60_xsub").name == "beside"


def test_a_child_may_be_called_like_its_parent(tmp_path):
    assert child(tmp_path / "here" / "ntu60_xsub.yaml", "ntu60_xsub").name == "shipped"


LIST = "skelconv list-recipes lists"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("ntu60_xsb", f"ntu60_xsb: there is no such file: did you mean 'ntu60_xsub'? ({LIST} "),
        ("recipes/ntu60_xsb.yaml", f"no such file: did you mean 'ntu60_xsub'? ({LIST} "),
        (
            "recipes/ntu60_xsub.yaml",
            "no such file; 'ntu60_xsub' alone is the one that is installed "
            "(to copy it: skelconv init ntu60_xsub)",
        ),
        ("mine.yml", f"mine.yml: there is no such file: did you mean 'mine.yaml'? ({LIST} "),
        ("quite-another", f"quite-another: there is no such file ({LIST} the recipes"),
    ],
)
def test_what_is_not_there(given, said):
    write("mine.yaml", "mine")
    with pytest.raises(RecipeError) as caught:
        load_recipe(given)
    assert said in str(caught.value)


def test_a_parent_that_is_not_there(tmp_path):
    with pytest.raises(RecipeError, match=r"a\.yaml:2:10: extends: .*mean 'ntu60_xsub'"):
        child(tmp_path / "here" / "a.yaml", "ntu60_xsb")
