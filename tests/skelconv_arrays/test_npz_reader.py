"""CTR-GCN's archives, made with NumPy as its script makes them."""

import pickle
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import skelconv
from skelconv import DatasetError
from skelconv.testing import check_reader
from skelconv_arrays.npz_reader import open_dataset
from skelconv_arrays.npz_sink import NpzSink

from .conftest import some_clips

RANDOM = np.random.default_rng(5)


def as_ctr_gcn_has_it(frames: int = 20, persons: int = 2) -> dict[str, np.ndarray]:
    """Three clips of 4, 9 and 20 frames, the second of one person."""
    x = np.zeros((3, frames, persons * 75), np.float32)
    x[0, :4] = RANDOM.normal(size=x[0, :4].shape)
    x[1, :9, :75] = RANDOM.normal(size=x[1, :9, :75].shape)
    x[2] = RANDOM.normal(size=(frames, persons * 75))
    y = np.zeros((3, 60))
    y[[0, 1, 2], [7, 59, 0]] = 1
    return {"x_train": x[:2], "y_train": y[:2], "x_test": x[2:], "y_test": y[2:]}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "NTU60_CS.npz"


def fault_of(path: Path, **options: Any) -> str:
    with pytest.raises(DatasetError) as caught:
        open_dataset(str(path), **options)
    return str(caught.value)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_clips_are_what_the_feeder_makes_of_them(path: Path, save: Any) -> None:
    arrays = as_ctr_gcn_has_it()
    save(path, **arrays)
    dataset = skelconv.open(path)
    assert list(dataset.ids) == ["train_000000", "train_000001", "test_000000"]
    assert list(dataset.labels) == [7, 59, 0]
    assert {name: list(members) for name, members in dataset.splits.items()} == {
        "train": [0, 1],
        "test": [2],
    }
    assert dataset.layout == "ntu25"
    # (N, C, T, V, M), as its load_data makes it.
    train = arrays["x_train"].reshape((2, 20, 2, 25, 3)).transpose(0, 4, 1, 3, 2)
    assert dataset[0].keypoint.shape == (2, 4, 25, 3)
    assert dataset[1].keypoint.shape == (1, 9, 25, 3)
    assert dataset[2].keypoint.shape == (2, 20, 25, 3)
    for clip, row in zip(dataset[:2], train, strict=True):
        persons, frames = clip.keypoint.shape[:2]
        padded = np.zeros_like(row)
        padded[:, :frames, :, :persons] = clip.keypoint.transpose(3, 1, 2, 0)
        assert padded.tobytes() == row.tobytes()


def test_the_readers_contract(path: Path) -> None:
    np.savez(path, **as_ctr_gcn_has_it())
    assert len(check_reader(open_dataset(str(path)))) == 3


def test_readers_cross_processes(path: Path) -> None:
    arrays = as_ctr_gcn_has_it()
    np.savez(path, **arrays)
    reader = pickle.loads(pickle.dumps(open_dataset(str(path))))
    assert reader.read(2).keypoint.tobytes() == open_dataset(str(path)).read(2).keypoint.tobytes()


def test_round_trip_of_what_the_form_holds(tmp_path: Path, write: Any) -> None:
    clips = some_clips()
    path = write(NpzSink(tmp_path / "a.npz", frames=8), clips, label_names=list("wxyz"))
    dataset = skelconv.open(path)
    assert list(dataset.label_names) == list("wxyz")
    for clip, given in zip(dataset, [clips[0], clips[2], clips[1]], strict=True):
        assert clip.keypoint.tobytes() == given.keypoint.tobytes()
        assert clip.keypoint.shape == given.keypoint.shape
        assert clip.label == given.label


@pytest.mark.parametrize(
    ("y", "labels"),
    [
        (np.array([3, 0]), [3, 0]),
        (np.array([3.0, 0.0]), [3, 0]),
        (np.array([[0, 0, 1], [0, 0, 0]]), [2, None]),
        (np.array([[True, False, True], [False, True, False]]), [(0, 2), 1]),
    ],
)
def test_labels(path: Path, y: np.ndarray, labels: list[Any]) -> None:
    np.savez(path, x_train=as_ctr_gcn_has_it()["x_train"], y_train=y)
    assert list(skelconv.open(path).labels) == labels


@pytest.mark.parametrize(
    ("width", "given", "found"),
    [
        (150, {}, ("ntu25", 2, 3, False)),
        (75, {}, ("ntu25", 1, 3, False)),
        (102, {}, ("coco17", 2, 2, True)),
        (68, {}, ("coco17", 2, 2, False)),
        (108, {}, ("openpose18", 2, 2, True)),
        (375, {"persons": 5}, ("ntu25", 5, 3, False)),
        (102, {"channels": "xyz"}, ("coco17", 2, 3, False)),
        (150, {"layout": "openpose25"}, ("openpose25", 2, 2, True)),
        (200, {"channels": "xyz-score"}, ("ntu25", 2, 3, True)),
    ],
)
def test_what_the_values_are(path: Path, width: int, given: Any, found: Any) -> None:
    x = RANDOM.normal(size=(1, 6, width)).astype(np.float32)
    np.savez(path, x_train=x, y_train=np.array([1]))
    clip = open_dataset(str(path), **given).read(0)
    layout, persons, coordinates, scored = found
    assert (clip.layout, clip.keypoint.shape[0], clip.keypoint.shape[3]) == (
        layout,
        persons,
        coordinates,
    )
    assert (clip.keypoint_score is not None) == scored
    # By hand: the second frame's first joint, of the last person.
    channels = coordinates + scored
    joints = clip.keypoint.shape[2]
    start = (persons - 1) * joints * channels
    values = x[0, 1, start : start + channels]
    assert clip.keypoint[-1, 1, 0].tolist() == values[:coordinates].tolist()
    if scored:
        assert clip.keypoint_score[-1, 1, 0] == values[-1]


def test_arrays_of_five_axes(path: Path) -> None:
    x = RANDOM.normal(size=(2, 3, 7, 25, 2)).astype(np.float32)
    np.savez(path, x_train=x, y_train=np.array([1, 0]))
    clip = skelconv.open(path)[1]
    assert clip.keypoint[1, 6, 24].tolist() == x[1, :, 6, 24, 1].tolist()


def test_nobody(path: Path) -> None:
    np.savez(path, x_train=np.zeros((1, 6, 150), np.float32), y_train=np.array([1]))
    assert open_dataset(str(path)).read(0).keypoint.shape == (0, 6, 25, 3)


def test_ids_from_a_file(path: Path, tmp_path: Path) -> None:
    np.savez(path, **as_ctr_gcn_has_it())
    names = tmp_path / "names.txt"
    names.write_text("S001\nS002\n\nS003\n")
    dataset = skelconv.open(path, ids=str(names))
    assert list(dataset.ids) == ["S001", "S002", "S003"]
    names.write_text("S001\nS002\n")
    assert "fewer ids than clips, from part 'test' on" in fault_of(path, ids=str(names))
    names.write_text("a\nb\nc\nd\n")
    assert "1 ids more" in fault_of(path, ids=str(names))


class TestDamagedArchives:
    @pytest.mark.parametrize(
        ("arrays", "reason"),
        [
            ({}, "it holds nothing, not x_train"),
            ({"x_train": np.zeros((1, 4, 150))}, "it holds x_train, not x_train, y_train"),
            ({"x_train": np.zeros((1, 4, 150)), "y_train": np.zeros(2)}, "1 clips, and y_train 2"),
            ({"x_train": np.zeros((1, 4, 151)), "y_train": np.zeros(1)}, "cannot be told"),
            ({"x_train": np.zeros((1, 4)), "y_train": np.zeros(1)}, r"not \(N, C, T, V, M\)"),
            ({"x_train": np.zeros((1, 4, 150)), "y_train": np.array([-1])}, "a label is -1"),
            ({"x_train": np.zeros((1, 4, 150)), "y_train": np.array([0.5])}, "a label is 0.5"),
            ({"x_train": np.zeros((1, 4, 150)), "y_train": np.array([np.nan])}, "a label is nan"),
            ({"x_train": np.zeros((1, 4, 150)), "y_train": np.full((1, 3), 0.3)}, "neither 0 nor"),
            ({"x_train": np.zeros((1, 4, 150)), "y_train": np.zeros((1, 1, 1))}, "of labels"),
            ({"x_train": np.zeros((1, 4, 150)), "y_train": np.array(["a"])}, "not numbers"),
            (
                {
                    "x_train": np.zeros((1, 4, 150)),
                    "y_train": np.zeros(1),
                    "label_names": np.array([0x7FFFFFFF], np.uint32).view("<U1"),
                },
                "label_names is not",
            ),
            ({"x_train": np.array([{}], object), "y_train": np.zeros(1)}, "type object"),
        ],
    )
    def test_say_what_is_wrong(self, path: Path, arrays: Any, reason: str) -> None:
        np.savez(path, **arrays)
        with pytest.raises(DatasetError, match=reason) as caught:
            open_dataset(str(path))
        assert str(path) in str(caught.value)

    def test_cut_off(self, path: Path) -> None:
        np.savez(path, **as_ctr_gcn_has_it())
        whole = path.read_bytes()
        for size in (0, 1, 30, len(whole) // 2, len(whole) - 1):
            path.write_bytes(whole[:size])
            assert "is not an archive of arrays" in fault_of(path)

    def test_any_byte_changed(self, path: Path) -> None:
        np.savez(path, **as_ctr_gcn_has_it(frames=2, persons=1))
        whole = path.read_bytes()
        for at in range(len(whole)):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x41]) + whole[at + 1 :])
            try:
                reader = open_dataset(str(path))
                for index in range(len(reader.ids)):
                    reader.read(index)
            except skelconv.SkelconvError:
                pass

    def test_an_archive_that_unpacks_to_much_more(self, path: Path) -> None:
        x = np.zeros((400, 300, 150), np.float32)
        np.savez_compressed(path, x_train=x, y_train=np.zeros(400))
        assert "more than" in fault_of(path)

    def test_a_member_that_reaches_behind_the_file(self, path: Path) -> None:
        np.savez(path, **as_ctr_gcn_has_it())
        content = bytearray(path.read_bytes())
        # The length of the first name, in its local header.
        struct.pack_into("<H", content, 26, 60_000)
        path.write_bytes(content)
        assert fault_of(path)

    def test_a_name_twice(self, path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("x_train.npy", b"")
            with pytest.warns(UserWarning, match="Duplicate"):
                archive.writestr("x_train.npy", b"")
        assert "not an npy file" in fault_of(path)

    def test_a_file_that_shrinks_afterwards(self, path: Path) -> None:
        np.savez(path, **as_ctr_gcn_has_it())
        dataset = skelconv.open(path)
        path.write_bytes(path.read_bytes()[:5000])
        with pytest.raises(skelconv.ClipError, match="shorter than it was"):
            dataset[2]

    def test_not_an_archive(self, path: Path) -> None:
        path.write_text("<html>")
        assert "is not an archive of arrays" in fault_of(path)
        path.unlink()
        path.mkdir()
        assert "is not an archive of arrays" in fault_of(path)


@pytest.mark.parametrize("persons", [1, 2, 3, 5])
@pytest.mark.parametrize("kind", [("ntu25", 25, 3), ("ntu25", 25, 2), ("coco17", 17, 2)])
def test_any_number_of_persons_is_read_again(
    tmp_path: Path, write: Any, persons: int, kind: tuple[str, int, int]
) -> None:
    clips = [clip.take("M", [0]) for clip in some_clips(*kind)]
    path = write(NpzSink(tmp_path / "a.npz", frames=8, persons=persons), clips)
    assert skelconv.open(path)[0].keypoint.tobytes() == clips[0].keypoint.tobytes()
    with np.load(path) as arrays:
        assert ("persons" in arrays) == (persons != 2)


@pytest.mark.parametrize("x", [np.full((1, 4, 150), "a"), np.zeros((1, 4, 150), np.uint8)])
def test_what_are_no_coordinates(path: Path, x: np.ndarray) -> None:
    np.savez(path, x_train=x, y_train=np.zeros(1))
    assert "not coordinates" in fault_of(path)
