"""AMASS with a made-up body, against homogeneous matrices and scipy's rotations."""

import io
import zipfile

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from support.building import build

from skelconv import ClipError
from skelconv_mocap.amass import load
from skelconv_mocap.frames import Pace

SMPLH = "0 0 0 0 1 2 3 4 5 6 7 8 9 9 9 12 13 14 16 17 18 19 20 22 23 20 25 26 20 28 29 20 31 32 20"
SMPLH += " 34 35 21 37 38 21 40 41 21 43 44 21 46 47 21 49 50"
PARENTS = [int(word) for word in SMPLH.split()]
VERTICES = 300


def body(seed=0, parents=PARENTS, betas=16):
    drawn = np.random.default_rng(seed)
    weights = drawn.random((len(parents), VERTICES)) ** 8
    return {
        "v_template": drawn.normal(size=(VERTICES, 3)),
        "shapedirs": drawn.normal(size=(VERTICES, 3, betas)) * 0.1,
        "J_regressor": weights / weights.sum(1, keepdims=True),
        "kintree_table": np.array([[2**32 - 1, *parents[1:]], range(len(parents))], np.int64),
        "bs_style": np.array("lbs"),
    }


def recording(frames=9, joints=52, seed=1, **changes):
    drawn = np.random.default_rng(seed)
    return {
        "poses": drawn.normal(size=(frames, 3 * joints)),
        "trans": drawn.normal(size=(frames, 3)),
        "betas": drawn.normal(size=16),
        "gender": np.array("female"),
        "mocap_framerate": np.array(120.0),
        **changes,
    }


def saved(arrays, compressed=False):
    file = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(file, **arrays)
    return file.getvalue()


@pytest.fixture
def loaded(tmp_path):
    def run(arrays, model=None, joints="body", path="models", **pace):
        (tmp_path / "models/female").mkdir(parents=True, exist_ok=True)
        file = tmp_path / "models/female/model.npz"
        file.write_bytes(saved(body() if model is None else model))
        file = tmp_path / "a.npz"
        file.write_bytes(arrays if isinstance(arrays, bytes) else saved(arrays))
        options = {"model": str(tmp_path / path), "joints": joints, "max_bytes": 2**24}
        return load(str(file), pace=Pace(**pace), **options)

    return run


def expected(model, arrays):
    shape = model["v_template"] + model["shapedirs"] @ arrays["betas"]
    joints = model["J_regressor"] @ shape
    parents = model["kintree_table"][0]
    found = []
    for pose, trans in zip(arrays["poses"], arrays["trans"], strict=True):
        turns = Rotation.from_rotvec(pose.reshape(-1, 3)).as_matrix()
        worlds = []
        for at in range(len(parents)):
            local = np.eye(4)
            local[:3, :3] = turns[at]
            local[:3, 3] = joints[at] - (joints[parents[at]] if at else 0)
            worlds.append(worlds[parents[at]] @ local if at else local)
        found.append([world[:3, 3] + trans for world in worlds])
    return np.array(found)


def test_joints_are_where_matrices_lead(loaded):
    arrays = recording()
    places = expected(body(), arrays)
    clip = loaded(arrays)
    assert (clip.layout, clip.keypoint.shape) == ("smpl22", (1, 9, 22, 3))
    np.testing.assert_allclose(clip.keypoint[0], places[:, :22], atol=2e-6)
    hands = loaded(arrays, joints="hands")
    assert hands.layout == "smplh52"
    np.testing.assert_allclose(hands.keypoint[0], places, atol=2e-6)


def test_without_rotations_the_joints_are_those_of_the_body(loaded):
    arrays = recording(poses=np.zeros((2, 156)), trans=np.zeros((2, 3)), betas=np.zeros(16))
    model = body()
    rest = model["J_regressor"] @ model["v_template"]
    np.testing.assert_allclose(loaded(arrays).keypoint[0, 1], rest[:22], atol=1e-6)


def test_a_model_of_smpl_x_has_the_face_between_body_and_hands(loaded):
    parents = [*PARENTS[:22], 15, 15, 15, *(p if p < 22 else p + 3 for p in PARENTS[22:])]
    model = body(parents=parents)
    arrays = recording(joints=55)
    places = expected(model, arrays)
    clip = loaded(arrays, model=model, joints="hands", path="models/female/model.npz")
    np.testing.assert_allclose(clip.keypoint[0], np.delete(places, [22, 23, 24], 1), atol=2e-6)


def test_frames_and_genders(loaded):
    whole = loaded(recording(frames=3000)).keypoint
    assert loaded(recording(frames=3000), fps=30).fields["fps"].values == 30
    np.testing.assert_array_equal(loaded(recording(frames=3000), fps=30).keypoint, whole[:, ::4])
    old = recording(gender=np.array(b"female"))
    np.testing.assert_array_equal(loaded(old).keypoint, loaded(recording()).keypoint)
    new = recording(mocap_frame_rate=np.array(60))
    del new["mocap_framerate"]
    assert loaded(new).fields["fps"].values == 60


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"poses": np.zeros((9, 165))},
            r"poses \(9, 165\) and .* a model of 52 joints: \(T, 156\)",
        ),
        ({"trans": np.zeros((8, 3))}, r"trans \(8, 3\) do not fit"),
        ({"trans": np.zeros(3)}, "of float64 as trans: it is not a file of AMASS"),
        ({"poses": np.full((9, 156), np.nan)}, "cannot be rotations"),
        ({"poses": np.full((9, 156), 1e300)}, "cannot be rotations"),
        ({"trans": np.full((9, 3), np.inf)}, "cannot be rotations and places"),
        ({"betas": np.array([0, np.nan])}, "betas have numbers that cannot be a shape"),
        ({"betas": np.array([0, 1e300])}, "betas have numbers that cannot be a shape"),
        ({"betas": np.array(["large"])}, "betas have numbers that cannot be a shape"),
        ({"poses": np.zeros((0, 156)), "trans": np.zeros((0, 3))}, "no frames"),
        ({"betas": np.ones(17)}, "17 betas, where the model has 16"),
        ({"gender": np.array("robot")}, "its gender is 'robot'"),
        ({"gender": np.array("male")}, "has no male/model.npz or SMPLX_MALE.npz"),
    ],
)
def test_files_that_do_not_fit(loaded, changes, words):
    with pytest.raises(ClipError, match=words):
        loaded(recording(**changes))


def test_files_that_lack_arrays(loaded):
    arrays = recording()
    del arrays["poses"]
    with pytest.raises(ClipError, match="it has no array poses: it is not a file of AMASS"):
        loaded(arrays)


@pytest.mark.parametrize(
    "change",
    [
        {"J_regressor": np.zeros((52, 299))},
        {"kintree_table": np.zeros((2, 51), np.int64)},
        {"shapedirs": np.zeros((VERTICES, 16))},
        {"v_template": np.array("none")},
    ],
)
def test_models_whose_arrays_do_not_fit(loaded, change):
    with pytest.raises(ClipError, match=r"has not v_template, .* that fit \(option model\)"):
        loaded(recording(), model=body() | change)


@pytest.mark.parametrize("name", ["v_template", "shapedirs", "J_regressor", "kintree_table"])
@pytest.mark.parametrize("value", ["x", np.nan])
def test_models_that_are_no_numbers(loaded, name, value):
    with pytest.raises(ClipError, match=r"has not v_template, .* that fit \(option model\)"):
        loaded(recording(), model=body() | {name: np.full(body()[name].shape, value)})


def test_a_model_whose_joints_are_in_no_order(loaded):
    tree = body()["kintree_table"].copy()
    tree[0, 5] = 9
    with pytest.raises(ClipError, match="a joint is before its parent"):
        loaded(recording(), model=body() | {"kintree_table": tree})


def test_hostile_archives(loaded):
    with pytest.raises(ClipError, match="not an archive of arrays"):
        loaded(b"PK\x03\x04 and so on")
    objects = recording(poses=np.array([{}], object))
    with pytest.raises(ClipError, match="poses holds values of type object"):
        loaded(objects)
    zeros = saved(recording(poses=np.zeros((200_000, 156))), compressed=True)
    with pytest.raises(ClipError, match="too much for a file of"):
        loaded(zeros)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        header = io.BytesIO()
        np.lib.format.write_array_header_1_0(
            header, {"descr": "<f8", "fortran_order": False, "shape": (10**12, 156)}
        )
        archive.writestr("poses.npy", header.getvalue() + bytes(800))
    with pytest.raises(ClipError, match="poses has 800 bytes, not those of a shape"):
        loaded(content.getvalue())


def test_a_dataset(tmp_path):
    (tmp_path / "SMPLX_FEMALE.npz").write_bytes(saved(body()))
    files = {"s1/walk_poses.npz": saved(recording()), "s1/shape.npz": saved({"betas": np.ones(16)})}
    report, dataset = build(tmp_path, "amass", files, model=str(tmp_path), fps=60)
    assert list(dataset.ids) == ["s1/walk_poses"]
    assert not report.quarantined
    assert dataset.layout == "smpl22"
    np.testing.assert_allclose(
        dataset[0].keypoint[0], expected(body(), recording())[::2, :22], atol=2e-6
    )
