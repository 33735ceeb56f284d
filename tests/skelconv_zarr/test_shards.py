import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from hypothesis import given
from hypothesis import strategies as st

from skelconv import Clip, DatasetError
from skelconv_zarr.arrays import ArrayFolder, codecs
from skelconv_zarr.folder import open_folder
from skelconv_zarr.shards import RowArray, open_array

ROWS = 200


@pytest.fixture(scope="module")
def arrays(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Arrays of each dtype and number of axes, in several shards."""
    path = tmp_path_factory.mktemp("arrays") / "all.zarr"
    rng = np.random.default_rng(5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("skelconv_zarr.schema.CHUNK_BYTES", 700)
        patch.setattr("skelconv_zarr.schema.CHUNKS_PER_SHARD", 3)
        for codec in ("lz4", "zstd", "none"):
            folder = ArrayFolder(path / codec)
            for dtype in ("f2", "f4", "f8", "i8", "u4", "u1", "?"):
                for trailing in ((), (3,), (5, 2)):
                    values = rng.integers(0, 200, (ROWS, *trailing)).astype(dtype)
                    put(folder, f"{values.dtype.name}-{len(trailing)}", values, codec)
            texts = np.array([f"跳{n}" * (n % 5) for n in range(ROWS)], dtype=object)
            put(folder, "text", texts, codec)
            folder.close({})
    return path


def put(folder: ArrayFolder, name: str, values: np.ndarray, codec: str) -> None:
    rows = folder.rows(name, values.dtype, values.shape[1:], codecs(codec, 5))
    rows.append(values)
    rows.close()


def metadata(path: Path, name: str) -> Any:
    return json.loads((path / name / "zarr.json").read_text())


def opened(path: Path, name: str) -> RowArray:
    return open_array(open_folder(str(path)), name, metadata(path, name))


@given(data=st.data())
def test_slices_are_those_that_zarr_reads(arrays: Path, data: st.DataObject) -> None:
    path = arrays / data.draw(st.sampled_from(["lz4", "zstd", "none"]))
    name = data.draw(st.sampled_from(sorted(p.name for p in path.iterdir() if p.is_dir())))
    start, stop = sorted(data.draw(st.tuples(st.integers(0, ROWS), st.integers(0, ROWS))))
    expected = zarr.open_array(path / name, mode="r")[start:stop]
    values = opened(path, name).rows(start, stop, checked=data.draw(st.booleans()))
    assert values.tolist() == expected.tolist()
    if name != "text":
        assert values.dtype == expected.dtype
        assert values.shape == expected.shape


def test_what_is_read_can_be_changed_without_changing_the_next_read(arrays: Path) -> None:
    array = opened(arrays / "lz4", "float32-1")
    first = array.rows(3, 5)
    kept = first.copy()
    first[:] = -1
    np.testing.assert_array_equal(array.rows(3, 5), kept)


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"compressors": [zarr.codecs.GzipCodec()]}, "its codecs are others"),
        ({"compressors": [zarr.codecs.ZstdCodec()], "shards": None}, "it is not in shards"),
        ({"compressors": [zarr.codecs.BloscCodec()]}, "its codecs are others"),
        ({"serializer": zarr.codecs.BytesCodec(endian="big")}, "its codecs are others"),
        ({"filters": [zarr.codecs.TransposeCodec(order=(1, 0))]}, "its codecs are others"),
        ({"chunks": (8, 2), "shards": (32, 4)}, "its shards are not along its rows"),
        ({"chunk_key_encoding": {"name": "default", "separator": "."}}, "it is not in shards"),
    ],
)
def test_arrays_in_other_forms_are_refused(
    tmp_path: Path, form: dict[str, Any], message: str
) -> None:
    usual = {"chunks": (8, 4), "shards": (32, 4), "compressors": codecs("lz4", 5)}
    values = np.ones((100, 4), np.float32)
    zarr.create_array(tmp_path / "usual", data=values, zarr_format=3, **usual)
    np.testing.assert_array_equal(opened(tmp_path, "usual").rows(5, 77), values[5:77])
    zarr.create_array(tmp_path / "a", data=values, zarr_format=3, **{**usual, **form})
    with pytest.raises(DatasetError, match=f"'a' is not stored as skelconv stores it: .*{message}"):
        opened(tmp_path, "a")


def test_names_of_codecs_may_be_written_in_each_form(arrays: Path) -> None:
    path = arrays / "lz4"
    changed = metadata(path, "float32-1")
    sharded = changed["codecs"][0]["configuration"]
    sharded["codecs"][-1] = "crc32c"
    sharded["index_codecs"][-1] = {"name": "crc32c", "configuration": {}}
    array = open_array(open_folder(str(path)), "float32-1", changed)
    np.testing.assert_array_equal(array.rows(3, 9), opened(path, "float32-1").rows(3, 9))


def test_reading_a_dataset_does_not_import_zarr(write: Any) -> None:
    path = write([Clip("a", np.zeros((1, 2, 3, 2)), "l")], splits={"train": [0]})
    code = f"""
import sys
from skelconv_zarr.reader import ZarrReader
reader = ZarrReader({str(path)!r})
print(reader.read(0).id, reader.ids, reader.splits, "zarr" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "a ['a'] {'train': [0]} False\n"
