"""Datasets that are made to harm whoever opens them."""

import json
import os
import pickle
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import google_crc32c
import numcodecs
import numpy as np
import pytest
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st

from skelconv import Clip, ClipError, DatasetError
from skelconv_zarr.reader import ZarrReader

Write = Callable[..., Path]


def clips(number: int = 4) -> list[Clip]:
    rng = np.random.default_rng(1)
    return [Clip(f"c{n}", rng.normal(size=(1, 8, 5, 3)).astype("f4"), "l") for n in range(number)]


def change_root(path: Path, change: Callable[[Any], None]) -> None:
    content = json.loads((path / "zarr.json").read_text())
    change(content)
    (path / "zarr.json").write_text(json.dumps(content))


class Touch:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.system, (f"touch {self.path}",)


def put_array_of_version_2(folder: Path, proof: Path) -> None:
    """Put an array that runs code when numcodecs reads it in the place of one of version 3."""
    for file in sorted(folder.rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    meta = {
        "zarr_format": 2,
        "shape": [4],
        "chunks": [4],
        "dtype": "|O",
        "compressor": None,
        "fill_value": "",
        "order": "C",
        "filters": [{"id": "vlen-utf8"}, {"id": "pickle", "protocol": 5}],
    }
    (folder / ".zarray").write_text(json.dumps(meta))
    (folder / "0").write_bytes(pickle.dumps(Touch(proof)))


NAMES = ["num_person", "offset", "frame_dir", "label", "keypoint", "checksum", "split/train"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "metadata",
    [
        {"zarr_format": 3, "node_type": "array", "shape": [4], "data_type": "not known"},
        {"zarr_format": 2, "node_type": "array", "shape": [4], "dtype": "|O"},
        {"shape": [4]},
        None,
        [],
    ],
)
def test_no_code_of_a_dataset_runs(
    write: Write,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    metadata: Any,
) -> None:
    # As all versions before 0.16.6 do.
    monkeypatch.setattr(numcodecs.pickles, "ALLOW_UNSAFE_PICKLE_DECODE", True)
    path, proof = write(clips(), splits={"train": [0]}), tmp_path / "proof"
    put_array_of_version_2(path / name, proof)
    change_root(path, lambda c: c["consolidated_metadata"]["metadata"].update({name: metadata}))
    with pytest.raises((ClipError, DatasetError), match="is not stored as skelconv stores it"):
        read_all(path)
    assert not proof.exists()


def test_the_array_that_is_used_here_does_run_code(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numcodecs.pickles, "ALLOW_UNSAFE_PICKLE_DECODE", True)
    path, proof = write(clips()), tmp_path / "proof"
    put_array_of_version_2(path / "offset", proof)
    # Zarr asks for a consent of its own from 3.2 on.
    consent = zarr.config.set({"array.allow_unsafe_pickle_decode": True})
    with consent, pytest.raises(TypeError):
        zarr.open_array(path / "offset", mode="r")[:]
    assert proof.exists()


def read_all(path: Path) -> None:
    reader = ZarrReader(str(path))
    list(reader.ids), list(reader.labels), dict(reader.splits)
    for index in range(len(reader)):
        reader.read(index)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "codec",
    [
        {"name": "numcodecs.pickle", "configuration": {"protocol": 5}},
        {"name": "gzip", "configuration": {"level": 5}},
        {"name": "zstd", "configuration": {"level": 5}},
        {"name": "cast_value"},
        "blosc!",
        ["blosc"],
    ],
)
def test_codecs_that_are_not_known_are_refused(write: Write, name: str, codec: Any) -> None:
    path = write(clips(), splits={"train": [0]})

    def change(content: Any) -> None:
        (sharding,) = content["consolidated_metadata"]["metadata"][name]["codecs"]
        sharding["configuration"]["codecs"][1] = codec

    change_root(path, change)
    with pytest.raises((ClipError, DatasetError), match="its codecs are others"):
        read_all(path)


def put_bomb(path: Path, name: str, rows: int, chunk_rows: int = 2**17) -> None:
    """Let a column hold one number so often that it is a thousand times the size of its file."""

    def change(content: Any) -> None:
        metadata = content["consolidated_metadata"]["metadata"]
        for array in (name, "num_person"):
            metadata[array] = json.loads(json.dumps(metadata["num_person"]))
            metadata[array]["shape"] = [rows]
            metadata[array]["chunk_grid"]["configuration"]["chunk_shape"] = [rows]
            sharded = metadata[array]["codecs"][0]["configuration"]
            sharded["chunk_shape"] = [chunk_rows]

    change_root(path, change)
    values = np.zeros(chunk_rows, "<i8")
    chunk = numcodecs.Blosc("zstd", 9, numcodecs.Blosc.SHUFFLE).encode(values)
    write_shard(path / name / "c/0", chunk, rows // chunk_rows)
    write_shard(path / "num_person/c/0", chunk, rows // chunk_rows)


def write_shard(file: Path, chunk: bytes, number: int, stride: int = 1) -> None:
    chunk += google_crc32c.value(chunk).to_bytes(4, "little")
    places = np.arange(number) * len(chunk) * stride
    index = np.stack([places, np.full(number, len(chunk))], axis=1).astype("<u8").tobytes()
    index += google_crc32c.value(index).to_bytes(4, "little")
    file.write_bytes(chunk * (number if stride else 1) + index)


def peak_megabytes(path: Path) -> tuple[int, str]:
    """Open a dataset in another process; return its peak of memory above that of a small one."""
    code = f"""
import resource
from skelconv_zarr.reader import ZarrReader
import skelconv_zarr.shards, skelconv.files
skelconv.files.parse_json
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    reader = ZarrReader({str(path)!r})
    list(reader.ids)
    said = "read"
except Exception as error:
    said = str(error)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, said)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31)),
    )
    peak, _, said = done.stdout.partition(" ")
    return int(peak), said


def test_what_decompresses_to_much_is_refused_before_it_takes_memory(write: Write) -> None:
    path = write(clips())
    put_bomb(path, "total_frames", 2**17 * 4096)
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    assert size < 2 * 2**20, "the file is small, and claims four gigabytes"
    peak, said = peak_megabytes(path)
    assert "num_person/c/0: damaged: a chunk of" in said
    assert peak < 100 + 256 * size / 2**20


def test_chunks_that_lie_over_one_another_are_refused(write: Write) -> None:
    path = write(clips())
    put_bomb(path, "total_frames", 2**10 * 4096, chunk_rows=2**10)
    values = np.random.default_rng(2).integers(0, 99, 2**10)
    chunk = numcodecs.Blosc("zstd", 1, numcodecs.Blosc.SHUFFLE).encode(values)
    write_shard(path / "num_person/c/0", chunk, 4096, stride=0)
    with pytest.raises(DatasetError, match="its chunks lie over one another"):
        ZarrReader(str(path))


def test_a_text_of_gigabytes_is_refused_before_it_takes_memory(write: Write) -> None:
    path = write(clips())
    text = json.loads((path / "frame_dir/zarr.json").read_text())
    rows = text["chunk_grid"]["configuration"]["chunk_shape"][0]
    body = rows.to_bytes(4, "little") + b"\0" * (4 * rows - 4) + (10**9).to_bytes(4, "little")
    chunk = numcodecs.Blosc("zstd", 9, numcodecs.Blosc.SHUFFLE).encode(body + bytes(10**9))
    write_shard(path / "frame_dir/c/0", chunk, 1)
    peak, said = peak_megabytes(path)
    assert "frame_dir/c/0: damaged: a chunk of" in said
    assert peak < 100


@pytest.mark.parametrize(
    "changes",
    [
        {"shape": [2**62, 5, 3]},
        {"shape": [32, 2**40, 2**40]},
        {"shape": [32, 0, 3]},
        {"shape": [32, -5, 3]},
        {"shape": [True, 5, 3]},
        {"shape": [1] * 40},
        {"shape": []},
        {"shape": {"0": 32}},
        {"chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2**40, 5, 3]}}},
        {"chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [0, 5, 3]}}},
        {"chunk_grid": [1]},
        {"data_type": "object"},
        {"data_type": "r800000000"},
        {"data_type": {"name": "numpy.datetime64", "configuration": {}}},
        {"codecs": 3},
        {"codecs": [3]},
        {"storage_transformers": [{"name": "x"}]},
    ],
)
def test_metadata_that_is_not_as_written_is_refused(write: Write, changes: Any) -> None:
    path = write(clips())
    change_root(path, lambda c: c["consolidated_metadata"]["metadata"]["keypoint"].update(changes))
    with pytest.raises(DatasetError, match="'keypoint' is not stored as skelconv stores it"):
        ZarrReader(str(path))


def test_metadata_too_large_is_not_read(write: Write) -> None:
    path = write(clips())
    with open(path / "zarr.json", "ab") as file:
        file.truncate(2**30)
    peak, said = peak_megabytes(path)
    assert "zarr.json has 1073741824 bytes" in said
    assert peak < 20


@pytest.mark.parametrize("key", ["zarr.json", "offset/c/0", "keypoint/c/0/0/0"])
def test_what_is_not_a_file_is_not_waited_for(write: Write, key: str) -> None:
    path = write(clips())
    (path / key).unlink()
    os.mkfifo(path / key)
    with pytest.raises((ClipError, DatasetError), match="it is not a file"):
        read_all(path)
    (path / key).unlink()
    (path / key).symlink_to("/dev/zero")
    with pytest.raises((ClipError, DatasetError), match="it is not a file"):
        read_all(path)


@pytest.fixture(scope="module", params=["none", "lz4"])
def small(
    tmp_path_factory: pytest.TempPathFactory, write_to: Write, request: pytest.FixtureRequest
) -> Path:
    path = tmp_path_factory.mktemp("small") / "small.zarr"
    return write_to(path, clips(), splits={"train": [0, 2]}, codec=request.param)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def places_in(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if not isinstance(value, dict | list):
        return [path]
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    return [path, *(place for key, below in inner for place in places_in(below, (*path, key)))]


@settings(max_examples=300)
@given(data=st.data())
def test_any_change_of_the_metadata_is_read_or_refused(small: Path, data: st.DataObject) -> None:
    before = (small / "zarr.json").read_bytes()
    content = json.loads(before)
    *way, last = data.draw(st.sampled_from(places_in(content)[1:]))
    holder = content
    for key in way:
        holder = holder[key]
    holder[last] = data.draw(json_values | st.sampled_from([2**31, 2**63, 2**64, -1, "string"]))
    (small / "zarr.json").write_text(json.dumps(content))
    try:
        read_all(small)
    except (ClipError, DatasetError):
        pass
    finally:
        (small / "zarr.json").write_bytes(before)


@settings(max_examples=300)
@given(data=st.data())
def test_any_change_within_a_chunk_is_read_or_refused(small: Path, data: st.DataObject) -> None:
    """The checksum is made right again, so that what decompresses sees the change."""
    file = small / data.draw(st.sampled_from(["keypoint/c/0/0/0", "frame_dir/c/0", "offset/c/0"]))
    before = file.read_bytes()
    chunk = bytearray(before[: -16 - 4 - 4])
    for _ in range(data.draw(st.integers(1, 4))):
        chunk[data.draw(st.integers(0, len(chunk) - 1))] = data.draw(st.integers(0, 255))
    try:
        write_shard(file, bytes(chunk), 1)
        read_all(small)
    except (ClipError, DatasetError):
        pass
    finally:
        file.write_bytes(before)
