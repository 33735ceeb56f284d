import os
import pickle

import numpy as np
import pytest

from skelconv import ClipError, DatasetError
from skelconv.testing import check_source, check_split
from skelconv_babel.classes import class_names
from skelconv_babel.labels import read_entries
from skelconv_babel.options import BabelOptions
from skelconv_babel.plugin import skelconv_sources
from skelconv_babel.source import BabelSource
from skelconv_babel.splits import BabelSplit


def made(root, **options) -> BabelSource:
    (offer,) = skelconv_sources()
    return offer.create(BabelOptions(root=root, **options))


def test_joined_a_segment_is_one_clip_with_all_its_labels(write, rows, segments):
    write("train")
    root = write("val", rows=[rows[3]], x=segments(1, {}))
    source = made(root, classes=60)
    clips = check_source(source)
    assert [(clip.id, clip.label) for clip in clips] == [
        ("train_1f-a_7_0_ann-1", (0, 3)),
        ("train_1f-a_7_1_ann-1", (0,)),
        ("train_2e-b_12_0_ann-2", (59,)),
        ("val_2e-b_12_0_ann-2", (59,)),
    ]
    check_split(BabelSplit(), [clip.id for clip in clips])
    assert source.inventory().label_names == class_names(60)
    x = segments(4)
    for clip, row in zip(clips, (0, 2, 3), strict=False):
        assert clip.layout == "ntu25"
        np.testing.assert_array_equal(
            clip.keypoint[0], np.moveaxis(x[row, ..., 0], 0, -1).astype(np.float32), strict=True
        )
    np.testing.assert_array_equal(
        clips[3].keypoint[0],
        np.moveaxis(segments(1, {})[0, ..., 0], 0, -1).astype(np.float32),
    )


def test_a_label_that_is_there_twice_is_one(write, rows, segments):
    rows = [rows[1], rows[0], rows[1]]
    root = write(rows=rows, x=segments(3, {1: 0, 2: 0}))
    (clip,) = check_source(made(root, classes=60, parts=["train"]))
    assert clip.label == (3, 0)


def test_not_joined_each_entry_is_a_clip_with_its_own_id(write, segments):
    clips = check_source(made(write(), classes=60, parts=["train"], labels="each"))
    assert [(clip.id, clip.label) for clip in clips] == [
        ("train_1f-a_7_0_ann-1", 0),
        ("train_1f-a_7_0_ann-1+2", 3),
        ("train_1f-a_7_1_ann-1", 0),
        ("train_2e-b_12_0_ann-2", 59),
    ]
    x = segments(4)
    for clip, segment in zip(clips, x, strict=True):
        np.testing.assert_array_equal(
            clip.keypoint[0], np.moveaxis(segment[..., 0], 0, -1).astype(np.float32)
        )


def test_entries_with_the_same_ids_and_other_joints_are_not_joined(write, segments):
    root = write(x=segments(4, {}))
    source = made(root, classes=60, parts=["train"])
    first, *rest = source.inventory().items
    with pytest.raises(ClipError) as caught:
        source.load(first)
    assert caught.value.reason == (
        "segments 0 and 1 have the same ids and different joints, so their labels cannot be joined"
    )
    assert caught.value.path == str(root / "train_ntu_sk_60.npy")
    assert [source.load(item).label for item in rest] == [(0,), (59,)]


def test_looped_segments_are_trimmed_on_request(write, rows, segments):
    lengths = [2, 74, 149, 150]
    x = segments(4, {})
    for segment, length in zip(x, lengths, strict=True):
        segment[:] = segment[:, np.arange(150) % length]
    root = write(rows=rows, x=x)
    kept = check_source(made(root, classes=60, parts=["train"], labels="each"))
    trimmed = check_source(made(root, classes=60, parts=["train"], labels="each", padding="trim"))
    assert [clip.total_frames for clip in kept] == [150] * 4
    assert [clip.total_frames for clip in trimmed] == lengths
    for one, other in zip(trimmed, kept, strict=True):
        np.testing.assert_array_equal(np.resize(one.keypoint[0], (150, 25, 3)), other.keypoint[0])


def test_the_profile_equals_what_the_script_does(write, rows, segments):
    # Derived independently: number by number, from what the published script says it keeps.
    rows = [rows[0], rows[2], rows[3]]
    rows[2] = (rows[2][0], 119, *rows[2][2:])
    x = segments(3, {})
    x[0, 0, 0, 0, 0] = 1e-9  # too small for float16
    x[0, 0, 0, 1, 0] = 1 + 2**-11  # half way between two of its numbers
    clips = check_source(made(write(rows=rows, x=x, classes=120), profile="mmaction2"))
    assert [clip.id for clip in clips] == [
        f"{seg_id}_{sid}_{chunk}_{annotator}" for seg_id, _, sid, chunk, annotator in rows
    ]
    assert [clip.label for clip in clips] == [row[1] for row in rows]
    for n, clip in enumerate(clips):
        expected = np.zeros((1, 150, 25, 3), np.float16)
        for t in range(150):
            for v in range(25):
                for c in range(3):
                    expected[0, t, v, c] = x[n, c, t, v, 0]
        assert clip.keypoint.dtype == np.float16
        assert clip.keypoint.tobytes() == expected.tobytes()
        assert clip.total_frames == 150
        assert (clip.keypoint_score, clip.img_shape, dict(clip.fields)) == (None, None, {})
    assert clips[0].keypoint[0, 0, 0, 0] == 0
    assert clips[0].keypoint[0, 0, 1, 0] == 1


def test_in_the_profile_too_ids_are_unique(write):
    clips = check_source(made(write(classes=120), profile="mmaction2"))
    assert [clip.id for clip in clips[:2]] == ["1f-a_7_0_ann-1", "1f-a_7_0_ann-1+2"]


def test_what_float16_cannot_hold_is_the_clips_fault(write, segments):
    x = segments(4)
    x[3, 0, 0, 0, 0] = 1e5
    source = made(write(x=x, classes=120), profile="mmaction2")
    *good, bad = source.inventory().items
    for item in good:
        source.load(item)
    with pytest.raises(ClipError, match="segment 3 is out of the range of float16"):
        source.load(bad)


def test_wrong_entries_are_rejected_and_the_others_kept(write, rows):
    rows[2] = ("1f-a", 60, 7, 1, "ann-1")
    root = write(rows=rows)
    inventory = made(root, classes=60, parts=["train"]).inventory()
    (rejected,) = inventory.rejected
    assert rejected.id == "train, segment 2"
    assert rejected.reason == "its label is 60, not one of 0 to 59"
    assert rejected.path == str(root / "train_label_60.pkl")
    assert [item.ref for item in inventory.items] == [
        ("train", (0, 1), (0, 3)),
        ("train", (3,), (59,)),
    ]


def test_labels_must_be_as_many_as_segments(write, segments):
    root = write(x=segments(5))
    with pytest.raises(DatasetError) as caught:
        made(root, classes=60, parts=["train"]).inventory()
    assert caught.value.what == "it labels 4 segments, and train_ntu_sk_60.npy has 5"
    assert caught.value.where == str(root / "train_label_60.pkl")


@pytest.mark.parametrize("name", ["train_ntu_sk_60.npy", "train_label_60.pkl"])
def test_a_file_that_is_not_there_is_an_error(write, name):
    root = write()
    (root / name).unlink()
    with pytest.raises(DatasetError) as caught:
        made(root, classes=60, parts=["train"]).inventory()
    assert caught.value.where == str(root / name)
    assert "the file is not there: No such file" in caught.value.what
    (root / name).mkdir()
    with pytest.raises(DatasetError, match="this is not a file"):
        made(root, classes=60, parts=["train"]).inventory()


def test_the_extra_annotations_have_their_own_files(write, rows, segments):
    write()
    root = write(rows=rows[3:], x=segments(1, {}), extra=True)
    clips = check_source(made(root, classes=60, parts=["train"], extra=True))
    assert [clip.id for clip in clips] == ["train_2e-b_12_0_ann-2"]


def test_a_file_that_changed_since_is_not_read(write, segments):
    root = write()
    source = made(root, classes=60, parts=["train"])
    item = source.inventory().items[0]
    path = root / "train_ntu_sk_60.npy"
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 10**9))
    with pytest.raises(ClipError, match="has changed since its segments were listed"):
        source.load(item)
    path.unlink()
    with pytest.raises(ClipError, match="the file is not there") as caught:
        source.load(item)
    assert caught.value.path == str(path)


def test_a_file_damaged_behind_its_date_is_the_clips_fault(write):
    root = write()
    source = made(root, classes=60, parts=["train"])
    item = source.inventory().items[0]
    path = root / "train_ntu_sk_60.npy"
    status = path.stat()
    path.write_bytes(bytes(status.st_size))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    with pytest.raises(ClipError, match=r"it is not a whole \.npy array"):
        source.load(item)


def test_items_are_small(write):
    source = made(write(), classes=60, parts=["train"])
    source.load(source.inventory().items[0])
    assert all(len(pickle.dumps(item)) < 250 for item in source.inventory().items)
    assert len(pickle.dumps(source)) < 500


def test_one_text_as_all_ids_does_not_fill_the_memory(tmp_path):
    path = tmp_path / "a.pkl"
    column = ["x" * 1000] * 20_000
    path.write_bytes(pickle.dumps((column, ([1] * 20_000, column, column, column))))
    with pytest.raises(DatasetError, match="too much for a file"):
        read_entries(path, 60)


@pytest.mark.parametrize(
    ("stored", "given"),
    [("<f8", np.float32), (">f8", np.float32), ("<f4", np.float32), ("<f2", np.float16)],
)
def test_coordinates_are_no_longer_than_float32(write, segments, stored, given):
    x = segments(4).astype(stored)
    clips = check_source(made(write(x=x), classes=60, parts=["train"], labels="each"))
    for clip, segment in zip(clips, x, strict=True):
        expected = segment[..., 0].transpose(1, 2, 0).astype(given)[None]
        np.testing.assert_array_equal(clip.keypoint, expected, strict=True)


@pytest.mark.parametrize("labels", ["join", "each"])
def test_the_part_test_has_no_labels(write, rows, segments, labels):
    write("train")
    hidden = [(seg, -1, *others) for seg, _, *others in rows[2:]]
    root = write("test", rows=hidden, x=segments(2, {}))
    clips = check_source(made(root, classes=60, parts=["train", "test"], labels=labels))
    found = {clip.id: clip.label for clip in clips if clip.id.startswith("test_")}
    assert found == {"test_1f-a_7_1_ann-1": None, "test_2e-b_12_0_ann-2": None}
    assert all(clip.label is not None for clip in clips if clip.id.startswith("train_"))


def test_a_label_of_minus_one_is_a_fault_elsewhere(write, rows):
    rows[0] = (rows[0][0], -1, *rows[0][2:])
    (rejected,) = made(write(rows=rows), classes=60, parts=["train"]).inventory().rejected
    assert rejected.reason == "its label is -1, not one of 0 to 59"
