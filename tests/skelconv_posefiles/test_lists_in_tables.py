"""Tables whose cells are lists, and lists whose places name their joints."""

import json

import numpy as np
import pytest

from skelconv import ClipError
from skelconv_posefiles.loose.table import open_table
from skelconv_posefiles.loose.table_form import TableForm

LISTS = {"x": "points.{n}.0", "y": "points.{n}.1"}
NAMED = {"x": "kp.{n}.x", "y": "kp.{n}.y"}


def opened(text, suffix=".csv", values=LISTS, **more):
    form = TableForm(values=values, wide=True, layout="coco17", **more)
    return open_table(form, text.encode(), suffix)


def poses(table):
    (key,) = table.clips
    return table.poses(key)


def csv_of(*cells):
    return "frame,points\n" + "".join(f'{n},"{cell}"\n' for n, cell in enumerate(cells))


def body(**changed):
    points = [[float(n), n + 0.5] for n in range(17)]
    for place, point in changed.items():
        points[int(place[1:])] = point
    return str(points)


@pytest.mark.parametrize(
    "written",
    [body(), body().replace("[", "(").replace("]", ")"), body().replace(",", "")],
    ids=["lists", "tuples", "as NumPy prints"],
)
def test_cells_that_are_lists(written):
    (skeleton,) = poses(opened(csv_of(written), frame="frame")).skeletons
    np.testing.assert_array_equal(skeleton.keypoint[:, 1], np.arange(17) + 0.5)


def test_a_place_that_is_nan_is_missing():
    cell = body(p3=[float("nan")] * 2)
    (skeleton,) = poses(opened(csv_of(cell), frame="frame")).skeletons
    assert np.isnan(skeleton.keypoint).any(1).nonzero()[0].tolist() == [3]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("[[1, 2]", "a list is not closed"),
        ("[1, 2]]", "something behind its list"),
        ("[[1,, 2]]", "nothing before a comma"),
        ("[1] [2]", "something behind its list"),
        ("[" * 12 + "]" * 12, "more than 8 deep"),
    ],
)
def test_lists_that_are_none(cell, reason):
    with pytest.raises(ClipError, match="column 'points'") as caught:
        poses(opened(csv_of(body(), cell), frame="frame"))
    assert caught.value.line == 3
    assert reason in caught.value.reason


def test_a_column_of_text_in_brackets_stays_a_column():
    text = "frame,label,points\n" + "".join(f'{n},(wave),"{body()}"\n' for n in range(2))
    (listed,) = opened(text, frame="frame", label="label").clips.values()
    assert listed.label == "(wave)"


def named(*frames):
    return json.dumps([{"frame": n, "kp": points} for n, points in enumerate(frames)])


def point(joint, x=1.0):
    return {"id": joint, "x": x, "y": 2.0}


def test_places_that_name_their_joints():
    text = named([point(9, 4.0), point(0)], [], [point(16)])
    found = poses(opened(text, ".json", NAMED, joint="kp.{n}.id", frame="frame"))
    assert [*found.frames] == [0, 1, 2]
    first, last = found.skeletons
    assert np.isnan(first.keypoint).any(1).sum() == 15
    assert first.keypoint[9].tolist() == [4.0, 2.0]
    assert (last.frame, last.keypoint[16].tolist()) == (2, [1.0, 2.0])


def test_without_numbers_of_frames_rows_are_frames():
    text = json.dumps([{"kp": [point(3)]}, {"kp": []}, {"kp": [point(3)]}])
    found = poses(opened(text, ".json", NAMED, joint="kp.{n}.id"))
    assert [one.frame for one in found.skeletons] == [0, 2]


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        ([point(3), point(3)], "record 0: keypoint 3 of this person is in this frame already"),
        ([point(17)], "keypoint 17 is not from 0 to 16"),
        ([point("tail")], "tail"),
        ([point(3, "far")], "'far' is not a number"),
    ],
)
def test_places_that_name_no_joint(points, reason):
    table = opened(named(points), ".json", NAMED, joint="kp.{n}.id", frame="frame")
    with pytest.raises(ClipError) as caught:
        poses(table)
    assert reason in caught.value.reason
