import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from support.serving import serving

from skelconv import PluginError
from skelconv.cli.app import run
from skelconv.plugin import fits
from skelconv.plugin.loading import load_registry
from skelconv.testing import check_descriptor
from skelconv_mediapipe.options import BlazePoseOptions, HolisticOptions, MediapipeOptions
from skelconv_mediapipe.plugin import skelconv_pose_models

NAMES = ("mediapipe", "blazepose", "mediapipe-holistic")


@pytest.mark.parametrize("name", NAMES)
def test_the_descriptors_are_complete(name: str) -> None:
    (descriptor,) = (each for each in skelconv_pose_models() if each.name == name)
    check_descriptor(descriptor)
    assert load_registry().descriptor("pose-model", name) == descriptor


def test_blazepose_alone_needs_boxes() -> None:
    assert [each.name for each in skelconv_pose_models() if not each.one_stage] == ["blazepose"]


@pytest.mark.parametrize("score", [-0.1, 1.1, "high"])
@pytest.mark.parametrize("options", [MediapipeOptions, BlazePoseOptions, HolisticOptions])
def test_scores_are_from_0_to_1(options: type[MediapipeOptions], score: object) -> None:
    with pytest.raises(ValidationError, match="min_score"):
        options.model_validate({"min_score": score})


@pytest.mark.parametrize(
    ("options", "model"),
    [*((MediapipeOptions, size) for size in ("lite", "full", "heavy")), (HolisticOptions, None)],
)
def test_published_bundles_are_held_by_their_digests(
    options: type[MediapipeOptions], model: str | None
) -> None:
    url, sha256 = options.model_validate({"model": model} if model else {}).bundle()
    assert url.startswith("https://storage.googleapis.com/mediapipe-models/")
    assert url.endswith(".task")
    # The place of the newest one may change its content.
    assert "latest" not in url
    assert sha256 is not None
    assert re.fullmatch("[0-9a-f]{64}", sha256)
    assert model is None or model in url


def test_published_bundles_are_listed() -> None:
    listed = {each.name: [one.name for one in each.known()] for each in skelconv_pose_models()}
    sizes = ["lite", "full", "heavy"]
    assert listed == {"mediapipe": sizes, "blazepose": sizes, "mediapipe-holistic": ["holistic"]}
    for descriptor in skelconv_pose_models():
        for one in descriptor.known():
            options = descriptor.options.model_validate({"model": one.name})
            needed = descriptor.weights(options)
            assert (needed.name, needed.pin) == (one.url, one.sha256) == options.bundle()
            assert one.layout == descriptor.layout


@pytest.mark.parametrize("name", NAMES)
def test_a_bundle_behind_a_url_is_fetched_and_pinned(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SKELCONV_CACHE", str(tmp_path / "cache"))
    content = b"a bundle, of which nothing is read before a build"
    (tmp_path / "some.task").write_bytes(content)
    pose: dict[str, Any] = {"use": name}
    source = {"root": "videos", "pose": pose}
    if name == "blazepose":
        source["boxes"] = {"from": "csv", "path": "boxes.csv"}
    sink = {"use": "pickle", "with": {"path": "out.pkl"}}
    recipe = {"name": "own", "source": {"use": "video-pose", "with": source}, "sink": sink}
    with serving(tmp_path) as address:
        url = f"{address}/some.task"
        pose["with"] = {"model": url}
        (tmp_path / "own.yaml").write_text(json.dumps({"skelconv": 1, **recipe}))
        run(["doctor", "own.yaml"])
        assert f"not fetched yet: {url}" in capsys.readouterr().out
        assert run(["fetch", "own.yaml"]) == 0
        assert f"fetched: {url}" in capsys.readouterr().out
        digest = hashlib.sha256(content).hexdigest()
        assert f"{digest}  {url}\n" in (tmp_path / "own.lock").read_text()
        assert run(["fetch", "own.yaml"]) == 0
        assert "here already" in capsys.readouterr().out


def test_a_misspelt_name_is_not_taken_for_a_file() -> None:
    for descriptor in skelconv_pose_models():
        options = descriptor.options.model_validate({"model": "ful"})
        with pytest.raises(PluginError, match="there is no such file"):
            descriptor.weights(options)


def test_a_path_is_a_path() -> None:
    options = MediapipeOptions(model="models/mine.task", sha256="0123456789abcdef")
    assert options.bundle() == ("models/mine.task", "0123456789abcdef")
    assert MediapipeOptions(model="models/mine.task").bundle() == ("models/mine.task", None)


@pytest.mark.parametrize(
    ("version", "fine"), [("0.10.21", False), ("0.10.35", False), ("1.2.3", True)]
)
def test_the_versions_with_the_tasks_api_are_named(version: str, fine: bool) -> None:
    for descriptor in skelconv_pose_models():
        ((module, requirement),) = descriptor.requires
        assert module == "mediapipe"
        assert fits(version, requirement.removeprefix("mediapipe")) is fine


def test_listing_it_imports_nothing_heavy() -> None:
    code = (
        "import sys; from skelconv_mediapipe import plugin; list(plugin.skelconv_pose_models());"
        "print({'numpy', 'mediapipe', 'cv2'} & set(sys.modules))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "set()\n"
