import io
import json
import tarfile

import pytest
from support.memory import clip

from skelconv import BuildError, ClipError
from skelconv.testing import check_split, check_transform
from skelconv_splits import options, plugin
from skelconv_splits.forms import hmdb51 as hmdb51_form
from skelconv_splits.forms.table import own
from skelconv_splits.rows import gather, id_of
from skelconv_splits.texts import given

SPLITS = {split.name: split for split in plugin.skelconv_splits()}


def split(name, **given):
    offer = SPLITS[name]
    return offer.create(offer.options.model_validate(given))


def parts(made, *ids):
    check_split(made, ids)
    return [made.assign(clip_id) for clip_id in ids]


@pytest.fixture
def write(tmp_path):
    def make(name, content):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make


def test_list_with_mixed_line_endings_and_a_missing_last_one(write):
    train = write("train.txt", "a/b c.avi 0\r\n\nd.mp4 1\n")
    val = write("val.txt", b"\xef\xbb\xbfe.v2 1\r\nf.json 0")
    made = split("list", parts={"train": train, "val": val})
    assert made.names == ("train", "val")
    names = ("b c", "d", "e.v2", "f", "g")
    assert parts(made, *names) == [("train",), ("train",), ("val",), ("val",), ()]
    kept = split("list", parts={"train": train}, keep_folder=True)
    assert parts(kept, "a/b c", "b c") == [("train",), ()]


def test_list_without_labels(write):
    made = split("list", parts={"val": write("val.txt", "a\nb.avi\n"), "none": write("n.txt", "")})
    assert made.names == ("val", "none")
    assert parts(made, "a", "b") == [("val",), ("val",)]


@pytest.mark.parametrize(
    ("content", "what", "line"),
    [
        ("a 0\nb x\n", "'x' is not a label", 2),
        ("a 0\n\na 0\n", "'a' is in", 3),
        ("a 0\nb -1\n", "'-1' is not a label", 2),
        (b"a 0\n\xff 1\n", "is not in UTF-8", 2),
    ],
)
def test_list_that_is_wrong(write, content, what, line):
    path = write("train.txt", content)
    with pytest.raises(BuildError) as caught:
        split("list", parts={"train": path}).names  # noqa: B018
    assert caught.value.what.startswith(what)
    assert caught.value.where == f"{path}:{line}"


def test_a_name_in_both_parts_is_reported_with_both_places(write):
    train, val = write("train.txt", "a 0\nb 0\n"), write("val.txt", "b 0\n")
    with pytest.raises(BuildError) as caught:
        split("list", parts={"train": train, "val": val}).assign("a")
    assert caught.value.what == f"'b' is in {train}:2 already"
    assert caught.value.where == f"{val}:1"


def test_a_name_with_two_labels_is_reported(write):
    one, two = write("train1.txt", "a 0\n"), write("train2.txt", "a 1\n")
    with pytest.raises(BuildError, match="'a' has label 1, and 0"):
        split("list", parts={"train1": one, "train2": two}).assign("a")


def test_csv(write):
    path = write("t.csv", 'id,label,split\n-a,x,val\n"b,1",y,train\nc,z,\n')
    made = split("csv", path=path)
    assert made.names == ("val", "train")
    assert parts(made, "-a", "b,1", "c", "d") == [("val",), ("train",), (), ()]
    ordered = split("csv", path=path, parts=["train", "val", "test"])
    assert ordered.names == ("train", "val", "test")
    with pytest.raises(BuildError, match="'val' is none of the parts train") as caught:
        split("csv", path=path, parts=["train"]).assign("a")
    assert caught.value.where == f"{path}:2"
    by_label = split("csv", path=path, column="label")
    assert parts(by_label, "c") == [("z",)]


@pytest.mark.parametrize(
    ("content", "what", "line"),
    [
        ("", "its header must name the column 'id' once", 1),
        ("id,part\n", "its header must name the column 'split' once", 1),
        ("id,split\na\n", "1 cell, where the header has 2", 2),
        ('id,split\na,"b\n', "is not valid csv", 2),
        ("id,split\na,train\na,val\n", "'a' is in", 3),
    ],
)
def test_csv_that_is_wrong(write, content, what, line):
    path = write("t.csv", content)
    with pytest.raises(BuildError) as caught:
        split("csv", path=path).assign("a")
    assert caught.value.what.startswith(what)
    assert caught.value.where == f"{path}:{line}"


def test_pattern():
    made = split("pattern", parts={"train": "^train/|_t$", "val": "^val/"})
    assert made.names == ("train", "val")
    assert parts(made, "train/a", "val/a", "b_t", "c") == [("train",), ("val",), ("train",), ()]
    with pytest.raises(BuildError, match="the patterns of train and val all fit"):
        made.assign("val/a_t")


def ucf(write, **lists):
    for name in ("trainlist01", "testlist01", "trainlist02", "testlist02", "trainlist03"):
        write(f"ucf/{name}.txt", lists.get(name, ""))
    return write("ucf/testlist03.txt", lists.get("testlist03", "")).parent


def test_ucf101_test_lists_have_the_class_in_the_folder(write):
    root = ucf(
        write,
        trainlist01="B/v_B_g08_c01.avi 2\r\nA/v_A_g08_c01.avi 1\r\n",
        testlist01="B/v_B_g01_c01.avi\r\n",
        trainlist02="B/v_B_g01_c01.avi 2",
    )
    found = options.Ucf101Options(root=root).read()
    assert found.labels == {"v_B_g08_c01": 1, "v_A_g08_c01": 0, "v_B_g01_c01": 1}
    assert found.of["v_B_g01_c01"] == ("test1", "train2")
    kept = split("ucf101", root=root, keep_folder=True)
    assert parts(kept, "A/v_A_g08_c01", "v_A_g08_c01") == [("train1",), ()]


def archive(members, mode="w:gz"):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content.encode()))
    return file.getvalue()


HMDB = {
    "x/run_test_split1.txt": "a!_[b].avi 1 \nc.avi 2 \r\nd.avi 0 \n",
    "x/jump_test_split1.txt": "e.avi 1",
    "x/jump_test_split2.txt": "e.avi 2",
    "../../class_list.txt": "run\njump\n",
}


def test_hmdb51_from_an_archive_and_a_folder(write):
    packed = write("lists.tar.gz", archive(HMDB))
    for path, content in HMDB.items():
        folder = write(f"lists/{path.rpartition('/')[2]}", content).parent
    for root in (packed, folder):
        found = options.Hmdb51Options(root=root).read()
        assert found.labels == {"e": 0, "a!_[b]": 1, "c": 1, "d": 1}
        assert found.of == {"e": ("train1", "test2"), "a!_[b]": ("train1",), "c": ("test1",)}


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"not an archive", "is not a .tar.gz archive"),
        (archive(HMDB)[:-20], "the archive is truncated"),
        (archive({"a.txt": "x"}), "there is no CLASS_test_splitN.txt in it"),
        (archive({"a_test_split1.txt": "b.avi 3"}), "is not NAME CODE"),
        (archive({"a_test_split1.txt": "b" * (hmdb51_form.MAX_MEMBER + 1)}), "no list is that"),
        (archive({"a": "b" * hmdb51_form.MAX_UNPACKED}), "unpacks to more than 64 MB"),
    ],
)
def test_hmdb51_archives_that_are_wrong(write, content, what):
    with pytest.raises(BuildError, match=what):
        options.Hmdb51Options(root=write("lists.tar.gz", content)).read()


def test_kinetics_ids_may_begin_with_a_dash(write):
    head = "label,youtube_id,time_start,time_end,split\n"
    train = write(
        "train.csv", f'{head}"washing, hair",-a,10,20,train\nabseiling,--b,0,10.0,train\n'
    )
    val = write("val.csv", f"{head}abseiling,c,131,141,val\n")
    paths = [train, val]
    made = split("kinetics", paths=paths)
    assert made.names == ("train", "val")
    assert parts(made, "-a", "--b", "c") == [("train",), ("train",), ("val",)]
    found = options.KineticsOptions(paths=paths).read()
    assert found.labels == {"-a": 1, "--b": 0, "c": 0}
    timed = split("kinetics", paths=paths, times=True)
    assert parts(timed, "--b_000000_000010", "c_000131_000141") == [("train",), ("val",)]
    wrong = write("w.csv", f"{head}a,b,x,1,train\n")
    with pytest.raises(BuildError, match="'x' is not a time"):
        split("kinetics", paths=[wrong], times=True).assign("a")


def diving(*rows):
    return json.dumps(
        [{"vid_name": n, "label": k, "start_frame": 0, "end_frame": 9} for n, k in rows]
    )


def test_diving48(write):
    train = write("train.json", diving(("a_1", 47), ("-b", 0)))
    test = write("test.json", diving(("c", 3)))
    made = split("diving48", train=train, test=test)
    assert made.names == ("train", "test")
    assert parts(made, "a_1", "-b", "c") == [("train",), ("train",), ("test",)]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("[\n]]", "is not valid JSON"),
        ("[" * 200_000, "is not valid JSON"),
        ("{}", "is not a list"),
        ("[3]", "has no vid_name and label"),
        (diving((3, 3)), "has no vid_name and label"),
        (diving(("a", True)), "has no vid_name and label"),
        (diving(("a", 1), ("a", 1)), "'a' is in"),
    ],
)
def test_diving48_that_is_wrong(write, content, what):
    train, test = write("train.json", content), write("test.json", "[]")
    with pytest.raises(BuildError, match=what):
        split("diving48", train=train, test=test).assign("a")


def test_a_list_that_is_not_there_is_reported(tmp_path):
    with pytest.raises(BuildError, match="cannot be read: no such file or directory"):
        split("csv", path=tmp_path / "no.csv").assign("a")


@pytest.mark.parametrize(
    ("name", "clip_id", "kept"),
    [
        ("Archery/v_Archery_g08_c01.avi", "v_Archery_g08_c01", "Archery/v_Archery_g08_c01"),
        ("a\\b.MP4", "b", "a\\b"),
        ("v1.2", "v1.2", "v1.2"),
        (".avi", "", ""),
    ],
)
def test_ids_of_names(name, clip_id, kept):
    assert id_of(name) == clip_id
    assert id_of(name, keep=True) == kept


def test_label_list_labels_clips(write):
    (offer,) = plugin.skelconv_transforms()
    path = write("train.txt", "a 5\n")
    checked = offer.options.model_validate({"list": {"parts": {"train": path}}})
    label = offer.create(offer.options.model_validate(checked.model_dump(mode="json")))
    assert check_transform(label, clip("a")).label == 5
    with pytest.raises(ClipError, match="the list does not name this clip"):
        label(clip("b"))
    assert (
        check_transform(
            offer.create(offer.options(official="ucf101")), clip("v_YoYo_g01_c01")
        ).label
        == 100
    )


def test_many_parts(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("id,split\n" + "".join(f"a,s{n}\n" for n in range(1500)))
    with pytest.raises(BuildError) as caught:
        gather(own(given(path), "id", "split"))
    assert caught.value.what == "this is part 1,001, 's1000': a dataset may have 1,000"
    assert caught.value.where == f"{path}:1002"


@pytest.mark.parametrize(
    ("name", "strip", "expected"),
    [
        ("S001.skeleton.npy", ".skeleton.npy", "S001"),
        ("S001.skeleton.npy", ".skeleton", "S001"),
        ("S001_rgb.avi", "_rgb", "S001"),
        ("S001_rgb.avi", "_rgb.avi", "S001"),
        ("jump/a.mp4", ".mp4", "a"),
        ("a", ".mp4", "a"),
    ],
)
def test_endings_that_are_left_out_of_ids(tmp_path, name, strip, expected):
    path = tmp_path / "train.txt"
    path.write_text(f"{name} 3\n")
    found = split("list", parts={"train": str(path)}, strip=strip)
    assert list(found.listed()) == [expected]
