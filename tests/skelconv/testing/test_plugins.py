"""Checks of what hooks offer, and plugins that are installed for a test."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import toy_models
import toy_plugin
from pydantic import Field
from support.memory import clip

import skelconv
from skelconv import ClipError, Layout, PluginError
from skelconv.plugin import (
    CheckPlugin,
    Options,
    RecipeFolder,
    SourcePlugin,
    TransformPlugin,
    layout_named,
)
from skelconv.plugin.loading import load_registry
from skelconv.testing import (
    check_descriptor,
    check_layout,
    check_recipes,
    check_source,
    installed_plugins,
)


class BlurOptions(Options):
    radius: int = Field(1, description="Frames on each side")


def _blur(options: BlurOptions) -> Any:
    return lambda clip: clip.take("T", slice(options.radius))


BLUR = TransformPlugin(
    name="blur", summary="Blur", options=BlurOptions, create=_blur, example={"radius": 2}
)


def test_good_descriptors_pass() -> None:
    check_descriptor(BLUR)
    check_descriptor(CheckPlugin(name="camera", summary="A camera", create=dict))
    for hook in (toy_models.skelconv_detectors, toy_models.skelconv_pose_models):
        for descriptor in hook():
            check_descriptor(descriptor)


def _refuses(options: BlurOptions) -> Any:
    raise PluginError(f"no file of {options.radius} frames")


def _fails(options: BlurOptions) -> Any:
    raise ClipError("it cannot be made")


def _never(options: BlurOptions) -> Any:
    raise ZeroDivisionError


def test_files_of_an_example_need_not_exist() -> None:
    check_descriptor(dataclasses.replace(BLUR, create=_refuses))


def test_a_plugin_whose_packages_are_missing_is_not_made() -> None:
    requires = (("no_such_module", "no-such-module"),)
    check_descriptor(dataclasses.replace(BLUR, create=_never, requires=requires))


class Undescribed(Options):
    radius: int = 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "Blur it"}, "the name 'Blur it' is not in kebab-case"),
        ({"summary": ""}, "summary is not one line"),
        ({"cite": ("Smith, 2024",)}, "'Smith, 2024' is no BibTeX entry"),
        ({"cite": lambda options: ("@article{smith}",)}, "is no BibTeX entry"),
        ({"summary": "a\nb"}, "summary is not one line"),
        ({"options": Undescribed}, "option 'radius' has no description"),
        ({"resources": lambda options: 3}, "its resources are a int"),
        ({"create": _fails}, "create raised ClipError"),
        ({"create": lambda options: None}, "create gave a NoneType, not a Transform"),
    ],
)
def test_faults_of_a_descriptor(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_descriptor(dataclasses.replace(BLUR, **changes))


@pytest.mark.parametrize("example", [{"radius": "far"}, {"strength": 3}])
def test_an_example_must_be_valid(example: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="1 validation error"):
        check_descriptor(dataclasses.replace(BLUR, example=example))


def test_create_is_given_the_example() -> None:
    given: list[Options] = []

    def create(options: BlurOptions) -> Any:
        given.append(options)
        return _blur(options)

    check_descriptor(dataclasses.replace(BLUR, create=create))
    assert given == [BlurOptions(radius=2)]


def layout(**changes: Any) -> Layout:
    parts: dict[str, Any] = {
        "name": "toy3",
        "summary": "Three joints",
        "joints": ("hip", "left", "right"),
        "bones": ((1, 0), (2, 0)),
        "pairs": ((1, 2),),
    }
    return Layout(**(parts | changes))


def test_layouts_that_are_installed_pass() -> None:
    layouts = [offer.descriptor for offer in load_registry().of_kind("layout")]
    assert len(layouts) > 5
    for installed in [*layouts, layout(), layout(pairs=())]:
        assert isinstance(installed, Layout)
        check_layout(installed)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "Toy3"}, "the name 'Toy3' is not in kebab-case"),
        ({"name": "toy13"}, "the name 'toy13' does not end in 3"),
        ({"summary": ""}, "summary is not one line"),
        ({"bones": ((1, 0), (2, 0), (2, 1))}, "right has two parents"),
        ({"bones": ((1, 0),)}, r"one joint without a parent, not \['hip', 'right'\]"),
        ({"bones": ((1, 2), (2, 1))}, "the bones of left are a circle"),
        ({"bones": ((1, 0), (2, 0), (0, 1))}, "one joint without a parent, not"),
        ({"pairs": ((1, 2), (0, 2))}, "in more than one place of pairs: right"),
        ({"pairs": ((1, 1),)}, "in more than one place of pairs: left"),
    ],
)
def test_faults_of_a_layout(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_layout(layout(**changes))


def test_plugins_are_installed_for_a_block() -> None:
    before = load_registry()
    with installed_plugins(BLUR, layout()) as registry:
        assert load_registry() is registry
        assert registry.get("transform", "blur").descriptor is BLUR
        assert layout_named("toy3").joints == ("hip", "left", "right")
        assert {offer.name for offer in before.offers} < {offer.name for offer in registry.offers}
    assert load_registry() is before
    with pytest.raises(PluginError, match="no transform 'blur'"):
        before.get("transform", "blur")


def test_they_replace_plugins_of_the_same_name() -> None:
    other = dataclasses.replace(BLUR, name="cast", summary="Another cast")
    with installed_plugins(other) as registry:
        assert registry.get("transform", "cast").descriptor is other
    with (
        pytest.raises(AssertionError, match="two of them have the same kind and name"),
        installed_plugins(BLUR, BLUR),
    ):
        pass


def test_a_build_uses_them(tmp_path: Any) -> None:
    class Source(toy_plugin.Source):
        def load(self, item: Any) -> Any:
            return clip(item.id, joints=3, layout="toy3")

    source = SourcePlugin(
        name="test-source", summary="Toy", options=toy_plugin.SourceOptions, create=Source
    )
    recipe = {
        "skelconv": 1,
        "name": "test",
        "source": {"use": "test-source", "with": {"clips": 3}},
        "transforms": [{"use": "blur", "with": {"radius": 2}}],
        "sink": {"use": "zarr", "with": {"path": str(tmp_path / "out.zarr")}},
    }
    create: Callable[..., Any] = source.create
    with installed_plugins(source, BLUR, layout()):
        check_source(create(toy_plugin.SourceOptions(clips=3)))
        skelconv.build(recipe, executor="serial")
    assert [each.total_frames for each in skelconv.open(tmp_path / "out.zarr")] == [2, 2, 2]


RECIPE = "skelconv: 1\nname: a\nabout: A\nsource: toy\nsink: {use: toy, with: {path: o.txt}}\n"


def test_recipes_that_are_right(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(RECIPE)
    found = check_recipes(RecipeFolder(name="acme", summary="Recipes", path=tmp_path))
    assert {name: recipe.about for name, recipe in found.items()} == {"a": "A"}


@pytest.mark.parametrize(
    ("recipe", "said"),
    [
        (RECIPE.replace("source: toy", "source: toi"), "a is not valid: .*no source 'toi'"),
        (RECIPE.replace("about: A\n", ""), "a has no line `about`"),
        (None, "there are no recipes in"),
    ],
)
def test_recipes_that_are_wrong(recipe: str | None, said: str, tmp_path: Path) -> None:
    if recipe is not None:
        (tmp_path / "a.yaml").write_text(recipe)
    with pytest.raises(AssertionError, match=said):
        check_recipes(RecipeFolder(name="acme", summary="Recipes", path=tmp_path))
    with pytest.raises(AssertionError, match="kebab-case"):
        check_recipes(RecipeFolder(name="Acme Pose", summary="Recipes", path=tmp_path))
