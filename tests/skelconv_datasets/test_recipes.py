"""The recipes of datasets: their parts, on names in the datasets' form, and what they expect."""

from pathlib import Path

import numpy as np
import pytest

import skelconv
from skelconv import load_recipe
from skelconv_ntu.synthetic import synthetic_skeleton

RECIPES = Path(__file__).parents[2] / "recipes"


@pytest.mark.parametrize(
    ("name", "clips", "splits"),
    [
        ("nw_ucla", 1484, {"train": 1020, "val": 464}),
        ("penn_action", 2326, {"train": 1258, "test": 1068}),
        ("shrec17", 2800, {"train": 1960, "test": 840}),
        ("dhg", 2800, {}),
        ("jhmdb", 928, {}),
        ("smarthome_cs", 16115, {}),
        ("etri_activity3d", 112620, {}),
    ],
)
def test_a_recipe_expects_the_published_counts(name, clips, splits):
    expect = load_recipe(RECIPES / f"{name}.yaml").expect
    assert expect.clips == clips
    assert dict(expect.splits or {}) == splits


def _parts(recipe: str, names: list[str]) -> dict[str, tuple[str, ...]]:
    loaded = load_recipe(RECIPES / f"{recipe}.yaml")
    made = [split.descriptor.create(split.options) for split in loaded.splits]
    return {name: tuple(part for one in made for part in one.assign(name)) for name in names}


def test_nw_ucla_divides_by_view():
    assert _parts("nw_ucla", [f"a01_s01_e00_v0{view}" for view in (1, 2, 3)]) == {
        "a01_s01_e00_v01": ("train",),
        "a01_s01_e00_v02": ("train",),
        "a01_s01_e00_v03": ("val",),
    }


@pytest.mark.parametrize(
    ("version", "train", "first", "others"),
    [(1, 89, [0, 2, 5], [1, 3, 4]), (2, 89, [0, 3, 4], [1, 2, 7])],
)
def test_uav_human_divides_its_119_people(version, train, first, others):
    name = "P{:03}S00G10B10H10UC022000LC021000A000R0_08241716"
    found = _parts(f"uav_human_v{version}", [name.format(person) for person in range(119)])
    parts = [part for (part,) in found.values()]
    assert parts.count("train") == train
    assert [parts[person] for person in first] == ["train"] * 3
    assert [parts[person] for person in others] == ["test"] * 3


def test_smarthome_divides_by_person_or_by_camera():
    people = [f"Walk_p{person:02}_r00_v01_c01" for person in range(2, 26)]
    parts = [part for (part,) in _parts("smarthome_cs", people).values()]
    assert [n for n, part in enumerate(parts, 2) if part == "train"] == [
        3, 4, 6, 7, 9, 12, 13, 15, 17, 19, 25,
    ]  # fmt: skip
    cameras = {n: f"Walk_p03_r00_v01_c0{n}" for n in range(1, 8)}
    found = _parts("smarthome_cv", list(cameras.values()))
    assert {n: found[name] for n, name in cameras.items()} == {
        1: ("cv1_train", "cv2_train"),
        2: ("cv1_test", "cv2_test"),
        3: ("cv2_train",),
        4: ("cv2_train",),
        5: ("cv1_val", "cv2_val"),
        6: ("cv2_train",),
        7: ("cv2_train",),
    }


def test_uav_human_is_built_from_its_archive(tmp_path, monkeypatch):
    import zipfile

    def text(x: float) -> str:
        joints = "".join(f"{x + v} {x - v} 0.0 0 0\n" for v in range(17))
        return f"2\n1\n000 0 0 0 0 0 0 0 0 0\n17\n{joints}0\n"

    with zipfile.ZipFile(tmp_path / "Skeleton.zip", "w") as archive:
        for person, action in [(0, 154), (1, 7)]:
            name = f"P{person:03}S00G10B10H10UC022000LC021000A{action:03}R0_08241716"
            archive.writestr(f"Skeleton/{name}.txt", text(100 + person))
    monkeypatch.setenv("UAV_ROOT", str(tmp_path / "Skeleton.zip"))
    out = tmp_path / "out.pkl"
    report = skelconv.build(
        load_recipe(RECIPES / "uav_human_v1.yaml", overrides=[f"sink.with.path={out}"])
    )
    assert report is not None
    dataset = skelconv.open(out)
    assert {part: len(dataset.split(part)) for part in dataset.splits} == {"train": 1, "test": 1}
    assert [clip.label for clip in dataset] == [154, 7]
    clip = next(iter(dataset))
    assert clip.keypoint[0, 0, :2].tolist() == [[100, 100], [101, 99]]
    assert (clip.img_shape, clip.total_frames) == ((1080, 1920), 2)


def test_own_recordings_are_built(tmp_path, monkeypatch):
    for index, name in enumerate(["wave/mine.skeleton", "wave/b.txt", "jump/c d.txt"]):
        path = tmp_path / "recordings" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(synthetic_skeleton(index, frames=5, bodies=2))
    monkeypatch.setenv("RECORDINGS", str(tmp_path / "recordings"))
    out = tmp_path / "out.pkl"
    skelconv.build(
        load_recipe(RECIPES / "kinect_recordings.yaml", overrides=[f"sink.with.path={out}"])
    )
    found = {clip.id: (clip.label, clip.num_person) for clip in skelconv.open(out)}
    assert found == {"jump/c d": (0, 2), "wave/b": (1, 2), "wave/mine": (1, 2)}
    assert np.isfinite(next(iter(skelconv.open(out))).keypoint).all()
