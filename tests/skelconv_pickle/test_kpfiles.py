import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from support.assembly import Encoded

import skelconv
from skelconv import Clip, ClipError, DatasetError, Field, convert, verify
from skelconv.files.outputs import output_digest
from skelconv.testing import check_sink
from skelconv_pickle.kpfiles import KpfilesSink
from skelconv_pickle.reader import open_pickle
from skelconv_pickle.sink import PickleSink
from skelconv_pickle.source import PickleSource


@pytest.fixture
def clips(clip_2d: Clip) -> list[Clip]:
    return [
        clip_2d.replace(id=name, keypoint=clip_2d.keypoint + place)
        for place, name in enumerate(["-5wLopwbGX0", "JTlatknwOrY"])
    ]


def test_the_sinks_contract(clips: list[Clip], tmp_path: Path) -> None:
    check_sink(KpfilesSink(tmp_path / "out"), clips)


def test_one_file_for_each_clip(clips: list[Clip], tmp_path: Path) -> None:
    sink = KpfilesSink(tmp_path / "k400")
    sink.assemble(Encoded(sink, clips, {"train": [1], "val": [0]}), sink.target)
    table = pickle.loads((sink.target / "annotations.pkl").read_bytes())
    assert table["split"] == {"train": ["JTlatknwOrY"], "val": ["-5wLopwbGX0"]}
    entry = table["annotations"][0]
    assert entry.pop("frame_inds").tolist() == list(range(1, 10))
    assert entry.pop("box_score").tolist() == [1] * 9
    assert entry == {
        "frame_dir": "-5wLopwbGX0",
        "label": 2,
        "img_shape": (240, 320),
        "original_shape": (480, 640),
        "total_frames": 9,
        "valid": {0.5: 9, 0.6: 9, 0.7: 9, 0.8: 9, 0.9: 9},
    }
    skeletons = pickle.loads((sink.target / "kpfiles" / "-5wLopwbGX0.pkl").read_bytes())
    assert skeletons.keys() == {"keypoint"}
    np.testing.assert_array_equal(skeletons["keypoint"][..., :2], clips[0].keypoint[0])
    np.testing.assert_array_equal(skeletons["keypoint"][..., 2], clips[0].keypoint_score[0])
    assert skeletons["keypoint"].dtype == np.float16


def test_a_file_of_many_clips(clips: list[Clip], tmp_path: Path) -> None:
    sink = KpfilesSink(tmp_path / "k400", raw_file_prefix="data/k400/kpfiles")
    many = [clips[0].replace(id=f"clip{n}") for n in range(501)]
    sink.assemble(Encoded(sink, many), sink.target)
    table = pickle.loads((sink.target / "annotations.pkl").read_bytes())
    assert [table[n]["raw_file"] for n in (0, 499, 500)] == [
        "data/k400/kpfiles/part_00000.pkl",
        "data/k400/kpfiles/part_00000.pkl",
        "data/k400/kpfiles/part_00001.pkl",
    ]
    first, second = (
        pickle.loads((sink.target / "kpfiles" / f"part_0000{n}.pkl").read_bytes()) for n in (0, 1)
    )
    assert list(first) == [f"clip{n}" for n in range(500)]
    assert list(second) == ["clip500"]
    np.testing.assert_array_equal(second["clip500"]["keypoint"][..., :2], clips[0].keypoint[0])


@pytest.mark.parametrize("prefix", [None, "data/k400/kpfiles"])
def test_what_was_expanded_is_written_as_it_was(
    clip_2d: Clip, tmp_path: Path, prefix: str | None
) -> None:
    fields = {
        "frame_inds": Field(np.arange(3, 21, 2, dtype=np.int16), "T"),
        "box_score": Field(np.linspace(0.5, 1, 9, dtype=np.float16)[None], "MT"),
    }
    one, two = KpfilesSink(tmp_path / "one", raw_file_prefix=prefix), tmp_path / "two"
    one.assemble(Encoded(one, [clip_2d.replace(fields=fields)], {"val": [0]}), one.target)
    reader = open_pickle(str(one.target / "annotations.pkl"), kpfiles=one.target / "kpfiles")
    one.assemble(Encoded(one, [reader.read(0)], reader.splits), two)
    files = sorted(path.relative_to(two) for path in two.rglob("*.pkl"))
    assert len(files) == 2
    for file in files:
        assert (two / file).read_bytes() == (one.target / file).read_bytes()


@pytest.mark.parametrize("prefix", [None, "data/k400/kpfiles"])
def test_a_build_is_opened_by_its_path(
    clips: list[Clip], tmp_path: Path, prefix: str | None
) -> None:
    sink = PickleSink(tmp_path / "in.pkl")
    sink.assemble(Encoded(sink, clips, {"train": [1], "val": [0]}), sink.target)
    folder = tmp_path / "k400"
    options = {} if prefix is None else {"raw_file_prefix": prefix}
    convert(sink.target, folder, sink="kpfiles", options=options)
    for path in (folder, folder / "annotations.pkl"):
        dataset = skelconv.open(path)
        assert (len(dataset), dataset.layout, list(dataset.splits)) == (
            2,
            "coco17",
            ["train", "val"],
        )
        np.testing.assert_array_equal(dataset[1].keypoint, clips[1].keypoint)
        inventory = PickleSource(str(path)).inventory()
        # A worker makes its own source, and takes no inventory.
        clip = PickleSource(str(path)).load(inventory.items[0])
        np.testing.assert_array_equal(clip.keypoint, clips[0].keypoint)
    assert verify(folder, ignore=["SK304"]).sound
    again = tmp_path / "again"
    convert(folder, again, sink="kpfiles", options=options)
    assert output_digest(again) == output_digest(folder)
    for command in ("inspect", "verify"):
        arguments = [sys.executable, "-m", "skelconv", command, str(folder)]
        done = subprocess.run(arguments, capture_output=True, text=True)
        # The labels of its clips do not begin at 0.
        assert done.returncode == (2 if command == "verify" else 0), done.stderr


def test_a_given_folder_of_skeletons_is_used_first(clips: list[Clip], tmp_path: Path) -> None:
    one, two = KpfilesSink(tmp_path / "one"), KpfilesSink(tmp_path / "two")
    one.assemble(Encoded(one, clips), one.target)
    moved = [clip.replace(keypoint=clip.keypoint + 1) for clip in clips]
    two.assemble(Encoded(two, moved), two.target)
    clip = skelconv.open(one.target, kpfiles=two.target / "kpfiles")[0]
    np.testing.assert_array_equal(clip.keypoint, moved[0].keypoint)


def test_a_table_without_its_skeletons_is_not_a_dataset(clips: list[Clip], tmp_path: Path) -> None:
    sink = KpfilesSink(tmp_path / "k400")
    sink.assemble(Encoded(sink, clips), sink.target)
    (sink.target / "kpfiles").rename(tmp_path / "elsewhere")
    with pytest.raises(DatasetError, match="no plugin knows this format"):
        skelconv.open(sink.target)
    table = sink.target / "annotations.pkl"
    with pytest.raises(ClipError, match="its skeletons are in other files"):
        skelconv.open(table)[0]
    assert skelconv.open(table, kpfiles=tmp_path / "elsewhere")[0].label == clips[0].label


@pytest.mark.parametrize("name", ["a/b", "..", "/etc/passwd", "a\0b", "\ud800"])
def test_ids_that_cannot_be_names_of_files(clip_2d: Clip, tmp_path: Path, name: str) -> None:
    with pytest.raises(ClipError, match="cannot be the name of a file"):
        KpfilesSink(tmp_path).encode(clip_2d.replace(id=name))


def test_ids_too_long_for_the_name_of_a_file(clip_2d: Clip, tmp_path: Path) -> None:
    sink = KpfilesSink(tmp_path / "out")
    longest, longer = (clip_2d.replace(id="é" * 125 + end) for end in ("a", "ab"))
    with pytest.raises(ClipError, match="its id has 252 bytes, and the name of a file at most 251"):
        sink.encode(longer)
    check_sink(sink, [longest])
    many = KpfilesSink(tmp_path / "many", raw_file_prefix="k400")
    many.assemble(Encoded(many, [longer]), many.target)
    assert skelconv.open(many.target)[0].id == longer.id


def test_a_clip_with_too_long_an_id_is_quarantined(clips: list[Clip], tmp_path: Path) -> None:
    sink = PickleSink(tmp_path / "in.pkl")
    clips = [clips[0], clips[1].replace(id="a" * 252)]
    sink.assemble(Encoded(sink, clips, {"train": [0, 1]}), sink.target)
    report = convert(sink.target, tmp_path / "k400", sink="kpfiles")
    assert [clip.id for clip in report.quarantined] == ["a" * 252]
    assert skelconv.open(tmp_path / "k400").splits == {"train": (0,)}


def test_three_dimensions_are_refused(clip_3d: Clip, tmp_path: Path) -> None:
    with pytest.raises(ClipError, match="no x, y and score"):
        KpfilesSink(tmp_path).encode(clip_3d)
