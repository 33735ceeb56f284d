"""The datasets whose files have the numbers of a frame on each line: PKU-MMD, SHREC'17, DHG."""

import re

import numpy as np
import pytest

from skelconv import ClipError


def _rows(array: np.ndarray, separator: str = " ") -> str:
    flat = array.reshape(len(array), -1)
    return "".join(separator.join(f"{x:.6f}" for x in row) + "\n" for row in flat)


class TestPkuMmd:
    @pytest.fixture
    def recording(self, drawn):
        frames = drawn(60, 2, 25, 3).round(6)
        frames[:40, 1] = 0  # the second person comes late
        return frames

    def test_a_recording_as_a_whole(self, fill, clips, recording):
        root = fill({"0002-L.txt": " " + _rows(recording)})
        (clip,) = clips("pku-mmd", root=str(root)).values()
        assert (clip.id, clip.label, clip.layout) == ("0002-L", None, "ntu25")
        np.testing.assert_array_equal(clip.keypoint, recording.transpose(1, 0, 2, 3))

    def test_its_actions(self, fill, clips, make, recording):
        root = fill(
            {
                "data/0002-L.txt": _rows(recording),
                "data/0003-L.txt": _rows(recording[:5]),
                "data/0004-L.txt": _rows(recording[:5]),
                "labels/0004-L.txt": "\n",
                "labels/0005-L.txt": "1,2,3,1\n",
                "labels/0002-L.txt": "51,3,30,2\n1,35,61,1\n2,55,66,1\n\n",
            }
        )
        options = {"root": str(root / "data"), "actions": str(root / "labels")}
        cut = make("pku-mmd", beyond="cut", **options)
        *most, little = cut.inventory().items
        found = {item.id: cut.load(item) for item in most}
        with pytest.raises(ClipError, match="frames 55 to 65, of which less than half are there"):
            cut.load(little)
        assert {name: clip.label for name, clip in found.items()} == {
            "0002-L@000003-000030": 50,
            "0002-L@000035-000061": 0,
        }
        first, second = found.values()
        np.testing.assert_array_equal(first.keypoint[0], recording[3:30, 0])
        assert first.num_person == 1
        # One that ends behind the recording ends with it.
        np.testing.assert_array_equal(second.keypoint, recording[35:].transpose(1, 0, 2, 3))
        source = make("pku-mmd", **options)
        inventory = source.inventory()
        whole, short, _ = inventory.items
        assert source.load(whole) == first
        with pytest.raises(ClipError, match=r"has 60 frames, .* frames 35 to 60 \("):
            source.load(short)
        assert inventory.left_out == {
            "no list of actions": ["0003-L"],
            "its list of actions is empty": ["0004-L"],
        }
        assert inventory.absent == ["0005-L"]
        assert (inventory.label_names[0], inventory.label_names[50]) == ("bow", "writing")

    @pytest.mark.parametrize(
        ("actions", "reason"),
        [
            ("1,2\n", r"'1,2' is not label,start,end,confidence \(line 1\)"),
            ("1,2,9,1\nx,2,9,1\n", r"'x,2,9,1' is not label,start,end,confidence \(line 2\)"),
            ("52,2,9,1\n", "is no action of the 51 classes"),
            ("0,2,9,1\n", "is no action of the 51 classes"),
            ("1,9,9,1\n", "is no action of the 51 classes"),
            ("1,2,9,1\n1,2,9,2\n", "has this action already"),
        ],
    )
    def test_lists_that_are_wrong(self, fill, make, recording, actions, reason):
        root = fill({"data/0002-L.txt": _rows(recording), "labels/0002-L.txt": actions})
        source = make("pku-mmd", root=str(root / "data"), actions=str(root / "labels"))
        (rejected,) = source.inventory().rejected
        assert rejected.path == str(root / "labels/0002-L.txt")
        assert re.search(reason, rejected.reason)

    def test_a_faulty_line_is_named_as_the_file_has_it(self, fill, make, recording):
        lines = _rows(recording).splitlines()
        lines[11] = lines[11].replace(" ", " x", 1)
        root = fill({"d/0002-L.txt": "\n".join(lines), "l/0002-L.txt": "1,10,20,1\n2,60,70,1\n"})
        source = make("pku-mmd", root=str(root / "d"), actions=str(root / "l"))
        faulty, late = source.inventory().items
        with pytest.raises(ClipError, match="is not a number") as caught:
            source.load(faulty)
        assert caught.value.line == 12
        with pytest.raises(ClipError, match="it has 60 frames, and the action begins at 60"):
            source.load(late)


class TestHands:
    @pytest.mark.parametrize("name", ["skeletons_world.txt", "skeleton_world.txt"])
    def test_in_3d(self, fill, clips, make, drawn, name):
        truth = {
            f"gesture_{gesture}/finger_{finger}/subject_{subject}/essai_{essai}": drawn(
                3 + essai, 22, 3, seed=gesture
            ).round(6)
            for gesture, finger, subject, essai in [(1, 1, 1, 1), (13, 2, 20, 5), (14, 1, 3, 2)]
        }
        root = fill({f"{path}/{name}": _rows(value) for path, value in truth.items()})
        found = clips("shrec", root=str(root))
        for path, clip in found.items():
            np.testing.assert_array_equal(clip.keypoint[0], truth[path])
        assert sorted(clip.label for clip in found.values()) == [0, 12, 13]
        of28 = clips("shrec", root=str(root), classes=28)
        # What SHREC'17's lists have as the sixth number, less 1: 2 (gesture - 1) + finger.
        assert sorted(clip.label for clip in of28.values()) == [0, 25, 26]
        names = make("shrec", root=str(root), classes=28).inventory().label_names
        assert len(names) == len(set(names)) == 28
        assert names[25] == "swipe V, whole hand"

    def test_in_the_image(self, fill, clips, drawn):
        image = (abs(drawn(3, 22, 2)) * 100).round(3)
        folder = "gesture_2/finger_1/subject_1/essai_1"
        root = fill({f"{folder}/skeletons_image.txt": _rows(image), f"{folder}/x.txt": ""})
        (clip,) = clips("shrec", root=str(root), coordinates="2d").values()
        np.testing.assert_array_equal(clip.keypoint[0], image)
        assert clip.img_shape == (480, 640)

    @pytest.mark.parametrize(
        ("content", "reason", "line"),
        [
            ("", "the file is empty", 1),
            ("\n\n", "the file is empty", 1),
            ("1 " * 65, "65 numbers, where a frame has 66", 1),
            ("1 " * 66 + "\n" + "1 " * 67, "67 numbers, where a frame has 66", 2),
            ("1 " * 66 + "\n\n" + "1 " * 66, "an empty line before others", 2),
            ("1 " * 65 + "1_0", "'1_0' is not a number", 1),
            ("1 " * 65 + "-1.#IND", "'-1.#IND' is not a number", 1),
            ("1 " * 65 + "inf", "infinite", None),
        ],
    )
    def test_lines_that_are_wrong(self, fill, make, content, reason, line):
        root = fill({"gesture_1/finger_1/subject_1/essai_1/skeletons_world.txt": content})
        source = make("shrec", root=str(root))
        (item,) = source.inventory().items
        with pytest.raises(ClipError, match=reason) as caught:
            source.load(item)
        assert caught.value.line == line

    def test_folders_that_say_no_class_are_told(self, fill, make):
        root = fill({f"{name}/skeletons_world.txt": "1" for name in ("gesture_15/finger_1", "a")})
        assert [one.id for one in make("shrec", root=str(root)).inventory().rejected] == [
            "a",
            "gesture_15/finger_1",
        ]
