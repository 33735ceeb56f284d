import json
from pathlib import Path

import pytest

from skelconv import BuildError
from skelconv_video.cuts import ClipCut, finegym, kinetics, own
from skelconv_video.decode import Cut


def written(path: Path, content: object) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


@pytest.mark.parametrize(
    ("row", "frames", "message"),
    [
        ("a,x,nan,", False, "'nan' is not a time in seconds"),
        ("a,x,,1e9", False, "'1e9' is not a time in seconds"),
        ("a,x,2,2", False, "it ends at 2 s and starts at 2 s"),
        ("a,,1,2", False, "the id or the video is missing"),
        ("a,x,1.5,2", True, "'1.5' is not a frame's number"),
        ("a,x,-1,2", True, "'-1' is not a frame's number"),
        ("a,x,3,2", True, "its last frame is 2, and its first 3"),
        ("a,x,3", True, "3 cells, where the header has 4"),
    ],
)
def test_a_wrong_row_is_reported_with_its_line(row, frames, message, tmp_path):
    path = written(tmp_path / "cuts.csv", f"id,video,start,end\nb,y,,\n{row}\n")
    with pytest.raises(BuildError) as caught:
        list(own(path, frames=frames))
    assert (caught.value.what, caught.value.where) == (message, f"{path}:3")


def test_one_frame_may_be_a_clip(tmp_path):
    path = written(tmp_path / "cuts.csv", "video,id,end,note,start\nx,a,7,hm,7\n")
    cut = Cut(first=7, last=7)
    assert list(own(path, frames=True)) == [ClipCut("a", (("x", cut),), f"{path}:2")]


def test_kinetics_lists_without_labels_are_read_too(tmp_path):
    head = "youtube_id,time_start,time_end,split\n"
    one = written(tmp_path / "one.csv", f"{head}-aB_,7,17,test\n")
    two = written(tmp_path / "two.csv", f"{head}cc,0.0,10.0,test\n")
    places = ("-aB__000007_000017", Cut()), ("-aB_", Cut(7, 17))
    first, second = kinetics([one, two])
    assert first == ClipCut("-aB_", places, f"{one}:2")
    assert second.id == "cc"
    assert [clip.id for clip in kinetics([one, two], times=True)] == [
        "-aB__000007_000017",
        "cc_000000_000010",
    ]


@pytest.mark.parametrize("row", [",1,2,", "a,,2,", "a,1,,", "a,2,2,", "a,x,2,"])
def test_kinetics_lists_that_are_wrong_are_reported(row, tmp_path):
    path = written(tmp_path / "k.csv", f"youtube_id,time_start,time_end,split\n{row}\n")
    with pytest.raises(BuildError) as caught:
        list(kinetics([path]))
    assert caught.value.where == f"{path}:2"


def test_finegym_counts_elements_from_their_event(tmp_path):
    stages = [[1.25, 2.0], [2.0, 3.5]]
    events = {
        "E_000010_000020": {
            "event": 1,
            "timestamps": [[10.5, 20.25]],
            "segments": {
                "A_0001_0004": {"stages": 2, "timestamps": stages},
                "A_0004_0004": {"stages": 1, "timestamps": [[4.5, 4.5]]},
            },
        },
        "E_000030_000040": {"event": 2, "timestamps": [[30, 40]], "segments": None},
    }
    path = written(tmp_path / "finegym.json", {"-Vid": events})
    good, bad = finegym(path)
    assert good.id == "-Vid_E_000010_000020_A_0001_0004"
    assert good.places == (
        ("-Vid_E_000010_000020_A_0001_0004", Cut()),
        ("-Vid_E_000010_000020", Cut(1.25, 3.5)),
        ("-Vid", Cut(11.75, 14.0)),
    )
    assert (good.fault, bad.fault) == ("", "in FineGYM it is from 4.5 s to 4.5 s")


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[" * 100_000,
        [],
        {"v": []},
        {"v": {"e": 1}},
        {"v": {"e": {"segments": {"a": {}}}}},
        {"v": {"e": {"timestamps": [[0, 9]], "segments": {"a": {}}}}},
        {"v": {"e": {"timestamps": [[0, 9]], "segments": [1]}}},
        '{"v": {"e": {"timestamps": [[NaN, 9]], "segments": {"a": {"timestamps": [[0, 1]]}}}}}',
        {"v": {"e": {"timestamps": [["x", 9]], "segments": {"a": {"timestamps": [[0, 1]]}}}}},
        {"v": {"e": {"timestamps": [[10**400, 9]], "segments": {"a": {}}}}},
    ],
)
def test_what_is_not_an_annotation_of_finegym_is_reported(content, tmp_path):
    path = written(tmp_path / "finegym.json", content)
    with pytest.raises(BuildError) as caught:
        list(finegym(path))
    assert str(path) in (caught.value.where or "")


def test_a_list_that_is_not_there_is_reported(tmp_path):
    for read in (own, finegym, lambda path: kinetics([path])):
        with pytest.raises(BuildError, match="cannot be read: no such file or directory"):
            list(read(tmp_path / "gone"))
