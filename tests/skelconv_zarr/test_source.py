import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from skelconv import Clip, ClipError, DatasetError
from skelconv.testing import assert_same_clip, check_source
from skelconv_zarr.source import ZarrSource

Write = Callable[..., Path]


def test_it_gives_the_clips_that_were_written(write: Write, clips: list[Clip]) -> None:
    path = write(clips, label_names=["a", "b", "c"])
    source = ZarrSource(str(path))
    for loaded, clip in zip(check_source(source), clips, strict=True):
        assert_same_clip(loaded, clip)
    assert list(source.inventory().label_names) == ["a", "b", "c"]


def test_written_again_it_gives_the_same_bytes(write: Write, clips: list[Clip]) -> None:
    source = ZarrSource(str(write(clips, "one.zarr", splits={"train": [1, 3]})))
    loaded = [source.load(item) for item in source.inventory().items]
    write(loaded, "two.zarr", splits={"train": [1, 3]})
    one, two = (Path(source._path).parent / name for name in ("one.zarr", "two.zarr"))
    files = sorted(file.relative_to(one) for file in one.rglob("*") if file.is_file())
    assert files == sorted(file.relative_to(two) for file in two.rglob("*") if file.is_file())
    for file in files:
        assert (one / file).read_bytes() == (two / file).read_bytes(), file


def test_another_dataset_under_the_same_name_is_noticed(write: Write, clips: list[Clip]) -> None:
    path = write(clips)
    before = ZarrSource(str(path)).inventory().items
    shutil.rmtree(path)
    write([clip.replace(id=f"other{n}") for n, clip in enumerate(clips[:3])])
    again = ZarrSource(str(path))
    assert {(item.size, item.mtime_ns) for item in again.inventory().items} != {
        (item.size, item.mtime_ns) for item in before
    }
    for item in pickle.loads(pickle.dumps(before)):
        with pytest.raises(ClipError, match="the dataset has changed since"):
            again.load(item)


def test_a_damaged_clip_is_that_clips_fault(write: Write) -> None:
    path = write([Clip("a", np.ones((1, 2, 3, 2)), "l")])
    source = ZarrSource(str(path))
    (item,) = source.inventory().items
    shutil.rmtree(path / "keypoint/c")
    with pytest.raises(ClipError, match="this part of the dataset is missing"):
        source.load(item)


def test_a_missing_dataset_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="there is no Zarr dataset"):
        ZarrSource(str(tmp_path / "no.zarr")).inventory()
