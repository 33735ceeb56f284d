"""Tables of contents in Kinetics-400's published form keep all that they say."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.assembly import Encoded
from support.kinetics import THRESHOLDS, table

import skelconv
from skelconv import Clip
from skelconv.testing import check_source
from skelconv_pickle.kpfiles import KpfilesSink
from skelconv_pickle.source import PickleSource


def read(folder: Path) -> tuple[Any, dict[str, Any]]:
    """Read a table and its skeletons with pickle itself."""
    whole = pickle.loads((folder / "annotations.pkl").read_bytes())
    skeletons = {}
    for annotation in whole["annotations"]:
        name = annotation["frame_dir"]
        if "raw_file" in annotation:
            file = folder / "kpfiles" / Path(annotation["raw_file"]).name
            skeletons[name] = pickle.loads(file.read_bytes())[name]["keypoint"]
        else:
            file = folder / "kpfiles" / f"{name}.pkl"
            skeletons[name] = pickle.loads(file.read_bytes())["keypoint"]
    return whole, skeletons


def assert_same(one: Path, *others: Path) -> None:
    """Compare a table with another, or with the parts of it in their order."""
    whole, skeletons = read(one)
    parts = [read(other) for other in others]
    annotations = [annotation for part, _ in parts for annotation in part["annotations"]]
    for name, ids in whole["split"].items():
        assert ids == [clip for part, _ in parts for clip in part["split"][name]]
    assert len(whole["annotations"]) == len(annotations)
    for given, back in zip(annotations, whole["annotations"], strict=True):
        assert given.keys() == back.keys()
        np.testing.assert_equal(back, given)
        assert {k: v.dtype for k, v in back.items() if isinstance(v, np.ndarray)} == {
            k: v.dtype for k, v in given.items() if isinstance(v, np.ndarray)
        }
    for _, given in parts:
        for name, keypoint in given.items():
            np.testing.assert_array_equal(skeletons[name], keypoint, strict=True)


@pytest.mark.parametrize("middle", ["k400.zarr", "k400.pkl", "k400"])
@pytest.mark.parametrize("raw_file", [False, True])
def test_there_and_back_nothing_is_lost(tmp_path: Path, middle: str, raw_file: bool) -> None:
    given = table(tmp_path / "given", raw_file=raw_file)
    options = {"raw_file_prefix": "data/k400/kpfiles"} if raw_file else {}
    between = {"sink": "kpfiles", "options": options} if middle == "k400" else {}
    first = skelconv.convert(given, tmp_path / middle, **between)
    assert (first.quarantined, dict(first.left_out)) == ((), {})
    second = skelconv.convert(tmp_path / middle, tmp_path / "back", sink="kpfiles", options=options)
    assert (second.quarantined, dict(second.left_out)) == ((), {})
    assert_same(tmp_path / "back", given)


def test_merged_nothing_is_lost(tmp_path: Path) -> None:
    one, two = table(tmp_path / "one"), table(tmp_path / "two", first=12, count=9)
    skelconv.merge([one, two], tmp_path / "both", sink="kpfiles")
    assert_same(tmp_path / "both", one, two)


def test_all_persons_of_a_crowd_are_read(tmp_path: Path) -> None:
    given = table(tmp_path / "given", count=1)
    _, skeletons = read(given)
    clip = skelconv.open(given)[0]
    assert clip.num_person == 34
    assert int((clip.fields["box_score"].values > 0).sum()) == len(skeletons[clip.id])
    few = skelconv.open(given, max_person=10)[0]
    assert few.num_person == 10
    sums = np.sort(clip.keypoint_score.astype(np.float32).sum(2), axis=0)[::-1][:10]
    np.testing.assert_allclose(few.keypoint_score.astype(np.float32).sum(2), sums)


def test_pickles_of_such_clips_have_the_counts_as_trainers_look_them_up(tmp_path: Path) -> None:
    given = table(tmp_path / "given")
    skelconv.convert(given, tmp_path / "k400.pkl")
    for one, other in zip(
        read(given)[0]["annotations"],
        pickle.loads((tmp_path / "k400.pkl").read_bytes())["annotations"],
        strict=True,
    ):
        assert other["valid"] == one["valid"]
        assert int(other["video_frames"]) == one["total_frames"]
        assert other["total_frames"] == len(set(one["frame_inds"].tolist()))


def test_of_clips_that_were_changed_it_says_what_is_true(tmp_path: Path) -> None:
    clip = skelconv.open(table(tmp_path / "given", count=1))[0]
    cut = clip.take("T", slice(0, 20))
    few = clip.take("M", [0])
    twice = clip.take("T", np.arange(40) % 20)
    padded = Clip(
        clip.id,
        np.concatenate((clip.keypoint, np.zeros_like(clip.keypoint)), axis=1),
        clip.layout,
        label=1,
        keypoint_score=np.concatenate((clip.keypoint_score,) * 2, axis=1)
        * (np.arange(2 * clip.total_frames) < clip.total_frames)[None, :, None],
    )
    cases = {"cut": (cut, 300), "few": (few, 300), "twice": (twice, 40)}
    cases["padded"] = (padded, 2 * clip.total_frames)
    for name, (changed, total) in cases.items():
        folder = write(changed, tmp_path / name)
        (entry,) = read(folder)[0]["annotations"]
        frames, scores = entry["frame_inds"], entry["box_score"]
        assert entry["total_frames"] == total
        assert np.all(np.diff(frames) >= 0)
        assert entry["valid"] == {t: len(set(frames[scores >= t])) for t in THRESHOLDS}
        back = skelconv.open(folder)[0]
        filled = changed.keypoint.any(axis=(0, 2, 3))
        np.testing.assert_array_equal(back.keypoint, changed.keypoint[: back.num_person, filled])


def write(clip: Clip, folder: Path) -> Path:
    sink = KpfilesSink(folder)
    sink.assemble(Encoded(sink, [clip], {"train": [0]}), sink.target)
    return folder


def test_skeletons_that_would_fill_the_memory(tmp_path: Path) -> None:
    half = 20_000
    frames = np.concatenate((np.ones(half), np.arange(2, half + 2))).astype(np.int16)
    entry = {
        "frame_dir": "a",
        "frame_inds": frames,
        "box_score": np.ones(2 * half, np.float16),
    }
    (tmp_path / "kpfiles").mkdir()
    (tmp_path / "annotations.pkl").write_bytes(pickle.dumps([entry]))
    keypoint = np.ones((2 * half, 17, 3), np.float16)
    (tmp_path / "kpfiles" / "a.pkl").write_bytes(pickle.dumps({"keypoint": keypoint}))
    with pytest.raises(skelconv.ClipError, match="up to 20000 persons: what it holds takes more"):
        skelconv.open(tmp_path)[0]


@pytest.mark.parametrize("total_frames", ["300", -1, 1 << 40, 2.5])
def test_numbers_of_frames_that_are_none(tmp_path: Path, total_frames: Any) -> None:
    given = table(tmp_path / "given", count=1)
    whole, _ = read(given)
    whole["annotations"][0]["total_frames"] = total_frames
    (given / "annotations.pkl").write_bytes(pickle.dumps(whole))
    with pytest.raises(skelconv.ClipError, match="not a number of frames"):
        skelconv.open(given)[0]


def test_counts_that_are_none_are_passed_over(tmp_path: Path) -> None:
    given = table(tmp_path / "given", count=4)
    whole, _ = read(given)
    for annotation, counts in zip(
        whole["annotations"], ({"a": 3}, {0.5: "x"}, {0.5: -1}, {}), strict=True
    ):
        annotation["valid"] = counts
    (given / "annotations.pkl").write_bytes(pickle.dumps(whole))
    dataset = skelconv.open(given)
    assert dataset.info == {"passed_over": ["valid"]}
    assert not any("valid" in clip.fields for clip in dataset)


def test_the_source_gives_what_the_reader_gives(tmp_path: Path) -> None:
    given = table(tmp_path / "given", count=3)
    assert check_source(PickleSource(str(given))) == list(skelconv.open(given))
