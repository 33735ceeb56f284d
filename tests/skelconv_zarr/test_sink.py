from pathlib import Path

import numpy as np
import pytest

from skelconv import Clip, DatasetError
from skelconv.testing import check_sink
from skelconv_zarr.sink import ZarrSink


def test_it_encodes_to_the_same_bytes_each_time(clips: list[Clip]) -> None:
    check_sink(ZarrSink("out/x.zarr"), clips)


def test_a_local_target_is_the_path() -> None:
    assert ZarrSink("out/x.zarr").target == Path("out/x.zarr")


def test_a_dataset_for_a_url_is_made_in_the_working_folder() -> None:
    assert ZarrSink("s3://bucket/deep/x.zarr").target == Path("x.zarr")


def test_a_url_needs_a_name() -> None:
    with pytest.raises(DatasetError, match=r"s3://x\.zarr: the URL has no name"):
        ZarrSink("s3://x.zarr")


def test_higher_levels_of_zstd_are_smaller(
    tmp_path: Path, clips: list[Clip], write: object
) -> None:
    frames = np.cumsum(np.random.default_rng(4).normal(size=(1, 4000, 17, 2)), axis=1)
    smooth = [Clip("a", frames.astype("f2"), "coco17")]

    def size(**options: object) -> int:
        path = write(smooth, f"{options}.zarr", **options)  # type: ignore[operator]
        return sum(f.stat().st_size for f in (path / "keypoint").rglob("*") if f.is_file())

    none, lz4, zstd = size(codec="none"), size(codec="lz4"), size(codec="zstd", level=9)
    assert none > frames[0].size * 2 > lz4 > zstd
