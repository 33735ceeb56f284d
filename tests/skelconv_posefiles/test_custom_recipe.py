"""An own dataset, the whole way: three commands from OpenPose's files to what PoseC3D needs."""

import json
import pickle

import numpy as np
import pytest

from skelconv.cli.app import run

CLIPS = {
    "wave_01": ("waving", "train"),
    "jump_02": ("jumping", "train"),
    "wave_03": ("waving", "val"),
}


# Where BODY_25 has COCO's nose, eyes, ears, shoulders, elbows, wrists, hips, knees and ankles,
# left before right.
COCO17 = [0, 16, 15, 18, 17, 5, 2, 6, 3, 7, 4, 12, 9, 13, 10, 14, 11]


@pytest.fixture
def poses(tmp_path, monkeypatch):
    """What OpenPose writes for three videos, and a table of labels."""
    monkeypatch.chdir(tmp_path)
    drawn = np.random.default_rng(0).integers(0, 900, (len(CLIPS), 4, 25, 3)) / 4
    for clip, frames in zip(CLIPS, drawn, strict=True):
        folder = tmp_path / "data" / "openpose" / clip
        folder.mkdir(parents=True)
        for number, body in enumerate(frames):
            people = [{"pose_keypoints_2d": body.reshape(-1).tolist()}] if number != 2 else []
            file = folder / f"{clip}_{number:012d}_keypoints.json"
            file.write_text(json.dumps({"version": 1.3, "people": people}))
    rows = [f"{clip},{label},{part}" for clip, (label, part) in CLIPS.items()]
    (tmp_path / "data" / "labels.csv").write_text("\n".join(["id,label,split", *rows]))
    return dict(zip(CLIPS, drawn, strict=True))


def test_three_commands(poses, tmp_path, capsys):
    assert run(["init", "custom"]) == 0
    assert run(["build", "custom.yaml"]) == 0
    assert run(["verify", "out/custom.pkl", "--for", "posec3d"]) == 0
    assert capsys.readouterr().out.endswith("out/custom.pkl: 3 clips, 2 classes: sound, 2 notes\n")
    with open(tmp_path / "out" / "custom.pkl", "rb") as file:
        written = pickle.load(file)
    assert written["split"] == {"train": ["jump_02", "wave_01"], "val": ["wave_03"]}
    assert [one["label"] for one in written["annotations"]] == [0, 1, 1]
    for one in written["annotations"]:
        truth = poses[one["frame_dir"]][:, COCO17]
        truth[2] = 0
        assert one["img_shape"] == (1080, 1920)
        assert one["total_frames"] == 4
        assert np.array_equal(one["keypoint"], truth[np.newaxis, ..., :2])
        assert np.array_equal(one["keypoint_score"], truth[np.newaxis, ..., 2])


def test_a_clip_without_a_label_is_reported_and_the_rest_is_built(poses, tmp_path, capsys):
    table = tmp_path / "data" / "labels.csv"
    table.write_text(table.read_text().replace("jump_02", "jump_2"))
    assert run(["init", "custom"]) == 0
    assert run(["build", "custom.yaml"]) == 2
    assert "jump_02: no label: data/labels.csv has no row with this id" in capsys.readouterr().out
