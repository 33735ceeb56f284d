"""A table that is read a block and a clip at a time gives what one gives that is read whole."""

import gzip
import io
import json
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skelconv import ClipError
from skelconv.testing import check_source
from skelconv_posefiles import plugin
from skelconv_posefiles.loose import large, large_records, source
from skelconv_posefiles.loose.large import LargeTable
from skelconv_posefiles.loose.large_records import LargeRecords
from skelconv_posefiles.loose.opening import open_large
from skelconv_posefiles.loose.table import open_table
from skelconv_posefiles.loose.table_form import TableForm

OFFER = {offer.name: offer for offer in plugin.skelconv_sources()}["pose-table"]
COLUMNS = {"id": "clip", "frame": "frame", "joint": "joint", "x": "x", "y": "y"}


def form(**more):
    known = {"joint": "joint", "frame": "frame", "id": "clip", "layout": "coco17"}
    known |= {"values": {"x": "x", "y": "y"}, "wide": False}
    return TableForm(**(known | more))


def as_large(content, suffix=".csv", **more):
    @contextmanager
    def opened():
        yield io.BytesIO(content)

    return open_large(form(**more), 2**22, opened, suffix)


def as_whole(content, suffix=".csv", **more):
    return open_table(form(**more), content, suffix)


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(large, "_BLOCK", 150)
    monkeypatch.setattr(source, "_LARGE", 0)


def outcome(table):
    """What a table gives: ids, labels, lines, poses; or the error, and its line."""
    try:
        clips = {key: (one.label, one.line) for key, one in table.clips.items()}
        poses = {key: table.poses(key) for key in clips}
    except ClipError as error:
        return error.reason, error.line
    found = {}
    for key, one in poses.items():
        found[key] = [
            (s.frame, s.person, np.asarray(s.keypoint).tobytes(), np.asarray(s.score).tobytes())
            for s in one.skeletons
        ]
    return list(clips.items()), found


names = st.sampled_from(["a", "b", "wälk", "two words", '"a,b"', '"with\na line"', '"q""q"'])
cells = st.sampled_from(["1.5", "0", "", "-3e1", "nan", "7,"])


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.tuples(names, st.integers(0, 3), st.integers(0, 17), cells), max_size=40),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.sampled_from(["", "\n", "# a note\n"]),
)
def test_is_as_the_whole_table(rows, end, mark, before):
    lines = ["clip,frame,joint,x,y"]
    lines += [f"{name},{frame},{joint},{x},2" for name, frame, joint, x in rows]
    content = (before + end.join(lines) + end).encode("utf-8-sig" if mark else "utf-8")
    skip = before.startswith("#")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(large, "_BLOCK", 150)
        assert outcome(as_large(content, skip=skip)) == outcome(as_whole(content, skip=skip))


def test_labels_that_differ_in_two_blocks(small_blocks):
    rows = "".join(f"a,{frame},0,1,2,walk\n" for frame in range(30)) + "a,30,0,1,2,run\n"
    content = ("clip,frame,joint,x,y,label\n" + rows).encode()
    for table in (as_large(content, label="label"), as_whole(content, label="label")):
        with pytest.raises(ClipError, match="two labels, 'walk' and 'run'") as caught:
            list(table.clips)
        assert caught.value.line == 32


def test_an_encoding(small_blocks):
    rows = "".join(f"grüßen{frame // 20},{frame},0,1,2\n" for frame in range(60))
    content = ("clip,frame,joint,x,y\n" + rows).encode("latin-1")
    assert outcome(as_large(content, encoding="latin-1")) == outcome(
        as_whole(content, encoding="latin-1")
    )
    with pytest.raises(ClipError, match="option encoding"):
        list(as_large(content).clips)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (gzip.compress(b"clip,frame,joint,x,y\na,0,0,1,2\n" * 99)[:-20], "not a valid gzip file"),
        (gzip.compress(b"clip,frame,joint,x,y\na,0,0,1,2\n" * 2**18), "holds more than 4 MB"),
        ("clip,frame,joint,x,y\na,0,0,1,2\n".encode("utf-16")[:-1], "is not in utf-16"),
        (b'clip,kp\na,"[[1, 2], [3, 4], [5, 6]]"\n', "its cells are lists"),
        (b"clip,frame,joint,x,y\n" + b"a,0,0,1," + b"2" * 400 + b"\n", "a row has more than"),
        (b"", "it is empty"),
    ],
)
def test_what_cannot_be_read_in_blocks(small_blocks, content, reason):
    with pytest.raises(ClipError, match=reason):
        list(as_large(content).clips)


def test_rows_that_come_in_turn(small_blocks, monkeypatch):
    monkeypatch.setattr(large, "MAX_RUNS", 100)
    rows = "".join(f"{name},{frame},0,1,2\n" for frame in range(60) for name in "ab")
    table = as_large(("clip,frame,joint,x,y\n" + rows).encode())
    with pytest.raises(ClipError, match="sort it by 'clip'"):
        list(table.clips)


def test_a_clip_that_is_too_large(small_blocks, monkeypatch):
    monkeypatch.setattr(large, "MAX_CLIP", 200)
    rows = "".join(f"a,{frame},0,1,2\n" for frame in range(60))
    table = as_large(("clip,frame,joint,x,y\n" + rows).encode())
    with pytest.raises(ClipError, match="too much for one clip"):
        table.poses("a")


def test_the_source_gives_the_same_clips(small_blocks, monkeypatch, fill):
    drawn = np.random.default_rng(0).integers(1, 600, (3, 4, 17, 2)) / 4
    lines = [
        f"{'abc'[clip]},{'xyx'[clip]},{frame},{joint},{x},{y}"
        for frame in range(4)
        for clip in range(3)
        for joint, (x, y) in enumerate(drawn[clip, frame])
    ]
    root = fill({"all.csv": "\n".join(["clip,class,frame,joint,x,y", *lines])})
    options = {"root": root, "layout": "coco17", "columns": COLUMNS | {"label": "class"}}
    made = OFFER.create(OFFER.options.model_validate(options))
    found = check_source(made)
    assert [clip.id for clip in found] == ["a", "b", "c"]
    assert [clip.label for clip in found] == [0, 1, 0]
    for clip, people in zip(found, drawn, strict=True):
        assert np.array_equal(clip.keypoint[0], people)
    # A process that loads a clip reads its rows alone.
    items = made.inventory().items
    monkeypatch.delattr(LargeTable, "_blocks")
    other = OFFER.create(OFFER.options.model_validate(options))
    assert [other.load(item) for item in items] == found


@pytest.mark.parametrize("make", [gzip.compress, lambda text: text.decode().encode("utf-16")])
def test_packed_and_in_utf_16(small_blocks, make):
    rows = "".join(f"grüß{frame // 20},{frame},0,1,2\n" for frame in range(60))
    content = ("clip,frame,joint,x,y\n" + rows).encode()
    assert outcome(as_large(make(content))) == outcome(as_whole(content))


def test_other_encodings_of_two_bytes(small_blocks):
    rows = "".join(f"a{frame // 20},{frame},0,1,2\n" for frame in range(60))
    content = ("clip,frame,joint,x,y\n" + rows).encode("utf-16-le")
    assert outcome(as_large(content, encoding="utf-16-le")) == outcome(
        as_whole(content, encoding="utf-16-le")
    )


records = st.fixed_dictionaries(
    {
        "frame": st.integers(0, 3),
        "joint": st.integers(0, 17),
        "x": st.sampled_from([1.5, None, "q"]),
    },
    optional={"clip": st.sampled_from(["a", "b", "wälk", 'q"q', 7]), "y": st.just(2)},
)


@settings(deadline=None, max_examples=150)
@given(
    st.lists(records, max_size=25),
    st.sampled_from(["list", "lines", "member", "members"]),
    st.sampled_from([None, 1]),
    st.booleans(),
)
def test_records_are_as_the_whole_document(rows, kind, indent, label):
    suffix, more = ".json", {"label": "class"} if label else {}
    for at, row in enumerate(rows):
        if label:
            row["class"] = "walk" if at < 20 else "run"
    if kind == "lines":
        content, suffix = "\n".join(map(json.dumps, rows)), ".jsonl"
    elif kind == "list":
        content = json.dumps(rows, indent=indent)
    elif kind == "member":
        content = json.dumps({"fps": 30, "rows": rows, "clip": "c"}, indent=indent)
    else:
        content = json.dumps({f"ü{n}": row for n, row in enumerate(rows)}, indent=indent)
    content = content.encode()
    try:
        whole = outcome(as_whole(content, suffix, **more))
    except ClipError as error:
        whole = error.reason, error.line
    try:
        large_one = as_large(content, suffix, **more)
        assert isinstance(large_one, LargeRecords)
        found = outcome(large_one)
    except ClipError as error:
        found = error.reason, error.line
    assert found == whole


@pytest.mark.parametrize("joint", [None, "kp.{n}.id"])
def test_wide_records_that_lack_what_others_have(joint):
    def row(clip, frame, joints):
        points = [{"id": n, "x": n + 1.0, "y": 2.0} for n in range(joints)]
        return {"clip": clip, "frame": frame, "kp": points}

    made = [row("a", 0, 17), row("b", 0, 0), row("b", 1, 3), row("a", 1, 17)]
    content = json.dumps(made).encode()
    wide = {"values": {"x": "kp.{n}.x", "y": "kp.{n}.y"}, "wide": True, "joint": joint}
    assert outcome(as_large(content, ".json", **wide)) == outcome(
        as_whole(content, ".json", **wide)
    )


def test_documents_that_are_none(monkeypatch):
    for content in (b"[1, 2", b'{"a": [], "b": []}', b"[]", b"3", b'[{"frame": 1}]'):
        reasons = []
        for opened in (as_large, as_whole):
            with pytest.raises(ClipError) as caught:
                list(opened(content, ".json").clips)
            reasons.append((caught.value.reason, caught.value.line))
        assert reasons[0] == reasons[1]


def test_the_source_gives_the_same_clips_of_json(small_blocks, monkeypatch, fill):
    drawn = np.random.default_rng(0).integers(1, 600, (3, 4, 17, 2)) / 4
    rows = [
        {"clip": "abc"[c], "class": "xyx"[c], "frame": f, "kp": drawn[c, f].tolist()}
        for f in range(4)
        for c in range(3)
    ]
    root = fill({"all.json.gz": gzip.compress(json.dumps(rows).encode())})
    columns = {"id": "clip", "label": "class", "frame": "frame", "x": "kp.{n}.0", "y": "kp.{n}.1"}
    monkeypatch.setattr(source, "_PACKED", 0)
    made = OFFER.create(
        OFFER.options.model_validate({"root": root, "layout": "coco17", "columns": columns})
    )
    found = check_source(made)
    assert [(clip.id, clip.label) for clip in found] == [("a", 0), ("b", 1), ("c", 0)]
    for clip, people in zip(found, drawn, strict=True):
        assert np.array_equal(clip.keypoint[0], people)


def test_records_that_come_in_turn(monkeypatch):
    monkeypatch.setattr(large_records, "MAX_RUNS", 100)
    rows = [
        {"clip": name, "frame": n, "joint": 0, "x": 1, "y": 2} for n in range(60) for name in "ab"
    ]
    with pytest.raises(ClipError, match="sort them by 'clip'"):
        list(as_large(json.dumps(rows).encode(), ".json").clips)
