"""DeepLabCut's csv and what is the same in its HDF5."""

import numpy as np
import pytest
from support.building import build
from support.keypoints import dlc_csv, people

from skelconv import ClipError
from skelconv.plugin import layout_named
from skelconv_keypoints.deeplabcut import read_csv

JOINTS = ["snout", "leftear", "rightear", "tailbase"]
NAMES = ["mouse1", "mouse2"]
MOST = 2**22


def loaded(tmp_path, text):
    path = tmp_path / "a.csv"
    path.write_text(text)
    return read_csv(str(path), MOST)


def test_individuals_are_persons(tmp_path):
    made = people()
    tracks = loaded(tmp_path, dlc_csv(made, NAMES, JOINTS))
    assert list(tracks.joints) == JOINTS
    np.testing.assert_array_equal(tracks.keypoint, made[..., :2].astype(np.float32))
    np.testing.assert_array_equal(tracks.score, made[..., 2].astype(np.float32))


def test_one_animal_has_three_rows_on_top(tmp_path):
    made = people(1)
    tracks = loaded(tmp_path, dlc_csv(made, [], JOINTS))
    np.testing.assert_array_equal(tracks.keypoint, made[..., :2].astype(np.float32))


def test_parts_that_only_one_individual_has(tmp_path):
    text = "individuals,m,m,single,single\nbodyparts,nose,nose,corner,corner\ncoords,x,y,x,y\n"
    tracks = loaded(tmp_path, text + "0,1,2,3,4\n")
    assert list(tracks.joints) == ["nose", "corner"]
    nan = np.nan
    np.testing.assert_array_equal(
        tracks.keypoint[:, 0], [[[1, 2], [nan, nan]], [[nan, nan], [3, 4]]]
    )
    assert tracks.score is None


def test_three_coordinates_and_frames_that_are_left_out(tmp_path):
    text = "scorer,d,d,d\nbodyparts,nose,nose,nose\ncoords,x,y,z\n7,1,2,3\n9.0,4,5,6\n"
    tracks = loaded(tmp_path, text)
    assert tracks.keypoint.shape == (1, 3, 1, 3)
    np.testing.assert_array_equal(tracks.keypoint[0, :, 0, 2], [3, np.nan, 6])


TOP = "scorer,d,d,d\nbodyparts,nose,nose,nose\ncoords,x,y,likelihood\n"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", None, "it has no rows of DeepLabCut"),
        (TOP, None, "it has no rows of DeepLabCut"),
        ("a,b\n1,2\n", 1, "the rows on top lack bodyparts and coords"),
        ("scorer,d\nbodyparts,nose\n0,1\n", 3, "the rows on top lack coords"),
        ("bodyparts,nose\ncoords,x,y\n0,1,2\n", 2, "different numbers of cells"),
        (TOP + "0,1,2\n", 4, "3 cells, where 4 are needed"),
        (TOP + "0,1,2,3\n\n1,1,two,3\n", 6, "not a number: .*two"),
        (TOP + "labeled-data/v/img1.png,1,2,3\n", 4, "what DeepLabCut was taught"),
        (TOP + "-1,1,2,3\n", 4, "-1 is not a frame's number"),
        (TOP + "3,1,2,3\n3,1,2,3\n", None, "frame 3 follows frame 3"),
        (TOP + "0,1,2,3\n999999999,1,2,3\n", None, "too much for a file of"),
        (TOP.replace(",y,", ",x,") + "0,1,2,3\n", None, "a column is there twice"),
        (TOP.replace(",y,", ",z,") + "0,1,2,3\n", None, "nose lacks one of x, y, z"),
        (TOP.replace(",y,", ",w,") + "0,1,2,3\n", None, "x, y, z and likelihood of body parts"),
        (TOP + '0,1,2,"3\n', 4, "is not valid csv"),
    ],
)
def test_malformed_files(tmp_path, text, line, words):
    with pytest.raises(ClipError, match=words) as raised:
        loaded(tmp_path, text)
    assert raised.value.line == line


def test_a_dataset(tmp_path):
    made = people()
    files = {
        "run/a.csv": dlc_csv(made, NAMES, JOINTS),
        "run/b.csv": dlc_csv(made, NAMES, JOINTS[::-1]),
        "sit/c.csv": dlc_csv(made, NAMES, JOINTS, first=5),
        "sit/inf.csv": dlc_csv(np.where(made == made[0, 3, 0, 0], np.inf, made), NAMES, JOINTS),
    }
    options = {"img_shape": [480, 640], "labels": {"folder": True}}
    report, dataset = build(tmp_path, "deeplabcut", files, **options)
    assert list(dataset.ids) == ["run/a", "sit/c"]
    reasons = {one.id: one.reason for one in report.quarantined}
    assert "layout" in reasons["run/b"]
    assert "frame 3: a keypoint is infinite" in reasons["sit/inf"]
    clip = dataset[0]
    assert layout_named(clip.layout).pairs == ((1, 2),)
    assert clip.img_shape == (480, 640)
    np.testing.assert_array_equal(clip.keypoint, np.nan_to_num(made[..., :2]).astype(np.float32))
    np.testing.assert_array_equal(clip.keypoint_score, np.nan_to_num(made[..., 2]))
