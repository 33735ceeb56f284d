"""Converting and merging, between the real formats."""

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import skelconv
from skelconv import BuildError, DatasetError, convert, diff, merge
from skelconv.cli.app import run


def build(folder: Path, name: str, sink: str, shard: tuple[int, int] | None = None) -> Path:
    recipe: dict[str, Any] = {
        "skelconv": 1,
        "name": "toy",
        "about": "Sixty clips",
        "source": {"use": "toy", "with": {"clips": 60, "behave": {"7": "error"}}},
        "transforms": [{"use": "toy-drop", "with": {"every": 9}}],
        "splits": ["toy-halves"],
        "sink": {"use": sink, "with": {"path": str(folder / name)}},
    }
    (folder / "recipe.yaml").write_text(json.dumps(recipe))
    report = skelconv.build(folder / "recipe.yaml", executor="serial", shard=shard)
    return report.target


def content(path: Path) -> dict[str, bytes]:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return {str(file.relative_to(path)): file.read_bytes() for file in files}


def test_pickle_to_zarr_to_pickle_gives_the_same_bytes(tmp_path: Path) -> None:
    original = build(tmp_path, "a.pkl", "pickle")
    convert(original, tmp_path / "b.zarr")
    convert(tmp_path / "b.zarr", tmp_path / "c.pkl")
    assert (tmp_path / "c.pkl").read_bytes() == original.read_bytes()
    assert diff(original, tmp_path / "b.zarr").equal


@pytest.mark.parametrize("sink", ["pickle", "zarr"])
def test_merged_shards_are_the_whole_to_the_byte(tmp_path: Path, sink: str) -> None:
    ending = {"pickle": "pkl", "zarr": "zarr"}[sink]
    whole = build(tmp_path, f"whole.{ending}", sink)
    parts = [build(tmp_path, f"part.{ending}", sink, (part, 3)) for part in (1, 2, 3)]
    merge(parts, tmp_path / f"merged.{ending}")
    assert content(tmp_path / f"merged.{ending}") == content(whole)


def test_files_of_one_clip_are_merged(tmp_path: Path) -> None:
    """What a pose extraction script leaves: a pickle a video, with one annotation."""
    parts = []
    for number in range(3):
        annotation = {
            "frame_dir": f"video{number}",
            "total_frames": 2,
            "img_shape": (4, 5),
            "original_shape": (4, 5),
            "label": number,
            "keypoint": np.full((1, 2, 17, 2), number, np.float16),
            "keypoint_score": np.ones((1, 2, 17), np.float16),
        }
        parts.append(tmp_path / f"{number}.pkl")
        parts[-1].write_bytes(pickle.dumps(annotation))
    merge(parts, tmp_path / "all.pkl")
    merged = pickle.loads((tmp_path / "all.pkl").read_bytes())
    assert [annotation["frame_dir"] for annotation in merged] == ["video0", "video1", "video2"]
    assert [int(annotation["keypoint"].max()) for annotation in merged] == [0, 1, 2]


def test_a_clash_of_ids_names_both_parts(tmp_path: Path) -> None:
    part = build(tmp_path, "a.zarr", "zarr")
    other = tmp_path / "b.zarr"
    convert(part, other)
    with pytest.raises(DatasetError, match=r"'clip000001' is in both .*a\.zarr and .*b\.zarr"):
        merge([part, other], tmp_path / "c.zarr")
    assert not (tmp_path / "c.zarr").exists()


def test_what_cannot_be_converted(tmp_path: Path) -> None:
    part = build(tmp_path, "a.zarr", "zarr")
    with pytest.raises(BuildError, match=r"no format has this ending"):
        convert(part, tmp_path / "b.tar")
    with pytest.raises(BuildError, match="is there already"):
        convert(part, build(tmp_path, "c.pkl", "pickle"))
    with pytest.raises(DatasetError, match="no such file"):
        convert(tmp_path / "nothing.pkl", tmp_path / "b.pkl")


def test_a_part_is_not_overwritten(tmp_path: Path) -> None:
    part = build(tmp_path, "a.pkl", "pickle")
    before = part.read_bytes()
    with pytest.raises(BuildError, match="one of the datasets to read"):
        convert(part, part, fresh=True)
    assert part.read_bytes() == before


@pytest.mark.parametrize("parts", [2, 60, 61])
def test_empty_shards_are_merged_too(tmp_path: Path, parts: int) -> None:
    whole = build(tmp_path, "whole.pkl", "pickle")
    shards = [build(tmp_path, "s.pkl", "pickle", (n, parts)) for n in range(1, parts + 1)]
    merge(shards, tmp_path / "merged.pkl")
    assert (tmp_path / "merged.pkl").read_bytes() == whole.read_bytes()


def test_ids_that_only_a_split_names_are_reported(tmp_path: Path) -> None:
    annotation = {"frame_dir": "a", "total_frames": 1, "keypoint": np.ones((1, 1, 17, 2))}
    part = tmp_path / "a.pkl"
    part.write_bytes(pickle.dumps({"split": {"t": ["a", "z"]}, "annotations": [annotation]}))
    report = convert(part, tmp_path / "b.pkl")
    assert (report.absent.count, report.absent.first) == (1, ("z",))
    assert report.faults == ["1 name in the splits has no clip"]


def test_an_id_that_another_part_has_is_not_missing(tmp_path: Path) -> None:
    for name, other in (("a", "z"), ("z", "a")):
        annotation = {"frame_dir": name, "total_frames": 1, "keypoint": np.ones((1, 1, 17, 2))}
        content = {"split": {"t": [name, other]}, "annotations": [annotation]}
        (tmp_path / f"{name}.pkl").write_bytes(pickle.dumps(content))
    report = merge([tmp_path / "a.pkl", tmp_path / "z.pkl"], tmp_path / "b.pkl")
    assert report.clean


def test_a_dataset_without_splits_is_converted(tmp_path: Path) -> None:
    annotation = {"frame_dir": "a", "total_frames": 1, "keypoint": np.ones((1, 1, 17, 2))}
    (tmp_path / "a.pkl").write_bytes(pickle.dumps([annotation]))
    report = convert(tmp_path / "a.pkl", tmp_path / "b.pkl")
    assert (report.clips, report.splits, report.clean) == (1, {}, True)


def test_a_dataset_without_clips_is_not_written_again(tmp_path: Path) -> None:
    (tmp_path / "a.pkl").write_bytes(pickle.dumps({"split": {}, "annotations": []}))
    with pytest.raises(BuildError, match="there is no clip"):
        convert(tmp_path / "a.pkl", tmp_path / "b.pkl")
    assert not (tmp_path / "b.pkl").exists()


def test_a_field_that_is_one_number_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = {"frame_dir": "a", "label": 0, "total_frames": 2, "fps": np.array(29.97)}
    one["keypoint"] = np.ones((1, 2, 25, 3), np.float32)
    (tmp_path / "a.pkl").write_bytes(pickle.dumps({"split": {}, "annotations": [one]}))
    assert run(["inspect", str(tmp_path / "a.pkl"), "a"]) == 0
    assert "\n  fps: float64 29.97\n" in capsys.readouterr().out


def test_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, other = str(build(tmp_path, "a.zarr", "zarr")), str(tmp_path / "b.pkl")
    assert run(["convert", path, other]) == 0
    assert "52 clips" in capsys.readouterr().out
    read = ["--read", "layout=toy2"]
    assert run(["inspect", other, "clip000011", *read, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["clip"] == {
        "id": "clip000011",
        "label": 1,
        "class": ["odd"],
        "keypoint (M x T x V x C)": "float32 1 x 4 x 2 x 3",
        "splits": ["high"],
    }
    assert run(["inspect", path]) == 0
    out = capsys.readouterr().out
    assert "clips: 52" in out
    assert "low: 4" in out
    assert "classes: even, odd" in out
    assert run(["stats", path, "--json"]) == 0
    # Of the 60 the multiples of nine and the seventh are not there.
    kept = [number for number in range(60) if number % 9 and number != 7]
    stats = json.loads(capsys.readouterr().out)
    assert stats["labels"] == {str(x): sum(n % 2 == x for n in kept) for x in (0, 1)}
    assert stats["frames"]["total"] == sum(2 + number % 3 for number in kept)
    assert run(["verify", path, "--select", "SK1,SK3"]) == 0  # toys are not people
    assert run(["verify", path, "--for", "ctrgcn", "--select", "SK8"]) == 1
    assert "the layout is toy2, and ctrgcn's graphs are of ntu25" in capsys.readouterr().out
    assert run(["diff", path, path]) == 0
    assert capsys.readouterr().out == "equal: 52 clips\n"
    third = str(build(tmp_path, "c.zarr", "zarr", (1, 2)))
    assert run(["diff", path, third]) == 1
    second_half = sum(number >= 30 for number in kept)
    assert f"{second_half} in A alone" in capsys.readouterr().out
    assert run(["status", path]) == 0
    assert run(["status", str(tmp_path / "nothing.pkl")]) == 1
    assert "no build of this output was begun" in capsys.readouterr().err


def test_a_tilde_is_the_home_in_what_is_read_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    original = build(tmp_path, "a.pkl", "pickle")
    assert convert("~/a.pkl", "~/b.pkl").target == tmp_path / "b.pkl"
    for source in ("~/a.pkl", original):
        with pytest.raises(BuildError, match="one of the datasets to read"):
            convert(source, "~/a.pkl", fresh=True)


def test_an_output_within_a_dataset_that_is_read_is_refused(tmp_path: Path) -> None:
    original = build(tmp_path, "a.zarr", "zarr")
    before = content(original)
    with pytest.raises(BuildError, match="one of the datasets to read"):
        convert(original, original / "b.pkl")
    assert content(original) == before


@pytest.mark.parametrize("command", ["inspect", "stats", "verify", "convert"])
def test_the_path_is_not_an_option(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    paths = [str(build(tmp_path, "a.pkl", "pickle"))]
    paths += [str(tmp_path / "b.pkl")] if command == "convert" else []
    assert run([command, *paths, "--read", "path=other.pkl"]) == 1
    assert "the path is given as an argument" in capsys.readouterr().err


def test_an_empty_id_is_unknown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(build(tmp_path, "a.pkl", "pickle"))
    assert run(["inspect", path, ""]) == 1
    assert "there is no clip ''" in capsys.readouterr().err
