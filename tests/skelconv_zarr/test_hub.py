"""Zarr on the Hugging Face Hub, of which a server on this machine takes the place."""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from support.hub_server import REPOSITORY, hub_server

import skelconv
from skelconv import Clip

URL = f"hf://datasets/{REPOSITORY}/own.zarr"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A dataset of three clips."""
    random = np.random.default_rng(0)
    clips = [
        {
            "frame_dir": f"c{number}",
            "label": number,
            "total_frames": 5,
            "img_shape": (480, 640),
            "original_shape": (480, 640),
            "keypoint": random.uniform(1, 400, (1, 5, 17, 2)).astype(np.float16),
            "keypoint_score": np.ones((1, 5, 17), np.float16),
        }
        for number in range(3)
    ]
    path = tmp_path / "own.pkl"
    path.write_bytes(pickle.dumps(clips))
    return path


def run(url: str, home: Path) -> Callable[..., subprocess.CompletedProcess]:
    """Run commands that take the server for the Hub; what it is, is read when it is imported."""
    env = os.environ | {
        "HF_ENDPOINT": url,
        "HF_TOKEN": "hf_test",
        "HF_HOME": str(home),
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
    }
    return lambda *command: subprocess.run(
        [sys.executable, "-m", "skelconv", *command],
        env=env,
        capture_output=True,
        text=True,
        cwd=home,
        check=False,
    )


def test_to_the_hub_and_from_it(own: Path, tmp_path: Path) -> None:
    with hub_server() as (url, hub):
        skel = run(url, tmp_path)
        done = skel("convert", str(own), URL)
        assert (done.returncode, hub.unknown) == (0, []), done.stderr
        assert "own.zarr/zarr.json" in hub.files
        assert "own.zarr/.skelconv-upload.test" not in hub.files
        back = skel("convert", URL, str(tmp_path / "back.pkl"))
        assert back.returncode == 0, back.stderr
        first, second = skelconv.open(own), skelconv.open(tmp_path / "back.pkl")
        assert [*first.ids] == [*second.ids]
        for one, other in zip(first, second, strict=True):
            assert isinstance(one, Clip)
            assert np.array_equal(one.keypoint, other.keypoint)
            assert one.label == other.label


def test_an_upload_that_was_cut_off_goes_on(own: Path, tmp_path: Path) -> None:
    with hub_server() as (url, hub):
        skel = run(url, tmp_path)
        assert skel("convert", str(own), URL).returncode == 0
        whole = dict(hub.files)
        for name in ("own.zarr/zarr.json", "own.zarr/keypoint/c/0/0/0"):
            del hub.files[name]
        assert skel("inspect", URL).returncode == 1  # it shows when it is whole
        again = skel("convert", str(own), URL)
        assert again.returncode == 0, again.stderr
        assert hub.files == whole


def test_what_others_have_there_is_not_overwritten(own: Path, tmp_path: Path) -> None:
    with hub_server() as (url, hub):
        hub.files["own.zarr/notes.txt"] = b"mine"
        done = run(url, tmp_path)("convert", str(own), URL)
        assert done.returncode == 1
        assert "no build of skelconv has put there: 'notes.txt'" in done.stderr
        assert hub.files == {"own.zarr/notes.txt": b"mine"}
