"""Windows, segments and people: which frames and rows a clip gets, against arithmetic on frames."""

import json
import pickle
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import skelconv
from skelconv import BuildError, Clip, ClipDropped, ClipError, Field, RecipeError
from skelconv.plugin import Classes, DividingTransform, Unmade
from skelconv.plugin.use import use_plugin
from skelconv.testing import check_dividing


def clip_of(frames: int, persons: int = 2, **more: Any) -> Clip:
    """A clip whose x is the number of the frame from 1, and whose y is that of the row."""
    keypoint = np.zeros((persons, frames, 3, 2), np.float32)
    keypoint[..., 0] = np.arange(1, frames + 1)[:, np.newaxis]
    keypoint[..., 1] = np.arange(1, persons + 1)[:, np.newaxis, np.newaxis]
    return Clip("walk_03", keypoint, "toy2", label=1, **more)


def made(name: str, **options: Any) -> DividingTransform:
    transform: DividingTransform = use_plugin("transform", name, options).make()
    return transform


def pieces(transform: DividingTransform, clip: Clip) -> dict[str, Clip]:
    return {one.id: one for one in check_dividing(transform, clip) if isinstance(one, Clip)}


def frames_in(clip: Clip) -> list[int]:
    return [int(x) - 1 for x in clip.keypoint[0, :, 0, 0]]


# Windows.


@given(
    frames=st.integers(1, 60),
    length=st.integers(1, 20),
    stride=st.integers(1, 25),
    tail=st.sampled_from(["drop", "pad", "keep"]),
)
def test_windows_are_all_that_fit_and_what_is_left(
    frames: int, length: int, stride: int, tail: str
) -> None:
    clip = clip_of(frames, fields={"rate": Field(np.array(50), "")})
    transform = made("windows", length=length, stride=stride, tail=tail)
    whole = [start for start in range(0, frames, stride) if start + length <= frames]
    covered = {frame for start in whole for frame in range(start, start + length)}
    # The next one, if it has frames behind the last whole window.
    after = whole[-1] + stride if whole else 0
    left = list(range(after, frames)) if frames - 1 not in covered else []
    expected = [list(range(start, start + length)) for start in whole]
    if left and tail != "drop":
        expected.append(left)
    if not expected:
        with pytest.raises(ClipDropped, match="fewer frames than a window of"):
            list(transform.divide(clip))
        return
    found = pieces(transform, clip)
    assert list(found) == [f"walk_03@{of[0]:06}-{of[-1] + 1:06}" for of in expected]
    for window, of in zip(found.values(), expected, strict=True):
        padded = [*of, *[-1] * (length - len(of))] if tail == "pad" else of
        assert frames_in(window) == padded
        assert window.label == 1
        assert window.num_person == 2
        assert window.fields["rate"].values == 50


def test_windows_do_not_overlap_by_default_and_cut_every_array() -> None:
    fields = {"tag": Field(np.arange(10), "T"), "who": Field(np.array([5, 6]), "M")}
    clip = clip_of(10, fields=fields, keypoint_score=np.ones((2, 10, 3), np.float32))
    found = pieces(made("windows", length=4, tail="pad"), clip)
    assert list(found) == [f"walk_03@{a:06}-{b:06}" for a, b in ((0, 4), (4, 8), (8, 10))]
    last = found["walk_03@000008-000010"]
    assert last.fields["tag"].values.tolist() == [8, 9, 0, 0]
    assert last.fields["who"].values.tolist() == [5, 6]
    assert last.keypoint_score is not None
    assert last.keypoint_score[0, :, 0].tolist() == [1, 1, 0, 0]
    assert not last.present()[:, 2:].any()


# People.


def test_each_person_becomes_a_clip() -> None:
    clip = clip_of(4, persons=3)
    gone = clip.keypoint.copy()
    gone[1] = 0
    found = check_dividing(made("split-people"), clip.replace(keypoint=gone))
    assert [one.id for one in found] == ["walk_03#0", "walk_03#1", "walk_03#2"]
    first, nobody, last = found
    assert isinstance(nobody, Unmade)
    assert isinstance(nobody.why, ClipDropped)
    for row, one in ((0, first), (2, last)):
        assert isinstance(one, Clip)
        assert one.keypoint.shape == (1, 4, 3, 2)
        assert (one.keypoint[..., 1] == row + 1).all()
        assert one.label == 1


def test_people_are_called_by_their_tracks() -> None:
    clip = clip_of(3, fields={"track_id": Field(np.array([7, 4]), "M")})
    assert list(pieces(made("split-people"), clip)) == ["walk_03#7", "walk_03#4"]
    # Where a row is not one person over time, its number is what there is.
    changing = clip_of(3, fields={"track_id": Field(np.array([[7, 4, 4], [4, 7, 7]]), "MT")})
    assert list(pieces(made("split-people"), changing)) == ["walk_03#0", "walk_03#1"]
    twice = clip_of(3, fields={"track_id": Field(np.array([7, 7]), "M")})
    with pytest.raises(ClipError, match="two of its rows have the track id 7"):
        list(made("split-people").divide(twice))


def test_labels_by_person(tmp_path: Path) -> None:
    csv = tmp_path / "people.csv"
    csv.write_text("id,person,label\nwalk_03,0,run\nwalk_03,1,jump\nother,0,sit\n")
    transform = made("split-people", csv=str(csv))
    found = pieces(transform, clip_of(4, persons=2))
    assert {name: one.label for name, one in found.items()} == {"walk_03#0": 1, "walk_03#1": 0}
    after = transform.classes(Classes(("a", "b")))  # type: ignore[attr-defined]
    assert after.names == ("jump", "run", "sit")
    assert after.clips == {0: 1, 1: 1, 2: 1}
    for missing, kind in (("refuse", ClipError), ("drop", ClipDropped)):
        transform = made("split-people", csv=str(csv), missing=missing)
        last = check_dividing(transform, clip_of(4, persons=3))[-1]
        assert isinstance(last, Unmade)
        assert isinstance(last.why, kind)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("a,0,x\na,0,y\n", "people.csv:3: person 0 of 'a' is there twice"),
        ("a,x,x\n", "people.csv:2: it must have an id, a person's number and a label"),
        ("a,0,\n", "people.csv:2: it must have"),
        ("a,0,1\na,1,x\n", "1 label of 2 is not a whole number"),
    ],
)
def test_a_table_of_people_that_is_wrong(tmp_path: Path, rows: str, told: str) -> None:
    csv = tmp_path / "people.csv"
    csv.write_text(f"id,person,label\n{rows}")
    with pytest.raises(BuildError) as raised:
        made("split-people", csv=str(csv))
    assert told in str(raised.value)


# Segments.


def segments(folder: Path, rows: str, **options: Any) -> DividingTransform:
    csv = folder / "segments.csv"
    csv.write_text(rows)
    return made("segments", csv=str(csv), **options)


def test_segments_of_frames(tmp_path: Path) -> None:
    rows = "id,start,end\nwalk_03.avi,2,5\nother,0,1\nwalk_03.avi,,3\nwalk_03.avi,7,\n"
    found = pieces(segments(tmp_path, rows, strip=".avi"), clip_of(10))
    assert {name: frames_in(one) for name, one in found.items()} == {
        "walk_03@000002-000005": [2, 3, 4],
        "walk_03@000000-000003": [0, 1, 2],
        "walk_03@000007-000010": [7, 8, 9],
    }
    rows = "id,start,end\nwalk_03,1,3\n"
    found = pieces(segments(tmp_path, rows, end="included", first_frame=1), clip_of(10))
    assert frames_in(found["walk_03@000000-000003"]) == [0, 1, 2]


@given(
    cuts=st.lists(st.integers(0, 5000), min_size=2, max_size=12, unique=True).map(sorted),
    fps=st.sampled_from([25, 30, 29.97, 23.976, 12.5]),
)
def test_segments_of_seconds_that_follow_each_other_share_no_frame(
    tmp_path_factory: pytest.TempPathFactory, cuts: Sequence[int], fps: float
) -> None:
    """A frame k is displayed from k / fps on: it is in the segment that this time is in."""
    folder = tmp_path_factory.mktemp("cuts")
    spans = [(a / 1000, b / 1000) for a, b in pairwise(cuts) if b - a >= 100]
    if not spans:
        return
    rows = "".join(f"walk_03,{a},{b}\n" for a, b in spans)
    transform = segments(folder, f"id,start,end\n{rows}", unit="seconds", fps=fps, beyond="cut")
    clip = clip_of(int(5.1 * fps), persons=1)
    found = [frames_in(one) for one in pieces(transform, clip).values()]
    for (start, end), frames in zip(spans, found, strict=True):
        # A time may be written a thousandth too late. At the very edge the two sums may differ.
        inside = [
            k
            for k in range(clip.total_frames)
            if start <= k / fps + 0.001 and k / fps + 0.001 < end
        ]
        edges = {
            k
            for k in range(clip.total_frames)
            if min(abs(k / fps + 0.001 - t) for t in (start, end)) < 1e-9
        }
        assert set(frames) - edges == set(inside) - edges
    assert len({frame for of in found for frame in of}) == sum(map(len, found))


def test_what_is_not_within_the_recording_is_told(tmp_path: Path) -> None:
    rows = "id,start,end,person\nwalk_03,2,5,1\nwalk_03,8,12,\nwalk_03,10,11,\nwalk_03,0,1,4\n"
    found = check_dividing(segments(tmp_path, rows), clip_of(10))
    assert [one.id for one in found] == [
        "walk_03#1@000002-000005",
        "walk_03@000008-000012",
        "walk_03@000010-000011",
        "walk_03#4@000000-000001",
    ]
    assert isinstance(found[0], Clip)
    assert found[0].num_person == 1
    assert (found[0].keypoint[..., 1] == 2).all()
    told = [(one.why.reason, one.why.line) for one in found[1:]]  # type: ignore[union-attr]
    assert told == [
        ("frames 8 to 11 are asked for, and there are 10", 3),
        ("frames 10 to 10 are asked for, and there are 10", 4),
        ("person 4 is asked for, and there are 0, 1", 5),
    ]
    cut = pieces(segments(tmp_path, rows, beyond="cut"), clip_of(10))
    assert frames_in(cut["walk_03@000008-000012"]) == [8, 9]
    with pytest.raises(ClipDropped, match="no row for it"):
        list(segments(tmp_path, "id,start,end\nx,0,1\n").divide(clip_of(3)))


def test_a_table_of_segments_gives_labels(tmp_path: Path) -> None:
    rows = "id,start,end,label\nwalk_03,0,4,sit\nwalk_03,2,6,fall\nb,0,9,sit\nb,8,9,fall\n"
    transform = segments(tmp_path, rows)
    assert [one.label for one in pieces(transform, clip_of(10)).values()] == [1, 0]
    known = transform.classes(Classes(("x",), {0: 3}, ("said",)))  # type: ignore[attr-defined]
    assert known.names == ("fall", "sit")
    assert known.clips == {0: 2, 1: 2}
    assert known.notes[0] == "said"
    assert "2 of 4 begin within another one" in known.notes[1]
    rows = "id,start,end,label\nwalk_03,0,4,3\nwalk_03,0,4,1\nwalk_03,4,5,2\n"
    several = segments(tmp_path, rows, several=True, first=1)
    assert [one.label for one in pieces(several, clip_of(10)).values()] == [(2, 0), (1,)]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("a,5,5,\n", "segments.csv:2: it is from 5 to 5: nothing"),
        ("a,5,3,\n", "segments.csv:2: it is from 5 to 3: nothing"),
        ("a,-1,3,\n", "segments.csv:2: '-1' is not the number of a frame"),
        ("a,1.5,3,\n", "segments.csv:2: '1.5' is not the number of a frame"),
        (",1,3,\n", "segments.csv:2: the id is missing"),
        ("a,1,3,x\na,4,5,\n", "segments.csv:3: it has no label, and others have one"),
        ("a,1,3,\na,1,3,\n", "segments.csv:3: this segment is in line 2 already"),
        ("a,1,3,x\na,1,3,y\n", "several: true"),
    ],
)
def test_a_table_of_segments_that_is_wrong(tmp_path: Path, rows: str, told: str) -> None:
    with pytest.raises(BuildError) as raised:
        segments(tmp_path, f"id,start,end,label\n{rows}")
    assert told in str(raised.value)


# In a build, of a dataset that is finished.


def build(folder: Path, transforms: Sequence[Any], splits: Sequence[Any] = ()) -> Any:
    clips = [
        {
            "frame_dir": f"walk_{n:02}",
            "label": n % 2,
            "total_frames": 40 + n,
            "img_shape": (100, 200),
            "original_shape": (100, 200),
            "keypoint": np.random.default_rng(n).uniform(1, 90, (2, 40 + n, 17, 2)).astype("f4"),
            "keypoint_score": np.ones((2, 40 + n, 17), np.float32),
        }
        for n in range(4)
    ]
    split = {"train": ["walk_00", "walk_01"], "val": ["walk_02", "walk_03"]}
    source = folder / "data.pkl"
    source.write_bytes(pickle.dumps({"split": split, "annotations": clips}))
    stored = {"use": "stored", "with": {"paths": [str(source)]}}
    recipe = {
        "skelconv": 1,
        "name": "many",
        "source": stored,
        "transforms": list(transforms),
        "splits": [stored, *splits],
        "sink": {"use": "zarr", "with": {"path": str(folder / "out.zarr")}},
    }
    (folder / "recipe.yaml").write_text(json.dumps(recipe))
    return skelconv.build(folder / "recipe.yaml", executor="serial", fresh=True)


def test_windows_over_a_finished_dataset(tmp_path: Path) -> None:
    report = build(tmp_path, [{"use": "windows", "with": {"length": 20, "stride": 10}}])
    assert report.clips == 12
    assert report.recordings.converted == 4
    before, after = skelconv.open(tmp_path / "data.pkl"), skelconv.open(report.target)
    assert [after.ids[row] for row in after.splits["val"]] == [
        f"walk_{n:02}@{start:06}-{start + 20:06}" for n in (2, 3) for start in (0, 10, 20)
    ]
    window, whole = after["walk_03@000010-000030"], before["walk_03"]
    np.testing.assert_array_equal(window.keypoint, whole.keypoint[:, 10:30])
    assert window.label == whole.label


def test_names_in_a_table_are_those_of_the_classes_before(tmp_path: Path) -> None:
    def table(**labels: str) -> dict[str, Any]:
        csv = tmp_path / "segments.csv"
        rows = (f"{name},0,10,{label}\n" for name, label in labels.items())
        csv.write_text("id,start,end,label\n" + "".join(rows))
        return {"use": "segments", "with": {"csv": str(csv)}}

    first = build(tmp_path, [table(walk_00="fall", walk_01="sit", walk_02="run")])
    assert [(one.name, one.clips) for one in first.classes] == [("fall", 1), ("run", 1), ("sit", 1)]
    again = {
        "skelconv": 1,
        "name": "again",
        "source": {"use": "stored", "with": {"paths": [str(first.target)]}},
        "transforms": [table(**{"walk_02@000000-000010": "sit"})],
        "sink": {"use": "zarr", "with": {"path": str(tmp_path / "again.zarr")}},
    }
    second = skelconv.build(again, executor="serial")
    assert skelconv.open(second.target).labels == (2,)  # and not 0, as the only name of the table
    again["transforms"] = [
        table(**{"walk_02@000000-000010": "sit", "walk_01@000000-000010": "runn"})
    ]
    with pytest.raises(BuildError, match=r"segments.csv:3: there is no class 'runn'.*'run'"):
        skelconv.build(again, executor="serial", fresh=True)


def test_an_unknown_recording_in_a_table_is_told(tmp_path: Path) -> None:
    csv = tmp_path / "segments.csv"
    csv.write_text("id,start,end\nwalk_00,0,10\nwalk_1,0,10\n")
    report = build(tmp_path, [{"use": "segments", "with": {"csv": str(csv)}}])
    assert report.membership.without_item.first == ("walk_1",)
    assert report.dropped == {"the table of segments has no row for it": 3}
    assert report.clips == 1
    assert not report.clean


def test_options_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    for options in (
        {"unit": "seconds"},
        {"fps": 30},
        {"unit": "seconds", "fps": 30, "end": "included"},
    ):
        with pytest.raises(RecipeError):
            build(tmp_path, [{"use": "segments", "with": {"csv": "x.csv", **options}}])


def test_a_person_who_has_left_gives_no_clip(tmp_path: Path) -> None:
    clip = clip_of(20)
    keypoint = clip.keypoint.copy()
    keypoint[1, 10:] = 0
    rows = "id,start,end,person\nwalk_03,5,15,1\nwalk_03,12,18,1\n"
    table = segments(tmp_path, rows)
    found = list(table.divide(clip.replace(keypoint=keypoint)))
    assert [one.id for one in found] == ["walk_03#1@000005-000015", "walk_03#1@000012-000018"]
    assert isinstance(found[1], Unmade)
    assert isinstance(found[1].why, ClipDropped)


def test_times_of_fast_recordings(tmp_path: Path) -> None:
    rows = "id,start,end\nwalk_03,0.005,0.010\n"
    table = segments(tmp_path, rows, unit="seconds", fps=1000)
    assert list(pieces(table, clip_of(20))) == ["walk_03@000005-000010"]
