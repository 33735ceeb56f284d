"""What is guessed of files gives the people that were written in them."""

import io
import json

import numpy as np
import pytest
from support.posefiles import alphapose, coco, kinetics, mmpose, openpose, present, saved, table

from skelconv import SkelconvError
from skelconv.plugin import layout_named
from skelconv.plugin.use import use_plugin
from skelconv.recipe.guessing import guesses_for

H, W = 480, 640
NAMES = layout_named("coco17").joints


def guessed(root):
    """The first guess, and its source with what is unknown filled in."""
    (first, *_), failures = guesses_for(str(root))
    assert not failures
    options = dict(first.guess.options)
    given = {"img_shape": [H, W], "layout": "coco17"}
    options |= {name: given[name] for name in first.guess.unknown}
    return first, use_plugin("source", first.name, options).make()


def assert_gives(root, name, people, clip_id="a", **known):
    """Check that the files are taken for those of a source, and give these people."""
    first, source = guessed(root)
    assert first.name == name
    assert {key: first.guess.options.get(key) for key in known} == known
    (item,) = source.inventory().items
    clip = source.load(item)
    assert clip.id == clip_id
    assert np.allclose(clip.keypoint, people[..., :-1], atol=1e-3)
    assert np.allclose(clip.keypoint_score, people[..., -1], atol=1e-6)
    return first


@pytest.fixture
def bodies(people):
    return lambda joints: people(joints, frames=20)[:, :-1]


def fractions(people):
    return people / [W, H, 1]


def wide(people, x, y, score, lead=("frame", "person"), joints=None, separator=","):
    joints = joints or [str(joint) for joint in range(people.shape[2])]
    ways = (x, y, score) if score else (x, y)
    lines = [separator.join([*lead, *(way.format(joint) for joint in joints for way in ways)])]
    for frame in range(people.shape[1]):
        for person, body in present(people, frame) or [(0, people[0, frame])]:
            given = {"frame": frame, "person": person, "time": frame / 30 + 0.1}
            cells = [*(given[name] for name in lead)]
            for values in body.tolist():
                cells += values[: len(ways)] if values[2] else [""] * len(ways)
            lines.append(separator.join(map(str, cells)))
    return "\n".join(lines) + "\n"


class TestProgrammes:
    def test_openpose_in_folders(self, bodies, fill):
        people = bodies(25)
        root = fill({f"a/{name}": text for name, text in openpose(people).items()})
        assert_gives(root, "openpose", people, layout="openpose25", clips=None, units=None)

    def test_openpose_in_one_folder_with_18_joints_in_fractions(self, bodies, fill):
        people = bodies(18)
        files = openpose(people / [W - 1, H - 1, 1], name="a")
        first = assert_gives(
            fill(files), "openpose", people, layout="openpose18", clips="names", units="fractions"
        )
        assert set(first.guess.unknown) == {"img_shape"}

    def test_openpose_numbered_from_3000(self, bodies, fill):
        people = bodies(25)
        root = fill({f"a/{name}": text for name, text in openpose(people, start=3000).items()})
        assert_gives(root, "openpose", people, first_frame="first")

    def test_openpose_with_hands(self, bodies, fill):
        people = bodies(25)
        hand = [1.0] * 63
        files = openpose(people, hand_left_keypoints_2d=hand, hand_right_keypoints_2d=hand)
        first, source = guessed(fill({f"a/{name}": text for name, text in files.items()}))
        assert first.guess.options["layout"] == "openpose67"
        assert source.load(source.inventory().items[0]).keypoint.shape[2] == 67

    def test_kinetics(self, bodies, fill):
        people = bodies(18)
        first, source = guessed(fill({"a.json": kinetics(people, 256, 340, label_index=3)}))
        assert first.name == "kinetics-skeleton"
        clip = source.load(source.inventory().items[0])
        assert clip.label == 3
        assert np.allclose(clip.keypoint, people[..., :2], atol=1e-3)

    def test_kinetics_from_frame_0(self, bodies, fill):
        people = bodies(18)
        file = json.loads(kinetics(people, 256, 340))
        for frame in file["data"]:
            frame["frame_index"] -= 1
        assert_gives(fill({"a.json": json.dumps(file)}), "kinetics-skeleton", people, first_frame=0)

    @pytest.mark.parametrize("as_file", [True, False])
    def test_coco_with_names_in_another_order(self, bodies, fill, as_file):
        people = bodies(17)
        order = np.random.default_rng(0).permutation(17)
        file = coco(people[:, :, order])
        file["categories"] = [{"id": 1, "keypoints": [NAMES[at] for at in order]}]
        root = fill({"a.json": json.dumps(file)})
        assert_gives(root / "a.json" if as_file else root, "coco-keypoints", people, "v")

    def test_coco_that_is_longer_than_what_is_looked_at(self, bodies, fill):
        people = bodies(26)
        file = coco(people)
        file["images"] += [{"id": 10**6 + n, "file_name": f"w_{n}.jpg"} for n in range(30_000)]
        first, _ = guessed(fill({"a.json": json.dumps(file)}))
        assert first.name == "coco-keypoints"

    @pytest.mark.parametrize("named", [True, False])
    def test_mmpose(self, bodies, fill, named):
        people = bodies(17)
        frames = mmpose(people)
        if named:
            meta = {"keypoint_id2name": {str(at): name for at, name in enumerate(NAMES)}}
            frames = {"meta_info": meta, "instance_info": frames}
        assert_gives(fill({"a.json": json.dumps(frames)}), "mmpose", people, layout=None)

    def test_alphapose_called_by_folders(self, bodies, fill):
        people = bodies(26)
        root = fill({"a/alphapose-results.json": json.dumps(alphapose(people))})
        assert_gives(root, "alphapose", people, layout="halpe26", ids="folder")

    def test_lists_of_landmarks(self, bodies, fill):
        people = bodies(33)[:1]
        frames = [
            [[x, y, 0.5, v] for x, y, v in body.tolist()] if body.any() else None
            for body in fractions(people)[0]
        ]
        first = assert_gives(fill({"a.json": json.dumps(frames)}), "mediapipe", people)
        assert set(first.guess.unknown) == {"img_shape"}


class TestTables:
    @pytest.mark.parametrize(
        ("names", "lead"),
        [
            (("x{}", "y{}", "v{}"), ("frame", "person")),
            (("{}x", "{}y", "{}c"), ("frame", "person")),
            (("X_{}", "Y_{}", "Visibility_{}"), ("frame", "person")),
            (("landmark_{}_x", "landmark_{}_y", "landmark_{}_visibility"), ("frame", "person")),
            (("joint{}_3dX", "joint{}_3dY", "joint{}_3dScore"), ("time", "person")),
            (("kp[{}].x", "kp[{}].y", "kp[{}].score"), ("frame", "person")),
        ],
    )
    def test_wide_by_numbers(self, bodies, fill, names, lead):
        people = bodies(17)
        if lead[0] == "time":  # an empty frame has no row there
            people = people[:, people.any((0, 2, 3))]
        root = fill({"a.csv": wide(people, *names, lead=lead)})
        first = assert_gives(root, "pose-table", people, layout="coco17")
        columns = first.guess.options["columns"]
        assert [columns[key] for key in ("x", "y", "score")] == [n.format("{n}") for n in names]

    @pytest.mark.parametrize("separator", [",", ";", "\t"])
    def test_wide_by_names(self, bodies, fill, separator):
        people = bodies(17)
        order = np.random.default_rng(0).permutation(17)
        joints = [NAMES[at].upper() for at in order]
        text = wide(people[:, :, order], "{}_x", "{}_y", "{}_confidence", joints=joints,
                    separator=separator)  # fmt: skip
        assert_gives(fill({"a.csv": text}), "pose-table", people, layout="coco17")

    def test_names_that_no_layout_has(self, bodies, fill):
        people = bodies(5)
        joints = ["left_eye", "left_ear", "left_elbow", "left_tail", "left_end"]
        text = wide(people, "{}_x", "{}_y", "{}_score", joints=joints)
        first = assert_gives(fill({"a.csv": text}), "pose-table", people, layout="from-file")
        assert first.guess.options["columns"]["x"] == "{joint}_x"

    def test_one_person_without_frames(self, bodies, fill):
        people = bodies(33)[:1]
        text = wide(fractions(people), "x{}", "y{}", "v{}", lead=())
        first = assert_gives(fill({"a.csv": text}), "pose-table", people, layout="blazepose33")
        assert set(first.guess.unknown) == {"img_shape"}

    def test_long(self, bodies, fill):
        people = bodies(17)
        text = table(people).replace("frame,person,keypoint", "Frame,Track_ID,LandmarkID")
        assert_gives(fill({"a.csv": text}), "pose-table", people, layout="coco17")

    def test_frames_from_1_and_decimal_commas(self, bodies, fill):
        people = bodies(17)
        head, *rows = wide(people, "x{}", "y{}", "s{}", separator=";").splitlines()
        moved = [f"{int(row.partition(';')[0]) + 1};{row.partition(';')[2]}" for row in rows]
        text = "\n".join([head, *moved]).replace(".", ",")
        assert_gives(fill({"a.csv": text}), "pose-table", people, decimal=",", first_frame=1)

    def test_what_stands_for_missing(self, bodies, fill):
        people = bodies(17)
        text = wide(people, "x{}", "y{}", "s{}")
        lines = [line.replace(",,,", ",9999,9999,0") for line in text.splitlines()]
        text = "\n".join(line.replace(",,", ",9999,") for line in lines)
        assert_gives(fill({"a.csv": text}), "pose-table", people, missing=[9999.0])

    def test_one_file_for_all_with_labels(self, bodies, fill):
        people = bodies(17)
        head, *rows = wide(people, "x{}", "y{}", "s{}").splitlines()
        text = [f"video,action,{head}"]
        text += [f"{name},{name[0]},{row}" for name in ("w1", "w2", "r1") for row in rows]
        first, source = guessed(fill({"all.csv": "\n".join(text)}))
        assert first.guess.options["columns"]["id"] == "video"
        inventory = source.inventory()
        assert [item.id for item in inventory.items] == ["r1", "w1", "w2"]
        assert (list(inventory.labels), list(inventory.label_names)) == ([0, 1, 1], ["r", "w"])
        assert np.allclose(source.load(inventory.items[0]).keypoint, people[..., :2])

    def test_rows_with_labels_and_nothing_that_says_which_are_a_clip(self, bodies, fill):
        head, *rows = wide(bodies(17), "x{}", "y{}", "s{}", lead=()).splitlines()
        text = "\n".join([f"class,{head}", *(f"{n % 2},{row}" for n, row in enumerate(rows))])
        (first, *_), _ = guesses_for(str(fill({"a.csv": text})))
        assert "columns.id" in first.guess.unknown

    @pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
    def test_records_of_json(self, bodies, fill, name):
        people = bodies(33)[:1]
        records = [
            {
                "frame": frame,
                "landmarks": [
                    dict(zip(("x", "y", "visibility"), joint, strict=True))
                    for joint in (body.tolist() if body.any() else [])
                ],
            }
            for frame, body in enumerate(fractions(people)[0])
        ]
        text = json.dumps(records) if name == "a.json" else "\n".join(map(json.dumps, records))
        first = assert_gives(fill({name: text}), "pose-table", people, layout="blazepose33")
        assert first.guess.options["columns"]["x"] == "landmarks.{n}.x"

    def test_a_table_of_labels_is_none_of_poses(self, bodies, fill):
        people = bodies(17)
        files = {f"w{n}.csv": wide(people, "x{}", "y{}", "s{}") for n in range(9)}
        files["labels.csv"] = "id,label\nw0,walk\n"
        first, _ = guessed(fill(files))
        assert first.name == "pose-table"
        assert "labels.csv" in first.guess.advice["labels"]


class TestArrays:
    @pytest.mark.parametrize(
        ("axes", "make"),
        [
            (None, lambda p: p),
            ("TMVC", lambda p: p.transpose(1, 0, 2, 3)),
            ("CTVM", lambda p: p.transpose(3, 1, 2, 0)),
        ],
    )
    @pytest.mark.parametrize("ending", ["npy", "npz"])
    def test_persons(self, bodies, fill, axes, make, ending):
        people = bodies(17)
        file = io.BytesIO()
        np.savez(file, poses=make(people), fps=np.array(30))
        content = saved(make(people)) if ending == "npy" else file.getvalue()
        key = "poses" if ending == "npz" else None
        assert_gives(fill({f"a.{ending}": content}), "pose-array", people, axes=axes, key=key)

    @pytest.mark.parametrize(
        ("axes", "make"),
        [
            (None, lambda p: p[0]),
            ("CTV", lambda p: p[0].transpose(2, 0, 1)),
            ("TCV", lambda p: p[0].transpose(0, 2, 1)),
            (None, lambda p: p[0].reshape(len(p[0]), -1)),
        ],
    )
    def test_one_person(self, bodies, fill, axes, make):
        people = bodies(17)[:1]
        assert_gives(fill({"a.npy": saved(make(people))}), "pose-array", people, axes=axes)

    def test_text_of_two_persons_in_3d(self, bodies, fill):
        people = np.concatenate((bodies(25)[..., :2] / 100 - 1, bodies(25)[..., 2:] * 3), -1)
        people = np.concatenate((people, np.ones((*people.shape[:3], 1))), -1)
        rows = people[..., :3].transpose(1, 0, 2, 3).reshape(people.shape[1], -1)
        text = "".join(" ".join(map(str, row)) + " \n" for row in rows.tolist())
        root = fill({"a.txt": text})
        assert_gives(root, "pose-array", people, axes="T(MVC)", layout="ntu25", channels="xyz")

    def test_a_table_of_pandas_with_numbers_for_names(self, bodies, fill):
        people = bodies(33)[:1]
        rows = np.insert(fractions(people)[0], 2, 0.1, -1).reshape(people.shape[1], -1).tolist()
        text = ["," + ",".join(map(str, range(132)))]
        text += [f"{n}," + ",".join(map(str, row)) for n, row in enumerate(rows)]
        root = fill({"a.txt": "\n".join(text)})
        assert_gives(root, "pose-array", people, skip=1, take=[1, 133], layout="blazepose33")

    @pytest.mark.parametrize("more", [0, 1530])
    def test_a_file_for_each_frame(self, bodies, fill, more):
        people = bodies(33)[:1]
        flat = np.insert(fractions(people)[0], 2, 0.1, -1).reshape(people.shape[1], -1)
        flat = np.concatenate((flat, np.full((len(flat), more), 0.3)), 1)
        clips = ("hello/0", "thanks/0")
        files = {f"{c}/{n}.npy": saved(row) for c in clips for n, row in enumerate(flat)}
        first, source = guessed(fill(files))
        assert first.guess.options["axes"] == "(VC)"
        assert "folder: true" in first.guess.advice["labels"]
        items = source.inventory().items
        assert [item.id for item in items] == [*clips]
        assert np.allclose(source.load(items[1]).keypoint, people[..., :2], atol=1e-3)

    def test_files_of_one_name_in_many_folders_beside_lists(self, bodies, fill):
        people = bodies(25)[:1] / 100 - 1
        text = "\n".join(" ".join(map(str, row)) for row in people[0].reshape(19, -1).tolist())
        files = {f"g{n}/s/world.txt": text for n in range(3)}
        first, source = guessed(fill({**files, "train.txt": "1 2 3\n4 5 6\n"}))
        assert first.guess.options["files"] == "*/world.txt"
        assert [item.id for item in source.inventory().items] == ["g0/s", "g1/s", "g2/s"]


class TestAxesOfFrames:
    @pytest.mark.parametrize(
        ("axes", "make"),
        [("VCT", lambda p: p[0].transpose(1, 2, 0)), ("CVT", lambda p: p[0].transpose(2, 1, 0))],
    )
    def test_the_axis_in_which_files_differ(self, bodies, fill, axes, make):
        people = bodies(17)[:1]
        # Of 17 frames, as many as there are joints.
        root = fill({"a.npy": saved(make(people[:, :17])), "b.npy": saved(make(people))})
        first, source = guessed(root)
        assert (first.name, first.guess.options["axes"]) == ("pose-array", axes)
        _, whole = source.inventory().items
        assert np.allclose(source.load(whole).keypoint, people[..., :-1], atol=1e-3)

    def test_what_a_model_gave_for_each_frame(self, bodies, fill):
        people = bodies(17)[:1]
        root = fill({"a.npy": saved(people[0][:, np.newaxis, np.newaxis])})
        assert_gives(root, "pose-array", people, clip_id="a/0", axes="TNMVC")

    def test_a_layout_that_only_has_as_many_joints_is_no_guess(self, fill):
        rows = np.random.default_rng(0).uniform(100, 400, (20, 15, 2))
        first, *_ = guesses_for(str(fill({"a.npy": saved(rows)})))[0]
        assert "layout" not in first.guess.options
        assert "jhmdb15" in first.guess.unknown["layout"]


def test_a_table_whose_rows_are_longer_than_its_header_is_none(fill):
    rows = "".join(f"{frame},0,1,2,11,3,4,12,5,6\n" for frame in range(20))
    with pytest.raises(SkelconvError, match="no source knows what is in it"):
        guesses_for(str(fill({"a.csv": "Frame,Landmark,X,Y\n" + rows})))


@pytest.mark.parametrize("form", ["poseflow", "open", "cmu", "person"])
def test_alphapose_by_image_or_by_person(bodies, fill, form):
    people = bodies(18)[:1]
    people = people[:, people[0].any((1, 2))]  # of a person alone, by a position in the frame
    file = {}
    for frame, body in enumerate(people[0]):
        flat = body.reshape(-1).tolist()
        if form == "person":
            file.setdefault("1", {})[str(frame)] = {"keypoints": flat, "scores": 2.5}
        else:
            file[f"v_{frame}.jpg"] = {
                "poseflow": [{"keypoints": flat, "scores": 2.5, "idx": 1}],
                "open": {"version": "x", "people": [{"pose_keypoints_2d": flat}]},
                "cmu": {"version": "x", "bodies": [{"joints": flat}]},
            }[form]
    root = fill({"a.json": json.dumps(file)})
    assert_gives(root, "alphapose", people, layout="openpose18")
