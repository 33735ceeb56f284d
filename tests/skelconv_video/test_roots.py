"""What is found in roots of every kind: folders, archives, lists and single files."""

import os
from pathlib import Path
from typing import Any

import pytest
from support.images import pack

from skelconv import BuildError, ClipError
from skelconv.plugin import Inventory
from skelconv_video import plugin
from skelconv_video.listing import Listing

(OFFER,) = plugin.skelconv_sources()

SERIES = [f"img_{number:05}.jpg" for number in range(1, 4)]


def fill(root: Path, *names: str, content: bytes = b"12345") -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def listing(root: Path, **options: Any) -> Listing:
    given = {"root": str(root), "pose": "toy-one-stage"} | options
    return OFFER.create(OFFER.options.model_validate(given))._listing


def take(root: Path, **options: Any) -> Inventory:
    return listing(root, **options).inventory()


def ids(found: Inventory) -> list[str]:
    return [item.id for item in found.items]


def refused(found: Inventory) -> dict[str, str]:
    return {one.id: one.reason for one in found.rejected}


def strays(found: Inventory, root: Path) -> dict[str, str]:
    pairs = (stray.removesuffix(")").rsplit(" (", 1) for stray in found.strays)
    return {os.path.relpath(path, root): reason for path, reason in pairs}


def test_each_folder_of_numbered_images_is_a_clip(tmp_path: Path) -> None:
    root = fill(tmp_path, *(f"{clip}/{name}" for clip in ("jump/a", "run/b") for name in SERIES))
    fill(root, "jump/a/notes.txt", "jump/a/._img_00001.jpg", "jump/cover.png")
    videos = listing(root, labels={"folder": True})
    found = videos.inventory()
    assert ids(found) == ["jump/a", "run/b"]
    assert (found.labels, found.label_names) == ([0, 1], ("jump", "run"))
    assert strays(found, root) == {
        "jump/a/notes.txt": "not a video",
        "jump/a/._img_00001.jpg": "hidden",
        "jump/cover.png": "an image that is not one of a series",
    }
    item = found.items[0]
    assert item.size == 15
    assert videos.stamp(item) == (item.size, item.mtime_ns)
    fill(root, "jump/a/img_00004.jpg")
    assert videos.stamp(item)[0] == 20
    assert ids(take(root / "run/b")) == ["b"]
    assert ids(take(root, ids="name", strip="")) == ["a", "b"]


def test_gaps_are_told(tmp_path: Path) -> None:
    numbers = [1, 2, 3, 7, 8, 10]
    root = fill(tmp_path / "v", *(f"a/{number}.png" for number in numbers))
    fill(root, *(f"b/{number}.png" for number in range(0, 50, 5)))  # every fifth
    found = take(root)
    assert ids(found) == ["a", "b"]
    assert found.notes == [
        "1 folder of images lacks numbers, and the images around a gap follow each other: "
        f"{root}/a: 4 to 6, 9"
    ]


def test_images_that_may_be_several_series_are_refused(tmp_path: Path) -> None:
    root = fill(tmp_path, *(f"a/{name}" for name in SERIES), "a/flow_x_00001.jpg")
    with pytest.raises(BuildError, match=r"there are 2 series of images in it") as caught:
        take(root)
    assert caught.value.where == f"{root}/a"
    assert caught.value.hint == r"say which are frames, such as images: '^img_(?P<frame>\d+)[.]'"
    found = take(root, images=r"^img_(?P<frame>\d+)[.]")
    assert ids(found) == ["a"]
    assert list(strays(found, root)) == ["a/flow_x_00001.jpg"]
    fill(root, "b/1.jpg", "b/01.jpg")
    assert refused(take(root, images=r"(?P<frame>\d+)[.]")) == {
        "a": "flow_x_00001.jpg and img_00001.jpg have the same number",
        "b": "01.jpg and 1.jpg have the same number",
    }


def test_videos_beside_folders_of_images_are_refused(tmp_path: Path) -> None:
    root = fill(tmp_path, "videos/a.mp4", *(f"frames/a/{name}" for name in SERIES))
    with pytest.raises(BuildError) as caught:
        take(root)
    assert caught.value.what == (
        f"it holds 1 video ({root}/videos/a.mp4) and 1 folder of images ({root}/frames/a)"
    )
    hint = "say which of them are clips: suffixes: [.mp4] or suffixes: [.jpg]"
    assert caught.value.hint == hint
    assert ids(take(root, suffixes=[".mp4"])) == ["videos/a"]
    assert ids(take(root, suffixes=[".jpg"])) == ["frames/a"]
    assert ids(take(root, suffixes=[".jpg", ".mp4"])) == ["frames/a", "videos/a"]


def test_pictures_of_videos_are_no_clips(tmp_path: Path) -> None:
    root = fill(tmp_path, "v1.mp4", "v1.jpg", "v2.mp4", "v2.jpg", "cover7.png")
    found = take(root)
    assert ids(found) == ["v1", "v2"]
    assert sorted(strays(found, root)) == ["cover7.png", "v1.jpg", "v2.jpg"]


PACKET = b"G".ljust(188, b"\0")


@pytest.mark.parametrize(
    ("name", "content", "is_video"),
    [
        ("a.ts", PACKET * 8, True),
        ("a.MTS", (bytes(4) + PACKET) * 8, True),
        ("a.ts", b"export const G = 1;\n" * 30, False),
        ("a", b"\0\0\0\x18ftypmp42", True),
        ("a.dat", b"\0\0\x01\xba" + bytes(99), True),
        ("a.bin", b"\x1a\x45\xdf\xa3" + bytes(99), True),
        ("a.ogg", b"OggS" + bytes(30) + b"\x80theora", True),
        ("a.ogg", b"OggS" + bytes(30) + b"\x01vorbis", False),
        ("README", b"G" * 4096, False),
        ("a.mp3", b"ID3", False),
        ("a.3gp", b"", True),
    ],
)
def test_endings_that_say_little_are_looked_into(
    name: str, content: bytes, is_video: bool, tmp_path: Path
) -> None:
    root = fill(tmp_path, name, content=content)
    fill(root, "other.mp4")
    found = take(root)
    assert (name not in strays(found, root)) == is_video
    assert len(found.items) + len(found.rejected) == 1 + is_video
    if name == "a.mp3":
        assert strays(found, root) == {name: "sound without pictures"}


@pytest.mark.parametrize("ending", ["zip", "tar", "tar.gz"])
def test_an_archive_is_as_the_folder(ending: str, tmp_path: Path) -> None:
    names = ["jump/a.mp4", "run/b.avi", "notes.txt", "__MACOSX/jump/._a.mp4", "inner.zip"]
    root = pack(tmp_path / f"v.{ending}", dict.fromkeys(names, b"12345"))
    videos = listing(root, labels={"folder": True})
    found = videos.inventory()
    assert ids(found) == ["jump/a", "run/b"]
    assert found.label_names == ("jump", "run")
    assert strays(found, root) == {
        "notes.txt": "not a video",
        "__MACOSX/jump/._a.mp4": "hidden",
        "inner.zip": "an archive in an archive",
    }
    for item in found.items:
        assert videos.stamp(item) == (item.size, item.mtime_ns)
    assert videos.wanted(found.items[0]).footage.where == f"{root}/jump/a.mp4"


@pytest.mark.parametrize("ending", ["zip", "tar", "tar.gz"])
def test_endings_that_say_little_are_looked_into_in_archives_too(
    ending: str, tmp_path: Path
) -> None:
    files = {"a.ts": PACKET * 8, "b.ts": b"export const G = 1;", "README": b"", "c.mp4": b"1"}
    found = take(pack(tmp_path / f"v.{ending}", files, deflated=True))
    assert ids(found) == ["a", "c"]
    assert len(found.strays) == 2


def test_archives_may_lie_in_a_folder(tmp_path: Path) -> None:
    root = tmp_path / "v"
    (root / "jump").mkdir(parents=True)
    pack(root / "jump" / "c1.zip", dict.fromkeys(SERIES, b"1"))
    pack(root / "jump" / "c2.tar", {f"x/{name}": b"1" for name in SERIES})
    fill(root, "jump/c3.zip")
    fill(root, *(f"jump/c4/{name}" for name in SERIES))
    found = take(root, labels={"folder": True})
    assert ids(found) == ["jump/c1", "jump/c2/x", "jump/c4"]
    assert list(refused(found)) == ["jump/c3"]
    assert "cut short or damaged" in refused(found)["jump/c3"]


def test_a_member_that_leads_out_is_quarantined(tmp_path: Path) -> None:
    root = pack(tmp_path / "v.zip", {"../../evil.mp4": b"1", "good.mp4": b"1"})
    found = take(root)
    assert ids(found) == ["good"]
    assert list(refused(found).values()) == ["its name leads out of the archive"]


def test_one_file_is_a_clip_whatever_its_ending(tmp_path: Path) -> None:
    fill(tmp_path, "one.xyz", "two.mp4")
    assert ids(take(tmp_path / "one.xyz")) == ["one"]
    assert ids(take(tmp_path / "two.mp4")) == ["two"]


def test_a_list_names_paths_labels_and_ids(tmp_path: Path) -> None:
    fill(tmp_path, "v/a.mp4", "v/b c.mp4", "v/not listed.mp4", "elsewhere/d.webm")
    fill(tmp_path, *(f"v/frames/e/{name}" for name in SERIES))
    table = tmp_path / "v" / "list.csv"
    table.write_text(
        "id,path,label\nfirst,a.mp4,walk\n,b c.mp4,run\n,../elsewhere/d.webm,walk\n"
        ",frames/e,run\n,gone.mp4,run\n,a.mp4,walk\n"
    )
    for options in ({"root": table}, {"root": tmp_path / "v", "files": str(table)}):
        found = take(**options)
        assert ids(found) == ["a", "b c", "elsewhere/d", "first", "frames/e"]
        assert found.labels == [1, 0, 1, 1, 0]
        assert found.label_names == ("run", "walk")
        assert found.absent == ["gone.mp4"]
    (tmp_path / "labels.csv").write_text("id,label\na,9\n")
    other = take(table, labels={"csv": str(tmp_path / "labels.csv")})
    assert (ids(other), other.labels) == (["a"], [9])


def test_lists_of_trainers_are_read(tmp_path: Path) -> None:
    fill(tmp_path, "a.mp4", "b.mp4", *(f"f/{name}" for name in SERIES))
    text = tmp_path / "train.txt"
    text.write_text("a.mp4 1\n\nb.mp4 0\n")
    found = take(text)
    assert (ids(found), found.labels) == (["a", "b"], [1, 0])
    text.write_text("a.mp4\nb.mp4\n")
    assert (ids(take(text)), take(text).labels) == (["a", "b"], None)
    fill(tmp_path, "f/cover.png")  # no frame
    text.write_text("./f/ 3 7\n")
    assert (ids(take(text)), take(text).labels) == (["f"], [7])
    text.write_text("f 4 7\na.mp4 3 1\n")
    reasons = refused(take(text))
    assert reasons["f"] == f"{text}:1 says that it has 4 frames, and there are 3 images"
    assert reasons["a"].endswith("has three words, as for a folder of images, and this is a video")
    archive = pack(tmp_path / "v.zip", {"x/a.mp4": b"1", "x/b.mp4": b"1"})
    text.write_text("x/b.mp4 5\n")
    inside = take(archive, files=str(text))
    assert (ids(inside), inside.labels) == (["x/b"], [5])


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("a.mp4 1\nb.mp4\n", "it has a path alone, and {list}:1 has a path and a label"),
        ("a b c.mp4 1\n", "a line is PATH, PATH LABEL or PATH FRAMES LABEL"),
        ("\n\n", "the list names no file"),
        ("gone.mp4 1\n", "nothing of what {list} names is in it"),
        ("a.mp4 walk\nb.mp4 1\n", "1 label of 2 is not a whole number"),
    ],
)
def test_lists_that_are_not_clear_are_refused(content: str, what: str, tmp_path: Path) -> None:
    fill(tmp_path, "a.mp4", "b.mp4")
    text = tmp_path / "l.txt"
    text.write_text(content)
    with pytest.raises(BuildError) as caught:
        take(text)
    assert what.format(list=text) in caught.value.what


def test_a_line_is_one_clip(tmp_path: Path) -> None:
    pack(tmp_path / "one.zip", dict.fromkeys(SERIES, b"1"))
    pack(tmp_path / "two.zip", {"a.mp4": b"1", "b.mp4": b"2"})
    text = fill(tmp_path, "l.txt", content=b"one.zip 0\ntwo.zip 1\n") / "l.txt"
    found = take(text)
    assert (ids(found), found.labels) == (["one"], [0])
    assert refused(found) == {"two.zip": "the list has one line for it, and it holds 2 clips"}


def test_two_lists_are_refused(tmp_path: Path) -> None:
    text = fill(tmp_path, "l.txt", "m.txt") / "l.txt"
    with pytest.raises(BuildError, match="root is a list of files, and there is another one"):
        take(text, files=str(tmp_path / "m.txt"))


def test_times_of_images_must_be_known_where_they_count(tmp_path: Path) -> None:
    root = fill(tmp_path / "v", *(f"a/{name}" for name in SERIES))
    table = tmp_path / "cuts.csv"
    table.write_text("id,video,start,end\nx,a,0,0.1\n")
    for options in ({"fps": 10}, {"cuts": str(table)}):
        with pytest.raises(BuildError, match="its images have no times") as caught:
            take(root, **options)
        assert "image_fps: 25" in (caught.value.hint or "")
        assert len(take(root, **options, image_fps=25).items) == 1
    frames = {"cuts": {"csv": str(table), "unit": "frames"}}
    table.write_text("id,video,start,end\nx,a,0,1\n")
    assert ids(take(root, **frames)) == ["x"]


def test_what_is_gone_when_it_is_loaded_is_told(tmp_path: Path) -> None:
    root = fill(tmp_path, *(f"a/{name}" for name in SERIES))
    videos = listing(root)
    [item] = videos.inventory().items
    fill(root, "a/other_1.jpg")
    with pytest.raises(ClipError, match="its images have changed: there are 2 series"):
        videos.wanted(item)
