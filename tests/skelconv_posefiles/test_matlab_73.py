"""MATLAB's files of version 7.3, which are HDF5 behind a header of 512 bytes."""

import io

import h5py
import numpy as np
import pytest

from skelconv import ClipError
from skelconv_posefiles.loose.stored import arrays_in


def saved(variables: dict[str, np.ndarray], **attributes: bytes) -> bytes:
    """Return a file as MATLAB's -v7.3 is described: its first axis is HDF5's last."""
    file = io.BytesIO()
    with h5py.File(file, "w", userblock_size=512) as opened:
        for name, value in variables.items():
            variable = opened.create_dataset(name, data=value.T, compression="gzip")
            variable.attrs["MATLAB_class"] = np.bytes_(attributes.get(name, b"double"))
        opened.create_group("#refs#").create_dataset("a", data=np.ones(3))
        opened.create_group("structure").attrs["MATLAB_class"] = np.bytes_(b"struct")
    return b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(512) + file.getvalue()[512:]


def test_variables_have_the_axes_that_matlab_shows():
    drawn = np.random.default_rng(0).random((2, 15, 40))
    content = saved({"pos_img": drawn, "name": np.ones((1, 4), "<u2")}, name=b"char")
    ((key, found),) = arrays_in(content, ".mat", key=None, most=2**20)
    assert key == ""
    assert np.array_equal(found, drawn)


def test_only_numbers_are_variables():
    content = saved({"name": np.ones((1, 4), "<u2")}, name=b"char")
    with pytest.raises(ClipError, match="no array of numbers; structures"):
        list(arrays_in(content, ".mat", key=None, most=2**20))


def test_a_small_file_of_a_huge_array_is_not_read():
    file = io.BytesIO()
    with h5py.File(file, "w", userblock_size=512) as opened:
        opened.create_dataset("x", shape=(2**20, 2**10), chunks=(2**10, 2**10), dtype="<f8")
    content = b"MATLAB 7.3 MAT-file".ljust(512) + file.getvalue()[512:]
    with pytest.raises(ClipError, match="x: what it holds takes more than"):
        list(arrays_in(content, ".mat", key="x", most=2**20))


def test_values_in_another_file_are_not_followed(tmp_path):
    (tmp_path / "other").write_bytes(bytes(800))
    file = io.BytesIO()
    with h5py.File(file, "w", userblock_size=512) as opened:
        outside = [(str(tmp_path / "other"), 0, 800)]
        opened.create_dataset("x", shape=(10, 10), dtype="<f8", external=outside)
    content = b"MATLAB 7.3 MAT-file".ljust(512) + file.getvalue()[512:]
    with pytest.raises(ClipError, match="another file"):
        list(arrays_in(content, ".mat", key="x", most=2**20))


@pytest.mark.parametrize("length", [512, 600, 2000])
def test_a_file_that_is_cut_short(length):
    content = saved({"x": np.ones((40, 40))})[:length]
    with pytest.raises(ClipError, match="not an HDF5 file that can be read"):
        list(arrays_in(content, ".mat", key="x", most=2**20))
