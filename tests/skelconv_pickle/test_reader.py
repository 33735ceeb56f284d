import os
import pickle
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.assembly import Encoded

from skelconv import Clip, ClipError, DatasetError
from skelconv_pickle.reader import open_pickle
from skelconv_pickle.sink import PickleSink
from skelconv_pickle.table import recognises

RNG = np.random.default_rng(11)


def annotation(name: str, *, frames: int = 4, joints: int = 17, **change: Any) -> dict[str, Any]:
    keypoint = RNG.uniform(1, 300, size=(2, frames, joints, 2 if joints == 17 else 3))
    return {"frame_dir": name, "label": 5, "keypoint": keypoint.astype(np.float16), **change}


@pytest.fixture
def stored(tmp_path: Path) -> Any:
    def stored(value: Any, name: str = "data.pkl") -> str:
        (tmp_path / name).write_bytes(pickle.dumps(value))
        return str(tmp_path / name)

    return stored


class TestADataset:
    def test_what_the_sink_wrote(self, clip_2d: Clip, tmp_path: Path) -> None:
        clips = [clip_2d.replace(id=name, label=n) for n, name in enumerate("abc")]
        sink = PickleSink(tmp_path / "out.pkl")
        sink.assemble(Encoded(sink, clips, {"train": [0, 2], "val": [1]}), sink.target)
        reader = open_pickle(str(sink.target))
        assert reader.ids == ["a", "b", "c"]
        assert reader.labels == [0, 1, 2]
        assert reader.splits == {"train": [0, 2], "val": [1]}
        assert (reader.layout, reader.unknown, reader.info) == ("coco17", {}, {})
        back = reader.read(2)
        np.testing.assert_array_equal(back.keypoint, clips[2].keypoint, strict=True)
        assert (back.id, back.label, back.layout) == ("c", 2, "coco17")

    def test_written_again_it_is_the_same_file(
        self, clip_2d: Clip, clip_3d: Clip, tmp_path: Path
    ) -> None:
        for clip in (clip_2d, clip_3d.replace(label=(3, 4))):
            sink = PickleSink(tmp_path / "out.pkl")
            sink.assemble(Encoded(sink, [clip], {"train": [0], "val": []}), sink.target)
            reader = open_pickle(str(sink.target))
            again = Encoded(sink, [reader.read(0)], reader.splits)
            sink.assemble(again, tmp_path / "again.pkl")
            assert (tmp_path / "again.pkl").read_bytes() == sink.target.read_bytes()

    def test_splits_in_the_order_of_the_file(self, stored: Any) -> None:
        splits = {"val": ["c", "a", "gone"], "train": ["b", "c"]}
        reader = open_pickle(
            stored({"split": splits, "annotations": [annotation(name) for name in "abc"]})
        )
        assert list(reader.splits) == ["val", "train"]
        assert reader.splits == {"val": [2, 0], "train": [1, 2]}
        assert reader.unknown == {"val": ["gone"]}

    def test_ids_that_are_there_twice_are_kept(self, stored: Any) -> None:
        annotations = [annotation("a", frames=1), annotation("b"), annotation("a", frames=3)]
        reader = open_pickle(stored({"split": {"all": ["a"]}, "annotations": annotations}))
        assert reader.splits == {"all": [0, 2]}
        assert [reader.read(index).total_frames for index in (0, 2)] == [1, 3]

    def test_keys_that_are_ignored_are_listed(self, stored: Any) -> None:
        reader = open_pickle(
            stored([annotation("a", modality="Pose"), annotation("b", start_index=0)])
        )
        assert reader.info == {"passed_over": ["modality", "start_index"]}

    def test_it_can_be_sent_to_another_process(self, stored: Any) -> None:
        reader = pickle.loads(pickle.dumps(open_pickle(stored([annotation("a")]))))
        assert reader.read(0).id == "a"


class TestLayout:
    def test_ntu(self, stored: Any) -> None:
        assert open_pickle(stored([annotation("a", joints=25)])).layout == "ntu25"

    def test_coco_in_lists(self, stored: Any) -> None:
        one = annotation("a")
        one["keypoint"] = one["keypoint"].tolist()
        assert open_pickle(stored([one])).layout == "coco17"

    def test_an_unknown_shape_needs_the_option(self, stored: Any) -> None:
        path = stored([annotation("a", joints=18)])
        with pytest.raises(DatasetError, match="18 keypoints of 3 coordinates is not known"):
            open_pickle(path)
        assert open_pickle(path, layout="openpose18").read(0).layout == "openpose18"

    def test_a_part_without_annotations_is_an_empty_dataset(self, stored: Any) -> None:
        reader = open_pickle(stored({"split": {"train": []}, "annotations": []}))
        assert (list(reader.ids), reader.layout) == ([], "")
        assert {name: list(members) for name, members in reader.splits.items()} == {"train": []}


class TestDamage:
    def test_it_says_which_annotation(self, stored: Any) -> None:
        path = stored([annotation("a"), annotation("b", total_frames=9)])
        reader = open_pickle(path)
        assert reader.read(0).id == "a"
        with pytest.raises(ClipError, match=r"annotation 1 \('b'\): total_frames is 9") as caught:
            reader.read(1)
        assert caught.value.path == path

    def test_a_wrong_label_is_found_when_it_is_read(self, stored: Any) -> None:
        reader = open_pickle(stored([annotation("a", label=1.5)]))
        assert reader.labels == [None]
        with pytest.raises(ClipError, match="label is neither a whole number nor"):
            reader.read(0)

    def test_a_file_that_was_changed(self, stored: Any) -> None:
        path = stored([annotation("a")])
        reader = open_pickle(path)
        os.utime(path, ns=(0, 0))
        with pytest.raises(ClipError, match="the file was changed since it was opened"):
            reader.read(0)

    def test_a_file_that_is_gone(self, stored: Any) -> None:
        path = stored([annotation("a")])
        reader = open_pickle(path)
        Path(path).unlink()
        assert reader.read(0).id == "a"  # it is still open
        with pytest.raises(ClipError, match=r"annotation 0 \('a'\): .*data.pkl: No such file"):
            pickle.loads(pickle.dumps(reader)).read(0)


class TestKpfiles:
    """Kinetics-400: a table of contents, and the skeletons in other files."""

    FRAMES = np.array([1, 1, 3], np.int16)
    SCORES = np.array([0.9, 0.6, 0.8], np.float16)
    SKELETONS = RNG.uniform(1, 300, size=(3, 17, 3)).astype(np.float16)

    def entry(self, name: str = "-5wLopwbGX0", **change: Any) -> dict[str, Any]:
        return {
            "frame_dir": name,
            "label": 7,
            "img_shape": (320, 570),
            "original_shape": (320, 570),
            "total_frames": 300,
            "frame_inds": self.FRAMES,
            "box_score": self.SCORES,
            "valid": {0.5: 2, 0.9: 1},
            **change,
        }

    def check(self, clip: Clip) -> None:
        assert (clip.label, clip.img_shape, clip.total_frames) == (7, (320, 570), 2)
        assert clip.keypoint_score is not None
        for skeleton, (person, frame) in enumerate([(0, 0), (1, 0), (0, 1)]):
            np.testing.assert_array_equal(
                clip.keypoint[person, frame], self.SKELETONS[skeleton, :, :2]
            )
            np.testing.assert_array_equal(
                clip.keypoint_score[person, frame], self.SKELETONS[skeleton, :, 2]
            )
        assert clip.fields["frame_inds"].values.tolist() == [1, 3]
        assert (clip.fields["frame_inds"].axes, clip.fields["box_score"].axes) == ("T", "MT")
        assert not clip.keypoint[1, 1].any()

    def test_one_file_for_each_clip(self, stored: Any, tmp_path: Path) -> None:
        stored({"keypoint": self.SKELETONS}, "-5wLopwbGX0.pkl")
        self.check(open_pickle(stored([self.entry()]), kpfiles=tmp_path).read(0))

    def test_a_file_of_many_clips(self, stored: Any, tmp_path: Path) -> None:
        stored({"other": {}, "-5wLopwbGX0": {"keypoint": self.SKELETONS}}, "k400_12.pkl")
        table = stored([self.entry(raw_file="data/k400/kpfiles/k400_12.pkl")])
        self.check(open_pickle(table, kpfiles=tmp_path).read(0))

    def test_boxes_of_a_low_score_and_few_persons(self, stored: Any, tmp_path: Path) -> None:
        stored({"keypoint": self.SKELETONS}, "-5wLopwbGX0.pkl")
        table = stored([self.entry()])
        reader = open_pickle(table, kpfiles=tmp_path, box_threshold=0.7)
        assert reader.read(0).keypoint.shape == (1, 2, 17, 2)
        assert open_pickle(table, kpfiles=tmp_path, max_person=1).read(0).num_person == 1

    def test_the_folder_is_not_given(self, stored: Any) -> None:
        reader = open_pickle(stored([self.entry()]))
        assert (reader.labels, reader.layout) == ([7], "coco17")
        with pytest.raises(
            ClipError, match="a table of contents: its skeletons are in other files"
        ):
            reader.read(0)

    @pytest.mark.parametrize(
        ("change", "kpfile", "reason"),
        [
            ({}, None, "5wLopwbGX0.pkl: No such file"),
            ({}, {"other": 1}, "has no skeletons for it"),
            ({}, [1], "has no skeletons for it"),
            ({}, {"keypoint": print}, "is refused"),
            ({"raw_file": "x/-5wLopwbGX0.pkl"}, {"other": {}}, "has no skeletons for it"),
            ({"frame_inds": [1, 1, 3]}, {"keypoint": SKELETONS}, "'frame_inds' is not an array of"),
            (
                {"box_score": FRAMES},
                {"keypoint": SKELETONS},
                "'box_score' is not an array of floats",
            ),
            ({}, {"keypoint": SKELETONS[:2]}, "there are 2 skeletons"),
            ({"frame_dir": "../-5wLopwbGX0"}, None, "cannot be the name of a kpfile"),
        ],
    )
    def test_what_does_not_fit(
        self, stored: Any, tmp_path: Path, change: Any, kpfile: Any, reason: str
    ) -> None:
        if kpfile is not None:
            stored(kpfile, "-5wLopwbGX0.pkl")
        reader = open_pickle(stored([self.entry(**change)]), kpfiles=tmp_path)
        with pytest.raises(ClipError, match=reason):
            reader.read(0)


class TestRecognition:
    @pytest.mark.parametrize(
        "path", ["a/ntu60.pkl", "x.pickle", "https://host/k400.pkl", "https://host/a.pkl?v=1"]
    )
    def test_by_its_ending(self, path: str) -> None:
        assert recognises(path)

    def test_by_its_first_bytes(self, tmp_path: Path) -> None:
        (tmp_path / "data").write_bytes(pickle.dumps([], 2))
        assert recognises(str(tmp_path / "data"))

    def test_others(self, tmp_path: Path) -> None:
        (tmp_path / "empty").write_bytes(b"")
        (tmp_path / "text.json").write_bytes(b"{}")
        for path in ("empty", "text.json", ".", "absent", "https://host/data.zarr"):
            assert not recognises(path if "://" in path else str(tmp_path / path))


class TestWhatIsRepeated:
    def test_an_id_that_is_there_many_times_in_annotations_and_split(self, stored: Any) -> None:
        shared = annotation("a")
        many = 100_000
        reader = open_pickle(stored({"split": {"x": ["a"] * many}, "annotations": [shared] * many}))
        assert len(reader.splits["x"]) == 2 * many - 1

    def test_one_long_label_of_all_annotations_is_held_once(self, stored: Any) -> None:
        shared = annotation("a", label=np.ones(1000, np.uint8))
        path = stored([{**shared, "frame_dir": str(n)} for n in range(20_000)])
        tracemalloc.start()
        reader = open_pickle(path)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert reader.labels == [(1,) * 1000] * 20_000
        assert peak < 2**25 + 32 * Path(path).stat().st_size

    def test_many_splits(self, stored: Any) -> None:
        splits = {f"s{n}": ["a"] for n in range(1001)}
        path = stored({"split": splits, "annotations": [annotation("a")]})
        with pytest.raises(DatasetError, match="it has 1,001 splits, and a dataset may have 1,000"):
            open_pickle(path)

    def test_a_pipe_in_the_place_of_the_file_is_not_waited_for(self, tmp_path: Path) -> None:
        path = tmp_path / "pipe"
        os.mkfifo(path)
        with pytest.raises(DatasetError, match="not a regular file"):
            open_pickle(str(path))
        assert not recognises(str(path))
