"""What the tests of the extras share. Each runs where nothing but pytest and its extra is there:

pip install '.[EXTRA]' pytest
pytest --confcutdir=tests/extras tests/extras/test_EXTRA.py
"""

import json
import pickle
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from support.serving import answering

REPOSITORY = Path(__file__).parents[2]


class Handler(SimpleHTTPRequestHandler):
    """Serves files and, as all object stores do, parts of files."""

    def copyfile(self, source: BinaryIO, outputfile: BinaryIO) -> None:
        outputfile.write(source.read()[self.part])

    def send_response(self, code: int, message: str | None = None) -> None:
        self.part = slice(None)
        wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if code == 200 and wanted:
            self.part = slice(int(wanted[1]), int(wanted[2]) + 1)
            code = 206
        super().send_response(code, message)

    def send_header(self, keyword: str, value: str) -> None:
        if keyword == "Content-Length" and self.part != slice(None):
            value = str(len(range(int(value))[self.part]))
        super().send_header(keyword, value)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def sample(monkeypatch: pytest.MonkeyPatch) -> str:
    """The recipe of the sample in this repository; it writes to out/sample.pkl."""
    monkeypatch.setenv("NTU_SAMPLE_ROOT", str(REPOSITORY / "samples" / "ntu"))
    return str(REPOSITORY / "recipes" / "sample.yaml")


@pytest.fixture
def skelconv(tmp_path: Path) -> Callable[..., str]:
    """Return what runs the command in the test's folder, and gives what it prints."""

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [Path(sys.executable).with_name("skelconv"), *arguments],
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.fixture
def _own_caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKELCONV_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def url(tmp_path: Path, _own_caches: None) -> Iterator[str]:
    """A URL of the test's folder."""
    with answering(partial(Handler, directory=str(tmp_path))) as address:
        yield address


@pytest.fixture
def own_dataset(
    tmp_path: Path, skelconv: Callable[..., str], _own_caches: None
) -> Callable[..., dict[str, Any]]:
    """Return what goes from nothing to a dataset by the README's commands, and gives it."""
    from support.videos import write_video

    from skelconv.testing import moving_shapes

    def build(name: str, *changes: str) -> dict[str, Any]:
        # Ten videos of two classes, each of another length and brightness.
        for number in range(10):
            label = ("jumping", "waving")[number % 2]
            some = (moving_shapes() * 4)[number : 2 * number + 4]
            frames = [frame // 2 + 12 * number for frame in some]
            file = tmp_path / "data" / "videos" / label / f"{number}.mp4"
            file.parent.mkdir(parents=True, exist_ok=True)
            write_video(file, frames, codec="libx264", pix_fmt="yuv420p")
        skelconv("init", name)
        change = [word for one in changes for word in ("--set", one)]
        assert skelconv("fetch", f"{name}.yaml", *change).count("fetched: ") == len(changes)
        assert skelconv("fetch", f"{name}.yaml", *change).count("here already") == len(changes)
        skelconv("build", f"{name}.yaml", *change, "--workers", "1")
        # Models of random weights find people anywhere.
        anywhere = ["--ignore", "SK408", "--ignore", "SK409"]
        skelconv("verify", f"out/{name}.pkl", "--for", "posec3d", *anywhere)
        made: dict[str, Any] = pickle.loads((tmp_path / "out" / f"{name}.pkl").read_bytes())
        return made

    return build


@pytest.fixture
def video_to_pickle(tmp_path: Path, skelconv: Callable[..., str]) -> Callable[..., dict[str, Any]]:
    """Return what makes a video, builds a dataset from it, and gives the one annotation in it."""
    from support.videos import write_video

    from skelconv.testing import moving_shapes

    def build(**source: Any) -> dict[str, Any]:
        (tmp_path / "videos").mkdir()
        frames = moving_shapes()
        write_video(tmp_path / "videos" / "a.mp4", frames, codec="libx264", pix_fmt="yuv420p")
        recipe = {
            "skelconv": 1,
            "name": "videos",
            "source": {"use": "video-pose", "with": {"root": "videos", **source}},
            "sink": {"use": "pickle", "with": {"path": "out.pkl"}},
        }
        (tmp_path / "recipe.yaml").write_text(json.dumps(recipe))
        skelconv("build", "recipe.yaml", "--workers", "1")
        # Models of random weights find people anywhere.
        skelconv("verify", "out.pkl", "--ignore", "SK409")
        (annotation,) = pickle.loads((tmp_path / "out.pkl").read_bytes())
        assert annotation["total_frames"] == len(frames)
        return annotation

    return build
