"""What a recipe needs from elsewhere is fetched before anything else, and held by its digest."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.serving import serving

import skelconv
from skelconv import BuildError
from skelconv.cli.app import run
from skelconv.engine.fetching import fetch
from skelconv.engine.lock import Lock

Recipe = dict[str, Any]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SKELCONV_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("skelconv.vision.download._PAUSES", ())
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


def publish(value: float) -> str:
    """Write a small dataset into the folder that is served, and return its SHA-256."""
    shutil.rmtree("poses", ignore_errors=True)
    Path("poses").mkdir()
    Path("served").mkdir(exist_ok=True)
    for name in "ab":
        np.save(f"poses/{name}.npy", np.full((1, 4, 17, 3), value, "f4"))
    options = {"root": "poses", "layout": "coco17", "img_shape": [9, 9]}
    recipe = {
        "skelconv": 1,
        "name": "made",
        "source": {"use": "pose-array", "with": options},
        "sink": {"use": "pickle", "with": {"path": "served/made.pkl"}},
    }
    skelconv.build(recipe, executor="serial", fresh=True)
    return hashlib.sha256(Path("served/made.pkl").read_bytes()).hexdigest()


@pytest.fixture
def url() -> Iterator[str]:
    Path("served").mkdir(exist_ok=True)
    with serving(Path("served")) as address:
        yield f"{address}/made.pkl"


def of(url: str, **options: Any) -> Recipe:
    return {
        "skelconv": 1,
        "name": "own",
        "source": {"use": "pickle", "with": {"path": url, "layout": "coco17", **options}},
        "sink": {"use": "pickle", "with": {"path": "out.pkl"}},
    }


def write(recipe: Recipe, name: str = "own.yaml") -> str:
    Path(name).write_text(json.dumps(recipe))
    return name


def provenance() -> Any:
    return json.loads(Path("out.pkl.skelconv.json").read_text())


def test_the_digest_of_the_first_fetch_is_held(url: str) -> None:
    first = publish(1)
    path = write(of(url))
    skelconv.build(path, executor="serial")
    lines = Path("own.lock").read_text().splitlines()
    assert [line for line in lines if not line.startswith("#")] == [f"{first}  {url}"]
    second = publish(2)
    skelconv.build(path, executor="serial")  # what is kept is still the first
    shutil.rmtree("cache")
    with pytest.raises(BuildError) as error:
        skelconv.build(path, executor="serial")
    assert first in str(error.value)
    assert second in str(error.value)
    assert "own.lock" in str(error.value.hint)
    assert Path("own.lock").read_text().splitlines() == lines
    Path("own.lock").unlink()
    skelconv.build(path, executor="serial", fresh=True)
    assert f"{second}  {url}" in Path("own.lock").read_text()


def test_the_identity_is_of_the_bytes_and_not_of_the_name(url: str) -> None:
    seen = []
    for value in (1, 2):
        digest = publish(value)
        shutil.rmtree("cache", ignore_errors=True)
        skelconv.build(of(url), executor="serial", fresh=True)
        kept = json.dumps(provenance())
        assert digest in kept
        seen.append(kept)
    assert not list(Path().glob("*.lock"))  # of a recipe that has no file
    assert seen[0] != seen[1]


def test_a_digest_in_the_recipe_is_compared_and_not_locked(url: str) -> None:
    digest = publish(1)
    loaded = skelconv.load_recipe(write(of(url, sha256=digest)))
    pinned, (fetched,) = fetch(loaded)
    assert fetched.pin == digest
    assert pinned.source.plain()["with"]["sha256"] == digest
    assert not Path("own.lock").exists()


def test_without_a_network_the_build_says_what_to_fetch_where(
    capsys: pytest.CaptureFixture[str],
) -> None:
    publish(1)
    with serving(Path("served")) as address:
        path = write(of(f"{address}/made.pkl"), "own recipe.yaml")
        assert run(["fetch", path]) == 0
    shutil.move("cache", "elsewhere")
    capsys.readouterr()
    assert run(["build", path]) == 1
    err = capsys.readouterr().err
    assert "cannot be fetched" in err
    assert "skelconv fetch 'own recipe.yaml'\n" in err
    assert "export SKELCONV_CACHE=FOLDER" in err
    assert not Path("out.pkl").exists()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SKELCONV_CACHE", "elsewhere")
        assert run(["build", path, "--workers", "1"]) == 0


def test_fetch_says_what_is_where(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    digest = publish(1)
    path = write(of(url))
    assert run(["validate", path]) == 0
    said = capsys.readouterr().err
    assert f"not fetched yet: {url}\n" in said
    assert "skelconv fetch own.yaml\n" in said
    assert run(["fetch", path]) == 0
    out, err = capsys.readouterr()
    what, where = out.splitlines()
    assert what == f"fetched: {url} (the source 'pickle')"
    assert hashlib.sha256(Path(where.strip()).read_bytes()).hexdigest() == digest
    assert "fetching" in err
    assert run(["fetch", path, "--json"]) == 0
    (again,) = json.loads(capsys.readouterr().out)
    assert again["pin"] == digest
    assert again["new"] is False
    assert run(["validate", path]) == 0
    assert "not fetched" not in capsys.readouterr().err


def test_a_recipe_of_files_of_this_machine_needs_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    publish(1)
    assert run(["fetch", write(of("served/made.pkl"))]) == 0
    assert capsys.readouterr().out == "there is nothing to fetch\n"


def test_secrets_are_not_written(url: str) -> None:
    digest = publish(1)
    path = write(of(f"{url}?token=geheim"))
    skelconv.build(path, executor="serial")
    written = Path("own.lock").read_text()
    assert digest in written
    assert "geheim" not in written
    shutil.rmtree("cache")
    publish(2)
    with pytest.raises(BuildError, match="another file"):
        skelconv.build(path, executor="serial")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"\x80\x04\x95", 1),
        (b"# about\nno digest at all\n", 2),
        (b"0123  http://example.org/a\n", 1),
        (b"x" * 2**21, 1),
    ],
    ids=["bytes", "words", "short", "large"],
)
def test_a_damaged_lock_file_is_refused(url: str, content: bytes, line: int) -> None:
    publish(1)
    path = write(of(url))
    Path("own.lock").write_bytes(content)
    with pytest.raises(BuildError, match=f"own.lock:{line}: it is not a line of a lock file"):
        skelconv.build(path, executor="serial")
    assert Path("own.lock").read_bytes() == content


def test_where_the_lock_file_lies() -> None:
    assert Lock("recipes/own.yaml").path == Path("recipes/own.lock")
    assert Lock("ntu60_2d").path == Path("ntu60_2d.lock")  # a recipe that comes with skelconv
    assert Lock("").path is None


NAMES = st.text(st.characters(codec="utf-8"), min_size=1).map(lambda text: f"http://a/{text}")
PINS = st.one_of(*(st.text("0123456789abcdef", min_size=size, max_size=size) for size in (40, 64)))


@given(st.dictionaries(NAMES, PINS, max_size=4))
def test_what_is_kept_is_read_again(pins: dict[str, str]) -> None:
    Path("any.lock").unlink(missing_ok=True)
    Lock("any.yaml").keep(pins)
    again = Lock("any.yaml")
    assert {name: again.pin(name) for name in pins} == pins


TINY = "https://download.openmmlab.com/mmpose/v1/projects/rtmposev1/onnx_sdk/yolox_tiny"


def test_models_by_name_are_pinned_within_their_stages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("served").mkdir()
    digests = {}
    recipe = skelconv.load_recipe(
        {
            **of("unused"),
            "source": {
                "use": "video-pose",
                "with": {
                    "root": "videos",
                    "detector": {"use": "yolox", "with": {"model": "yolox-tiny"}},
                    "pose": {"use": "rtmpose", "with": {"model": "rtmpose-m"}},
                },
            },
        }
    )

    def place(url: str) -> Path:
        file = Path("served") / url.rpartition("/")[2]
        file.write_bytes(url.encode())
        digests[url] = hashlib.sha256(url.encode()).hexdigest()
        return file

    monkeypatch.setattr("skelconv.vision.weights._place", place)
    pinned, fetched = fetch(recipe)
    assert [one.name for one in fetched] == list(digests)
    assert fetched[0].name.startswith(TINY)
    options = pinned.source.plain()["with"]
    assert options["detector"]["with"]["sha256"] == digests[fetched[0].name]
    assert options["pose"]["with"]["sha256"] == digests[fetched[1].name]
    assert options["detector"]["with"]["model"] == "yolox-tiny"


@pytest.mark.parametrize("command", ["validate", "plan", "build"])
def test_a_model_that_is_not_known(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    pose = {"use": "rtmo", "with": {"model": "rtmo-xl"}}
    source = {"use": "video-pose", "with": {"root": "videos", "pose": pose}}
    assert run([command, write({**of("unused"), "source": source})]) == 1
    assert "there is no model 'rtmo-xl': did you mean 'rtmo-" in capsys.readouterr().err


def test_doctor_of_a_recipe(
    url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(1)
    path = write(of(url))
    assert run(["doctor", path]) == 0
    out = capsys.readouterr().out
    assert f"not fetched yet: {url}\n    skelconv fetch own.yaml\n" in out
    assert run(["fetch", path]) == 0
    capsys.readouterr()
    assert run(["doctor", path]) == 0
    assert "all that it needs is here" in capsys.readouterr().out
    monkeypatch.setattr("skelconv.plugin.registry._is_installed", lambda module: module != "av")
    assert run(["doctor", "hrnet_w32"]) == 1
    out = capsys.readouterr().out
    assert "packages that it needs are not installed\n    pip install 'skelconv[frames]'\n" in out


def test_a_device_that_is_not_there(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skelconv.plugin.registry._is_installed", lambda module: True)
    monkeypatch.setattr("skelconv_onnx.options.has_file", lambda package, pattern: True)
    monkeypatch.setattr("skelconv.vision.device._gpus_of_driver", lambda: 1)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    Path("rtmo.onnx").touch()

    def recipe(device: str) -> str:
        pose = {"use": "rtmo", "with": {"model": "rtmo.onnx", "device": device}}
        source = {"use": "video-pose", "with": {"root": ".", "pose": pose}}
        return write({**of("unused"), "source": source})

    assert run(["doctor", recipe("cuda:1")]) == 1
    said = "device 'cuda:1': this machine has 1 GPU that can be used (the pose-model 'rtmo')"
    assert f"not here: {said}" in capsys.readouterr().out
    assert run(["validate", recipe("cuda:1")]) == 0
    assert f"not here: {said}" in capsys.readouterr().err
    for there in ("cuda:0", "cuda", "auto", "cpu"):
        assert run(["validate", recipe(there)]) == 0
        assert "not here" not in capsys.readouterr().err
