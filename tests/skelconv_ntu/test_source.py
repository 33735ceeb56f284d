import os
import zipfile
from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest

from skelconv import BuildError, ClipError
from skelconv.plugin import Item
from skelconv.testing import assert_same_clip, check_source
from skelconv.text import shown
from skelconv_ntu.official import official_samples
from skelconv_ntu.options import NtuRawOptions
from skelconv_ntu.plugin import skelconv_sources
from skelconv_ntu.roots import ROOT_HINT
from skelconv_ntu.source import NtuRaw
from skelconv_ntu.splits import NtuSplit

NAMES = ["S001C001P001R001A001", "S001C002P003R001A050", "S018C001P008R001A061"]
MISSING = "S001C002P005R002A008"


def source(root: object, **options: object) -> NtuRaw:
    offer = next(iter(skelconv_sources()))
    return offer.create(NtuRawOptions.model_validate({"root": root, **options}))


def raw(*names: str) -> list[str]:
    return [f"{name}.skeleton" for name in names]


def zipped(folder: Path) -> Path:
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*"), reverse=True):
            archive.write(file, f"nturgb+d_skeletons/{file.relative_to(folder)}")
    return path


def test_a_stamp_shows_that_a_file_changed(tmp_path: Path) -> None:
    root = tmp_path / "raw"
    root.mkdir()
    path = root / raw(NAMES[0])[0]
    path.write_text("0")
    found = source(str(root))
    (item,) = found.inventory().items
    assert found.stamp(item) == (item.size, item.mtime_ns)
    path.write_text("1")
    os.utime(path, ns=(0, item.mtime_ns + 1))
    assert found.stamp(item) == (item.size, item.mtime_ns + 1)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> str:
    """All 114,480 samples, in an archive for the time it takes to make as many files."""
    path = tmp_path_factory.mktemp("ntu") / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for sample in official_samples("ntu120"):
            archive.writestr(zipfile.ZipInfo(f"raw/{sample}.skeleton"), b"1\r\n0\r\n")
    return str(path)


@pytest.mark.parametrize(
    ("dataset", "kept", "left_out", "splits"),
    [
        (
            "ntu60",
            56_578,
            {"not in ntu60": 57_600, "on the official list of missing skeletons": 302},
            {"xsub": (40_091, 16_487), "xview": (37_646, 18_932)},
        ),
        (
            "ntu120",
            113_945,
            {"on the official list of missing skeletons": 535},
            {"xsub": (63_026, 50_919), "xset": (54_468, 59_477)},
        ),
    ],
)
def test_the_whole_dataset_has_the_published_counts(everything, dataset, kept, left_out, splits):
    inventory = source(everything, dataset=dataset).inventory()
    ids = [item.id for item in inventory.items]
    assert len(ids) == kept
    assert ids == sorted(set(ids))
    assert {reason: len(names) for reason, names in inventory.left_out.items()} == left_out
    assert (inventory.absent, inventory.strays, inventory.rejected) == ([], [], [])
    for benchmark, counts in splits.items():
        split = NtuSplit(benchmark)
        parts = [split.assign(name) for name in ids]
        assert tuple(parts.count((name,)) for name in split.names) == counts


def test_the_contract(fill):
    clips = check_source(source(str(fill(raw(*NAMES)))))
    assert [clip.id for clip in clips] == NAMES
    assert [clip.label for clip in clips] == [0, 49, 60]
    assert {clip.layout for clip in clips} == {"ntu25"}


def test_a_clip_has_the_values_of_its_file(fill, raw_bytes):
    rng = np.random.default_rng(0)
    joints = rng.normal(size=(4, 25, 3))
    one, other = 72057594037935990, 72057594037935991
    frames = [[(one, joints[0]), (other, joints[1])], [], [(other, joints[2]), (one, joints[3])]]
    clip = source(str(fill(raw(NAMES[0]), raw_bytes(frames)))).load(
        Item(NAMES[0], (0, raw(NAMES[0])[0]))
    )
    zeros = np.zeros((25, 3))
    expected = np.array([[joints[0], zeros, joints[3]], [joints[1], zeros, joints[2]]])
    np.testing.assert_array_equal(clip.keypoint, expected, strict=True)
    assert clip.fields["body_id"].values.tolist() == [one, other]
    assert clip.fields["slot"].values.tolist() == [[0, -1, 1], [1, -1, 0]]
    assert set(clip.fields) == {"body_id", "slot"}


def test_extras_are_there_on_request(fill):
    root = str(fill(raw(NAMES[0])))
    plain, full = source(root), source(root, extras=True)
    (item,) = full.inventory().items
    further = set(full.load(item).fields) - set(plain.load(item).fields)
    assert {"depth_xy", "color_xy", "tracking_state"} <= further
    assert_same_clip(full.load(item).without(*further), plain.load(item))


def test_the_order_is_that_of_the_names_wherever_the_files_are(fill, tmp_path):
    fill([f"z/{raw(NAMES[0])[0]}", f"a/{raw(NAMES[2])[0]}"], folder="one")
    fill(raw(NAMES[1]), folder="two")
    found = source([str(tmp_path / "two"), str(tmp_path / "one")]).inventory()
    assert [item.id for item in found.items] == NAMES


def test_the_order_may_be_that_of_performers_or_cameras(fill):
    names = [f"S001C00{c}P00{p}R001A00{a}" for c in (1, 2) for p in (1, 2) for a in (1, 2)]
    root = fill(raw(*names))

    def ordered(by: str) -> list[str]:
        return [item.id for item in source(str(root), order=by).inventory().items]

    assert ordered("name") == ordered("camera") == names
    assert ordered("performer") == [names[k] for k in (0, 1, 4, 5, 2, 3, 6, 7)]
    later = "S002C001P003R001A001"
    fill([f"{later}.skeleton"])
    assert ordered("name")[-1] == ordered("performer")[-1] == later
    assert ordered("camera") == [*names[:4], later, *names[4:]]


def test_an_archive_gives_what_its_folder_gives(fill):
    folder = fill(raw(*NAMES))
    fill(["deeper/down/S001C001P001R001A002.skeleton"])
    packed = zipped(folder)
    loose = source(str(folder))
    tight = source(str(packed))
    pairs = list(zip(loose.inventory().items, tight.inventory().items, strict=True))
    assert len(pairs) == 4
    for one, other in pairs:
        assert (one.id, one.size) == (other.id, other.size)
        assert_same_clip(loose.load(one), tight.load(other))


def test_items_carry_the_size_and_time_of_their_files(fill):
    folder = fill(raw(NAMES[0]))
    file = folder / raw(NAMES[0])[0]
    os.utime(file, ns=(0, 5_000_000_007))
    (item,) = source(str(folder)).inventory().items
    assert (item.size, item.mtime_ns) == (file.stat().st_size, 5_000_000_007)


def test_what_is_selected_and_not_there_is_absent(fill):
    root = str(fill(raw(NAMES[0])))
    options = {"setups": [1], "performers": [1], "actions": [1], "cameras": ["1-2"]}
    inventory = source(root, **options).inventory()
    assert inventory.absent == [
        "S001C001P001R002A001",
        "S001C002P001R001A001",
        "S001C002P001R002A001",
    ]


def test_all_official_samples_are_absent_from_a_root_without_them(fill):
    assert len(source(str(fill(raw("S099C001P001R001A001")))).inventory().absent) == 113_945


@pytest.mark.parametrize(
    ("options", "kept", "reason"),
    [
        ({"dataset": "ntu60"}, NAMES[:2], "not in ntu60"),
        ({"actions": [1, "60-70"]}, [NAMES[0], NAMES[2]], "its action is not asked for"),
        ({"setups": "18-32"}, NAMES[2:], "its setup is not asked for"),
        ({"cameras": 2}, NAMES[1:2], "its camera is not asked for"),
        ({"performers": [1, 8]}, [NAMES[0], NAMES[2]], "its performer is not asked for"),
    ],
)
def test_what_is_not_selected_is_left_out(fill, options, kept, reason):
    inventory = source(str(fill(raw(*NAMES))), **options).inventory()
    assert [item.id for item in inventory.items] == kept
    assert inventory.left_out == {reason: [name for name in NAMES if name not in kept]}


def test_samples_on_the_missing_list_can_be_kept(fill):
    root = str(fill(raw(NAMES[0], MISSING)))
    skipped = source(root).inventory()
    assert [item.id for item in skipped.items] == [NAMES[0]]
    assert skipped.left_out == {"on the official list of missing skeletons": [MISSING]}
    assert MISSING not in skipped.absent
    kept = source(root, missing="keep").inventory()
    assert [item.id for item in kept.items] == [NAMES[0], MISSING]
    assert kept.left_out == {}
    assert len(kept.absent) == 114_480 - 2


def test_other_files_are_strays(fill):
    strays = [
        "S033C001P001R001A001.skeleton",
        "__MACOSX/._S001C001P001R001A001.skeleton",
        "S001C001P001R001A001.skeleton.part",
        "readme.txt",
    ]
    folder = fill([*strays, *raw(NAMES[0])])
    for root in (folder, zipped(folder)):
        inventory = source(str(root)).inventory()
        assert [item.id for item in inventory.items] == [NAMES[0]]
        assert len(inventory.strays) == len(strays)
        for stray in strays:
            assert any(found.endswith(f"/{stray}") for found in inventory.strays)
        assert not inventory.rejected


def test_a_raw_file_that_has_no_ntu_name_is_rejected(fill):
    folder = fill(["walking.skeleton", "S001C001P001R001A0001.skeleton", *raw(NAMES[0])])
    rejected = {found.id: astuple(found)[1:] for found in source(str(folder)).inventory().rejected}
    reason = "the name is not an NTU name (SsssCcccPpppRrrrAaaa)"
    assert rejected == {
        name: (reason, str(folder / f"{name}.skeleton"))
        for name in ("walking", "S001C001P001R001A0001")
    }


def test_a_second_copy_is_rejected_and_both_are_named(fill, tmp_path):
    name = NAMES[0]
    folder = fill([f"a/{name}.skeleton", f"b/{name}.skeleton"])
    packed = zipped(fill(raw(name), folder="more"))
    inventory = source([str(folder), str(packed)]).inventory()
    assert [item.id for item in inventory.items] == [name]
    first = folder / "a" / f"{name}.skeleton"
    assert [astuple(found) for found in inventory.rejected] == [
        (name, f"a second copy of {first}", str(folder / "b" / f"{name}.skeleton")),
        (name, f"a second copy of {first}", f"{packed}/nturgb+d_skeletons/{name}.skeleton"),
    ]


def test_a_sample_that_is_not_a_file_is_rejected_and_not_absent(fill):
    folder = fill(raw(NAMES[0]))
    os.mkfifo(folder / raw(NAMES[1])[0])
    inventory = source(str(folder)).inventory()
    assert [(found.id, found.reason) for found in inventory.rejected] == [
        (NAMES[1], "is not a regular file")
    ]
    assert NAMES[1] not in inventory.absent


@pytest.mark.parametrize("names", [[], ["readme.txt"], ["._S001C001P001R001A001.skeleton"]])
def test_a_root_without_raw_files(fill, names):
    folder = fill(names)
    for root in (folder, zipped(folder)):
        with pytest.raises(BuildError) as error:
            source([str(fill(raw(NAMES[0]), folder="good")), str(root)]).inventory()
        assert error.value.what == "there is no .skeleton file in it"
        assert error.value.where == str(root)


@pytest.mark.parametrize("path", ["nowhere", "nowhere/deeper", "a\0b", "x" * 5000])
def test_a_root_that_is_not_there(path):
    with pytest.raises(BuildError) as error:
        source(path).inventory()
    assert error.value.what.startswith("the raw files are not there: ")
    assert error.value.where == shown(path)
    assert error.value.hint == ROOT_HINT


def test_a_root_that_is_neither_folder_nor_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BuildError, match=r"neither a folder nor a \.zip archive"):
        source(str(tmp_path / "pipe")).inventory()


def test_a_file_that_is_damaged_is_named_with_its_line(fill, tiny):
    folder = fill(raw(NAMES[0]), tiny.replace(b"25\r\n", b"24\r\n"))
    for root in (folder, zipped(folder)):
        broken = source(str(root))
        (item,) = broken.inventory().items
        with pytest.raises(ClipError) as error:
            broken.load(item)
        assert error.value.line == 4
        assert error.value.path is not None
        assert error.value.path.startswith(str(root))
        assert error.value.path.endswith("/S001C001P001R001A001.skeleton")


@pytest.mark.parametrize("content", [b"", b"0\r\n", b"3\r\n0\r\n", b"\xff\xfe\x00", b"-1\r\n"])
def test_a_file_without_a_clip_is_an_error_of_the_clip(fill, content):
    broken = source(str(fill(raw(NAMES[0]), content)))
    (item,) = broken.inventory().items
    with pytest.raises(ClipError):
        broken.load(item)


def test_a_file_that_is_gone_is_an_error_of_the_clip(fill):
    folder = fill(raw(NAMES[0]))
    here = source(str(folder))
    (item,) = here.inventory().items
    (folder / raw(NAMES[0])[0]).unlink()
    with pytest.raises(ClipError, match="cannot be read: no such file or directory"):
        here.load(item)
