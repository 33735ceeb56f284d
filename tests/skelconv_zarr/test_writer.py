import hashlib
import resource
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr

from skelconv import Clip, DatasetError, Field
from skelconv_zarr import schema
from skelconv_zarr.sink import ZarrSink

Write = Callable[..., Path]


def digest(folder: Path) -> str:
    found = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            found.update(f"{file.relative_to(folder)}\n{file.stat().st_size}\n".encode())
            found.update(file.read_bytes())
    return found.hexdigest()


def joints(clip_id: str, persons: int, frames: int, **more: Any) -> Clip:
    keypoint = np.random.default_rng(frames).normal(size=(persons, frames, 25, 3))
    return Clip(clip_id, keypoint.astype(more.pop("dtype", "f4")), "ntu25", **more)


@pytest.mark.usefixtures("small_shards")
@pytest.mark.parametrize("codec", ["lz4", "zstd", "none"])
def test_plain_zarr_reads_what_is_documented(write: Write, clips: list[Clip], codec: str) -> None:
    splits = {"train": [0, 3], "val": [], "a/b": [1], "..": [2]}
    info = {"name": "toy", "about": "é"}
    path = write(clips, splits=splits, label_names=["a", "b", "c"], info=info, codec=codec)
    group = zarr.open_group(path, mode="r")
    offset = group["offset"][:]
    assert offset.tolist() == [0, 9, 69, 69, 120, 161]
    for number, clip in enumerate(clips):
        rows = slice(offset[number], offset[number + 1])
        shape = (group["num_person"][number], group["total_frames"][number])
        np.testing.assert_array_equal(group["keypoint"][rows].reshape(*shape, 17, 2), clip.keypoint)
        np.testing.assert_array_equal(
            group["keypoint_score"][rows].reshape(*shape, 17), clip.keypoint_score
        )
    assert group["keypoint"].dtype == np.float16
    assert group["keypoint"].nchunks > 3, "the test must fill several shards"
    assert group["frame_dir"][:].tolist() == [clip.id for clip in clips]
    assert group["label"][:].tolist() == [0, 1, 2, 0, 1]
    assert "num_label" not in group
    assert group["img_shape"][:].tolist()[1:3] == [[241, 320], [-1, -1]]
    assert group["original_shape"][:].tolist()[2:4] == [[-1, -1], [480, 640]]
    assert group["split/train"][:].tolist() == [0, 3]
    assert group["split/val"].shape == (0,)
    assert group["split/a%2Fb"][:].tolist() == [1]
    assert group["split/%2E."][:].tolist() == [2]
    assert group["field/kept/shape"][:].tolist() == [[9, 1], [0, 0], [4, 1], [17, 1], [41, 1]]
    kept = np.concatenate([c.fields["kept"].values for c in clips if "kept" in c.fields])
    np.testing.assert_array_equal(group["field/kept/value"][:], kept)
    described = group.attrs["skelconv"]
    assert described == {
        "version": 1,
        "layout": "coco17",
        "label_names": ["a", "b", "c"],
        "splits": ["train", "val", "a/b", ".."],
        "fields": {
            "box": {"axes": "MTB", "text": False},
            "raw_file": {"axes": "", "text": True},
            "kept": {"axes": "T", "text": False},
        },
        "info": info,
    }


def test_labels_that_are_not_one_each_are_counted(write: Write) -> None:
    labels = [3, None, (1, 2), (7,)]
    path = write([joints(str(n), 1, 2, label=label) for n, label in enumerate(labels)])
    group = zarr.open_group(path, mode="r")
    assert group["label"][:].tolist() == [3, 1, 2, 7]
    assert group["num_label"][:].tolist() == [-1, 0, 2, 1]


@pytest.mark.usefixtures("small_shards")
def test_the_users_configuration_of_zarr_does_not_change_the_bytes(
    write: Write, clips: list[Clip]
) -> None:
    first = digest(write(clips, "one.zarr", splits={"b": [1], "a": [0]}))
    configured = {
        "json_indent": 0,
        "codec_pipeline.batch_size": 1,
        "array.write_empty_chunks": False,
    }
    with zarr.config.set(configured):
        assert digest(write(clips, "two.zarr", splits={"b": [1], "a": [0]})) == first


@pytest.mark.parametrize(
    ("odd", "message"),
    [
        (Clip("odd", np.zeros((1, 2, 25, 3), "f4"), "kinect"), "the layout .* ntu25 .* kinect"),
        (Clip("odd", np.zeros((1, 2, 17, 3), "f4"), "ntu25"), r"shape .*\(25, 3\) .* \(17, 3\)"),
        (joints("odd", 1, 2, dtype="f2"), "the dtype of keypoint .* float32 .* float16"),
        (joints("odd", 1, 2, keypoint_score=np.zeros((1, 2, 25))), "keypoint_score .* none .* fl"),
        (joints("odd", 1, 2, fields={"x": Field(np.zeros(2), "T")}), "axes of field 'x' .* M .* T"),
        (joints("odd", 1, 2, fields={"x": Field(np.zeros(1, "f4"), "M")}), "dtype of field 'x'"),
        (joints("odd", 1, 2, fields={"x": Field(np.array(["a"]), "M")}), "float64 .* text"),
    ],
)
def test_clips_that_do_not_fit_together_are_named(write: Write, odd: Clip, message: str) -> None:
    usual = joints("usual", 1, 3, fields={"x": Field(np.zeros(1), "M")})
    with pytest.raises(DatasetError, match=message) as caught:
        write([usual, joints("next", 2, 2), odd])
    assert "'usual'" in str(caught.value)
    assert "'odd'" in str(caught.value)


def test_a_dataset_needs_a_clip(write: Write) -> None:
    with pytest.raises(DatasetError, match="there is no clip"):
        write([])


def test_metadata_that_no_reader_would_read_is_an_error(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "MAX_METADATA_BYTES", 2**14)
    write([joints("a", 1, 2)], "few.zarr")
    with pytest.raises(DatasetError, match="there are too many splits or names"):
        write([joints("a", 1, 2)], "many.zarr", label_names=["n" * 99] * 200)


def test_a_folder_that_cannot_be_made_is_an_error(write: Write, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatasetError, match="it cannot be written: Not a directory"):
        write([joints("a", 1, 2)], "file/dataset.zarr")


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_an_error(write: Write) -> None:
    with (
        file_size_limit(4096),
        pytest.raises(DatasetError, match="it cannot be written: File too large"),
    ):
        write([joints("a", 2, 200)])


class ManyClips:
    """Many clips of 30 kB, made when they are read."""

    splits: dict[str, list[int]] = {}  # noqa: RUF012
    label_names = ()
    info: dict[str, Any] = {}  # noqa: RUF012

    def __init__(self, number: int) -> None:
        self.ids = [f"clip{n}" for n in range(number)]

    def __iter__(self) -> Iterator[bytes]:
        sink = ZarrSink("any.zarr")
        return (sink.encode(joints(name, 1, 100)) for name in self.ids)


def test_memory_does_not_grow_with_the_clips(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "CHUNK_BYTES", 30_000)
    monkeypatch.setattr(schema, "CHUNKS_PER_SHARD", 4)

    def peak(number: int) -> int:
        path = tmp_path / f"{number}.zarr"
        tracemalloc.start()
        ZarrSink(str(path)).assemble(ManyClips(number), path)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(2)  # what Zarr imports and keeps
    few, many = peak(5), peak(45)
    assert many - few < 40 * 30_000 / 4
