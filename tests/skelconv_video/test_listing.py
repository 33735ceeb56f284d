import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from skelconv import BuildError
from skelconv.plugin import Inventory, Item, Rejected
from skelconv_video import plugin
from skelconv_video.decode import Cut
from skelconv_video.listing import NOT_CUT, NOT_WANTED, Listing

(OFFER,) = plugin.skelconv_sources()


def fill(root: Path, *names: str | bytes, content: bytes = b"12345") -> str:
    for name in names:
        path = os.path.join(os.fsencode(root), os.fsencode(name))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
    return str(root)


def listing(root: str | Path, **options: Any) -> Listing:
    given = {"root": root, "pose": "toy-one-stage"} | options
    source = OFFER.create(OFFER.options.model_validate(given))
    return source._listing


def take(root: str | Path, **options: Any) -> Inventory:
    return listing(root, **options).inventory()


def wanted(videos: Listing, item: Item) -> tuple[str, int | None, Cut]:
    footage, label, cut = videos.wanted(item)
    return footage.where, label, cut


def ids(found: Inventory) -> list[str]:
    return [item.id for item in found.items]


def refused(found: Inventory) -> dict[str, str]:
    return {one.id: one.reason for one in found.rejected}


def test_videos_are_clips_in_the_order_of_ids(tmp_path):
    names = ["b.mp4", "ä ö.AVI", "a/z 1.webm", "a10.mkv", "notes.txt", "a/.hidden.mp4", "._b.mp4"]
    root = fill(tmp_path / "v", *names, ".trash/old.mp4")
    os.utime(tmp_path / "v" / "b.mp4", ns=(1, 1_234_567_890_000_000_000))
    found = take(root)
    assert ids(found) == ["a/z 1", "a10", "b", "ä ö"]
    assert (found.items[2].size, found.items[2].mtime_ns) == (5, 1_234_567_890_000_000_000)
    hidden = [".trash/old.mp4", "._b.mp4", "a/.hidden.mp4"]
    strays = [*(f"{root}/{name} (hidden)" for name in hidden), f"{root}/notes.txt (not a video)"]
    assert sorted(found.strays) == sorted(strays)
    assert ids(take(root, ids="name")) == ["a10", "b", "z 1", "ä ö"]
    assert ids(take(root, suffixes=[".txt"])) == ["notes"]


def test_an_item_leads_to_its_file_and_is_plain(tmp_path):
    root = fill(tmp_path / "v", "S001C001P001R001A060_rgb.avi")
    videos = listing(root, strip="_rgb", labels={"pattern": r"A(?P<label>\d{3})"})
    [item] = videos.inventory().items
    assert item.id == "S001C001P001R001A060"
    assert type(item.ref) is tuple
    assert wanted(videos, item) == (f"{root}/S001C001P001R001A060_rgb.avi", 59, Cut())


def test_what_cannot_be_a_clip_is_reported_and_the_rest_stays(tmp_path):
    root = fill(tmp_path / "v", "a.mp4", "a.avi", "b/a.mp4", b"sch\xf6n.mp4", b"\xff/good.mp4")
    fill(tmp_path / "v", "empty.mp4", content=b"")
    (tmp_path / "v" / "broken.mp4").symlink_to(tmp_path / "gone")
    (tmp_path / "v" / "loop").symlink_to(tmp_path / "v")
    found = take(root, ids="name")
    assert ids(found) == ["a"]
    reasons = [(one.id, one.reason) for one in found.rejected]
    assert reasons.count(("a", f"{root}/a.avi has this name already")) == 2
    others = dict(reason for reason in reasons if reason[0] != "a")
    assert others["empty"] == "it is empty: it has no bytes"
    assert others["broken"] == "cannot be read: no such file or directory"
    assert others[r"sch\udcf6n"] == others["good"]
    assert others["good"].startswith("its name is not in UTF-8")
    assert all(one.path.isprintable() for one in found.rejected)


def test_an_id_that_cannot_be_printed_is_reported_with_where_it_is_from(tmp_path):
    root = fill(tmp_path / "v", "long.mp4", "new\nline.mp4")
    table = tmp_path / "cuts.csv"
    table.write_text("id,video,start,end\nb,long,0,1\na\tb,long,1,2\n")
    reason = "its id has characters that cannot be printed"
    found = take(root, cuts=table)
    assert ids(found) == ["b"]
    assert found.rejected == [Rejected(r"a\tb", reason, f"{table}:3")]
    assert take(root).rejected == [Rejected(r"new\nline", reason, rf"{root}/new\nline.mp4")]


def test_a_folder_without_videos_is_reported(tmp_path):
    fill(tmp_path / "v", "a.txt")
    with pytest.raises(BuildError, match="there is no video in it") as caught:
        take(tmp_path / "v")
    assert caught.value.where == str(tmp_path / "v")
    with pytest.raises(BuildError, match="cannot be listed"):
        take(tmp_path / "gone")


def test_a_list_cuts_clips_out_and_the_rest_is_reported(tmp_path):
    root = fill(tmp_path / "v", "walk/x_rgb.mp4", "run/y_rgb.mp4", "z_rgb.mp4")
    fill(tmp_path / "v", "none_rgb.mp4", content=b"")
    table = tmp_path / "cuts.csv"
    table.write_text(
        "id,video,start,end\nx2,walk/x_rgb.mp4,1.5,\nx1,walk/x,,1.5\n"
        "y,run/y_rgb,,\nn,none,0,1\ngone,walk/gone.mp4,0,1\n"
    )
    videos = listing(root, strip="_rgb", cuts=table, labels={"folder": True})
    found = videos.inventory()
    cuts = {item.id: wanted(videos, item) for item in found.items}
    assert cuts == {
        "x1": (f"{root}/walk/x_rgb.mp4", 1, Cut(None, 1.5)),
        "x2": (f"{root}/walk/x_rgb.mp4", 1, Cut(1.5, None)),
        "y": (f"{root}/run/y_rgb.mp4", 0, Cut()),
    }
    assert list(cuts) == ["x1", "x2", "y"]
    assert found.absent == ["gone"]
    assert found.left_out == {NOT_CUT: ["z"]}
    assert refused(found) == {"n": "it is empty: it has no bytes"}
    by_name = take(root, strip="_rgb", ids="name", cuts=table)
    assert ids(by_name) == ["x1", "x2", "y"]


def test_a_list_may_count_frames(tmp_path):
    root = fill(tmp_path / "v", "x.mp4")
    (tmp_path / "cuts.csv").write_text("id,video,start,end\na,x,0,9\nb,x,10,\n")
    videos = listing(root, cuts={"csv": tmp_path / "cuts.csv", "unit": "frames"})
    cuts = [videos.wanted(item).cut for item in videos.inventory().items]
    assert cuts == [Cut(first=0, last=9), Cut(first=10)]


def test_files_that_are_cut_already_are_taken_as_they_are(tmp_path):
    root = fill(tmp_path / "v", "train/a_000010_000020.mp4", "train/b.mp4", "c_000001_000002.mp4")
    fill(tmp_path / "v", "train/a.mp4")
    table = tmp_path / "train.csv"
    table.write_text(
        "label,youtube_id,time_start,time_end,split\n"
        "x,a,10,20,train\ny,b,3,13,train\nx,-gone,0,10,train\n"
    )
    videos = listing(root, ids="name", cuts={"kinetics": {"paths": [table]}})
    found = videos.inventory()
    assert {item.id: wanted(videos, item)[::2] for item in found.items} == {
        "a": (f"{root}/train/a_000010_000020.mp4", Cut()),
        "b": (f"{root}/train/b.mp4", Cut(3, 13)),
    }
    assert found.absent == ["-gone"]
    assert found.left_out == {NOT_CUT: ["a", "c_000001_000002"]}


def test_only_what_a_split_names_is_listed(tmp_path):
    root = fill(tmp_path / "v", "a.mp4", "b.mp4", "c.mp4")
    table = tmp_path / "labels.csv"
    table.write_text("id,label,split\na,0,train\nb,1,\nc,1,val\nd,1,train\ne,1,\n")
    split = {"use": "csv", "with": {"path": str(table)}}
    found = take(root, only=split, labels={"csv": table})
    assert (ids(found), found.absent) == (["a", "c"], ["d"])
    assert found.left_out == {NOT_WANTED: ["b"]}
    table.write_text("id,label,split\nq,0,train\n")
    with pytest.raises(BuildError, match=r"none of its clips \(3\) is in the split"):
        take(root, only=split)


def test_gym99_is_what_the_carried_lists_name(tmp_path):
    name = "0LtLS9wROrk_E_002407_002435_A_0003_0005"
    root = fill(tmp_path / "v", f"{name}.mp4", "0LtLS9wROrk_E_002407_002435_A_9999_9999.mp4")
    assert ids(take(root, only="gym99")) == [name]


def test_a_list_that_fits_no_video_is_reported_with_what_it_needs(tmp_path):
    root = fill(tmp_path / "v", "train/a.mp4")
    (tmp_path / "cuts.csv").write_text("id,video,start,end\na1,a.mp4,0,1\n")
    with pytest.raises(BuildError, match="the list names 1 clip, and none") as caught:
        take(root, cuts=tmp_path / "cuts.csv")
    assert f"{tmp_path}/cuts.csv:2 needs 'a.mp4'" in (caught.value.hint or "")


def test_an_id_that_a_list_has_twice_is_reported_with_both_lines(tmp_path):
    root = fill(tmp_path / "v", "a.mp4")
    table = tmp_path / "cuts.csv"
    table.write_text("id,video,start,end\na,a,0,1\nb,a,0,1\na,a,1,2\n")
    with pytest.raises(BuildError) as caught:
        take(root, cuts=table)
    assert caught.value.what == f"the id 'a' is in {table}:2 already"
    assert caught.value.where == f"{table}:4"


@pytest.mark.parametrize(
    "cuts",
    [{}, {"csv": "a", "finegym": "b"}, {"finegym": "b", "unit": "frames"}, {"kinetics": []}],
)
def test_one_list_is_named(cuts, tmp_path):
    with pytest.raises(ValidationError):
        listing(tmp_path, cuts=cuts)


@given(st.lists(st.sampled_from("abcdeé ."), min_size=1, max_size=6).map("".join))
def test_any_name_is_listed_once_or_reported(name):
    with tempfile.TemporaryDirectory() as folder:
        root = fill(Path(folder), f"{name}.mp4", "other.mp4")
        found = take(root)
    listed = ids(found) + list(refused(found)) + [Path(stray).stem for stray in found.strays]
    assert sorted(listed) == sorted([name, "other"])
