"""Names of columns, in whichever order and with whatever around them, are told apart."""

import json

import numpy as np
import pytest
from support.posefiles import present

from skelconv import SkelconvError
from skelconv.plugin import layout_named
from skelconv.plugin.use import use_plugin
from skelconv.recipe.guessing import guesses_for, recipe_for

H, W = 480, 640
NAMES = layout_named("coco17").joints


def guessed(root, **given):
    """The first guess, and its source with what is unknown filled in."""
    (first, *_), failures = guesses_for(str(root))
    assert not failures
    return first, use_plugin("source", first.name, {**first.guess.options, **given}).make()


def only(source):
    (item,) = source.inventory().items
    return source.load(item)


def table_of(people, name, axes, joints=NAMES, lead=(), cell=str):
    """A row for each frame; `name` is filled with joint, axis and person."""
    columns = [
        (person, place, at, name.format(joint=joint, axis=axis, person=person + 1))
        for person in range(len(people))
        for place, joint in enumerate(joints)
        for at, axis in enumerate(axes)
    ]
    lines = [",".join([*lead, *(one[-1] for one in columns)])]
    for frame in range(people.shape[1]):
        first = [frame if one in ("frame", "Bild") else "x" for one in lead]
        cells = [people[m, frame, v, c] for m, v, c, _ in columns]
        lines.append(",".join(map(cell, [*first, *cells])))
    return "\n".join(lines) + "\n"


@pytest.fixture
def one(people):
    return people(17, persons=1, frames=9)[:, 2:-1]


@pytest.mark.parametrize(
    ("name", "axes", "x"),
    [
        ("{joint}.px_{axis}", ("h", "v"), "{joint}.px_h"),
        ("{joint}{axis}", ("x", "y"), "{joint}x"),
        ("{axis} of {joint} [mm]", ("X", "Y"), "X of {joint} [mm]"),
        ("kp/{joint}/{axis}_px", ("x", "y", "likelihood"), "kp/{joint}/x_px"),
        ("{axis}_{joint}", ("u", "v"), "u_{joint}"),
        ("Pose.{joint}.{axis}", ("col", "row", "Score"), "Pose.{joint}.col"),
    ],
)
def test_a_name_and_an_axis(one, fill, name, axes, x):
    first, source = guessed(fill({"a.csv": table_of(one, name, axes, lead=["frame"])}))
    assert first.guess.options["columns"]["x"] == x
    assert first.guess.options["layout"] == "coco17"
    clip = only(source)
    assert np.array_equal(clip.keypoint, one[..., :2])
    if len(axes) == 3:
        assert np.array_equal(clip.keypoint_score, one[..., 2])


def test_numbers_behind_an_axis_that_is_glued_to_its_unit(one, fill):
    numbers = [f"kp{n}" for n in range(1, 18)]
    text = table_of(one, "pixel{axis}_{joint}", ("x", "y"), numbers)
    first, source = guessed(fill({"a.csv": text}))
    assert first.guess.options["columns"] == {"x": "pixelx_kp{n}", "y": "pixely_kp{n}"}
    assert np.array_equal(only(source).keypoint, one[..., :2])


def test_persons_in_the_names(people, fill):
    both = people(17, persons=2, frames=9)[:, 3:-1]
    text = table_of(both, "p{person}_{joint}_{axis}", ("x", "y", "conf"), lead=["frame"])
    first, source = guessed(fill({"a.csv": text}))
    assert first.guess.options["columns"]["x"] == "p{person}_{joint}_x"
    clip = only(source)
    assert np.array_equal(clip.keypoint, both[..., :2])
    assert np.array_equal(clip.keypoint_score, both[..., 2])


def test_the_column_of_joints_by_what_is_in_it(one, fill):
    rows = [
        f"{frame},{NAMES[v]},{x},{y}"
        for frame, body in enumerate(one[0])
        for v, (x, y, _) in enumerate(body.tolist())
    ]
    first, source = guessed(fill({"a.csv": "\n".join(["frame,Gelenk,x,y", *rows])}))
    assert first.guess.options["columns"]["joint"] == "Gelenk"
    assert np.array_equal(only(source).keypoint, one[..., :2])


class TestLists:
    @pytest.mark.parametrize("form", ["{}", "({})"])
    def test_in_cells(self, one, fill, form):
        def written(body):
            points = [form.format(", ".join(map(str, point))) for point in body.tolist()]
            return '"[' + ", ".join(points).replace("(", "[").replace(")", "]") + ']"'

        if form == "{}":  # a cell for each joint, as pairs of Python
            lines = [",".join(map(str, range(17)))]
            lines += [",".join(f'"({x}, {y})"' for x, y, _ in body.tolist()) for body in one[0]]
        else:
            lines = ["frame,points", *(f"{n},{written(b)}" for n, b in enumerate(one[0]))]
        first, source = guessed(fill({"a.csv": "\n".join(lines)}))
        assert first.name == "pose-table"
        assert np.array_equal(only(source).keypoint, one[..., :2])

    def test_in_json_with_scores(self, one, fill):
        records = [{"frame": n, "keypoints": body.tolist()} for n, body in enumerate(one[0])]
        first, source = guessed(fill({"a.json": json.dumps(records)}))
        assert first.guess.options["columns"]["score"] == "keypoints.{n}.2"
        clip = only(source)
        assert np.array_equal(clip.keypoint, one[..., :2])
        assert np.array_equal(clip.keypoint_score, one[..., 2])

    @pytest.mark.parametrize("width", [2, 3])
    def test_of_all_numbers_of_a_body(self, one, fill, width):
        flat = one[0][..., :width].reshape(len(one[0]), -1).tolist()
        records = [{"frame": n, "pose": body} for n, body in enumerate(flat)]
        first, source = guessed(fill({"a.json": json.dumps(records)}))
        assert first.guess.options["columns"]["y"] == f"pose.{{n*{width}+1}}"
        clip = only(source)
        assert np.array_equal(clip.keypoint, one[..., :2])
        if width == 3:
            assert np.array_equal(clip.keypoint_score, one[..., 2])

    def test_in_a_file_for_each_frame_with_persons_in_any_order(self, people, fill):
        made = people(33, persons=2, frames=6) / [100, 100, 1]
        files = {}
        for frame in range(6):
            there = [
                {"id": 7 - m, "joints": np.insert(body, 2, body[:, 0], 1).ravel().tolist()}
                for m, body in present(made, frame)
            ]
            there = there[::-1] if frame == 3 else there
            files[f"walk/scene_{frame + 40:08d}.json"] = json.dumps({"fps": 30, "bodies": there})
        first, source = guessed(fill(files), first_frame=40)
        assert first.guess.options["one_file_is"] == "frame"
        clip = only(source)
        assert clip.keypoint.shape == (2, 6, 33, 3)
        assert not clip.keypoint[:, [1, 5]].any()
        for m in range(2):
            xy = made[m, :, :, :2]
            assert any(np.allclose(xy, row[..., :2], atol=1e-3) for row in clip.keypoint)

    def test_that_begin_with_y(self, fill):
        standing = np.random.default_rng(0).uniform(0.4, 0.5, (1, 8, 17, 2))
        standing[..., 1] += np.linspace(0.01, 0.4, 17)  # from the head down
        records = [{"keypoints": body[:, ::-1].tolist()} for body in standing[0]]
        first, source = guessed(fill({"a.json": json.dumps(records)}), img_shape=[H, W])
        assert "taken for y" in first.guess.reason
        assert np.allclose(only(source).keypoint, standing * [W, H], atol=1e-3)
        root = fill({"b/b.npy": b""}) / "b" / "b.npy"
        np.save(root, standing[0][..., ::-1])
        first, source = guessed(root, img_shape=[H, W])
        assert first.guess.options["channels"] == "yx"
        assert np.allclose(only(source).keypoint, standing * [W, H], atol=1e-3)

    @pytest.mark.parametrize("by", ["name", "id"])
    def test_whose_places_say_which_joint_they_hold(self, people, fill, by):
        made = people(17, persons=1, frames=9)
        order = np.random.default_rng(0).permutation(17)
        records = []
        for frame in range(9):
            there = [(0, made[0, frame])] if present(made, frame) else []
            points = [
                {by: NAMES[v] if by == "name" else int(v), "x": x, "y": y, "score": s}
                for _, body in there
                for v in order
                for x, y, s in [body[v].tolist()]
                if s
            ]
            records.append({"frame": frame, "keypoints": points})
        first, source = guessed(fill({"a.json": json.dumps(records)}))
        assert first.guess.options["columns"]["joint"] == f"keypoints.{{n}}.{by}"
        clip = only(source)
        assert np.array_equal(clip.keypoint, made[..., :2])
        assert np.array_equal(clip.keypoint_score, made[..., 2])


def test_positions_with_turns(fill):
    random = np.random.default_rng(0)
    place, turn = random.uniform(-1, 1, (9, 25, 3)), random.normal(size=(9, 25, 4))
    turn /= np.linalg.norm(turn, axis=-1, keepdims=True)
    rows = np.concatenate((place, turn), -1).reshape(9, -1)
    text = "\n".join(";".join(map(str, row)) + ";" for row in rows)
    first, source = guessed(fill({"a.txt": text}), layout="ntu25")
    assert "ntu25" in first.guess.unknown["layout"]  # suits and hands have turns too
    assert np.allclose(only(source).keypoint[0], place)


def test_what_is_read_and_what_is_not_is_told(one, fill, tmp_path):
    text = table_of(one, "{joint}_{axis}", ("x", "y"), lead=["frame", "Wetter"])
    (first, *_), _ = guesses_for(str(fill({"a.csv": text})))
    told = "\n".join(first.guess.details)
    for words in (
        "36 columns: frame, Wetter, nose_x",
        "joints: nose, left_eye",
        "not read: Wetter",
    ):
        assert words in told
    recipe = recipe_for(first, "a", str(tmp_path / "a.yaml"))
    assert "#   not read: Wetter\n" in recipe


def test_names_cannot_write_into_the_recipe_or_the_terminal(one, fill, tmp_path):
    text = table_of(one, "{joint}_{axis}", ("x", "y"), lead=["\x1b[31mred\u2028use: x"])
    (first, *_), _ = guesses_for(str(fill({"a.csv": text})))
    recipe = recipe_for(first, "a", str(tmp_path / "a.yaml"))
    assert "\x1b" not in recipe
    assert all(line.startswith("#") for line in recipe.splitlines() if "red" in line)


class TestNothingSeen:
    def test_the_header_is_shown_and_the_columns_are_to_be_filled_in(self, fill):
        rows = "".join(",".join(map(str, range(n, n + 8))) + "\n" for n in range(9))
        (first, *others), _ = guesses_for(str(fill({"a.csv": "a,b,c,d,e,f,g,h\n" + rows})))
        assert not others
        assert {"layout", "columns.x", "columns.y"} == set(first.guess.unknown)
        assert "8 columns: a, b, c" in first.guess.details[0]

    def test_a_table_without_a_header(self, fill):
        rows = "".join("jump," + ",".join(map(str, range(n, n + 22))) + "\n" for n in range(9))
        (first, *_), _ = guesses_for(str(fill({"a.csv": rows})))
        assert "header" in first.guess.unknown
        assert "jump, 0, 1" in first.guess.details[0]

    def test_a_list_of_labels_is_no_table(self, fill):
        with pytest.raises(SkelconvError, match="no source knows"):
            guesses_for(str(fill({"a.csv": "id,label,length\nw0,3,9\nw1,4,10\n"})))

    def test_lists_of_many_bodies_in_a_record(self, fill):
        bodies = [{"points": list(range(n, n + 34)), "label": 0} for n in range(9)]
        root = fill({"a.json": json.dumps({"train": bodies, "val": bodies})})
        (first, *_), _ = guesses_for(str(root))
        assert "columns.x" in first.guess.unknown

    def test_lists_of_a_length_that_no_body_has(self, fill):
        records = [{"points": list(range(n, n + 37)), "label": 0} for n in range(9)]
        (first, *_), _ = guesses_for(str(fill({"a.json": json.dumps(records)})))
        assert "columns.x" in first.guess.unknown
