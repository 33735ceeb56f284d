"""Recordings of Azure Kinect, and ETRI-Activity3D's of Kinect v2."""

import json

import numpy as np
import pytest

from skelconv import ClipError


def _azure(frames: list) -> str:
    return json.dumps({"k4abt_sdk_version": "1", "frames": frames, "joint_names": []})


def test_azure_bodies_are_followed_by_their_ids(fill, clips, drawn):
    truth = (drawn(3, 2, 32, 3) * 1000).round(3)

    def body(t: int, m: int, number: int) -> dict:
        return {"body_id": number, "joint_positions": truth[t, m].tolist()}

    frames = [
        {"bodies": [body(0, 0, 7)], "frame_id": 0, "num_bodies": 1},
        {"bodies": None, "frame_id": 1, "num_bodies": 0},
        {"bodies": [body(2, 1, 9), body(2, 0, 7)], "frame_id": 2},
    ]
    root = fill({"walk/one.json": _azure(frames)})
    (clip,) = clips("azure-kinect", root=str(root), labels={"folder": True}).values()
    assert (clip.id, clip.label, clip.layout) == ("one", 0, "kinect-azure32")
    assert clip.keypoint.shape == (2, 3, 32, 3)
    np.testing.assert_array_equal(clip.keypoint[0, 0], truth[0, 0] / 1000)
    np.testing.assert_array_equal(clip.keypoint[:, 2], truth[2] / 1000)
    assert not clip.keypoint[:, 1].any()


def test_azure_frames_that_are_left_out_are_empty(fill, clips, drawn):
    truth = (drawn(2, 32, 3) * 1000).round(3)
    frames = [
        {"frame_id": number, "bodies": [{"body_id": 1, "joint_positions": joints.tolist()}]}
        for number, joints in zip((40, 43), truth, strict=True)
    ]
    (clip,) = clips("azure-kinect", root=str(fill({"a.json": _azure(frames)}))).values()
    np.testing.assert_array_equal(clip.keypoint[0, [0, 3]], truth / 1000)
    assert clip.total_frames == 4
    assert not clip.keypoint[0, 1:3].any()


@pytest.mark.parametrize(
    ("frames", "reason"),
    [
        (
            [{"frame_id": 5, "bodies": None}, {"frame_id": 5, "bodies": None}],
            "frame 1 has the frame_id 5, not one beyond 5",
        ),
        ([{"frame_id": 0, "bodies": None}, {"frame_id": 10**9, "bodies": None}], "not a recording"),
        ([], "'frames' is empty"),
        ([3], "frame 0 has no list of 'bodies'"),
        ([{"bodies": [{"body_id": 1, "joint_positions": [[1, 2, 3]]}]}], "32 x 3 numbers"),
        ([{"bodies": [{"joint_positions": np.ones((32, 3)).tolist()}]}], "no 'body_id'"),
    ],
)
def test_azure_files_that_are_wrong(fill, make, frames, reason):
    source = make("azure-kinect", root=str(fill({"a.json": _azure(frames)})))
    (item,) = source.inventory().items
    with pytest.raises(ClipError, match=reason):
        source.load(item)


def _etri(rows: list[tuple[int, int, np.ndarray]]) -> str:
    """Write rows in ETRI-Activity3D's columns, of which skelconv needs a third."""
    names = ["3dX", "3dY", "3dZ", "depthX", "depthY", *(f"orientation{axis}" for axis in "XYZW")]
    names.append("trackingState")
    columns = [f"joint{joint}_{name}" for joint in range(1, 26) for name in names]
    lines = [",".join(["frameNum", "bodyindexID", "trackingID", *columns])]
    for frame, number, joints in rows:
        cells = [f"{x},{y},{z},1,2,0,0,0,1,-1.#IND" for x, y, z in joints.tolist()]
        lines.append(",".join([str(frame), "5", str(number), *cells]))
    return "\n".join([*lines, ",,\n"][: len(lines)]) + "\n"


def test_etri_rows_are_followed_by_their_ids(fill, clips, drawn):
    one, other = drawn(3, 25, 3), drawn(3, 25, 3, seed=1)
    rows = [(4, 72, one[0]), (6, 73, other[2]), (6, 72, one[2])]
    root = fill({"P001/A055_P001_G001_C001.csv": _etri(rows)})
    (clip,) = clips("etri-activity3d", root=str(root)).values()
    assert (clip.id, clip.label) == ("A055_P001_G001_C001", 54)
    assert clip.keypoint.shape == (2, 3, 25, 3)
    np.testing.assert_array_equal(clip.keypoint[0, [0, 2]], one[[0, 2]])
    np.testing.assert_array_equal(clip.keypoint[1, 2], other[2])
    assert not clip.keypoint[:, 1].any()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda text: text.replace("joint7_3dY", "y"), "column 'joint7_3dY' once"),
        (lambda text: text.replace("trackingID", "a").replace("bodyindexID", "b"), "names neither"),
        (lambda text: text.splitlines()[0], "it has no rows"),
        (lambda text: text + "1,2\n", "2 cells, where the header has 253"),
        (lambda text: text.replace("\n0,", "\nx,"), "is not a number"),
        (lambda text: text.replace("\n0,", "\n0.5,"), "a frame is not a whole number"),
        (lambda text: text.replace("\n2,", "\n999999,"), "not a recording"),
    ],
)
def test_etri_files_that_are_wrong(fill, make, drawn, change, reason):
    text = _etri([(0, 1, drawn(25, 3)), (2, 1, drawn(25, 3))])
    source = make("etri-activity3d", root=str(fill({"A001_P001_G001_C001.csv": change(text)})))
    (item,) = source.inventory().items
    with pytest.raises(ClipError, match=reason):
        source.load(item)
