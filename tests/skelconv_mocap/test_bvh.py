"""BVH, against scipy's rotations along the tree."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation
from support.building import build
from support.recordings import ORDERS, bvh

from skelconv import ClipError
from skelconv.plugin import layout_named
from skelconv_mocap.bvh import load
from skelconv_mocap.frames import Pace

MOST = 2**20
TREE = (-1, 0, 1, 0, 3, 3)
SMALL = """HIERARCHY
ROOT Hips
{
  OFFSET 0 0 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
  JOINT LeftLeg
  {
    OFFSET 1 0 0
    CHANNELS 3 Zrotation Xrotation Yrotation
    End Site
    {
      OFFSET 0 2 0
    }
  }
}
MOTION
Frames: 2
Frame Time: 0.04
1 2 3 0 0 0 0 0 0
1 2 3 90 0 0 90 0 0
"""


def loaded(tmp_path, text, unit=1.0, end_sites=False, **pace):
    path = tmp_path / "a.bvh"
    path.write_text(text)
    return load(str(path), unit=unit, end_sites=end_sites, pace=Pace(**pace), max_bytes=MOST)


def placed(offsets, orders, row):
    """Return where the joints of TREE are, by homogeneous matrices."""
    worlds = []
    for at, parent in enumerate(TREE):
        local = np.eye(4)
        local[:3, 3] = row[:3] if at == 0 else offsets[at]
        angles = row[3 + 3 * at : 6 + 3 * at]
        local[:3, :3] = Rotation.from_euler(orders[at].upper(), angles, degrees=True).as_matrix()
        worlds.append(local if parent < 0 else worlds[parent] @ local)
    return np.array([world[:3, 3] for world in worlds])


@given(st.integers(0, 2**32 - 1), st.lists(st.sampled_from(ORDERS), min_size=6, max_size=6))
def test_joints_are_where_scipy_turns_them(tmp_path_factory, seed, orders):
    drawn = np.random.default_rng(seed)
    offsets = np.round(drawn.normal(size=(6, 3)) * 20, 4)
    rows = np.round(drawn.uniform(-720, 720, (3, 21)), 4)
    clip = loaded(tmp_path_factory.mktemp("bvh"), bvh(TREE, offsets, orders, rows), unit=0.01)
    expected = [placed(offsets, orders, row) * 0.01 for row in rows]
    assert clip.keypoint.dtype == np.float32
    np.testing.assert_allclose(clip.keypoint[0], expected, atol=1e-5, rtol=1e-6)


def test_by_hand(tmp_path):
    clip = loaded(tmp_path, SMALL, end_sites=True)
    assert layout_named(clip.layout).joints == ("Hips", "LeftLeg", "LeftLeg_end")
    # A quarter turn about z leads x to y; two of them y to -y.
    np.testing.assert_allclose(
        clip.keypoint[0],
        [[[1, 2, 3], [2, 2, 3], [2, 4, 3]], [[1, 2, 3], [1, 3, 3], [1, 1, 3]]],
        atol=1e-6,
    )
    assert clip.fields["fps"].values == 25


def test_the_layout_is_the_tree_of_the_file(tmp_path):
    names = ["Hips", "LeftUpLeg", "LeftFoot", "Spine", "LeftArm", "RightArm"]
    text = bvh(TREE, np.ones((6, 3)), ["zxy"] * 6, np.zeros((1, 21)), names=names)
    layout = layout_named(loaded(tmp_path, text).layout)
    assert list(layout.joints) == names
    assert dict(layout.bones) == {at: parent for at, parent in enumerate(TREE) if at}
    assert layout.pairs == ((4, 5),)


def test_positions_of_a_joint_stand_in_place_of_its_offset(tmp_path):
    text = SMALL.replace("CHANNELS 3 Zrot", "CHANNELS 4 Yposition Zrot")
    text = text.replace("1 2 3 0 0 0 0 0 0", "1 2 3 0 0 0 7 0 0 0")
    text = text.replace("1 2 3 90 0 0 90 0 0", "1 2 3 90 0 0 8 90 0 0")
    clip = loaded(tmp_path, text)
    np.testing.assert_allclose(clip.keypoint[0, :, 1], [[2, 9, 3], [-7, 3, 3]], atol=1e-6)


def test_long_files_are_placed_in_blocks_as_short_ones(tmp_path):
    drawn = np.random.default_rng(3)
    rows = np.round(drawn.uniform(-180, 180, (2500, 21)), 3)
    offsets = np.ones((6, 3))
    whole = loaded(tmp_path, bvh(TREE, offsets, ["zxy"] * 6, rows))
    some = loaded(tmp_path, bvh(TREE, offsets, ["zxy"] * 6, rows), every=7)
    np.testing.assert_array_equal(some.keypoint, whole.keypoint[:, ::7])
    alone = loaded(tmp_path, bvh(TREE, offsets, ["zxy"] * 6, rows[2400:2401]))
    np.testing.assert_array_equal(alone.keypoint[0, 0], whole.keypoint[0, 2400])


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("HIERARCHY", "HIERARCHY" + " {" * 100_000, 1, "a line of 200,009 characters before"),
        ("HIERARCHY", "HIERARCHIES", 1, "HIERARCHIES is not expected here, in BVH"),
        ("OFFSET 1 0 0", "OFFSET 1 0", 8, "2 numbers, where 3 are needed"),
        ("OFFSET 1 0 0", "OFFSET 1 0 east", 8, "east is not a number"),
        ("OFFSET 1 0 0", "OFFSET 1 0 inf", 8, "a number is infinite"),
        ("CHANNELS 3 Z", "CHANNELS 4 Z", 9, "CHANNELS needs their number"),
        ("CHANNELS 3 Z", "CHANNELS x Z", 9, "CHANNELS needs their number"),
        ("CHANNELS 3 Zrotation", "CHANNELS 3 Wrotation", 9, "CHANNELS needs their number"),
        ("Yposition", "Xposition", 5, "CHANNELS needs their number"),
        ("JOINT LeftLeg", "JOINT Hips", 6, "a second joint Hips"),
        ("JOINT LeftLeg", "JOINT", 6, "a joint without a name"),
        ("JOINT LeftLeg", "ROOT LeftLeg", 6, "ROOT is not expected here"),
        ("MOTION\n", "", 16, "Frames: is not expected here"),
        ("}\nMOTION", "}\nROOT b\n{\n}\nMOTION", 16, "a second ROOT"),
        ("}\nMOTION", "MOTION", 15, "MOTION is not expected here"),
        ("Frames: 2", "Frames: two", 17, "must be Frames: and their number"),
        ("Frames: 2", "Frames: 99999999999", None, "more than the file has characters"),
        ("Frames: 2", "Frames: 0", None, "it has no frames"),
        ("Frames: 2", "Frames: 3", 20, "2 frames, where Frames: says 3"),
        ("Frames: 2", "Frames: 1", 20, "a line behind the 1 frames"),
        ("Frame Time: 0.04", "Frame Time: soon", 18, "soon is not a number"),
        ("Frame Time: 0.04\n", "", 18, "must be Frame Time:"),
        ("1 2 3 90", "1 2 3 4 90", 20, "10 numbers, where 9 are needed"),
        ("1 2 3 90", "1 2 3 nan", 20, "a number is infinite, or none"),
        ("1 2 3 90", "1 2 3 9o", 20, "9o is not a number"),
    ],
)
def test_malformed_files(tmp_path, old, new, line, words):
    assert SMALL.count(old) >= 1
    with pytest.raises(ClipError) as raised:
        loaded(tmp_path, SMALL.replace(old, new, 1))
    assert words in raised.value.reason
    assert raised.value.line == line


def test_a_file_cut_off_anywhere_is_an_error_or_whole(tmp_path):
    for length in range(len(SMALL) - 1):
        try:
            clip = loaded(tmp_path, SMALL[:length])
        except ClipError:
            continue
        # All numbers of the last line are there; only the last of them may be shorter.
        assert clip.total_frames == 2
        assert len(SMALL) - length <= 2


def test_few_bytes_do_not_become_many(tmp_path):
    joints = "".join(f"JOINT j{n}\n{{\nOFFSET 1 0 0\n" for n in range(900)) + "}\n" * 900
    head = SMALL.partition("  JOINT")[0].replace(
        "CHANNELS 6 Xposition Yposition Zposition Z", "CHANNELS 3 Z"
    )
    text = f"{head}{joints}}}\nMOTION\nFrames: 20000\nFrame Time: 1\n" + "0 0 0\n" * 20000
    with pytest.raises(ClipError, match="too much for a file of"):
        loaded(tmp_path, text)


def test_a_dataset(tmp_path):
    files = {"walk/a.bvh": SMALL, "run/b.bvh": SMALL, "run/c.bvh": SMALL.replace("LeftLeg", "Tail")}
    report, dataset = build(
        tmp_path, "bvh", {**files, "notes.txt": "x"}, unit="m", labels={"folder": True}
    )
    assert list(dataset.ids) == ["run/b", "walk/a"]
    assert [clip.label for clip in dataset] == [0, 1]
    (bad,) = report.quarantined
    assert bad.id == "run/c"
    assert "layout" in bad.reason
