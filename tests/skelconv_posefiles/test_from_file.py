"""`layout: from-file`: the joints that files name; and OpenPose's hands."""

import json

import numpy as np
import pytest

import skelconv
from skelconv.cli.app import run
from skelconv.plugin import layout_named

MOUSE = ["nose", "l_ear", "r_ear", "tail base"]
LINES = [(0, 1), (0, 2), (0, 3), (1, 2)]


def build(root, use, tmp_path, **options):
    recipe = {
        "skelconv": 1,
        "name": "toy",
        "source": {
            "use": use,
            "with": {"root": str(root), "layout": "from-file", "img_shape": [480, 640], **options},
        },
        "sink": {"use": "zarr", "with": {"path": str(tmp_path / "out.zarr")}},
    }
    path = tmp_path / "recipe.yaml"
    path.write_text(json.dumps(recipe))
    report = skelconv.build(path, executor="serial")
    return report, skelconv.open(report.target)


def coco(names, lines, video="v", **category):
    values = [number for joint in range(len(names)) for number in (joint + 1.5, 9.25, 2)]
    return {
        "images": [
            {"id": n, "file_name": f"{video}_{n:04}.png", "width": 640, "height": 480}
            for n in range(3)
        ],
        "annotations": [{"image_id": n, "category_id": 7, "keypoints": values} for n in range(3)],
        "categories": [
            {
                "id": 7,
                "name": "mouse",
                "keypoints": names,
                "skeleton": [[one + 1, other + 1] for one, other in lines],
                **category,
            }
        ],
    }


def mmpose(names, lines):
    return {
        "meta_info": {
            "dataset_name": "mouse",
            "keypoint_id2name": {str(number): name for number, name in enumerate(names)},
            "skeleton_links": [list(line) for line in lines],
        },
        "instance_info": [
            {
                "frame_id": n,
                "instances": [{"keypoints": [[j + 1.5, 9.25] for j in range(len(names))]}],
            }
            for n in range(3)
        ],
    }


@pytest.mark.parametrize(("use", "form"), [("coco-keypoints", coco), ("mmpose", mmpose)])
def test_names_lines_and_sides_are_the_files(use, form, fill, tmp_path):
    root = fill({"a.json": json.dumps(form(MOUSE, LINES)).encode()})
    _, dataset = build(root, use, tmp_path)
    layout = layout_named(dataset.layout)
    assert layout.name == "mouse4"
    assert list(layout.joints) == MOUSE
    assert {frozenset(limb) for limb in layout.limbs} == {frozenset(line) for line in LINES}
    assert layout.bones == ((1, 0), (2, 0), (3, 0))
    assert layout.pairs == ((1, 2),)
    np.testing.assert_array_equal(dataset[0].keypoint[0, 0, :, 0], np.arange(4) + 1.5)


@pytest.mark.parametrize(("use", "form"), [("coco-keypoints", coco), ("mmpose", mmpose)])
def test_joints_of_a_known_layout_have_its_name(use, form, fill, tmp_path):
    names = ["".join(w.title() for w in j.split("_")) for j in layout_named("mpii16").joints]
    root = fill({"a.json": json.dumps(form(names, [])).encode()})
    _, dataset = build(root, use, tmp_path)
    assert dataset.layout == "mpii16"


def test_a_file_of_other_joints_is_rejected(fill, tmp_path):
    root = fill(
        {
            "a.json": json.dumps(coco(MOUSE, LINES)).encode(),
            "b.json": json.dumps(coco(MOUSE[::-1], LINES, "w")).encode(),
            "c.json": json.dumps(coco(MOUSE, LINES[:3], "x")).encode(),
        }
    )
    report, dataset = build(root, "coco-keypoints", tmp_path)
    assert list(dataset.ids) == ["v"]
    reasons = {one.reason for one in report.quarantined}
    (reason,) = reasons
    assert reason.startswith("its joints or the lines between them are not those of ")
    assert len(report.quarantined) == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"keypoints": []}, "no category names keypoints"),
        ({"keypoints": ["a", "a", "b", "c"]}, "there twice"),
        ({"keypoints": ["a", 5, "b", "c"]}, "not a list of names"),
        ({"skeleton": [[1, 5]]}, "a line is drawn to a keypoint that is not there"),
        ({"skeleton": [[1, 2, 3]]}, "not a list of pairs"),
        ({"skeleton": "1-2"}, "not a list of pairs"),
    ],
)
def test_categories_that_name_nothing_usable(change, words, fill, tmp_path):
    files = {"a.json": coco(MOUSE, LINES), "b.json": coco(MOUSE, LINES, "w", **change)}
    root = fill({name: json.dumps(file).encode() for name, file in files.items()})
    report, _ = build(root, "coco-keypoints", tmp_path)
    (reason,) = {one.reason for one in report.quarantined}
    assert words in reason


def openpose(frames, persons=2):
    """Return the files of a clip with bodies, hands and faces, and the hands' values."""
    drawn = np.random.default_rng(0)
    files, hands = {}, []
    counts = {"pose": 25, "face": 70, "hand_left": 21, "hand_right": 21}
    for frame in range(frames):
        people = []
        for person in range(persons):
            points = {
                part: np.round(drawn.uniform([50, 50, 0.5], [400, 400, 0.99], (count, 3)), 3)
                for part, count in counts.items()
            }
            for each in points.values():
                each[:, :2] += [40 * person + frame, frame]
            hands.append(np.concatenate([points["hand_left"], points["hand_right"]]))
            lists = {f"{part}_keypoints_2d": each.ravel().tolist() for part, each in points.items()}
            people.append({"person_id": [person], **lists})
        name = f"wave/wave_{frame:012}_keypoints.json"
        files[name] = json.dumps({"version": 1.3, "people": people}).encode()
    return files, np.array(hands).reshape(frames, persons, 42, 3)


RECIPE = """\
skelconv: 1
name: hands
source:
  use: openpose
  with: {root: ROOT, layout: openpose67, img_shape: [480, 640], labels: {csv: LABELS}}
transforms:
  - {use: select-joints, with: {joints: [hands], name: two-hands}}
sink: {use: zarr, with: {path: OUT}}
"""


def test_hands_of_openpose_files_with_a_recipe_alone(fill, tmp_path, capsys):
    files, hands = openpose(20)
    root = fill(files)
    labels = tmp_path / "labels.csv"
    labels.write_text("id,label\nwave,0\n")
    out = tmp_path / "hands.zarr"
    (tmp_path / "recipe.yaml").write_text(
        RECIPE.replace("ROOT", str(root)).replace("LABELS", str(labels)).replace("OUT", str(out))
    )
    assert run(["build", str(tmp_path / "recipe.yaml")]) == 0
    said = capsys.readouterr()
    assert (said.out + said.err).count("the files have faces too") == 1
    assert run(["verify", str(out)]) == 0
    assert ": sound" in capsys.readouterr().out
    (clip,) = skelconv.open(out)
    layout = layout_named(clip.layout)
    assert layout.name == "two-hands"
    assert layout.joints[0] == "left_hand_root"
    assert layout.joints[21] == "right_hand_root"
    assert len(layout.pairs) == 21
    expected = hands.transpose(1, 0, 2, 3).astype(np.float32)
    np.testing.assert_array_equal(clip.keypoint, expected[..., :2])
    np.testing.assert_array_equal(clip.keypoint_score, expected[..., 2])


def test_hands_and_faces_that_the_layout_leaves_out_are_told_once(fill, tmp_path, capsys):
    root = fill(openpose(20)[0])
    out = tmp_path / "out.zarr"
    recipe = RECIPE.replace("ROOT", str(root)).replace("OUT", str(out))
    recipe = recipe.replace("openpose67", "openpose25").replace(", labels: {csv: LABELS}", "")
    recipe = recipe.replace("transforms:\n", "").replace(
        "  - {use: select-joints, with: {joints: [hands], name: two-hands}}\n", ""
    )
    (tmp_path / "recipe.yaml").write_text(recipe)
    assert run(["build", str(tmp_path / "recipe.yaml")]) == 0
    said = capsys.readouterr()
    words = " ".join((said.out + said.err).split())
    assert words.count("the files have left hands, right hands, faces too") == 1
    assert "openpose67 has hands, openpose137 hands and faces" in words
