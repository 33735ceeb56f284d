"""The datasets that people annotated, in MATLAB's files: Penn Action and JHMDB."""

import numpy as np
import pytest
from support import matlab

from skelconv import ClipError


def _penn(drawn, action: str = "bowl", train: int = 1, frames: int = 5, **changed) -> bytes:
    x, y = abs(drawn(2, frames, 13)) * 100
    visibility = np.ones((frames, 13), np.uint8)
    visibility[0, 3] = visibility[1, 4] = 0
    x[1, 4] = y[1, 4] = 1
    variables = {
        "action": action,
        "pose": "back",
        "x": x,
        "y": y,
        "visibility": visibility,
        "train": np.array([[train]], "<i4"),
        "bbox": np.ones((frames, 4)),
        "dimensions": np.array([[272.0, 481.0, frames]]),
        "nframes": np.array([[frames]], np.uint8),
    }
    return matlab.mat(variables | changed)


class TestPennAction:
    def test_files_say_their_part_and_class(self, fill, clips, make, drawn):
        root = fill(
            {
                "0001.mat": _penn(drawn),
                "0002.mat": _penn(drawn, "tennis_serve", -1),
                "0003.mat": _penn(drawn, "dancing"),
                "readme.txt": "",
            }
        )
        found = clips("penn-action", root=str(root))
        assert {name: clip.label for name, clip in found.items()} == {
            "train/0001": 3,
            "test/0002": 14,
        }
        inventory = make("penn-action", root=str(root)).inventory()
        assert len(inventory.label_names) == 15
        (rejected,) = inventory.rejected
        assert "'action' is 'dancing', none of the classes" in rejected.reason
        clip = found["train/0001"]
        x, y = abs(drawn(2, 5, 13)) * 100
        expected = np.stack([x, y], -1)
        expected[1, 4] = 0
        np.testing.assert_array_equal(clip.keypoint[0], expected)
        assert clip.img_shape == (272, 481)
        # A joint that was placed where it cannot be seen is there; one that was not is missing.
        assert (clip.keypoint_score == 0).nonzero()[1:] == (1, 4)

    def test_hidden_joints_can_be_left_out(self, fill, clips, drawn):
        root = fill({"0001.mat": _penn(drawn)})
        (clip,) = clips("penn-action", root=str(root), hidden="missing").values()
        _, frames, joints = (clip.keypoint_score == 0).nonzero()
        assert (frames.tolist(), joints.tolist()) == ([0, 1], [3, 4])
        assert not clip.keypoint[0, 0, 3].any()

    @pytest.mark.parametrize(
        ("changed", "reason"),
        [
            ({"x": np.ones((5, 12))}, "'x' is not an array of 13 joints"),
            ({"y": np.ones((4, 13))}, "x, y and visibility are of shapes"),
            ({"dimensions": np.zeros((1, 3))}, "'dimensions' are not"),
            ({"dimensions": np.array([[272.0, np.inf, 9.0]])}, "'dimensions' are not"),
            ({"dimensions": "large"}, "'dimensions' are not"),
        ],
    )
    def test_files_that_are_wrong(self, fill, make, drawn, changed, reason):
        source = make("penn-action", root=str(fill({"0001.mat": _penn(drawn, **changed)})))
        (item,) = source.inventory().items
        with pytest.raises(ClipError, match=reason):
            source.load(item)


class TestJhmdb:
    def test_a_clip_is_called_like_its_folder(self, fill, clips, make, drawn):
        positions = abs(drawn(2, 15, 7)) * 50
        content = matlab.mat({"pos_img": positions, "pos_world": positions / 9})
        root = fill({"catch/Goal_f_cm/joint_positions.mat": content})
        (clip,) = clips("jhmdb", root=str(root)).values()
        assert (clip.id, clip.label, clip.img_shape) == ("Goal_f_cm", 1, (240, 320))
        for t, v in [(0, 0), (6, 14), (3, 8)]:
            assert clip.keypoint[0, t, v].tolist() == [
                positions[0, v, t] - 1,
                positions[1, v, t] - 1,
            ]
        assert len(make("jhmdb", root=str(root)).inventory().label_names) == 21

    @pytest.mark.parametrize(
        ("variables", "reason"),
        [
            ({}, "'pos_img' is not an array of 2 x 15 x frames"),
            ({"pos_img": np.ones((2, 15))}, "'pos_img' is not an array of 2 x 15 x frames"),
            ({"pos_img": np.ones((2, 15, 0))}, "it has no frames"),
        ],
    )
    def test_files_that_are_wrong(self, fill, make, variables, reason):
        root = fill({"catch/a/joint_positions.mat": matlab.mat(variables)})
        source = make("jhmdb", root=str(root))
        (item,) = source.inventory().items
        with pytest.raises(ClipError, match=reason):
            source.load(item)
