import io
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from skelconv import Clip, Field
from skelconv.unpickler import read_pickle
from skelconv_pickle.annotation import annotation_of, clip_of, label_of

KEYPOINT = np.arange(2 * 3 * 17 * 2, dtype=np.float32).reshape(2, 3, 17, 2)
SCORE = np.linspace(0, 1, 2 * 3 * 17, dtype=np.float16).reshape(2, 3, 17)


@pytest.fixture
def clip(tmp_path: Path) -> Any:
    """Make a clip of an annotation that went through a file."""

    def clip(annotation: Any, most: int = 1 << 20) -> Clip:
        path = tmp_path / "annotation.pkl"
        path.write_bytes(pickle.dumps(annotation))
        with path.open("rb") as file:
            return clip_of(read_pickle(path), "name", "coco17", file, most)

    return clip


def test_a_clip_comes_back(clip: Any, clip_2d: Clip) -> None:
    fields = {
        "box_score": Field(np.ones((1, 9), np.float32), "MT"),
        "depth": Field(np.ones((1, 9, 17, 2), np.uint16), "MTVa"),
        "body_id": Field(np.array([2**64 - 1], np.uint64), "M"),
        "fps": Field(np.array([29.97, 0.5, 3]), "a"),
    }
    given = clip_2d.replace(fields=fields)
    back = clip(annotation_of(given))
    assert (back.id, back.layout, back.label) == ("name", "coco17", 2)
    assert (back.img_shape, back.original_shape) == ((240, 320), (480, 640))
    np.testing.assert_array_equal(back.keypoint, given.keypoint, strict=True)
    np.testing.assert_array_equal(back.keypoint_score, given.keypoint_score, strict=True)
    assert {name: extra.axes for name, extra in back.fields.items()} == {
        "box_score": "MT",
        "depth": "MTVa",
        "body_id": "M",
        "fps": "a",
    }
    for name, extra in fields.items():
        np.testing.assert_array_equal(back.fields[name].values, extra.values, strict=True)


def test_only_a_keypoint_is_required(clip: Any) -> None:
    back = clip({"keypoint": KEYPOINT})
    assert (back.label, back.keypoint_score, back.img_shape, back.fields) == (None, None, None, {})


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", ">f4", "i4", "u2"])
def test_dtypes_are_kept(clip: Any, dtype: str) -> None:
    back = clip({"keypoint": KEYPOINT.astype(dtype)}).keypoint
    np.testing.assert_array_equal(
        back, KEYPOINT.astype(np.dtype(dtype).newbyteorder("=")), strict=True
    )


def test_lists_are_read_as_float64(clip: Any) -> None:
    back = clip({"keypoint": KEYPOINT.tolist(), "keypoint_score": SCORE.tolist()})
    np.testing.assert_array_equal(back.keypoint, KEYPOINT.astype(np.float64), strict=True)
    np.testing.assert_array_equal(back.keypoint_score, SCORE.astype(np.float64), strict=True)


def test_a_list_of_persons(clip: Any) -> None:
    back = clip({"keypoint": [KEYPOINT[0], KEYPOINT[1]]})
    np.testing.assert_array_equal(back.keypoint, KEYPOINT, strict=True)


def test_what_is_not_an_array_is_ignored(clip: Any) -> None:
    extra: dict[Any, Any] = {
        "modality": "Pose",
        "start_index": 0,
        "names": np.array(["a"]),
        "nested": {"a": [1]},
        7: SCORE,
    }
    assert clip({"keypoint": KEYPOINT, **extra}).fields == {}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"keypoint": KEYPOINT[0]}, r"keypoint has shape \(3, 17, 2\), not \(M, T, V, C\)"),
        ({"keypoint": [[1, 2], [3]]}, "keypoint has lists of different lengths"),
        ({"keypoint": [[1, 2], [3, "x"]]}, "keypoint holds something that is not a number"),
        ({"keypoint": [KEYPOINT[0], KEYPOINT[1][:2]]}, "parts of different shapes"),
        ({"keypoint": []}, r"keypoint has shape \(0,\)"),
        ({"keypoint": "text"}, "keypoint is not an array"),
        ({"keypoint": None}, "keypoint is not an array"),
        ({"keypoint": KEYPOINT > 3}, "keypoint holds bool, not numbers"),
        ({"keypoint": KEYPOINT.astype("S4")}, "not numbers"),
        ({"keypoint_score": SCORE[:1]}, r"keypoint_score has shape \(1, 3, 17\)"),
        ({"keypoint_score": SCORE[..., None]}, r"keypoint_score has shape \(2, 3, 17, 1\)"),
        ({"total_frames": 4}, "total_frames is 4, and keypoint has 3 frames"),
        ({"total_frames": "3"}, "total_frames is '3'"),
        ({"label": "walking"}, "label is neither a whole number nor"),
        ({"label": 1.5}, "label is neither a whole number nor"),
        ({"label": [1, None]}, "label is neither a whole number nor"),
        ({"label": True}, "label is neither a whole number nor"),
        ({"img_shape": (240,)}, r"img_shape is not \(height, width\)"),
        ({"img_shape": "240x320"}, "img_shape is not"),
        ({"original_shape": (240.5, 320)}, "original_shape is not"),
        ({"img_shape": (float("nan"), float("inf"))}, "img_shape is not"),
        ({"img_shape": np.array([[240, 320]])}, "img_shape is not"),
        ({"total_frames": np.array([3, 3])}, "total_frames is a list of 2"),
    ],
)
def test_wrong_shapes_and_types_are_errors(clip: Any, change: Any, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        clip({"keypoint": KEYPOINT, **change})


def test_a_keypoint_is_required(clip: Any) -> None:
    with pytest.raises(ValueError, match="it has no 'keypoint'"):
        clip({"frame_dir": "a"})


def test_a_list_that_repeats_beyond_the_size_of_its_file(clip: Any) -> None:
    with pytest.raises(ValueError, match="keypoint is larger than its file"):
        clip({"keypoint": [KEYPOINT[0]] * 100_000})
    with pytest.raises(ValueError, match="keypoint is larger than its file"):
        clip({"keypoint": KEYPOINT.tolist()}, most=KEYPOINT.size - 1)


@pytest.mark.parametrize(
    ("stored", "label"),
    [
        (3, 3),
        ([4, 1], (4, 1)),
        ((2,), (2,)),
        ({5, 2}, (2, 5)),
        (None, None),
        (np.int64(9), 9),
        (np.array(7), 7),
        (np.array([7, 8], np.int16), (7, 8)),
        (np.array([8, 7], object), (8, 7)),
        (np.float32(4), 4),
        ([1.0, 2.0], (1, 2)),
        (np.array([3.0]), (3,)),
    ],
)
def test_labels(clip: Any, stored: Any, label: Any) -> None:
    assert clip({"keypoint": KEYPOINT, "label": stored}).label == label
    assert label_of({}) is None


@pytest.mark.parametrize(
    "stored",
    [
        [240, 320],
        (240.0, 320.0),
        (np.int64(240), np.int32(320)),
        (np.float64(240), np.float32(320)),
        np.array([240, 320]),
        np.array([240, 320], ">u2"),
        np.array([240.0, 320.0], np.float32),
        np.array([240, 320.0], object),
    ],
)
def test_shapes_of_images(clip: Any, stored: Any) -> None:
    back = clip({"keypoint": KEYPOINT, "img_shape": stored, "original_shape": stored})
    assert (back.img_shape, back.original_shape) == ((240, 320), (240, 320))
    assert [type(length) for length in back.img_shape] == [int, int]


@pytest.mark.parametrize("stored", [3, 3.0, np.int64(3), np.array(3), np.array(3.0)])
def test_the_number_of_frames(clip: Any, stored: Any) -> None:
    assert clip({"keypoint": KEYPOINT, "total_frames": stored}).total_frames == 3


def test_an_annotation_of_arrays_that_are_loaded() -> None:
    with io.BufferedReader(io.BytesIO()) as nothing:  # type: ignore[type-var]
        back = clip_of({"keypoint": KEYPOINT}, "name", "coco17", nothing, 1000)
    assert back.keypoint is KEYPOINT
