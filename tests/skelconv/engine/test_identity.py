"""The identity of a build: what it is known by when it goes on."""

import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

import skelconv
from skelconv import BuildError, load_recipe
from skelconv.engine import identity
from skelconv.engine.identity import Identity
from skelconv.engine.plan import Plan
from skelconv.engine.report import BuildReport
from skelconv.engine.workdir import Workdir
from skelconv.plugin import Inventory


def content(folder: Path, *, gpus: int = 0, **options: Any) -> dict[str, Any]:
    """Return what the identity of a build of videos with these options holds."""
    recipe = {
        "skelconv": 1,
        "name": "toy",
        "source": {"use": "video-pose", "with": {"root": str(folder / "videos"), **options}},
        "sink": {"use": "pickle", "with": {"path": str(folder / "out.pkl")}},
    }
    plan = Plan(load_recipe(recipe), Inventory([]), [], {}, complete=True)
    return Identity.of(plan, gpus=gpus).content


def test_versions_of_plugins_within_plugins_and_what_they_need(tmp_path: Path) -> None:
    versions = content(tmp_path, detector="toy-detector", pose="toy-pose")["versions"]
    assert versions["toy-plugin"] == "1.0"
    for package in ("PyYAML", "numpy"):
        assert versions[package] == version(package)
    assert "pytest" not in versions


@pytest.mark.parametrize(("name", "use"), [("detector", "mmdet"), ("pose", "mmpose")])
def test_versions_of_what_is_used_where_it_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, use: str
) -> None:
    there = dict(identity._providers())
    models = {"detector": "toy-detector", "pose": "toy-pose"}
    models[name] = {"use": use, "with": {"weights": "a.pth"}}
    for found in ([], ["pytest"]):  # another package stands in for it
        monkeypatch.setattr(
            identity, "_providers", lambda found=found: {**there, "torchvision": found}
        )
        assert ("pytest" in content(tmp_path, **models)["versions"]) == bool(found)


def test_files_that_options_name_count_and_folders_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "videos").mkdir()
    (tmp_path / "videos" / "a.mp4").touch()
    (tmp_path / "out.pkl").touch()
    (tmp_path / "a.pth").write_bytes(b"1234")
    (tmp_path / "boxes.json").write_bytes(b"{}")
    files = content(
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
    files = content(tmp_path, detector=detector, pose="toy-pose")["files"]
    assert list(files) == [str(tmp_path / "model" / "model.safetensors")]


def test_text_that_is_not_a_path_is_never_taken_for_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("person", "model"):
        Path(folder).mkdir()
        Path(folder, "x.jpg").touch()
    for file in ("coco17", "rt-detr", "abcdef12", "_rgb"):
        Path(file).touch()
    files = content(
        tmp_path,
        strip="_rgb",
        detector={"use": "rt-detr", "with": {"model": "model", "category": "person"}},
        pose={"use": "mmpose", "with": {"weights": "a.pth", "sha256": "abcdef12"}},
    )["files"]
    assert list(files) == [os.path.join("model", "x.jpg")]


def test_paths_count_at_any_depth(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv", "b.py", "train.txt", "labels.txt", "a.onnx"):
        (tmp_path / name).touch()
    files = content(
        tmp_path,
        labels={"csv": str(tmp_path / "a.csv"), "classes": str(tmp_path / "labels.txt")},
        cuts={"kinetics": {"paths": [str(tmp_path / "b.csv")]}},
        only={"use": "list", "with": {"parts": {"train": str(tmp_path / "train.txt")}}},
        detector={"use": "yolox", "with": {"model": str(tmp_path / "a.onnx")}},
        pose={"use": "mmpose", "with": {"weights": "a.pth", "config": str(tmp_path / "b.py")}},
    )["files"]
    assert [os.path.basename(file) for file in files] == [
        "a.csv",
        "a.onnx",
        "b.csv",
        "b.py",
        "labels.txt",
        "train.txt",
    ]


def test_a_digest_in_capitals_is_the_same(tmp_path: Path) -> None:
    def build(digest: str) -> dict[str, Any]:
        boxes = {"from": "json", "path": "boxes.json", "sha256": digest}
        pose = {"use": "rtmpose", "with": {"model": "a.onnx", "sha256": digest}}
        return content(tmp_path, boxes=boxes, pose=pose)

    assert build("ABCDEF12") == build("abcdef12")


def test_the_device_counts(tmp_path: Path) -> None:
    devices = [
        content(tmp_path, detector="toy-detector", pose="toy-pose", gpus=gpus)["device"]
        for gpus in (0, 1)
    ]
    assert devices == ["cpu", "gpu"]


def test_a_stopped_build_does_not_go_on_with_other_weights(tmp_path: Path) -> None:
    weights = tmp_path / "a.pth"
    weights.write_bytes(b"1234")

    def build(behave: dict[int, str], **arguments: Any) -> BuildReport:
        options = {"clips": 9, "weights": str(weights), "behave": behave}
        recipe = {
            "skelconv": 1,
            "name": "toy",
            "source": {"use": "toy", "with": options},
            "sink": {"use": "toy", "with": {"path": str(tmp_path / "out")}},
        }
        return skelconv.build(recipe, executor="serial", **arguments)

    for _ in range(2):
        with pytest.raises(BuildError, match="letters in line 7"):
            build({3: "error"}, strict=True)
    assert Workdir(tmp_path / "out").holds_work
    changed = weights.stat().st_mtime_ns
    os.utime(weights, ns=(changed + 1, changed + 1))
    with pytest.raises(BuildError) as raised:
        build({3: "error"})
    assert f"\n    {weights} was changed (by its time)\n" in str(raised.value)
    weights.write_bytes(b"12345")
    with pytest.raises(BuildError) as raised:
        build({3: "error"})
    assert f"\n    {weights} was changed (from 4 to 5 bytes)\n" in str(raised.value)
    weights.write_bytes(b"1234")
    os.utime(weights, ns=(changed, changed))
    assert build({3: "error"}).resumed > 0
    assert build({3: "error"}).already_built
    weights.write_bytes(b"12345")
    with pytest.raises(BuildError, match="there already") as raised:
        build({3: "error"})
    assert "\n    a file that it was built from was changed or moved" in str(raised.value)
