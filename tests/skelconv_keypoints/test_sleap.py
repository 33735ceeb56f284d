"""SLEAP's own files and its analysis."""

import io

import h5py
import numpy as np
import pytest
from support.building import build
from support.keypoints import analysis, people, slp

from skelconv import ClipError
from skelconv.plugin import layout_named
from skelconv_keypoints.sleap_analysis import read_analysis
from skelconv_keypoints.slp import read_slp, videos_in

JOINTS = ["head", "wing_L", "wing_R", "tail"]
EDGES = [(0, 1), (0, 2), (0, 3)]
MOST = 2**24
NAN = [np.nan] * 3


def written(tmp_path, content):
    path = tmp_path / "a.slp"
    path.write_bytes(content)
    return str(path)


def rows_of(made, video=0, predicted=True):
    """Rows of `slp` for people (M, T, V, 3) with a track each."""
    return [
        (video, frame, track, predicted, made[track, frame])
        for frame in range(made.shape[1])
        for track in range(made.shape[0])
        if not np.isnan(made[track, frame]).all()
    ]


def test_tracks_are_persons(tmp_path):
    made = people()
    path = written(tmp_path, slp(rows_of(made), JOINTS, edges=EDGES, symmetric=[(1, 2)]))
    assert videos_in(path, MOST) == [""]
    tracks = read_slp(path, "", MOST)
    assert list(tracks.joints) == JOINTS
    assert list(tracks.limbs) == EDGES
    assert tracks.img_shape == (480, 640)
    # The video has two frames more.
    assert tracks.keypoint.shape == (2, 8, 4, 2)
    assert np.isnan(tracks.keypoint[:, 6:]).all()
    np.testing.assert_array_equal(tracks.keypoint[:, :6], made[..., :2].astype(np.float32))
    there = ~np.isnan(made[..., 2])
    np.testing.assert_array_equal(tracks.score[:, :6][there], made[..., 2][there])


def test_until_version_1_1_the_middle_of_a_pixel_was_a_half(tmp_path):
    made = people()
    old = read_slp(written(tmp_path, slp(rows_of(made), JOINTS, version=1.0)), "", MOST)
    np.testing.assert_array_equal(old.keypoint[:, :6], (made[..., :2] - 0.5).astype(np.float32))


def test_what_people_drew_stands_before_what_a_model_found(tmp_path):
    one, two, three = (np.full((4, 3), value) for value in (1.0, 2.0, 3.0))
    rows = [
        (0, 0, 5, True, one),
        (0, 0, 5, False, two, 0),  # a correction of the first
        (0, 1, 5, True, one),
        (0, 1, -1, True, three),  # no track: the first place
        (0, 2, 5, True, one),
        (0, 2, 5, False, two),
    ]
    tracks = read_slp(written(tmp_path, slp(rows, JOINTS)), "", MOST)
    assert tracks.keypoint.shape[0] == 2
    np.testing.assert_array_equal(tracks.keypoint[0, :3, 0, 0], [2, 1, 2])
    np.testing.assert_array_equal(tracks.score[0, :3, 0], [1, 1, 1])
    np.testing.assert_array_equal(tracks.keypoint[1, :3, 0, 0], [np.nan, 3, np.nan])


def test_videos_are_clips(tmp_path):
    made = people()
    videos = [{"filename": "C:\\x\\mice.mp4"}, {"backend": {"filename": "y/mice.mp4"}}, {}]
    rows = rows_of(made, 0) + rows_of(made[:1], 1, predicted=False)
    path = written(tmp_path, slp(rows, JOINTS, videos=videos))
    assert videos_in(path, MOST) == ["mice", "mice-1"]
    assert read_slp(path, "mice", MOST).keypoint.shape == (2, 6, 4, 2)
    drawn = read_slp(path, "mice-1", MOST)
    assert drawn.keypoint.shape == (1, 6, 4, 2)
    assert set(drawn.score[~np.isnan(drawn.score)]) == {1}
    with pytest.raises(ClipError, match="the video is gone"):
        read_slp(path, "rats", MOST)


def test_a_skeleton_beside_its_picture(tmp_path):
    made = people(1)
    described = {
        "nodes": [{"name": name} for name in JOINTS],
        "skeletons": [{"nx_graph": {"links": [], "nodes": [{"id": at} for at in (0, 3, 1, 2)]}}],
    }
    tracks = read_slp(written(tmp_path, slp(rows_of(made), JOINTS, metadata=described)), "", MOST)
    assert list(tracks.joints) == ["head", "tail", "wing_L", "wing_R"]


@pytest.mark.parametrize("video", ["no", {}, {"backend": {"shape": [9, 0, 64, 1]}}, {"backend": 5}])
def test_a_video_of_which_nothing_is_known(tmp_path, video):
    tracks = read_slp(written(tmp_path, slp(rows_of(people()), JOINTS, videos=[video])), "", MOST)
    assert tracks.keypoint.shape == (2, 6, 4, 2)
    assert tracks.img_shape is None


def setting(field, value):
    def change(values):
        values[field][-1] = value
        return values

    return change


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"instances": None}, "it has no array instances"),
        ({"points": lambda values: values[["x", "y"]]}, "points lacks visible"),
        ({"frames": setting("instance_id_end", 99)}, "frame 5: its instances are not there"),
        ({"frames": setting("frame_idx", 2**40)}, "cannot be"),
        ({"frames": setting("frame_idx", 9_000_000)}, "too much for a file of"),
        ({"frames": lambda values: values[:0]}, "it has no frames"),
        ({"instances": setting("point_id_end", 9999)}, "points, and the skeleton has 4"),
        ({"instances": setting("skeleton", 1)}, "different skeletons"),
        ({"metadata": {"nodes": [], "skeletons": [{"nodes": [{"id": 7}]}]}}, "no skeleton 0"),
        ({"metadata": {"nodes": [{"name": 5}], "skeletons": [{"nodes": [{"id": 0}], "links": []}]}},
         "the nodes of its skeleton have no names"),
        ({"edges": [(1, 1)]}, "a line is drawn to a joint that is not there, or to itself"),
    ],
)  # fmt: skip
def test_malformed_files(tmp_path, changes, words):
    path = written(tmp_path, slp(rows_of(people()), JOINTS, **changes))
    with pytest.raises(ClipError, match=words):
        read_slp(path, "", MOST)


def test_hostile_arrays(tmp_path):
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        file["node_names"] = np.array([b"a"])
        file.create_dataset("tracks", (1000, 2, 1, 10**7), "f8", chunks=(1, 1, 1, 1000))
    with pytest.raises(ClipError, match="tracks: what it holds takes more than"):
        read_analysis(written(tmp_path, content.getvalue()), MOST)
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        file["tracks"] = np.zeros((1, 2, 1, 3))
        names = file.create_dataset("node_names", (9000,), h5py.string_dtype())
        names[:] = "x" * 1000
    with pytest.raises(ClipError, match="node_names has more than"):
        read_analysis(written(tmp_path, content.getvalue()), MOST)


@pytest.mark.parametrize(
    "dims", [None, ("frame", "track", "node", "xy"), ("xy", "node", "frame", "track")]
)
def test_an_analysis_in_any_order_of_axes(tmp_path, dims):
    made = people()
    made[1, 4, 0, 2] = np.nan  # drawn by people
    tracks = read_analysis(written(tmp_path, analysis(made, JOINTS, EDGES, dims)), MOST)
    assert list(tracks.joints) == JOINTS
    assert list(tracks.limbs) == EDGES
    np.testing.assert_array_equal(tracks.keypoint, made[..., :2])
    np.testing.assert_array_equal(tracks.score, np.nan_to_num(made[..., 2], nan=1))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"node_names": np.array([b"a", b"b"])}, "tracks are of 4 nodes .* 2 nodes have names"),
        ({"tracks": np.zeros((2, 2, 4))}, r"tracks is \(2, 2, 4\) of float64"),
        ({"tracks": np.array(b"x")}, "tracks is"),
        ({"point_scores": np.zeros((2, 4, 5))}, "tracks and point_scores differ"),
        ({"edge_inds": np.array([[0, 9]])}, "a joint that is not there"),
        ({"edge_inds": np.array([0.5])}, "not a list of pairs"),
        ({"node_names": np.zeros((2, 2))}, "node_names is not a list of texts"),
        ({"node_names": np.array([1, 2])}, "node_names is not text"),
    ],
)
def test_malformed_analyses(tmp_path, changes, words):
    with pytest.raises(ClipError, match=words):
        read_analysis(written(tmp_path, analysis(people(), JOINTS, EDGES, **changes)), MOST)


def test_a_dataset(tmp_path):
    made = people()
    videos = [{"filename": "a/one.mp4"}, {"filename": "a/two.mp4"}]
    files = {
        "fly.slp": slp(rows_of(made) + rows_of(made[:, :3], 1), JOINTS, videos=videos, edges=EDGES),
        "other.h5": analysis(made[:1], JOINTS, EDGES),
        "bad.slp": b"no",
    }
    report, dataset = build(tmp_path, "sleap", files, img_shape=[480, 640])
    assert list(dataset.ids) == ["fly/one", "fly/two", "other"]
    assert [one.id for one in report.quarantined] == ["bad"]
    layout = layout_named(dataset.layout)
    assert layout.bones == ((1, 0), (2, 0), (3, 0))
    assert layout.pairs == ((1, 2),)
    expected = np.nan_to_num(made[..., :2]).astype(np.float32)
    np.testing.assert_array_equal(dataset[0].keypoint, expected)
    np.testing.assert_array_equal(dataset[2].keypoint, expected[:1])
