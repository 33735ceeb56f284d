import json

import numpy as np
import pytest

from skelconv import ClipError

NAME = "Drink.Frombottle_p03_r00_v01_c03"


def _body(joints: np.ndarray) -> list[float]:
    """Return all x, then all y, then all z."""
    return joints.T.reshape(-1).tolist()


@pytest.fixture
def people(drawn):
    return drawn(4, 2, 13, 3), abs(drawn(4, 2, 13, 2)) * 50


@pytest.fixture
def root(fill, people):
    metres, pixels = people
    there = [[0], [], [0, 1], [0]]
    frames = [
        [{"pose3d": _body(metres[t, m]), "pose2d": _body(pixels[t, m])} for m in some]
        for t, some in enumerate(there)
    ]
    return fill({f"{NAME}.json": json.dumps({"njts": 13, "K": 10, "frames": frames})})


def test_joints_are_read_axis_by_axis(root, clips, people):
    metres, _ = people
    (clip,) = clips("smarthome", root=str(root)).values()
    assert (clip.id, clip.label, clip.keypoint.shape) == (NAME, 6, (2, 4, 13, 3))
    for m, t in [(0, 0), (0, 2), (1, 2), (0, 3)]:
        np.testing.assert_array_equal(clip.keypoint[m, t], metres[t, m])
    assert not clip.keypoint[:, 1].any()
    assert not clip.keypoint[1, [0, 3]].any()


def test_the_image(root, clips, people):
    _, pixels = people
    (clip,) = clips("smarthome", root=str(root), coordinates="2d").values()
    np.testing.assert_array_equal(clip.keypoint[1, 2], pixels[2, 1])
    assert clip.img_shape == (480, 640)


def test_there_are_31_classes(root, make):
    names = make("smarthome", root=str(root)).inventory().label_names
    assert len(names) == len(set(names)) == 31
    # As UNIK's script numbers them.
    assert (names[0], names[27], names[28], names[30]) == (
        "Cook.Cleandishes",
        "Usetelephone",
        "Usetablet",
        "WatchTV",
    )


@pytest.mark.parametrize(
    ("frames", "reason"),
    [
        ([], "'frames' is empty"),
        ([0], "frame 0: its people are not a list"),
        ([[], [0]], "frame 1, person 0 is not a JSON object"),
        ([[{"pose2d": []}]], "frame 0, person 0 has no 'pose3d' that is a list"),
        ([[{"pose3d": [0.5] * 38}]], "frame 0, person 0: 'pose3d' is not 39 numbers"),
        ([[{"pose3d": [0.5] * 38 + [None]}]], "'pose3d' is not 39 numbers"),
        ([[{"pose3d": [0.5] * 39}] * 600, *[[]] * 499], "600 people come and go in 500 frames"),
    ],
)
def test_what_is_not_in_this_form_is_refused(fill, make, frames, reason):
    root = fill({f"{NAME}.json": json.dumps({"frames": frames})})
    source = make("smarthome", root=str(root))
    (item,) = source.inventory().items
    with pytest.raises(ClipError, match=reason):
        source.load(item)
