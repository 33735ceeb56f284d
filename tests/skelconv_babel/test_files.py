import tracemalloc

import numpy as np
import pytest

from skelconv import ClipError, DatasetError
from skelconv_babel.files import map_keypoints, read_segment


def saved(tmp_path, array):
    path = tmp_path / "train_ntu_sk_60.npy"
    np.save(path, array)
    return path


@pytest.mark.parametrize("dtype", ["<f8", ">f8", "<f4", ">f2"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_each_number_of_a_segment_is_where_it_belongs(tmp_path, segments, dtype, order):
    x = segments(3, dtype=dtype)
    mapped = map_keypoints(saved(tmp_path, np.asarray(x, order=order)))
    keypoint = read_segment(mapped, 2)
    assert keypoint.shape == (1, 150, 25, 3)
    assert keypoint.dtype == np.dtype(dtype).newbyteorder("=")
    assert keypoint.flags.c_contiguous
    for frame, joint, axis in ((0, 0, 0), (149, 24, 2), (70, 3, 1)):
        assert keypoint[0, frame, joint, axis] == x[2, axis, frame, joint, 0]


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((2, 3, 150, 25)),
        np.zeros((2, 150, 3, 25, 1)),
        np.zeros((2, 3, 149, 25, 1)),
        np.zeros((2, 3, 150, 25, 1), int),
        np.zeros((2, 3, 150, 25, 1), complex),
        np.zeros(()),
    ],
)
def test_another_shape_or_dtype_is_an_error(tmp_path, array):
    path = saved(tmp_path, array)
    with pytest.raises(DatasetError) as caught:
        map_keypoints(path)
    assert caught.value.what == (
        f"it holds {array.dtype} of shape {array.shape}, not floats of shape "
        "(segments, 3, 150, 25, 1)"
    )


def test_damaged_files_are_errors(tmp_path, segments):
    path = saved(tmp_path, segments(1, {}))
    whole = path.read_bytes()
    objects = tmp_path / "objects.npy"
    np.save(objects, np.array([{}], object), allow_pickle=True)
    hostile = b"\x93NUMPY\x01\x00\x76\x00" + b"__import__('os')".ljust(117) + b"\n"
    damaged = [b"", b"PK\x03\x04", whole[:5], whole[:50], whole[:200], whole[:-1], hostile]
    for content in (*damaged, objects.read_bytes()):
        path.write_bytes(content)
        with pytest.raises(DatasetError, match=r"it is not a whole \.npy array: ") as caught:
            map_keypoints(path)
        assert caught.value.where == str(path)


def test_a_shape_that_no_machine_has_room_for(tmp_path):
    path = tmp_path / "a.npy"
    header = {"descr": "<f4", "fortran_order": False, "shape": (2**62, 3, 150, 25, 1)}
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
    with pytest.raises(DatasetError, match=r"it is not a whole \.npy array: ") as caught:
        map_keypoints(path)
    assert "overflow" not in caught.value.what


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_coordinate_that_is_not_finite_is_the_segments_fault(tmp_path, segments, value):
    x = segments(2, {})
    x[1, 2, 30, 7, 0] = x[1, 0, 31, 6, 0] = x[1, 1, 31, 6, 0] = value
    mapped = map_keypoints(saved(tmp_path, x))
    assert np.isfinite(read_segment(mapped, 0)).all()
    with pytest.raises(ClipError) as caught:
        read_segment(mapped, 1)
    assert caught.value.reason == (
        "segment 1 has 2 joints without finite coordinates, the first in frame 30, joint 7"
    )


def test_only_the_segment_is_held_in_memory(tmp_path, segments):
    mapped_path = saved(tmp_path, segments(60, {}))
    tracemalloc.start()
    try:
        read_segment(map_keypoints(mapped_path), 59)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5 * 150 * 25 * 3 * 8
