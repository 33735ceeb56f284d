"""pose-format's files of every version."""

import struct

import numpy as np
import pytest
from support.building import build
from support.keypoints import pose

from skelconv import ClipError
from skelconv.plugin import layout_named
from skelconv_keypoints.pose_format import read_pose
from skelconv_keypoints.tracks import to_clip

BODY = ("POSE_LANDMARKS", "XYZC", ["NOSE", "LEFT_EAR", "RIGHT_EAR"], [(0, 1), (0, 2), (2, 2)])
LEFT = ("LEFT_HAND_LANDMARKS", "XYZC", ["WRIST", "THUMB"], [(0, 1)])
RIGHT = ("RIGHT_HAND_LANDMARKS", "XYZC", ["WRIST", "THUMB"], [(0, 1)])
WORLD = ("POSE_WORLD_LANDMARKS", "XYZC", ["NOSE", "LEFT_EAR", "RIGHT_EAR"], [])
FLAT = ("pose_keypoints_2d", "XYC", ["Nose", "Neck"], [(0, 1)])
MOST = 2**24


def people(points, persons=1, frames=5, axes=3, seed=0):
    """Return coordinates and a confidence; a point of the second frame was not found."""
    drawn = np.random.default_rng(seed).uniform(10, 300, (persons, frames, points, axes + 1))
    drawn[..., -1] /= 300
    drawn[:, 1, 0] = 0
    return drawn.astype(np.float32)


def loaded(tmp_path, content, components=(), channels=2):
    path = tmp_path / "a.pose"
    path.write_bytes(content)
    return read_pose(str(path), components=components, channels=channels, max_bytes=MOST)


def missing(made, channels):
    return np.where(made[..., -1:] > 0, made[..., :channels], np.nan)


@pytest.mark.parametrize("version", [0.0, 0.1, 0.2])
@pytest.mark.parametrize("persons", [1, 3])
def test_every_version(tmp_path, version, persons):
    made = people(5, persons)
    tracks = loaded(tmp_path, pose(made, [BODY, LEFT], version=version))
    assert list(tracks.joints) == [*BODY[2], *LEFT[2]]
    assert list(tracks.limbs) == [(0, 1), (0, 2), (3, 4)]
    assert (tracks.img_shape, tracks.fps) == ((480, 640), 25)
    np.testing.assert_array_equal(tracks.keypoint, missing(made, 2))
    np.testing.assert_array_equal(tracks.score, made[..., -1])


def test_people_who_come_and_go(tmp_path):
    made = people(3, 2)
    made[1, 3:] = 0
    made[:, 2] = 0
    tracks = loaded(tmp_path, pose(made, [BODY], version=0))
    np.testing.assert_array_equal(np.nan_to_num(tracks.score), made[..., -1])
    np.testing.assert_array_equal(np.nan_to_num(tracks.keypoint), made[..., :2])


def test_points_of_one_name_are_told_apart_by_their_part(tmp_path):
    made = people(7)
    tracks = loaded(tmp_path, pose(made, [BODY, LEFT, RIGHT]))
    assert tracks.joints[3] == "LEFT_HAND_LANDMARKS:WRIST"
    assert tracks.joints[5] == "RIGHT_HAND_LANDMARKS:WRIST"


def test_parts_are_chosen_in_an_order_and_those_in_metres_only_by_name(tmp_path):
    made = people(8)
    content = pose(made, [BODY, LEFT, WORLD])
    assert loaded(tmp_path, content).keypoint.shape[2] == 5
    tracks = loaded(tmp_path, content, ("LEFT_HAND_LANDMARKS", "POSE_WORLD_LANDMARKS"), 3)
    assert tracks.keypoint.shape == (1, 5, 5, 3)
    np.testing.assert_array_equal(tracks.keypoint[0, 0], made[0, 0, [3, 4, 5, 6, 7], :3])


def test_more_frames_than_two_bytes_can_say(tmp_path):
    content = pose(np.ones((1, 70_000 % 65_536, 2, 3), np.float32), [FLAT], version=0.1)
    body = np.ones(70_000 * 2 * 3, "<f4").tobytes()
    head = content[: len(content) - (70_000 % 65_536) * 2 * 3 * 4]
    assert loaded(tmp_path, head + body).keypoint.shape == (1, 70_000, 2, 2)


def test_malformed_files(tmp_path):
    content = pose(people(5), [BODY, LEFT])
    for wrong, words in [
        (b"", "ends too early"),
        (struct.pack("<f", 7.5) + content[4:], "not a file of pose-format"),
        (struct.pack("<f", np.nan) + content[4:], "not a file of pose-format"),
        (content[:10] + b"\0\0" + content[12:], "it has no points"),
        (content + b"\0" * 4, "bytes for 5 frames"),
        (content.replace(b"XYZC", b"XYQC"), "are XYQC, not XYC or XYZC"),
        (pose(people(6), [BODY, BODY]), "two components of one name"),
        (pose(people(2, axes=2), [("a", "XYC", ["x", "y"], [(0, 5)])]), "joint that is not there"),
        (pose(people(5)[:, :0], [BODY, LEFT]), "it has no frames"),
        (pose(people(3), [WORLD]), "it has no components"),
    ]:
        with pytest.raises(ClipError, match=words):
            loaded(tmp_path, wrong)
    with pytest.raises(ClipError, match=r"no components FACE: it has POSE_LANDMARKS, LEFT"):
        loaded(tmp_path, content, ("FACE",))
    with pytest.raises(ClipError, match=r"not all of its points have 3 coordinates"):
        loaded(tmp_path, pose(people(2, axes=2), [FLAT]), channels=3)


def test_a_claimed_number_of_frames_without_anybody_takes_no_memory(tmp_path):
    content = pose(people(5)[:0], [BODY, LEFT])
    number = (5).to_bytes(4, "little") + bytes(2)  # frames, and nobody in them
    assert content.endswith(number)
    content = content.removesuffix(number) + (4 * 10**9).to_bytes(4, "little") + bytes(2)
    tracks = loaded(tmp_path, content)
    with pytest.raises(ClipError, match="it has 4,000,000,000 frames; the maximum is 10,000,000"):
        to_clip(tracks, "pose", units=None, img_shape=None)


@pytest.mark.parametrize("version", [0.0, 0.1, 0.2])
def test_a_file_cut_off_is_an_error(tmp_path, version):
    content = pose(people(5), [BODY, LEFT], version=version)
    whole = loaded(tmp_path, content)
    for length in range(len(content)):
        try:
            tracks = loaded(tmp_path, content[:length])
        except ClipError:
            continue
        # Version 0.1 does not say reliably how many frames there are.
        assert version == 0.1
        assert tracks.keypoint.shape[1] < whole.keypoint.shape[1]


def test_damaged_files_are_errors_or_tracks(tmp_path):
    content = pose(people(5), [BODY, LEFT])
    random = np.random.default_rng(1)
    failed = 0
    for _ in range(400):
        damaged = bytearray(content)
        for at in random.integers(0, 200, 2):
            damaged[at] = random.integers(256)
        try:
            loaded(tmp_path, bytes(damaged))
        except ClipError:
            failed += 1
    assert failed > 50


def test_a_dataset(tmp_path):
    made = people(7)
    files = {"a.pose": pose(made, [BODY, LEFT, RIGHT]), "b.pose": pose(made[..., :3], [BODY])}
    options = {"components": ["LEFT_HAND_LANDMARKS", "RIGHT_HAND_LANDMARKS"]}
    report, dataset = build(tmp_path, "pose-format", files, **options)
    assert list(dataset.ids) == ["a"]
    assert [one.id for one in report.quarantined] == ["b"]
    (clip,) = dataset
    assert layout_named(clip.layout).pairs == ((0, 2), (1, 3))
    assert clip.img_shape == (480, 640)
    assert clip.fields["fps"].values == 25
    np.testing.assert_array_equal(clip.keypoint, made[:, :, 3:, :2])
