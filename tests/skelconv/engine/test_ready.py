"""What would fail for everyone is found by `validate` and `plan`, and before a build starts."""

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import skelconv
from skelconv import BuildError, Clip, PluginError, RecipeError
from skelconv.cli.app import run
from skelconv.engine.ready import lacking

Write = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write a recipe for two clips of coco17, and return its name."""
    monkeypatch.chdir(tmp_path)
    Path("poses").mkdir()
    for name in "ab":
        np.save(f"poses/{name}.npy", np.ones((1, 4, 17, 3), "f4"))

    def recipe(transforms: Any = (), layout: str = "coco17", **change: Any) -> str:
        options = {"root": "poses", "layout": layout, "img_shape": [9, 9]}
        content = {
            "skelconv": 1,
            "name": "own",
            "source": {"use": "pose-array", "with": options},
            "transforms": list(transforms),
            "sink": {"use": "pickle", "with": {"path": "out.pkl"}},
        }
        Path("recipe.yaml").write_text(json.dumps({**content, **change}))
        return "recipe.yaml"

    return recipe


VIDEO = {
    "use": "video-pose",
    "with": {"root": "poses", "pose": {"use": "rtmo", "with": {"model": "rtmo.onnx"}}},
}


def with_pose(use: str, **options: Any) -> dict[str, Any]:
    detector = {"detector": {"use": "yolox", "with": {"model": "a.onnx"}}}
    inner = {"root": "poses", "pose": {"use": use, "with": options}}
    return {"use": "video-pose", "with": inner if use == "rtmo" else {**inner, **detector}}


@pytest.mark.parametrize("command", ["validate", "plan", "build"])
@pytest.mark.parametrize(
    "change",
    [
        {"layout": "coco-17"},
        {"transforms": [{"use": "map-layout", "with": {"to": "coco-17"}}]},
        {"source": {"use": "pickle", "with": {"path": "a.pkl", "layout": "coco-17"}}},
        {"source": with_pose("rtmo", model="a.onnx", layout="coco-17")},
        {"source": with_pose("mmpose", weights="a.pth", layout="coco-17")},
    ],
    ids=["source", "map-layout", "pickle", "rtmo", "mmpose"],
)
def test_a_layout_that_does_not_exist(
    write: Write, capsys: pytest.CaptureFixture[str], command: str, change: dict[str, Any]
) -> None:
    assert run([command, write(**change)]) == 1
    err = capsys.readouterr().err
    assert "there is no layout 'coco-17': did you mean 'coco17'?" in err
    assert err.startswith("recipe.yaml:1:")


BODIES = {"use": "ntu-bodies", "with": {"profile": "mmaction2"}}
IMPOSSIBLE = [
    ([{"use": "map-layout", "with": {"to": "ntu25"}}], "coco17 has nothing for"),
    (
        ["bone", {"use": "map-layout", "with": {"to": "h36m17"}}, BODIES],
        "the clips have the layout h36m17, and it works on ntu25",
    ),
    (
        [{"use": "pre-normalize-3d", "with": {"zaxis": [0, 1], "xaxis": [20, 4]}}],
        "there is no keypoint 20: the layout coco17 has 17",
    ),
]


@pytest.mark.parametrize("command", ["validate", "plan", "build"])
@pytest.mark.parametrize(("transforms", "said"), IMPOSSIBLE)
def test_a_transform_that_cannot_work_on_the_layout(
    write: Write, capsys: pytest.CaptureFixture[str], command: str, transforms: Any, said: str
) -> None:
    assert run([command, write(transforms)]) == 1
    err = capsys.readouterr().err
    assert f"transforms.{len(transforms) - 1}: the transform " in err
    assert said in err
    assert not Path("out.pkl").exists()


def test_ntu_has_no_face(write: Write) -> None:
    source = {"use": "ntu-raw", "with": {"root": "poses"}}
    transforms = [BODIES, {"use": "map-layout", "with": {"to": "coco17"}}]
    with pytest.raises(RecipeError, match="ntu25 has nothing for nose, left_eye"):
        skelconv.load_recipe(write(transforms, source=source))
    transforms[1] = {"use": "map-layout", "with": {"to": "coco17", "missing": "zero"}}
    skelconv.load_recipe(write(transforms, source=source))


def test_a_layout_that_is_known_from_the_data(write: Write) -> None:
    skelconv.build(write(), executor="serial")
    transforms = [{"use": "map-layout", "with": {"to": "ntu25"}}]
    for source in (
        {"use": "stored", "with": {"paths": ["out.pkl"]}},
        {"use": "pickle", "with": {"path": "out.pkl"}},
    ):
        with pytest.raises(BuildError, match="coco17 has nothing for"):
            skelconv.plan(write(transforms, source=source))


@pytest.mark.parametrize("command", ["plan", "build"])
def test_files_that_are_not_there(
    write: Write, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    labels = {"use": "label-list", "with": {"list": {"parts": {"train": "no/train.txt"}}}}
    assert run([command, write([labels])]) == 1
    err = capsys.readouterr().err
    assert "own: what these options name is not there:" in err
    assert "    no/train.txt (the transform 'label-list')\n" in err


def test_weights_that_are_not_there(write: Write) -> None:
    recipe = skelconv.load_recipe(write(source=VIDEO))
    (file,) = lacking(recipe).files
    assert file == "rtmo.onnx: there is no such file (the pose-model 'rtmo')"


def test_neither_a_url_nor_the_name_of_a_model_is_a_file(write: Write) -> None:
    Path("a.onnx").touch()
    for pose in (
        with_pose("vitpose", model="owner/name"),
        with_pose("rtmo", model="https://example.org/rtmo.zip"),
    ):
        assert lacking(skelconv.load_recipe(write(source=pose))).files == ()


@pytest.mark.parametrize("command", ["plan", "build"])
def test_packages_of_all_stages_are_named_in_one_command(
    write: Write,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: str,
) -> None:
    missing = ("av", "onnxruntime")
    monkeypatch.setattr(
        "skelconv.plugin.registry._is_installed", lambda module: module not in missing
    )
    monkeypatch.setattr("skelconv.vision.weights.missing_to_fetch", lambda: ("pooch", "requests"))
    source = with_pose("rtmo", model="https://example.org/rtmo.zip")
    assert run([command, write(source=source)]) == 1
    line = capsys.readouterr().err.splitlines()[-1]
    # This extra has the decoder, the models, and what fetches files.
    assert shlex.split(line) == ["pip", "install", "skelconv[video]"]
    assert "'skelconv[video]'" in line


def test_validate_says_what_is_not_here_and_the_recipe_is_valid(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    splits = [{"use": "csv", "with": {"path": "no.csv"}}]
    assert run(["validate", write(splits=splits)]) == 0
    assert "not here: no.csv (the split 'csv')\n" in capsys.readouterr().err


def test_a_transform_that_changes_the_layout_says_so(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    import toy_plugin

    def change(clip: Clip) -> Clip:
        return clip.replace(layout="openpose18")

    monkeypatch.setattr(toy_plugin, "make_clip", lambda *given: _coco(given[0]))
    recipe = write(source={"use": "toy", "with": {"clips": 2}})
    monkeypatch.setattr("skelconv_transforms.streams.bone", change)
    with pytest.raises(BuildError, match="its descriptor has no layout_after"):
        skelconv.build(recipe, ["transforms=[bone]"], executor="serial")


def _coco(clip_id: str) -> Clip:
    return Clip(clip_id, np.ones((1, 2, 17, 2), "f4"), "coco17")


def test_what_is_not_installed_is_an_error_of_plugins(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skelconv.plugin.registry._is_installed", lambda module: module != "av")
    with pytest.raises(PluginError, match="packages that it needs are not installed") as raised:
        skelconv.plan(write(source=VIDEO))
    assert raised.value.hint == "pip install 'skelconv[frames]'"
