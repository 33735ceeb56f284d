"""What a build is told apart by."""

import json
import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

import skelconv
from skelconv import BuildError, Inventory, load_recipe
from skelconv.engine.plan import Plan
from skelconv.engine.provenance import identity
from skelconv.engine.workdir import Workdir
from skelconv.registry import load_registry


def told(folder: Path, *, gpus: int = 0, **options: Any) -> dict[str, Any]:
    """Tell what a build of videos with these options is told apart by."""
    recipe = {
        "skelconv": 1,
        "name": "toy",
        "source": {"use": "video-pose", "with": {"root": str(folder / "videos"), **options}},
        "sink": {"use": "pickle", "with": {"path": str(folder / "out.pkl")}},
    }
    path = folder / "recipe.yaml"
    path.write_text(json.dumps(recipe))
    plan = Plan(load_recipe(path), Inventory([]), [], {}, complete=True)
    return identity(plan, load_registry(), gpus=gpus)


def test_versions_are_those_of_plugins_within_plugins_and_of_what_they_require(
    tmp_path: Path,
) -> None:
    pose = {"use": "mmpose", "with": {"weights": "a.pth"}}
    versions = told(tmp_path, detector="toy-detector", pose=pose)["versions"]
    assert versions["toy-plugin"] == "1.0"
    for package in ("av", "torch", "mmengine", "mmcv-lite", "mmdet", "mmpose", "numpy"):
        assert versions[package] == version(package)
    assert "onnxruntime" not in versions


def test_files_that_options_name_are_told_apart_and_folders_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "videos").mkdir()
    (tmp_path / "videos" / "a.mp4").touch()
    (tmp_path / "out.pkl").touch()
    (tmp_path / "a.pth").write_bytes(b"1234")
    (tmp_path / "boxes.json").write_bytes(b"{}")
    files = told(
        tmp_path,
        boxes={"from": "json", "path": str(tmp_path / "boxes.json")},
        pose={"use": "mmpose", "with": {"weights": "~/a.pth"}},
    )["files"]
    assert files == {
        str(tmp_path / "boxes.json"): {
            "size": 2,
            "mtime_ns": (tmp_path / "boxes.json").stat().st_mtime_ns,
        },
        "~/a.pth": {"size": 4, "mtime_ns": (tmp_path / "a.pth").stat().st_mtime_ns},
    }


def test_the_files_of_a_model_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "model" / "logs").mkdir(parents=True)
    (tmp_path / "model" / "model.safetensors").touch()
    detector = {"use": "rt-detr", "with": {"model": str(tmp_path / "model")}}
    files = told(tmp_path, detector=detector, pose="toy-pose")["files"]
    assert list(files) == [str(tmp_path / "model" / "model.safetensors")]


def test_a_gpu_and_a_cpu_are_told_apart(tmp_path: Path) -> None:
    devices = [
        told(tmp_path, detector="toy-detector", pose="toy-pose", gpus=gpus)["device"]
        for gpus in (0, 1)
    ]
    assert devices == ["cpu", "gpu"]


def test_a_stopped_build_does_not_go_on_with_other_weights(tmp_path: Path) -> None:
    weights = tmp_path / "a.pth"
    weights.write_bytes(b"1234")

    def build(behave: dict[int, str], **arguments: Any) -> skelconv.BuildReport:
        options = {"clips": 9, "weights": str(weights), "behave": behave}
        recipe = {
            "skelconv": 1,
            "name": "toy",
            "source": {"use": "toy", "with": options},
            "sink": {"use": "toy", "with": {"path": str(tmp_path / "out")}},
        }
        (tmp_path / "recipe.yaml").write_text(json.dumps(recipe))
        return skelconv.build(tmp_path / "recipe.yaml", executor="serial", **arguments)

    for _ in range(2):
        with pytest.raises(BuildError, match="letters in line 7"):
            build({3: "error"}, strict=True)
    assert Workdir(tmp_path / "out").holds_work
    changed = weights.stat().st_mtime_ns
    os.utime(weights, ns=(changed + 1, changed + 1))
    with pytest.raises(BuildError) as raised:
        build({3: "error"})
    assert f"files.{weights}.mtime_ns: {changed} -> {changed + 1}" in str(raised.value)
    os.utime(weights, ns=(changed, changed))
    assert build({3: "error"}).resumed > 0
    assert build({3: "error"}).already_built
    weights.write_bytes(b"12345")
    with pytest.raises(BuildError, match="there already"):
        build({3: "error"})
