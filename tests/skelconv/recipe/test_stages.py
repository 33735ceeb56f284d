"""A stage within the options of another, as a detector is: changed from outside, and by a child."""

import pytest

PARENT = """\
skelconv: 1
name: a
source:
  use: video
  with:
    root: r
    pose: {use: heavy, with: {weights: w, size: 2}}
    people: [tracker, {use: keeper, with: {keep: 2}}]
sink: {use: file, with: {path: c}}
"""


@pytest.fixture
def registry():
    from typing import Literal

    from skelconv.plugin import Options, UsePoseModel, UseTransform
    from skelconv.plugin.descriptors import (
        PoseModelPlugin,
        SinkPlugin,
        SourcePlugin,
        TransformPlugin,
    )
    from skelconv.plugin.loading import registry_in_use
    from skelconv.plugin.registry import Offer, Registry

    class Heavy(Options):
        weights: str
        size: int = 1

    class Light(Options):
        mode: Literal["fast", "exact"] = "fast"

    class Keeper(Options):
        keep: int = 1

    class File(Options):
        path: str

    class Video(Options):
        root: str
        pose: UsePoseModel
        people: tuple[UseTransform, ...] = ()

    plugins = [
        SourcePlugin(name="video", summary="", options=Video, create=Options),
        PoseModelPlugin(name="heavy", summary="", options=Heavy, create=Options),
        PoseModelPlugin(name="light", summary="", options=Light, create=Options),
        TransformPlugin(name="keeper", summary="", options=Keeper, create=Options),
        TransformPlugin(name="tracker", summary="", options=Light, create=Options),
        SinkPlugin(name="file", summary="", options=File, create=Options),
    ]
    with registry_in_use(Registry([Offer(one.kind, one, "acme", "1") for one in plugins])):
        yield


def pose(recipe):
    return recipe.source.plain()["with"]["pose"]


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        (["source.with.pose.use=light"], {"use": "light", "with": {"mode": "fast"}}),
        (["source.with.pose=light"], {"use": "light", "with": {"mode": "fast"}}),
        (
            ["source.with.pose.use=light", "source.with.pose.with.mode=exact"],
            {"use": "light", "with": {"mode": "exact"}},
        ),
        (["source.with.pose.use=heavy"], {"use": "heavy", "with": {"weights": "w", "size": 2}}),
        (
            ["source.with.pose=light", "source.with.pose.with.mode=exact"],
            {"use": "light", "with": {"mode": "exact"}},
        ),
    ],
)
def test_another_plugin_from_outside(load, overrides, expected):
    assert pose(load(PARENT, overrides)) == expected


def test_items_of_a_nested_list(load):
    changes = ["source.with.people.0.with.mode=exact", "source.with.people.1.use=tracker"]
    first, second = load(PARENT, changes).source.options.people
    assert first.options.mode == "exact"
    assert (second.use, second.options.mode) == ("tracker", "fast")
    more = load(PARENT, ["source.with.people+=tracker"]).source.options.people
    assert [one.use for one in more] == ["tracker", "keeper", "tracker"]


@pytest.mark.parametrize(
    ("child", "expected"),
    [
        ("{use: light}", {"use": "light", "with": {"mode": "fast"}}),
        ("light", {"use": "light", "with": {"mode": "fast"}}),
        ("{use: light, with: {mode: exact}}", {"use": "light", "with": {"mode": "exact"}}),
        ("{with: {size: 3}}", {"use": "heavy", "with": {"weights": "w", "size": 3}}),
        ("{use: heavy, with: {size: 3}}", {"use": "heavy", "with": {"weights": "w", "size": 3}}),
        ("heavy", {"use": "heavy", "with": {"weights": "w", "size": 2}}),
    ],
)
def test_another_plugin_in_a_child(load, child, expected):
    text = f"skelconv: 1\nextends: parent.yaml\nsource: {{with: {{pose: {child}}}}}\n"
    assert pose(load({"recipe.yaml": text, "parent.yaml": PARENT})) == expected


def test_variables_that_are_called_as_the_keys_of_a_stage_are_no_stage(load):
    parent = PARENT.replace("root: r", "root: ${vars.with}") + "vars: {use: a, with: b}\n"
    text = "skelconv: 1\nextends: parent.yaml\nvars: {use: c}\n"
    recipe = load({"recipe.yaml": text, "parent.yaml": parent})
    assert recipe.source.options.root == "b"
