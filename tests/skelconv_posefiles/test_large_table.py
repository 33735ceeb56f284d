"""A table that is read a block and a clip at a time gives what one gives that is read whole."""

import gzip
import io
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skelconv import ClipError
from skelconv.testing import check_source
from skelconv_posefiles import plugin
from skelconv_posefiles.loose import large, source
from skelconv_posefiles.loose.large import LargeTable
from skelconv_posefiles.loose.table import open_table
from skelconv_posefiles.loose.table_form import TableForm

OFFER = {offer.name: offer for offer in plugin.skelconv_sources()}["pose-table"]
COLUMNS = {"id": "clip", "frame": "frame", "joint": "joint", "x": "x", "y": "y"}


def form(**more):
    known = {"joint": "joint", "frame": "frame", "id": "clip", "layout": "coco17"}
    return TableForm(values={"x": "x", "y": "y"}, wide=False, **(known | more))


def as_large(content, **more):
    @contextmanager
    def opened():
        yield io.BytesIO(content)

    return LargeTable(form(**more), opened)


def as_whole(content, **more):
    return open_table(form(**more), content, ".csv")


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
        ("clip,frame,joint,x,y\na,0,0,1,2\n".encode("utf-16"), "save it as UTF-8"),
        (gzip.compress(b"clip,frame,joint,x,y\na,0,0,1,2\n"), "unpack it"),
        (b"clip,frame,joint,x,y\n" + b"a,0,0,1," + b"2" * 400 + b"\n", "a row has more than"),
        (b"", "it is empty"),
    ],
)
def test_what_cannot_be_read_in_blocks(small_blocks, content, reason):
    with pytest.raises(ClipError, match=reason):
        list(as_large(content).clips)


def test_rows_that_come_in_turn(small_blocks, monkeypatch):
    monkeypatch.setattr(large, "_MAX_RUNS", 100)
    rows = "".join(f"{name},{frame},0,1,2\n" for frame in range(60) for name in "ab")
    table = as_large(("clip,frame,joint,x,y\n" + rows).encode())
    with pytest.raises(ClipError, match="sort it by 'clip'"):
        list(table.clips)


def test_a_clip_that_is_too_large(small_blocks, monkeypatch):
    monkeypatch.setattr(large, "_MAX_CLIP", 200)
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
