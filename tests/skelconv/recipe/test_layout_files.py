"""Layouts that a recipe defines, or finds in files beside it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from skelconv import RecipeError, load_recipe
from skelconv.cli.app import run
from skelconv.plugin import OwnLayout, layout_named
from skelconv.plugin.loading import registry_in_use

HAND = "joints: [wrist, thumb, tip]\nparents: {thumb: wrist, tip: thumb}\n"
RECIPE = """\
skelconv: 1
name: toy
source:
  use: pose-array
  with:
    root: data
    layout: LAYOUT
sink: {use: pickle, with: {path: out.pkl}}
"""


@pytest.fixture(autouse=True)
def installed() -> Iterator[None]:
    """Use the plugins that are installed."""
    with registry_in_use(None):
        yield


def write(folder: Path, layout: str, **files: str) -> Path:
    (folder / "layouts").mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"layouts/{name}.yaml").write_text(text)
    path = folder / "recipe.yaml"
    path.write_text(RECIPE.replace("LAYOUT", layout))
    return path


def problems(path: Path) -> list[str]:
    with pytest.raises(RecipeError) as error:
        load_recipe(path)
    return [str(problem).removeprefix(f"{path.parent}/") for problem in error.value.problems]


def test_a_mapping_in_the_recipe(tmp_path):
    path = write(tmp_path, "{name: my_hand, joints: [wrist, thumb], parents: {thumb: wrist}}")
    layout = load_recipe(path).source.layout()
    assert isinstance(layout, OwnLayout)
    assert layout_named(layout).joints == ("wrist", "thumb")


def test_a_file_beside_the_recipe(tmp_path, monkeypatch):
    path = write(tmp_path, "my_hand", my_hand=HAND)
    layout = load_recipe(path).source.layout()
    assert layout_named(layout).name == "my_hand"
    assert layout_named(layout).bones == ((1, 0), (2, 1))
    # Also where the recipe is the parent, or there is no folder in its path.
    child = tmp_path / "below/child.yaml"
    child.parent.mkdir()
    child.write_text("skelconv: 1\nextends: ../recipe.yaml\nname: child\n")
    assert load_recipe(child).source.layout() == layout
    monkeypatch.chdir(tmp_path)
    assert load_recipe("recipe.yaml").source.layout() == layout
    assert load_recipe("recipe.yaml", ["source.with.layout=layouts/my_hand.yaml"]) == (
        load_recipe("recipe.yaml")
    )


def test_the_resolved_recipe_has_the_definition(tmp_path):
    resolved = load_recipe(write(tmp_path, "my_hand", my_hand=HAND)).resolved()
    assert resolved["source"]["with"]["layout"] == {
        "name": "my_hand",
        "joints": ["wrist", "thumb", "tip"],
        "parents": {"thumb": "wrist", "tip": "thumb"},
        "limbs": [["thumb", "wrist"], ["tip", "thumb"]],
        "left_right": [],
    }


def test_what_is_wrong_in_the_recipe_has_its_place(tmp_path, capsys):
    path = write(
        tmp_path,
        "\n      name: my_hand\n      joints: [wrist, thumb,\n               thumb]\n"
        "      bones: 5",
    )
    assert problems(path) == [
        "recipe.yaml:10:16: source.with.layout.joints.2: the joint 'thumb' is there twice: as "
        "number 1 and 2",
        "recipe.yaml:11:14: source.with.layout.bones: a layout has no key 'bones': it has name, "
        "joints, parents, limbs, left_right",
    ]
    assert run(["validate", str(path)]) == 1
    assert "  10 |                thumb]\n     |                ^" in capsys.readouterr().err


def test_what_is_wrong_in_a_file_has_its_place_and_is_said_once(tmp_path):
    path = write(tmp_path, "my_hand", my_hand=HAND + "left_right:\n  - [thumb, elbow]\n")
    extra = "transforms:\n  - {use: map-layout, with: {to: my_hand}}\n"
    path.write_text(path.read_text() + extra)
    assert problems(path) == [
        "layouts/my_hand.yaml:4:13: left_right.0.1: 'elbow' is none of the joints",
        f"recipe.yaml:7:13: source.with.layout: the layout in {tmp_path}/layouts/my_hand.yaml "
        "cannot be used",
        "recipe.yaml:10:34: transforms.0.with.to: the layout in "
        f"{tmp_path}/layouts/my_hand.yaml cannot be used",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "there is nothing in it"),
        ("[a, b]", "1:1: a layout must be a mapping, not a list"),
        ("joints: [a", "not valid YAML"),
        ("joints: [a]\njoints: [b]", "the key 'joints' is given twice"),
        ("joints: [a]\nname: coco17", "2:7: name: there is a layout 'coco17' already"),
        ("x" * 200_000, "larger than 128 KiB: this is not a layout"),
    ],
)
def test_files_that_are_no_layouts(tmp_path, text, words):
    assert words in "\n".join(problems(write(tmp_path, "my_hand", my_hand=text)))


@pytest.mark.parametrize("name", ["hand22", "../recipe", "a/b", "..", "~", "x" * 3000])
def test_a_name_that_is_nowhere(tmp_path, name):
    (found,) = problems(write(tmp_path, f'"{name}"'))
    assert "is beside the recipe, and there is no layout" in found


def test_of_a_mapping_only_what_is_wrong_in_it_is_told(tmp_path):
    path = tmp_path / "recipe.yaml"
    path.write_text(
        "skelconv: 1\nname: x\nsource:\n  use: pose-table\n  with:\n    root: data\n"
        "    layout: {name: claw, joints: [palm, tip], limbs: [[palm, tpi]]}\n"
        "sink: {use: pickle, with: {path: out.pkl}}\n"
    )
    (found,) = problems(path)
    assert "'tpi' is none of the joints" in found


def test_the_name_of_a_layout_that_ships_is_not_taken(tmp_path):
    (found,) = problems(write(tmp_path, "{name: ntu25, joints: [a]}"))
    assert "there is a layout 'ntu25' already (skelconv describe ntu25)" in found
    path = write(tmp_path, "coco17", coco17=HAND)
    assert "there is a layout 'coco17' already" in "\n".join(problems(path))


def test_a_transform_that_does_not_fit_an_own_layout_is_found_before_the_build(tmp_path):
    path = write(tmp_path, "my_hand", my_hand=HAND)
    path.write_text(path.read_text() + "transforms:\n  - {use: map-layout, with: {to: coco17}}\n")
    (found,) = problems(path)
    assert "the transform 'map-layout' cannot work: my_hand has nothing for nose" in found
