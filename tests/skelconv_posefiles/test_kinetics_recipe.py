"""The recipe of Kinetics-skeleton, on its archive and on a folder as it unpacks to."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from support import building

import skelconv
from skelconv import SkelconvError, load_recipe
from skelconv.recipe.guessing import guesses_for

RECIPE = Path(__file__).parents[2] / "recipes" / "kinetics_skeleton.yaml"


def clip(label: int, *numbers: int, x: float = 0.5) -> str:
    poses = [{"pose": [x + index / 64, 0.25] * 18, "score": [0.5] * 18} for index in range(3)]
    frames = [
        {"frame_index": number, "skeleton": poses[index % 3 : index % 3 + 1]}
        for index, number in enumerate(numbers)
    ]
    frames.append({"frame_index": max(numbers) + 1, "skeleton": []})
    return json.dumps({"data": frames, "label": "abseiling", "label_index": label})


@pytest.fixture
def files() -> dict[str, str]:
    listed = {"a": {"has_skeleton": True, "label": "abseiling", "label_index": 0}}
    return {
        "kinetics_train/a.json": clip(0, 1),
        "kinetics_train/b.json": clip(7, 1, 2, 3, x=0.25),
        "kinetics_val/c.json": clip(399, 1, 4),
        "kinetics_train_label.json": json.dumps(listed),
        "kinetics_val_label.json": json.dumps({"c": listed["a"], "d": listed["a"]}),
    }


@pytest.fixture
def build(tmp_path, monkeypatch):
    """Build the recipe of a root; return the report."""

    def made(root: Path, name: str = "out.zarr") -> Any:
        monkeypatch.setenv("KINETICS_ROOT", str(root))
        return skelconv.build(load_recipe(RECIPE, overrides=[f"sink.with.path={tmp_path / name}"]))

    return made


def packed(path: Path, files: dict[str, str | bytes], top: str = "") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(top + name, content)
    return path


def test_lists_of_labels_are_left_out_and_folders_are_the_parts(fill, files, build):
    report = build(fill(files))
    assert not report.quarantined
    dataset = skelconv.open(report.target)
    assert {part: dataset.split(part).ids for part in dataset.splits} == {
        "train": ("kinetics_train/a", "kinetics_train/b"),
        "val": ("kinetics_val/c",),
    }
    assert [clip.label for clip in dataset] == [0, 7, 399]
    # Fractions of 340 x 256 pixels.
    assert next(iter(dataset)).keypoint[0, 0, 0].tolist() == [170, 64]


@pytest.mark.parametrize("top", ["", "kinetics-skeleton/"])
def test_the_archive_gives_the_clips_of_the_folder(fill, files, build, tmp_path, top):
    folder = fill({top + name: content for name, content in files.items()})
    members = files | {"__MACOSX/kinetics_train/._a.json": "\0", "kinetics_train/": ""}
    archive = packed(tmp_path / "k.zip", members, top)
    from_folder, from_zip = build(folder, "a.zarr"), build(archive, "b.zarr")
    assert not from_zip.quarantined
    one, other = skelconv.open(from_folder.target), skelconv.open(from_zip.target)
    names = ("kinetics_train/a", "kinetics_train/b", "kinetics_val/c")
    assert other.ids == one.ids == tuple(top + name for name in names)
    assert other.splits == one.splits
    for mine, theirs in zip(one, other, strict=True):
        assert mine.label == theirs.label
        assert mine.keypoint.tobytes() == theirs.keypoint.tobytes()
        assert mine.keypoint_score.tobytes() == theirs.keypoint_score.tobytes()


def test_an_archive_is_recognised(files, tmp_path):
    archive = packed(tmp_path / "k.zip", files)
    found, _ = guesses_for(str(archive))
    assert found[0].name == "kinetics-skeleton"
    assert found[0].guess.options == {"root": str(archive)}


def test_a_damaged_file_of_the_archive_is_one_clip(files, build, tmp_path):
    files["kinetics_train/b.json"] = "x" * 5000
    archive = packed(tmp_path / "k.zip", files)
    content = archive.read_bytes()
    at = content.index(b"kinetics_train/a.json") + len("kinetics_train/a.json") + 5
    archive.write_bytes(content[:at] + b"\xff\xff" + content[at + 2 :])
    report = build(archive)
    assert {fault.id: fault.reason for fault in report.quarantined}.keys() == {
        "kinetics_train/a",
        "kinetics_train/b",
    }
    first, second = sorted(report.quarantined, key=lambda fault: fault.id)
    assert "damaged in the archive" in first.reason
    assert "not valid JSON" in second.reason


def test_a_file_that_claims_to_be_huge_is_not_unpacked(files, build, tmp_path):
    archive = packed(tmp_path / "k.zip", files)
    content = bytearray(archive.read_bytes())
    at = content.index(b"PK\1\2") + 24
    content[at : at + 4] = (2**31).to_bytes(4, "little")
    archive.write_bytes(content)
    (fault,) = build(archive).quarantined
    assert "more than 64 MB" in fault.reason
    assert "max_file_mb" in fault.reason


@pytest.mark.parametrize(
    "content", [b"", b"no archive at all", b"PK\3\4" + b"\0" * 60], ids=["empty", "text", "cut"]
)
def test_a_root_that_is_no_archive(build, tmp_path, content):
    (tmp_path / "k.zip").write_bytes(content)
    with pytest.raises(SkelconvError, match="zip archive"):
        build(tmp_path / "k.zip")


def test_a_frame_that_is_listed_twice_is_refused_unless_nothing_is_lost(tmp_path):
    files = {
        "other.json": clip(0, 1, 2, 2, 3),
        "equal.json": clip(0, 1, 2, 3, 4, 4),
        "times.json": clip(0, 1, 1, 1),
    }
    whole = json.loads(files["equal.json"])
    whole["data"][4] = whole["data"][3]
    files["equal.json"] = json.dumps(whole)
    report, dataset = building.build(tmp_path, "kinetics-skeleton", files)
    assert dataset.ids == ("equal",)
    assert dataset[0].keypoint.shape == (1, 5, 18, 2)
    reasons = {fault.id: fault.reason for fault in report.quarantined}
    assert reasons.keys() == {"other", "times"}
    assert "frame 2 is listed twice, in data 1 and data 2" in reasons["other"]
