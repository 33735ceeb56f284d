"""`pose-table`: tables of any form give the people that were written in them, or a clear error."""

import gzip
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from support.posefiles import present, table

from skelconv import ClipError
from skelconv.plugin import layout_named
from skelconv.testing import check_source
from skelconv_posefiles import plugin
from skelconv_posefiles.loose.table import open_table

OFFER = {offer.name: offer for offer in plugin.skelconv_sources()}["pose-table"]
NAMES = layout_named("coco17").joints
LONG = {"frame": "frame", "person": "person", "joint": "keypoint", "score": "score"}
WIDE = {"frame": "frame", "person": "person", "x": "x{joint}", "y": "y{joint}", "score": "s{joint}"}


def source(root, **options):
    return OFFER.create(OFFER.options.model_validate({"root": root, "layout": "coco17"} | options))


def only(root, **options):
    (clip,) = check_source(source(root, **options))
    return clip


def refusal(root, **options):
    """Why the one clip cannot be made, its path and line."""
    made = source(root, **options)
    inventory = made.inventory()
    if inventory.rejected:
        (one,) = inventory.rejected
        path, _, line = one.path.partition(":")
        return ClipError(one.reason, path, int(line) if line else None)
    (item,) = inventory.items
    with pytest.raises(ClipError) as caught:
        made.load(item)
    return caught.value


def assert_is(clip, people):
    assert np.array_equal(clip.keypoint, people[..., :-1])
    assert np.array_equal(clip.keypoint_score, people[..., -1])


def wide(people, joints=None, name="{value}{joint}", separator=",", lead=True, empty=""):
    """A row for each person in each frame; a joint that is missing has empty cells."""
    joints = joints or [str(joint) for joint in range(people.shape[2])]
    names = [name.format(value=value, joint=joint) for joint in joints for value in "xys"]
    lines = [separator.join([*(["frame", "person"] if lead else []), *names])]
    for frame in range(people.shape[1]):
        rows = present(people, frame) if lead else [(0, people[0, frame])]
        for person, body in rows:
            cells = [str(n) if body[at // 3][2] else empty for at, n in enumerate(body.flat)]
            lines.append(separator.join([*([str(frame), str(person)] if lead else []), *cells]))
    return "\n".join(lines) + "\n"


@pytest.fixture
def written(people):
    return people(17)[:, :-1]


class TestForms:
    def test_long_by_the_usual_names(self, written, fill):
        assert_is(only(fill({"a.csv": table(written)})), written)

    def test_long_in_any_order_of_columns_and_with_z(self, written, fill):
        order = ("y", "note", "z", "x", "keypoint", "frame", "person")
        columns = {"joint": "keypoint", "frame": "frame", "person": "person", "z": "z"}
        clip = only(fill({"a.csv": table(written, order)}), columns=columns)
        assert np.array_equal(clip.keypoint[..., 2], written[..., 0] * 2)
        assert np.array_equal(clip.keypoint_score, written[..., 2] > 0)

    def test_wide_by_numbers(self, written, fill):
        assert_is(only(fill({"a.csv": wide(written)}), columns=WIDE), written)

    @pytest.mark.parametrize("first", [0, 1, 5])
    def test_wide_numbers_may_begin_anywhere(self, written, fill, first):
        joints = [str(joint + first) for joint in range(17)]
        text = wide(written, joints, "joint{joint}_3d{value}")
        columns = LONG | {"joint": None, "x": "joint{n}_3dX", "y": "joint{n}_3dY"}
        columns["score"] = "joint{n}_3dS"
        assert_is(only(fill({"a.csv": text}), columns=columns), written)

    def test_wide_by_names_in_another_order(self, written, fill):
        order = np.random.default_rng(5).permutation(17)
        joints = [NAMES[at].upper() for at in order]
        text = wide(written[:, :, order], joints, "{joint}_{value}")
        columns = WIDE | {"x": "{joint}_x", "y": "{joint}_y", "score": "{joint}_s"}
        root = fill({"a.csv": text})
        assert_is(only(root, columns=columns), written)
        clip = only(root, columns=columns, layout="from-file")
        assert_is(clip, written[:, :, order])
        assert layout_named(clip.layout).joints == tuple(joints)

    def test_persons_in_the_header(self, written, fill):
        bodies = np.where(written[..., 2:] > 0, written, np.nan)
        names = [f"p{m}_{v}_{value}" for m in (1, 2) for v in range(17) for value in "xys"]
        rows = bodies.swapaxes(0, 1).reshape(len(bodies[0]), -1)
        text = "\n".join([",".join(names), *(",".join(map(str, row)) for row in rows.tolist())])
        columns = {value: f"{{person}}_{{joint}}_{value[0]}" for value in ("x", "y", "score")}
        assert_is(only(fill({"a.csv": text}), columns=columns), written)

    def test_rows_are_frames_in_turn(self, written, fill):
        alone = written[:1]
        columns = {key: WIDE[key] for key in ("x", "y", "score")}
        text = wide(alone, lead=False)
        assert f"\n{',' * 50}\n" in text  # frame 1 is empty, and counts
        assert_is(only(fill({"a.csv": text}), columns=columns), alone)

    def test_a_file_is_a_frame(self, written, fill):
        one = {}
        for frame in range(written.shape[1]):
            text = wide(written[:, [frame]], lead=True)
            one[f"walk/{frame + 8}.csv"] = text
            one[f"run_{frame + 8:04d}.csv"] = text
        options = {"columns": WIDE, "one_file_is": "frame", "first_frame": "first"}
        clips = check_source(source(fill(one), **options))
        assert [clip.id for clip in clips] == ["run", "walk"]
        for clip in clips:
            assert_is(clip, written)
        columns = {key: WIDE[key] for key in ("x", "y", "score")}  # persons are rows
        (clip, _) = check_source(source(fill(one), **options | {"columns": columns}))
        assert clip.keypoint.shape[0] == 2

    @pytest.mark.parametrize("labelled", [True, False])
    def test_one_file_for_all(self, people, fill, labelled):
        clips = {f"s{n}/walk": people(17, seed=n)[:, :-1] for n in range(3)}
        head, *_ = wide(clips["s0/walk"]).splitlines()
        rows = [
            f"{name},{'ab'[int(name[1]) % 2]},{row}"
            for name, people in clips.items()
            for row in wide(people).splitlines()[1:]
        ]
        order = np.random.default_rng(0).permutation(len(rows))
        text = "\n".join([f"video,class,{head}", *(rows[at] for at in order)])
        columns = WIDE | {"id": "video"} | ({"label": "class"} if labelled else {})
        made = source(fill({"all.csv": text}), columns=columns)
        found = check_source(made)
        assert [clip.id for clip in found] == sorted(clips)
        for clip in found:
            order = np.argsort(
                [-np.array_equal(row, clips[clip.id][0, :, :, :2]) for row in clip.keypoint],
                kind="stable",
            )
            assert np.array_equal(clip.keypoint[order], clips[clip.id][..., :2])
        assert [clip.label for clip in found] == ([0, 1, 0] if labelled else [None] * 3)
        assert made.inventory().label_names == (("a", "b") if labelled else ())

    def test_times_in_place_of_frames(self, written, fill):
        lines = wide(written[:, [0, 2, 3, 4]]).splitlines()
        times = ["time,person," + lines[0].partition(",person,")[2]]
        for line in lines[1:][::-1]:
            frame, _, rest = line.partition(",")
            times.append(f"{0.1 + int(frame) ** 2 / 30},{rest}")
        columns = WIDE | {"time": "time", "frame": None}
        clip = only(fill({"a.csv": "\n".join(times)}), columns=columns)
        assert_is(clip, written[::-1, [0, 2, 3, 4]])

    def test_frames_by_the_names_of_images(self, written, fill):
        head, *rows = table(written).splitlines()
        named = [f"img/f_{int(r.partition(',')[0]):05d}.jpg,{r.partition(',')[2]}" for r in rows]
        assert_is(only(fill({"a.csv": "\n".join([head, *named])})), written)

    def test_long_numbers_from_1(self, written, fill):
        head, *rows = table(written).splitlines()
        cells = [row.split(",") for row in rows]
        text = "\n".join([head, *(",".join([*c[:2], str(int(c[2]) + 1), *c[3:]]) for c in cells)])
        root = fill({"a.csv": text})
        assert_is(only(root, first_joint=1), written)
        reason = "keypoint 17 is not from 0 to 16 (options layout, first_joint)"
        assert refusal(root).reason == reason


class TestText:
    @pytest.mark.parametrize("separator", [",", ";", "\t", "|", " "])
    def test_separators_are_seen(self, written, fill, separator):
        text = wide(written, separator=separator, empty="NaN")
        assert_is(only(fill({"a.txt": text}), columns=WIDE), written)

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
    @pytest.mark.parametrize("pack", [bytes, gzip.compress])
    def test_encodings_and_gzip(self, written, fill, encoding, pack):
        head, *rows = wide(written).splitlines()
        text = "\r\n".join([f"{head},größe", *(f"{row},1" for row in rows)])
        name = "a.csv" if pack is bytes else "a.csv.gz"
        root = fill({name: pack(text.encode(encoding))})
        clip = only(root, columns=WIDE)
        assert clip.id == "a"
        assert_is(clip, written)

    def test_text_of_an_unknown_encoding_is_not_guessed(self, written, fill):
        head, *rows = wide(written).splitlines()
        text = "\n".join([f"video,{head}", *(f"mädchen,{row}" for row in rows)])
        root = fill({"a.csv": text.encode("latin-1")})
        columns = WIDE | {"id": "video"}
        error = refusal(root, columns=columns)
        assert error.reason == (
            "'mädchen' is not in UTF-8 (option encoding: such as latin-1 or gbk)"
        )
        assert error.line == 2
        clip = only(root, columns=columns, encoding="latin-1")
        assert clip.id == "mädchen"
        assert_is(clip, written)

    def test_a_decimal_comma_is_told_and_read(self, written, fill):
        text = wide(written, separator=";").replace(".", ",")
        root = fill({"a.csv": text})
        assert "(option decimal: ',')" in refusal(root, columns=WIDE).reason
        assert_is(only(root, columns=WIDE, decimal=","), written)

    @pytest.mark.parametrize(
        "cell", ["", " ", "nan", "NaN", "NA", "null", "None", "-1.#IND", "1.#QNAN00", "-"]
    )
    def test_missing_values(self, written, fill, cell):
        assert_is(only(fill({"a.csv": wide(written, empty=cell)}), columns=WIDE), written)

    def test_own_missing_values(self, written, fill):
        text = wide(written, empty="-1").replace("-1,-1,-1", "-1.0,-1,0")
        root = fill({"a.csv": text})
        assert not np.array_equal(only(root, columns=WIDE).keypoint, written[..., :2])
        assert np.array_equal(only(root, columns=WIDE, missing=[-1]).keypoint, written[..., :2])
        root = fill({"a.csv": text.replace("-1.0,-1", "off,off")})
        clip = only(root, columns=WIDE, missing=["off"])
        assert np.array_equal(clip.keypoint, written[..., :2])

    def test_what_is_not_used_may_be_anything(self, written, fill):
        head, *rows = wide(written).splitlines()
        text = "\n".join([f"note,{head}", *(f'"∞, ""1.#INF""\n-1.#IND",{row}' for row in rows)])
        assert_is(only(fill({"a.csv": text}), columns=WIDE), written)

    def test_rows_of_only_commas_at_the_end_are_nothing(self, written, fill):
        alone = written[:1]
        columns = {key: WIDE[key] for key in ("x", "y", "score")}
        text = wide(alone, lead=False) + ("," * 50 + "\n") * 7
        assert_is(only(fill({"a.csv": text}), columns=columns), alone)

    def test_a_separator_behind_each_row(self, written, fill):
        head, *rows = wide(written).splitlines()
        text = "\n".join([head, *(f"{row}," for row in rows)])
        assert_is(only(fill({"a.csv": text}), columns=WIDE), written)

    def test_names_that_the_recipe_gives_and_lines_before(self, written, fill):
        head, *rows = wide(written).splitlines()
        root = fill({"a.csv": "made by me, today\n\n" + "\n".join(rows)})
        assert_is(only(root, columns=WIDE, header=head.split(","), skip=2), written)

    def test_files_are_chosen_by_a_pattern(self, written, fill):
        root = fill({"x/world.csv": wide(written), "x/image.csv": "a,b\n1,2\n", "labels.csv": ""})
        made = source(root, columns=WIDE, files="*/world.csv", ids="folder")
        (clip,) = check_source(made)
        assert clip.id == "x"
        assert len(made.inventory().strays) == 2


class TestJson:
    def records(self, people, name="landmarks"):
        return [
            {
                "frame": frame,
                "person": person,
                name: [dict(zip(("x", "y", "v"), joint, strict=True)) for joint in body.tolist()],
            }
            for frame in range(people.shape[1])
            for person, body in present(people, frame)
        ]

    COLUMNS = WIDE | {
        "x": "landmarks.{n}.x",
        "y": "landmarks.{n}.y",
        "score": "landmarks.{n}.v",
    }

    def test_lists_lines_and_members(self, written, fill):
        records = self.records(written)
        texts = {
            "list.json": json.dumps(records),
            "lines.jsonl": "\n".join(map(json.dumps, records)),
            "lines2.json": "\n\n".join(map(json.dumps, records)) + "\n",
            "member.json": json.dumps({"fps": 30, "frames": records}),
            "keys.json": json.dumps({f"r{n}": one for n, one in enumerate(records)}),
        }
        clips = check_source(source(fill(texts), columns=self.COLUMNS))
        assert len(clips) == 5
        for clip in clips:
            assert_is(clip, written)

    def test_frames_without_anybody_and_labels_beside(self, written, fill):
        alone = written[:1]
        frames = [{"landmarks": body.tolist() if body.any() else None} for body in alone[0]]
        columns = {"label": "action"}
        columns |= {v: f"landmarks.{{n}}.{at}" for at, v in enumerate(("x", "y", "score"))}
        texts = {
            f"{name}.json": json.dumps({"action": name, "frames": frames}) for name in ("b", "a")
        }
        clips = check_source(source(fill(texts), columns=columns))
        assert [clip.label for clip in clips] == [0, 1]
        for clip in clips:
            assert_is(clip, alone)

    def test_persons_in_a_record(self, written, fill):
        frames = [
            [body.tolist() for _, body in present(written, t)] for t in range(written.shape[1])
        ]
        columns = {v: f"{{person}}.{{n}}.{at}" for at, v in enumerate(("x", "y", "score"))}
        assert_is(only(fill({"a.json": json.dumps(frames)}), columns=columns), written)

    @pytest.mark.parametrize(
        ("text", "reason", "line"),
        [
            ("{", "is not valid JSON", 1),
            ('{"frame": 0}\n{"frame": }\n', "is not valid JSON", 2),
            ("3", "the file is not a list of records", None),
            ('{"a": [1], "b": [2], "c": 3}', "its records may be in 'a', 'b'", None),
            ("[]", "it has no records", None),
            ('[{"frame":0,"person":0,"landmarks":[{"x":"a","y":1,"v":1}]}]', "layout", 1),
        ],
    )
    def test_what_is_wrong(self, fill, text, reason, line):
        error = refusal(fill({"a.json": text}), columns=self.COLUMNS)
        assert reason in error.reason
        assert error.line == line

    def test_a_wrong_value_has_its_record(self, written, fill):
        records = self.records(written)
        records[3]["landmarks"][2]["x"] = "much"
        error = refusal(fill({"a.json": json.dumps(records)}), columns=self.COLUMNS)
        assert error.reason == "record 3: column 'landmarks.2.x': 'much' is not a number"


@pytest.mark.parametrize(
    ("text", "reason", "line"),
    [
        ("", "it is empty", None),
        ("frame,keypoint,x,x,y\n", "its header names the column 'x' 2 times", 1),
        ("fram,keypoint,x,y\n", "the column 'frame' once: did you mean 'fram'?", 1),
        ("frame,keypoint,x,y\n0,0,1\n", "3 cells, where the header has 4", 2),
        ("frame,keypoint,x,y\n0,0,1,2,3\n", "5 cells, where the header has 4", 2),
        ("frame,keypoint,x,y\n0,17,1,1\n", "keypoint 17 is not from 0 to 16", 2),
        ("frame,keypoint,x,y\n0,0,1,1\n\n0,0,1,1\n", "keypoint 0 of this person is in", 4),
        ("frame,keypoint,x,y\n0.5,0,1,1\n", "column 'frame': '0.5' is not a whole number", 2),
        ("frame,keypoint,x,y\n" + "9" * 5000 + ",0,1,1\n", "is not a whole number", 2),
        (
            "frame,keypoint,x,y\nv/img_1.jpg,0,1,1\nw/img_2.jpg,0,1,1\n",
            "column 'frame': 'w/img_2.jpg' is not an image of 'v/img_'",
            3,
        ),
        ("frame,keypoint,x,y\n,0,1,1\n", "column 'frame': '' is not a whole number", 2),
        ("frame,keypoint,x,y\n0,0,a,1\n", "column 'x': 'a' is not a number", 2),
        ("frame,keypoint,x,y\n0,0,1_0,1\n", "column 'x': '1_0' is not a number", 2),
        ("frame,keypoint,x,y\n0,head_top,1,1\n", "it has head_top", 2),
        ("frame,keypoint,x,y\n0,0,inf,1\n", "frame 0: a keypoint is infinite", None),
        ("frame,keypoint,x,y\n0,0,1.#INF,1\n", "frame 0: a keypoint is infinite", None),
        ("frame,keypoint,x,y\n0,0,1e300,1\n", "frame 0: a keypoint is infinite", None),
        ("frame,keypoint,x,y\n-1,0,1,1\n", "frame -1, where the first is 0", None),
        ("frame,keypoint,x,y\n", "it has no frames", None),
        ('frame,keypoint,x,y\n0,0,"a\n', "a quotation mark is not closed", 2),
        ('frame,keypoint,x,y\n0,0,"a"b,1\n', "is not a valid table", 2),
        (b"\x1f\x8b\x08 no", "is not a valid gzip file", None),
        (gzip.compress(b"frame")[:-3], "is not a valid gzip file", None),
        (gzip.compress(bytes(2**21)), "holds more than 1 MB, and is not read", None),
    ],
)
def test_long_tables_that_are_wrong(fill, text, reason, line):
    root = fill({"a.csv": text})
    error = refusal(root, max_file_mb=1)
    assert reason in error.reason
    assert (error.path, error.line) == (f"{root}/a.csv", line)


def head(joints=17, values="xys"):
    return ",".join(["frame", "person", *(f"{v}{n}" for n in range(joints) for v in values)])


@pytest.mark.parametrize(
    ("text", "reason", "line"),
    [
        ("frame,person,a\n", "no column of its header fits 'x{joint}' or 'y{joint}'", 1),
        (head(16), "are of 16 joints, numbered from 0 to 15, where coco17 has 17", 1),
        (head(values="xy"), "has the column 'x0' and none of this joint that fits 's{joint}'", 1),
        (f"{head()},xmin", "has the column 'xmin' and none of this joint", 1),
        (f"{head()},X3", "two columns fit 'x{joint}' alike: 'x3' and 'X3'", 1),
        (f"{head()}\n0,0{',1' * 51}\n0,0{',2' * 51}\n", "frame 0 is in line 2 already", 3),
        (f"{head()}\n0,0{',1' * 50},\n0,1{',1' * 49},?,b\n", "column 's16': 'b' is not", 3),
    ],
)
def test_wide_tables_that_are_wrong(fill, text, reason, line):
    error = refusal(fill({"a.csv": text}), columns=WIDE)
    assert reason in error.reason
    assert error.line == line


def test_clips_of_a_table_fail_alone(people, fill):
    written = people(17)[:, :-1]
    head, *rows = wide(written).splitlines()
    text = [f"video,{head}", *(f"{name},{row}" for name in "ab" for row in rows)]
    text[3] = text[3].replace("a,2", "a,zwei")
    root = fill({"all.csv": "\n".join(text)})
    made = source(root, columns=WIDE | {"id": "video"})
    one, other = made.inventory().items
    with pytest.raises(ClipError, match="column 'frame': 'zwei'") as caught:
        made.load(one)
    assert (caught.value.path, caught.value.line) == (f"{root}/all.csv", 4)
    assert_is(made.load(other), written)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([",walk,0,0,1,1"], "the row has no id"),
        (["a,walk,0,0,1,1", "a,run,0,1,1,1"], "its rows have two labels, 'walk' and 'run'"),
    ],
)
def test_ids_and_labels_that_are_wrong(fill, rows, reason):
    text = "\n".join(["id,label,frame,keypoint,x,y", *rows])
    columns = {"id": "id", "label": "label", "frame": "frame", "joint": "keypoint"}
    error = refusal(fill({"a.csv": text}), columns=columns)
    assert (error.reason, error.line) == (reason, len(rows) + 1)


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"x": "x{joint}"}, "not patterns of the same things"),
        ({"x": "x{joint}", "y": "y{foo}"}, "has nothing else in braces"),
        ({"x": "x{joint}{n}", "y": "y{joint}"}, "a pattern has {joint}, {n} or such as"),
        ({"x": "{person}x{n}", "y": "y{n}"}, "not patterns of the same things"),
        ({"x": "x{n}", "y": "y{n}", "joint": "j"}, "joint is the column of a long table"),
        ({"frame": "f"}, "name the column of the joint"),
        ({"joint": "j"}, "name the column of the frame or the time"),
        ({"joint": "j", "frame": "f", "time": "t"}, "name one of frame and time"),
        ({"x": "x{n}", "y": "y{n}", "person": "p"}, "name the column of the frame or the time"),
    ],
)
def test_columns_that_are_no_table(columns, reason):
    with pytest.raises(ValidationError) as caught:
        OFFER.options.model_validate({"root": "x", "layout": "coco17", "columns": columns})
    assert reason in str(caught.value)


CELLS = st.sampled_from(["", "0", "1", "2.5", "-1", "nan", "x", '"', '"a"', "1e400", "0,0", "\n"])


@given(
    rows=st.lists(st.lists(CELLS, max_size=6), max_size=6), columns=st.sampled_from([None, WIDE])
)
def test_whatever_is_in_a_table_it_gives_poses_or_a_clip_error(rows, columns):
    options = OFFER.options.model_validate({"root": "x", "layout": "toy2", "columns": columns})
    header = "frame,person,keypoint,x,y" if columns is None else head(2)
    text = "\n".join([header, *(",".join(row) for row in rows)])
    try:
        poses = open_table(options.form(), text.encode(), ".csv").poses("")
    except ClipError:
        return
    assert all(math.isfinite(one.frame) for one in poses.skeletons)
