"""ST-GCN's arrays, made with NumPy as its script makes them, and as ours are read."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import skelconv
from skelconv import DatasetError
from skelconv.testing import check_reader, check_sink
from skelconv_arrays.npy_reader import open_dataset
from skelconv_arrays.npy_sink import NpySink

from .conftest import some_clips

RANDOM = np.random.default_rng(9)
SKELETON = "S001C001P001R001A00{}.skeleton"


def as_st_gcn_has_it(
    folder: Path, part: str = "train", *, data: str = "data", frames: bool = True
) -> np.ndarray:
    """Two clips of 4 and 9 frames, the second of one person."""
    folder.mkdir(exist_ok=True)
    array = np.zeros((2, 3, 20, 25, 2), np.float32)
    array[0, :, :4] = RANDOM.normal(size=(3, 4, 25, 2))
    array[1, :, :9, :, :1] = RANDOM.normal(size=(3, 9, 25, 1))
    array[1, :, 8] = 0  # an empty frame at the end
    np.save(folder / f"{part}_{data}.npy", array)
    names = [SKELETON.format(number) for number in (1, 2)]
    with (folder / f"{part}_label.pkl").open("wb") as file:
        pickle.dump((names, [0, 1]), file)
    if frames:
        np.save(folder / f"{part}_num_frame.npy", np.array([4, 9]))
    return array


def test_clips_are_what_the_feeder_reads(tmp_path: Path) -> None:
    array = as_st_gcn_has_it(tmp_path / "xsub", data="data_joint")
    as_st_gcn_has_it(tmp_path / "xsub", "val", frames=False)
    dataset = skelconv.open(tmp_path / "xsub")
    assert list(dataset.splits) == ["train", "val"]
    assert list(dataset.ids)[:2] == ["S001C001P001R001A001", "S001C001P001R001A002"]
    assert list(dataset.labels) == [0, 1] * 2
    # Without num_frame.npy, an empty frame at the end cannot be told from what fills the array.
    assert [clip.keypoint.shape[:2] for clip in dataset] == [(2, 4), (1, 9), (2, 4), (1, 8)]
    first = dataset[0].keypoint
    assert first.tobytes() == array[0, :, :4].transpose(3, 1, 2, 0).tobytes()


def test_one_array_of_several(tmp_path: Path) -> None:
    as_st_gcn_has_it(tmp_path, data="data_joint")
    bone = as_st_gcn_has_it(tmp_path, data="data_bone")
    dataset = skelconv.open(tmp_path / "train_data_bone.npy")
    assert dataset[0].keypoint[0, 2, 3].tolist() == bone[0, :, 2, 3, 0].tolist()
    assert list(skelconv.open(tmp_path).splits) == ["train"]
    as_st_gcn_has_it(tmp_path)
    with pytest.raises(DatasetError, match=r"train_data\.npy and train_data_joint\.npy: name one"):
        skelconv.open(tmp_path)


@pytest.mark.parametrize("protocol", range(5))
@pytest.mark.parametrize(
    "content",
    [([SKELETON.format(1), SKELETON.format(2)], [3, 4]), (["a", "b"], np.array([3, 4])), [3, 4]],
)
def test_labels(tmp_path: Path, content: Any, protocol: int) -> None:
    as_st_gcn_has_it(tmp_path)
    (tmp_path / "train_label.pkl").write_bytes(pickle.dumps(content, protocol))
    assert list(skelconv.open(tmp_path).labels) == [3, 4]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ((["a"], [1, 2]), "1 names"),
        ((["a", 7], [1, 2]), "not as many texts"),
        ((["a", "b"], [1, -2]), "a label is -2"),
        ((["a", "b", "c"], [1, 2, 3]), "3 labels, and"),
        ((["a", "b"], ["x", "y"]), "not numbers"),
        ({"a": 1}, "does not hold"),
        (([["a"], "b"], [1, [2]]), "not numbers"),
        (7, "does not hold"),
    ],
)
def test_labels_that_do_not_fit(tmp_path: Path, content: Any, reason: str) -> None:
    as_st_gcn_has_it(tmp_path)
    (tmp_path / "train_label.pkl").write_bytes(pickle.dumps(content))
    with pytest.raises(DatasetError, match=reason) as caught:
        skelconv.open(tmp_path)
    assert "train_label.pkl" in str(caught.value)


def test_a_pickle_that_would_run_something(tmp_path: Path) -> None:
    as_st_gcn_has_it(tmp_path)
    (tmp_path / "train_label.pkl").write_bytes(b"cos\nsystem\n(S'touch /tmp/x'\ntR.")
    with pytest.raises(DatasetError, match=r"os\.system"):
        skelconv.open(tmp_path)


@pytest.mark.parametrize(
    ("frames", "reason"), [([4], "is not 2 whole"), ([4.5, 9.0], "is not 2 whole")]
)
def test_numbers_of_frames_that_do_not_fit(tmp_path: Path, frames: Any, reason: str) -> None:
    as_st_gcn_has_it(tmp_path)
    np.save(tmp_path / "train_num_frame.npy", frames)
    with pytest.raises(DatasetError, match=reason):
        skelconv.open(tmp_path)


@pytest.mark.parametrize("frames", [3, 21, -1])
def test_a_number_of_frames_that_is_wrong(tmp_path: Path, frames: int) -> None:
    as_st_gcn_has_it(tmp_path)
    np.save(tmp_path / "train_num_frame.npy", [frames, 9])
    with pytest.raises(skelconv.ClipError, match=f"number of frames is {frames}"):
        skelconv.open(tmp_path)[0]
    assert skelconv.open(tmp_path)[1].total_frames == 9


def test_arrays_that_are_none(tmp_path: Path) -> None:
    array = as_st_gcn_has_it(tmp_path)
    path = tmp_path / "train_data.npy"
    for changed, reason in (
        (np.asfortranarray(array), "Fortran's order"),
        (array[0], r"not \(N, C, T, V, M\)"),
        (array[:, :, :, :7], "cannot be told"),
    ):
        np.save(path, changed)
        with pytest.raises(DatasetError, match=reason):
            skelconv.open(tmp_path)
    np.save(path, array)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DatasetError, match="not those of a shape"):
        skelconv.open(tmp_path)
    (tmp_path / "train_label.pkl").unlink()
    with pytest.raises(DatasetError, match=r"labels of train_data.npy are not there"):
        skelconv.open(tmp_path)


def test_kinetics_in_2d(tmp_path: Path) -> None:
    array = RANDOM.normal(size=(1, 3, 6, 18, 2)).astype(np.float32)
    np.save(tmp_path / "val_data.npy", array)
    (tmp_path / "val_label.pkl").write_bytes(pickle.dumps((["abc.json"], [7])))
    clip = skelconv.open(tmp_path)["abc"]
    assert clip.layout == "openpose18"
    assert clip.keypoint[1, 5, 17].tolist() == array[0, :2, 5, 17, 1].tolist()
    assert clip.keypoint_score[1, 5, 17] == array[0, 2, 5, 17, 1]


class TestSink:
    def test_the_contract(self, tmp_path: Path) -> None:
        # The clips are in the order of the parts.
        splits = {"train": [0, 1], "val": [2]}
        check_sink(NpySink(tmp_path / "out", frames=8), some_clips(), splits=splits)

    @pytest.mark.parametrize(
        ("layout", "joints", "coordinates"), [("ntu25", 25, 3), ("coco17", 17, 2)]
    )
    def test_is_read_again(
        self, tmp_path: Path, write: Any, layout: str, joints: int, coordinates: int
    ) -> None:
        clips = some_clips(layout, joints, coordinates)
        dataset = skelconv.open(write(NpySink(tmp_path / "out", frames=8), clips))
        assert {name: list(part) for name, part in dataset.splits.items()} == {
            "train": [0, 1],
            "val": [2],
        }
        for given in clips:
            assert dataset[given.id] == given
        assert len(check_reader(open_dataset(str(tmp_path / "out")))) == 3

    def test_a_clip_of_two_parts_is_one(self, tmp_path: Path, write: Any) -> None:
        clips = some_clips()
        splits = {"a": [0, 1], "b": [2], "c": [0, 2]}
        folder = write(NpySink(tmp_path / "out", frames=8), clips, splits)
        dataset = skelconv.open(folder)
        assert list(dataset.ids) == [clips[at].id for at in (0, 1, 2)]
        assert {name: list(part) for name, part in dataset.splits.items()} == splits
        for given, read in zip(clips, dataset, strict=True):
            assert given.keypoint.tobytes() == read.keypoint.tobytes()
        # Two clips of one id are not one.
        data = np.load(folder / "c_data_joint.npy")
        data[1, 0, 0, 0, 0] += 1
        np.save(folder / "c_data_joint.npy", data)
        dataset = skelconv.open(folder)
        assert list(dataset.ids) == [clips[at].id for at in (0, 1, 2, 2)]
        assert {name: list(part) for name, part in dataset.splits.items()} == {
            "a": [0, 1],
            "b": [2],
            "c": [0, 3],
        }

    def test_without_parts(self, tmp_path: Path, write: Any) -> None:
        folder = write(NpySink(tmp_path / "out", frames=8), splits={})
        names = ["data_joint.npy", "label.pkl", "num_frame.npy"]
        assert sorted(path.name for path in folder.iterdir()) == names
        assert list(skelconv.open(folder).ids) == ["a", "b", "c"]

    def test_as_the_feeders_load_it(self, tmp_path: Path, write: Any) -> None:
        folder = write(NpySink(tmp_path / "out", frames=8, persons=3))
        data = np.load(folder / "train_data_joint.npy", mmap_mode="r")
        with (folder / "train_label.pkl").open("rb") as file:
            names, labels = pickle.load(file, encoding="latin1")
        assert (data.shape, data.dtype) == ((2, 3, 8, 25, 3), np.float32)
        assert (names, labels) == (["a", "c"], [3, 0])
        given = some_clips()[0].keypoint
        assert data[0, :, :5, :, :2].tobytes() == given.transpose(3, 1, 2, 0).tobytes()
        assert not data[0, :, 5:].any()
        assert not data[..., 2].any()

    @pytest.mark.parametrize("part", ["../up", ".hidden", "a/b"])
    def test_parts_that_are_no_names_of_files(self, tmp_path: Path, write: Any, part: str) -> None:
        with pytest.raises(DatasetError, match="is no name of a file"):
            write(NpySink(tmp_path / "out", frames=8), splits={part: [0]})
