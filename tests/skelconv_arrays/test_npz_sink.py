import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.assembly import Encoded

from skelconv import Clip, ClipError, DatasetError
from skelconv.testing import check_sink
from skelconv_arrays.npz_sink import NpzSink

RNG = np.random.default_rng(7)


def clip(name: str, persons: int = 2, frames: int = 5, label: Any = 1, joints: int = 25) -> Clip:
    keypoint = RNG.normal(size=(persons, frames, joints, 3)).astype(np.float32)
    return Clip(name, keypoint, "ntu25", label=label)


CLIPS = [clip("a", label=3), clip("b", persons=1, frames=8), clip("c", frames=1, label=0)]
SPLITS = {"xsub_train": [0, 2], "xsub_val": [1]}


@pytest.fixture
def sink(tmp_path: Path) -> NpzSink:
    return NpzSink(tmp_path / "out.npz", frames=8)


def written(sink: NpzSink, *arguments: Any, **more: Any) -> Any:
    sink.assemble(Encoded(sink, *arguments, **more), sink.target)
    with np.load(sink.target) as archive:
        return dict(archive)


def test_the_sinks_contract(sink: NpzSink, tmp_path: Path) -> None:
    # The form holds no ids, and its clips are in the order of the parts.
    ids = tmp_path / "ids.txt"
    ids.write_text("".join(f"{clip.id}\n" for clip in CLIPS))
    splits = {"train": [0, 1], "test": [2]}
    check_sink(sink, CLIPS, splits=splits, reader={"ids": str(ids)})


def test_arrays_as_ctr_gcn_reads_them(sink: NpzSink) -> None:
    arrays = written(sink, CLIPS, SPLITS)
    assert list(arrays) == ["x_train", "y_train", "x_test", "y_test"]
    assert arrays["x_train"].shape == (2, 8, 150)
    assert arrays["x_train"].dtype == np.float32
    assert arrays["y_train"].tolist() == [[0, 0, 0, 1], [1, 0, 0, 0]]
    assert arrays["y_test"].tolist() == [[0, 1, 0, 0]]
    # What the trainer makes of it: (N, T, M, V, C).
    train = arrays["x_train"].reshape(2, 8, 2, 25, 3)
    for row, given in enumerate((CLIPS[0], CLIPS[2])):
        frames = given.total_frames
        np.testing.assert_array_equal(train[row, :frames].transpose(1, 0, 2, 3), given.keypoint)
        assert not train[row, frames:].any()
    test = arrays["x_test"].reshape(1, 8, 2, 25, 3)
    np.testing.assert_array_equal(test[0, :, 0], CLIPS[1].keypoint[0])
    assert not test[0, :, 1].any()


def test_the_same_bytes_at_any_time(sink: NpzSink) -> None:
    written(sink, CLIPS, SPLITS)
    with zipfile.ZipFile(sink.target) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
        assert archive.testzip() is None


def test_classes_by_their_names(sink: NpzSink) -> None:
    arrays = written(sink, CLIPS, SPLITS, label_names=list("abcdef"))
    assert arrays["y_train"].shape == (2, 6)


def test_a_number_of_classes(tmp_path: Path) -> None:
    sink = NpzSink(tmp_path / "out.npz", classes=60)
    assert written(sink, CLIPS, SPLITS)["y_test"].shape == (1, 60)
    with pytest.raises(ClipError, match="its label is 60, and there are 60 classes"):
        sink.encode(clip("a", label=60))


def test_more_labels_than_names(sink: NpzSink) -> None:
    with pytest.raises(DatasetError, match="a label is 3, and there are 2 names"):
        written(sink, CLIPS, SPLITS, label_names=["a", "b"])


def test_splits_by_name(tmp_path: Path) -> None:
    sink = NpzSink(tmp_path / "out.npz", train="x", test="y")
    arrays = written(sink, CLIPS, {"x": [], "y": [1, 2], "z_train": [0]})
    assert (len(arrays["x_train"]), len(arrays["x_test"])) == (0, 2)


@pytest.mark.parametrize(
    ("splits", "reason"),
    [
        ({}, "which split is train. There are: none"),
        ({"xsub_train": [], "xview_train": [], "val": []}, "which split is train"),
        ({"train": [], "val": [], "test": []}, "which split is test. There are: train, val, test"),
    ],
)
def test_splits_that_are_not_clear(sink: NpzSink, splits: Any, reason: str) -> None:
    with pytest.raises(DatasetError, match=reason):
        written(sink, CLIPS, splits)


def test_a_split_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="there is no split 'xset_train'; there are: xsub_train"):
        written(NpzSink(tmp_path / "o.npz", train="xset_train"), CLIPS, SPLITS)


def test_layouts_do_not_mix(sink: NpzSink) -> None:
    with pytest.raises(
        DatasetError, match="d has 17 keypoints of 3 coordinates, the first clip 25"
    ):
        written(sink, [*CLIPS, clip("d", joints=17)], SPLITS)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (clip("a", frames=9), "9 frames, more than the 8"),
        (clip("a", persons=3), "3 persons, more than the 2"),
        (clip("a", label=None), "its label is None, not one number"),
        (clip("a", label=(1, 2)), r"its label is \(1, 2\), not one number"),
    ],
)
def test_clips_that_do_not_fit(sink: NpzSink, given: Clip, reason: str) -> None:
    with pytest.raises(ClipError, match=reason):
        sink.encode(given)


def test_memory_holds_one_clip_at_a_time(tmp_path: Path) -> None:
    sink = NpzSink(tmp_path / "out.npz", frames=2000)
    clips = Encoded(sink, [clip("a")] * 60, {"train": range(50), "test": range(50, 60)})
    tracemalloc.start()
    sink.assemble(clips, sink.target)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000 < 60_000_000 < sink.target.stat().st_size


def test_names_of_classes(sink: NpzSink) -> None:
    names = ("jump", "run", "", "über " + "x" * 2000)
    arrays = written(sink, CLIPS, SPLITS, label_names=names)
    assert tuple(arrays["label_names"].tolist()) == names
    assert arrays["y_train"].shape == (2, 4)
