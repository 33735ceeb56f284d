"""SGN's files, made with h5py as its script makes them."""

from pathlib import Path

import h5py
import numpy as np
import pytest

import skelconv
from skelconv import DatasetError
from skelconv.testing import check_reader

RANDOM = np.random.default_rng(2)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "NTU_CS.h5"


def written(path: Path, **arrays: np.ndarray) -> None:
    with h5py.File(path, "w") as file:
        for name, values in arrays.items():
            file.create_dataset(name, data=values)


def test_clips(path: Path) -> None:
    x = np.zeros((2, 30, 150), np.float32)
    x[0, :7] = RANDOM.normal(size=(7, 150))
    x[1, :30, :75] = RANDOM.normal(size=(30, 75))
    y = np.eye(60)[[4, 9]]
    written(path, x=x, y=y, valid_x=x[:1], valid_y=y[:1], test_x=x[1:], test_y=y[1:])
    dataset = skelconv.open(path)
    assert {name: len(part) for name, part in dataset.splits.items()} == {
        "train": 2,
        "valid": 1,
        "test": 1,
    }
    assert list(dataset.labels) == [4, 9, 4, 9]
    clip = dataset["test_000000"]
    assert clip.keypoint.shape == (1, 30, 25, 3)
    assert clip.keypoint.tobytes() == x[1, :, :75].tobytes()
    assert len(check_reader(skelconv.open(path)._reader)) == 4


def test_other_files(path: Path) -> None:
    written(path, a=np.zeros(3))
    with pytest.raises(DatasetError, match="it holds a, not x, y"):
        skelconv.open(path)
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(400))
    with pytest.raises(DatasetError, match="not an HDF5 file"):
        skelconv.open(path)


def test_coordinates_without_labels(path: Path) -> None:
    x = np.ones((2, 5, 150), np.float32)
    written(path, x=x, test_x=x, test_y=np.array([0, 1]))
    with pytest.raises(DatasetError, match="it holds x, not x and y"):
        skelconv.open(path)


def test_values_of_another_file_are_not_read(path: Path, tmp_path: Path) -> None:
    x, y = RANDOM.normal(size=(1, 4, 150)).astype(np.float32), np.eye(60)[:1]
    other = tmp_path / "other"
    other.write_bytes(x.tobytes())
    with h5py.File(path, "w") as file:
        file.create_dataset("x", x.shape, x.dtype, external=[(str(other), 0, x.nbytes)])
        file["y"] = y
    with pytest.raises(DatasetError, match="it holds y, not x"):
        skelconv.open(path)
    written(tmp_path / "linked.h5", x=x, y=y)
    with h5py.File(path, "w") as file:
        for name in "xy":
            file[name] = h5py.ExternalLink(str(tmp_path / "linked.h5"), name)
    with pytest.raises(DatasetError, match="it holds nothing, not x"):
        skelconv.open(path)


@pytest.mark.parametrize("shapes", [((10, 4, 150), (10, 10**9)), ((10, 10**8, 150), (10, 60))])
def test_arrays_of_which_nothing_is_stored(path: Path, shapes: tuple[tuple[int, ...], ...]) -> None:
    with h5py.File(path, "w") as file:
        for name, shape in zip("xy", shapes, strict=True):
            file.create_dataset(name, shape, "f4", chunks=True)
    with pytest.raises(DatasetError, match="more than"):
        skelconv.open(path)
