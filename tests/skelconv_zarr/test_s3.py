"""Against a server of S3 that the test starts."""

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from support.s3_server import s3_server

import skelconv
from skelconv_zarr.upload import MARKER

BUCKET = "bucket"
KEY = "deep/x.zarr"


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    with s3_server() as client:
        yield client


@pytest.fixture
def s3(server: Any) -> Iterator[Any]:
    """Give a client of boto3, and an empty bucket."""
    server.create_bucket(Bucket=BUCKET)
    yield server
    for key in objects(server):
        server.delete_object(Bucket=BUCKET, Key=key)
    server.delete_bucket(Bucket=BUCKET)


def recipe(folder: Path, clips: int = 60, **source: Any) -> Path:
    content = {
        "skelconv": 1,
        "name": "toy",
        "source": {"use": "toy", "with": {"clips": clips, **source}},
        "splits": ["toy-halves"],
        "sink": {"use": "zarr", "with": {"path": f"s3://{BUCKET}/{KEY}"}},
    }
    path = folder / "recipe.yaml"
    path.write_text(yaml.safe_dump(content))
    return path


def run(folder: Path, number: int = 0, seconds: float = 0.0) -> "subprocess.CompletedProcess[str]":
    script = Path(__file__).parents[1] / "support" / "killed_upload.py"
    command = [sys.executable, str(script), "recipe.yaml", str(number), str(seconds)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def objects(s3: Any) -> dict[str, bytes]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    keys = [found["Key"] for page in pages for found in page.get("Contents", ())]
    return {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}


def dataset(folder: Path) -> dict[str, bytes]:
    root = folder / "x.zarr"
    files = (file for file in root.rglob("*") if file.is_file())
    return {f"{KEY}/{file.relative_to(root)}": file.read_bytes() for file in files}


def assert_whole(s3: Any, folder: Path) -> None:
    found = objects(s3)
    assert found.pop(f"{KEY}/{MARKER}")
    assert found == dataset(folder)


def test_an_upload_that_is_killed_again_and_again_becomes_whole(s3: Any, tmp_path: Path) -> None:
    recipe(tmp_path)
    rng = random.Random(12)
    for number in (1, 2, 3, 5, 11, 12, 13):  # files are sent eight at a time
        killed = run(tmp_path, number, rng.uniform(0, 0.01))
        assert killed.returncode == -9, killed.stderr
        found = objects(s3)
        if f"{KEY}/zarr.json" in found:
            assert_whole(s3, tmp_path)
    last = run(tmp_path)
    assert last.returncode == 0, last.stderr
    sent, already_built = last.stdout.split()
    assert 0 < int(sent) < len(dataset(tmp_path)), "what is there already is not sent again"
    assert already_built == "False"
    assert_whole(s3, tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "recipe.yaml",
        "x.zarr",
        "x.zarr.skelconv.json",
    ]
    assert run(tmp_path).stdout == "0 True\n"


def test_what_is_read_over_s3_is_what_was_built(
    s3: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    skelconv.build(recipe(tmp_path), executor="serial")
    assert_whole(s3, tmp_path)
    there = skelconv.open(f"s3://{BUCKET}/{KEY}")
    here = skelconv.open("x.zarr")
    assert list(there.ids) == list(here.ids)
    for index in range(len(here)):
        np.testing.assert_array_equal(there[index].keypoint, here[index].keypoint)


def test_a_bucket_that_is_not_there_is_not_made(
    s3: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(skelconv.DatasetError, match=r"s3://other/x\.zarr: nothing can be put"):
        skelconv.build(
            recipe(tmp_path, log=str(tmp_path)),
            ["sink.with.path=s3://other/x.zarr"],
            executor="serial",
        )
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == [BUCKET]
    assert not (tmp_path / "log").exists(), "no clip was loaded"
