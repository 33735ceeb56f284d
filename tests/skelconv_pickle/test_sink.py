import pickle
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.assembly import Encoded

import skelconv
from skelconv import Clip, ClipError, Field
from skelconv_pickle.sink import PickleSink


@pytest.fixture
def sink(tmp_path: Path) -> PickleSink:
    return PickleSink(tmp_path / "out.pkl")


def test_an_annotation_pickle(
    sink: PickleSink, clip_3d: Clip, clip_2d: Clip, tmp_path: Path
) -> None:
    splits = {"train": [1], "val": [0, 1], "empty": []}
    sink.assemble(Encoded(sink, [clip_3d, clip_2d], splits), tmp_path / "part")
    dataset = pickle.loads((tmp_path / "part").read_bytes())

    assert list(dataset) == ["split", "annotations"]
    assert dataset["split"] == {
        "train": [clip_2d.id],
        "val": [clip_3d.id, clip_2d.id],
        "empty": [],
    }
    first, second = dataset["annotations"]
    assert first.keys() == {"frame_dir", "label", "total_frames", "keypoint"}
    assert (first["frame_dir"], first["label"], first["total_frames"]) == (
        "S001C002P003R002A013",
        12,
        7,
    )
    np.testing.assert_array_equal(first["keypoint"], clip_3d.keypoint, strict=True)
    assert second["img_shape"] == (240, 320)
    assert second["original_shape"] == (480, 640)
    np.testing.assert_array_equal(second["keypoint"], clip_2d.keypoint, strict=True)
    np.testing.assert_array_equal(second["keypoint_score"], clip_2d.keypoint_score, strict=True)


def test_text_that_a_reader_would_leave_in_the_file_is_refused(
    sink: PickleSink, clip_3d: Clip, tmp_path: Path
) -> None:
    for long in (
        clip_3d.replace(id="a" * 1024),
        clip_3d.replace(fields={"é" * 512: Field(np.ones(1), "a")}),
    ):
        with pytest.raises(ClipError, match="it holds text of 1,024 bytes, more than 1,023"):
            sink.encode(long)
    longest = clip_3d.replace(id="a" * 1023)
    sink.assemble(Encoded(sink, [longest], {"train": [0]}), sink.target)
    assert skelconv.open(sink.target).ids == (longest.id,)


def test_it_loads_without_skelconv_and_without_warnings(
    sink: PickleSink, clip_3d: Clip, tmp_path: Path
) -> None:
    sink.assemble(Encoded(sink, [clip_3d], {"train": [0]}), tmp_path / "part.pkl")
    program = (
        "import pickle, sys\n"
        "sys.modules['skelconv'] = sys.modules['skelconv_pickle'] = None\n"
        "with open(sys.argv[1], 'rb') as file:\n"
        "    dataset = pickle.load(file)\n"
        "array = dataset['annotations'][0]['keypoint']\n"
        "array += 1\n"
        "print(type(array).__name__, array.dtype, array.shape, array.flags.c_contiguous)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, str(tmp_path / "part.pkl")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("ndarray float32 (2, 7, 25, 3) True\n", "")


def test_a_clip_without_a_label(sink: PickleSink, clip_3d: Clip) -> None:
    assert "label" not in _one(sink, clip_3d.replace(label=None))


def test_several_labels_are_a_list(sink: PickleSink, clip_3d: Clip) -> None:
    assert _one(sink, clip_3d.replace(label=(3, 5)))["label"] == [3, 5]


def test_fields_follow_by_name(sink: PickleSink, clip_3d: Clip) -> None:
    fields = {
        "tracking": Field(np.ones((2, 7, 25), np.uint8), "MTV"),
        "body_id": Field(np.array([2**63 + 1, 5], np.uint64), "M"),
    }
    back = _one(sink, clip_3d.replace(fields=fields))
    assert list(back)[-2:] == ["body_id", "tracking"]
    assert back["body_id"].tolist() == [2**63 + 1, 5]
    np.testing.assert_array_equal(back["tracking"], fields["tracking"].values, strict=True)


def test_a_field_cannot_take_the_place_of_a_key(sink: PickleSink, clip_3d: Clip) -> None:
    fields = {"label": Field(np.zeros(2), "M")}
    with pytest.raises(ClipError, match="the field 'label' has the name of an annotation's own"):
        sink.encode(clip_3d.replace(fields=fields))


def test_objects_are_refused(sink: PickleSink, clip_3d: Clip) -> None:
    fields = {"names": Field(np.array([{}, {}], object), "M")}
    with pytest.raises(ClipError, match="an annotation cannot hold an array of object"):
        sink.encode(clip_3d.replace(fields=fields))


def test_memory_holds_one_clip_at_a_time(sink: PickleSink, tmp_path: Path) -> None:
    size = 1 << 20
    clip = Clip("clip", np.zeros((1, size, 1, 1), np.uint8), "point1")
    clips = Encoded(sink, [clip] * 40, {"all": range(40)})
    tracemalloc.start()
    sink.assemble(clips, tmp_path / "part")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5 * size
    assert (tmp_path / "part").stat().st_size > 40 * size


def test_an_empty_dataset(sink: PickleSink, tmp_path: Path) -> None:
    sink.assemble(Encoded(sink, [], {"train": []}), tmp_path / "part")
    assert pickle.loads((tmp_path / "part").read_bytes()) == {
        "split": {"train": []},
        "annotations": [],
    }


def _one(sink: PickleSink, clip: Clip) -> dict[str, Any]:
    path = sink.target.with_suffix(".part")
    sink.assemble(Encoded(sink, [clip]), path)
    (annotation,) = pickle.loads(path.read_bytes())
    return dict(annotation)


def test_without_splits_there_is_only_the_list(clip_3d, clip_2d, tmp_path):
    sink = PickleSink(tmp_path / "out.pkl")
    sink.assemble(Encoded(sink, [clip_3d, clip_2d], {}), tmp_path / "part")
    annotations = pickle.loads((tmp_path / "part").read_bytes())
    assert [annotation["frame_dir"] for annotation in annotations] == [
        clip_3d.id,
        clip_2d.id,
    ]


@pytest.mark.parametrize(
    ("joints", "coordinates", "layout", "written"),
    [
        (25, 3, "ntu25", False),
        (17, 2, "coco17", False),
        (17, 3, "h36m17", True),
        (25, 2, "x", True),
    ],
)
def test_the_layout_is_written_where_the_shape_does_not_determine_it(
    joints, coordinates, layout, written, tmp_path
):
    clip = Clip("a", np.zeros((1, 2, joints, coordinates), np.float32), layout)
    sink = PickleSink(tmp_path / "out.pkl")
    sink.assemble(Encoded(sink, [clip]), sink.target)
    (annotation,) = pickle.loads(sink.target.read_bytes())
    assert ("layout" in annotation) is written
    dataset = skelconv.open(sink.target)
    assert (dataset.layout, dataset[0].layout) == (layout, layout)
