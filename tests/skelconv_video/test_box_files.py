import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from skelconv import BuildError, ClipError
from skelconv_video.box_files import read_boxes

BOX = [1, 2, 30, 40]
SHAPE = (48, 64)


def boxes(folder: Path, given: object, form: str = "json", frames: int = 3) -> list[Any]:
    """Write a file of the boxes of one clip, and read them."""
    path = folder / f"boxes.{form}"
    if form == "csv":
        path.write_text(str(given))
    else:
        content = {"a": given}
        path.write_bytes(
            pickle.dumps(content) if form == "pickle" else json.dumps(content).encode()
        )
    return read_boxes(form, str(path), None)("a", SHAPE).all(frames)  # type: ignore[arg-type]


@pytest.mark.parametrize("form", ["json", "pickle", "csv"])
def test_fractions_become_pixels_and_are_not_taken_for_pixels(form: str, tmp_path: Path) -> None:
    width, height = 64, 48
    fractions = [1 / width, 2 / height, 30 / width, 40 / height]
    if form == "csv":
        given: object = "id,frame,x1,y1,x2,y2\na,1," + ",".join(map(repr, fractions))
    else:
        given = [[], [fractions], []]
    assert refused(tmp_path, given, form) == (
        "all corners are up to 0.833333: they are not pixels (option units: fractions)"
    )
    read = read_boxes(form, str(tmp_path / f"boxes.{form}"), None, "fractions")  # type: ignore[arg-type]
    found = read("a", SHAPE).all(3)
    assert [len(frame) for frame in found] == [0, 1, 0]
    np.testing.assert_allclose(found[1], [[*BOX, 1]], rtol=1e-6)
    assert "is outside the frame" in _refused_pixels(tmp_path)


def _refused_pixels(folder: Path) -> str:
    """Why pixels cannot be fractions."""
    path = folder / "pixels.json"
    path.write_text(json.dumps({"a": [[BOX]]}))
    with pytest.raises(ClipError) as caught:
        read_boxes("json", str(path), None, "fractions")("a", SHAPE)
    return caught.value.reason


def refused(folder: Path, given: object, form: str = "json", frames: int = 3) -> str:
    with pytest.raises(ClipError) as caught:
        boxes(folder, given, form, frames)
    assert caught.value.path == str(folder / f"boxes.{form}")
    return caught.value.reason.removeprefix("its boxes cannot be used: ")


@pytest.mark.parametrize(
    ("form", "given"),
    [
        ("json", [[], [[*BOX, 0.5]], []]),
        ("json", {"1": [[*BOX, 0.5]]}),
        ("json", {"0": [], "1": [*BOX, 0.5]}),
        ("pickle", {1: [[*BOX, 0.5]]}),
        ("pickle", {"1": np.array([[*BOX, 0.5]])}),
        ("pickle", ((), np.array([[*BOX, 0.5]], np.float16), np.zeros((0, 4)))),
        ("csv", "y2,x2,y1,x1,score,frame,id\n40,30,2,1,.5,1,a\n"),
    ],
)
def test_the_forms_agree(form: str, given: object, tmp_path: Path) -> None:
    found = boxes(tmp_path, given, form)
    assert [frame.shape for frame in found] == [(0, 5), (1, 5), (0, 5)]
    assert all(frame.dtype == np.float32 for frame in found)
    assert found[1].tolist() == [[*BOX, 0.5]]


@pytest.mark.parametrize("score", ["score", "other"])
def test_a_score_that_is_not_given_is_1(score: str, tmp_path: Path) -> None:
    found = boxes(tmp_path, f"id,frame,x1,y1,x2,y2,{score}\na,0,1,2,30,40,\n", "csv", 1)
    assert found[0].tolist() == [[*BOX, 1]]
    assert boxes(tmp_path, np.array([BOX] * 3), "pickle")[2].tolist() == [[*BOX, 1]]


def test_the_highest_score_comes_first_and_equals_keep_their_order(tmp_path: Path) -> None:
    scores = [0.2, 0.9, 0.2, 1, 0.9]
    given = [[n, 2, 30, 40, score] for n, score in enumerate(scores)]
    (found,) = boxes(tmp_path, [given], frames=1)
    assert found[:, 0].tolist() == [3, 1, 4, 0, 2]


def test_a_box_of_zeros_is_left_out(tmp_path: Path) -> None:
    """Arrays are filled up with them where fewer people are in a frame."""
    table = np.zeros((3, 2, 5), np.float32)
    table[0, 1] = [*BOX, 0.7]
    (path := tmp_path / "boxes.pkl").write_bytes(pickle.dumps({"a": table}))
    found = read_boxes("pickle", str(path), None)("a", SHAPE).all(3)
    assert [len(frame) for frame in found] == [1, 0, 0]
    np.testing.assert_array_equal(found[0], table[0, 1:])


def test_people_may_reach_beyond_the_frame(tmp_path: Path) -> None:
    box = [-200, -100, 10, 47]
    assert boxes(tmp_path, [box], frames=1)[0][0, :4].tolist() == box


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        ([1, 2, 3], "a box has 3 numbers, not 4 or 5"),
        ([BOX, [1, 2, 3]], "its boxes do not all have 4 numbers, or all 5"),
        ([BOX, [*BOX, 1]], "its boxes do not all have 4 numbers, or all 5"),
        (7, "it is not a list of boxes, which are numbers: x1, y1, x2, y2, score"),
        (None, "it is not a list of boxes, which are numbers: x1, y1, x2, y2, score"),
        ("abcd", "it is not a list of boxes, which are numbers: x1, y1, x2, y2, score"),
        ({"x1": 1}, "it is not a list of boxes, which are numbers: x1, y1, x2, y2, score"),
        ([[BOX]], "it is not a list of boxes, which are numbers: x1, y1, x2, y2, score"),
        ([True] * 4, "it is not a list of boxes, which are numbers: x1, y1, x2, y2, score"),
        ([[1, 2, 3, None]], "it is not a list of boxes, which are numbers: x1, y1, x2, y2, score"),
        (
            [[1, 2, 3, int("9" * 400)]],
            "it is not a list of boxes, which are numbers: x1, y1, x2, y2, score",
        ),
        ([[1, 2, 1e39, 9]], "a box has a number that is not finite, or too large"),
        ([[1, 2, float("nan"), 9]], "a box has a number that is not finite, or too large"),
        ([[*BOX, 0]], "a box has the score 0, which is not above 0 and at most 1"),
        ([[*BOX, 7]], "a box has the score 7, which is not above 0 and at most 1"),
        ([[*BOX, 1e-60]], "a box has the score 0, which is not above 0 and at most 1"),
        (
            [[5, 5, 1, 9]],
            "a box from (5, 5) to (1, 9) has no area",
        ),
        (
            [[5, 5, 5, 9]],
            "a box from (5, 5) to (5, 9) has no area",
        ),
        (
            [[-9, -9, -4, -4]],
            "a box from (-9, -9) to (-4, -4) is outside the frame, which is 64 x 48",
        ),
        (
            [[64, 1, 70, 9]],
            "a box from (64, 1) to (70, 9) is outside the frame, which is 64 x 48",
        ),
        (
            [[1, 1, 1e30, 9]],
            "a box from (1, 1) to (1e+30, 9) is far larger than the frame, which is 64 x 48",
        ),
    ],
)
def test_a_box_that_cannot_be_a_persons_is_reported_with_its_frame(
    frame: object, message: str, tmp_path: Path
) -> None:
    assert refused(tmp_path, [[BOX], frame, []]) == f"frame 1: {message}"


def test_complex_numbers_are_not_boxes(tmp_path: Path) -> None:
    given = np.ones((3, 2, 5), np.complex64)
    assert refused(tmp_path, given, "pickle").startswith("frame 0: it is not a list of boxes")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (None, "they are not a list or mapping of frames"),
        ("abc", "they are not a list or mapping of frames"),
        ([[BOX]], "they are for 1 frame, and it has 3"),
        ([[BOX]] * 4, "they are for 4 frames, and it has 3"),
        ({"0": [BOX], "3": [BOX]}, "frame 3: it has 3 frames, counted from 0"),
        ({"x": [BOX]}, "'x' is not a frame's number"),
        ({"-1": [BOX]}, "'-1' is not a frame's number"),
        ({"9" * 5000: [BOX]}, f"{'9' * 40!r} is not a frame's number"),
        ({"0": [BOX], "00": [BOX]}, "frame 0: it is there twice"),
        ({"0": [BOX], "2": [[1, 2]]}, "frame 2: a box has 2 numbers, not 4 or 5"),
    ],
)
def test_frames_that_do_not_fit_are_reported(given: object, message: str, tmp_path: Path) -> None:
    assert refused(tmp_path, given) == message


def test_keys_of_a_pickle_that_are_not_frames_are_reported(tmp_path: Path) -> None:
    for key in (-1, 1.0, None, True, 10**9):
        assert refused(tmp_path, {key: [BOX]}, "pickle") == "a key is not a frame's number"


def test_a_clip_without_boxes_is_reported(tmp_path: Path) -> None:
    (tmp_path / "boxes.json").write_text("{}")
    with pytest.raises(ClipError, match="there are no boxes for it"):
        read_boxes("json", str(tmp_path / "boxes.json"), None)("a", SHAPE)


@pytest.mark.parametrize(
    ("content", "message", "line"),
    [
        (
            "[" * 100_000,
            "is not valid JSON: it is nested too deeply, more than 100 levels",
            "",
        ),
        ('{"a": ' + "9" * 5000 + "}", "is not valid JSON: a number is too long", ""),
        ('{"a":\n}', "is not valid JSON: Expecting value", ":2"),
        ("[]", "is not a mapping of ids to boxes", ""),
        ("\udcff", "is not in UTF-8 (save it as UTF-8)", ":1"),
    ],
)
def test_a_file_that_is_not_json_of_boxes_is_reported(
    content: str, message: str, line: str, tmp_path: Path
) -> None:
    path = tmp_path / "boxes.json"
    path.write_text(content, "utf-8", "surrogateescape")
    with pytest.raises(BuildError) as caught:
        read_boxes("json", str(path), None)
    assert (caught.value.what, caught.value.where) == (message, f"{path}{line}")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a,0,1,2,3", "5 cells, where the header has 6"),
        ("a,x,1,2,3,4", "'x' is not a frame's number"),
        ("a,-1,1,2,3,4", "'-1' is not a frame's number"),
        ("a,0,1,2,,4", "a coordinate or the score is not a number"),
        (",0,1,2,3,4", "the id is missing"),
    ],
)
def test_a_row_that_is_wrong_is_reported_with_its_line(
    row: str, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "boxes.csv"
    path.write_text(f"id,frame,x1,y1,x2,y2\nb,0,1,2,3,4\n{row}\n")
    with pytest.raises(BuildError) as caught:
        read_boxes("csv", str(path), None)
    assert (caught.value.what, caught.value.where) == (message, f"{path}:3")


def test_a_csv_without_a_column_is_reported(tmp_path: Path) -> None:
    (tmp_path / "boxes.csv").write_text("id,frame,x1,y1,x2\n")
    with pytest.raises(BuildError, match="must name the column 'y2' once"):
        read_boxes("csv", str(tmp_path / "boxes.csv"), None)


def test_one_array_as_the_boxes_of_all_clips_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "boxes.pkl"
    shared = np.zeros((5000, 5), np.float32)
    path.write_bytes(pickle.dumps({str(n): shared for n in range(2000)}))
    with pytest.raises(BuildError, match="takes more than 34 MiB of memory, too much for a file"):
        read_boxes("pickle", str(path), None)
