import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import skelconv
from skelconv import ClipError, DatasetError, SkelconvError
from skelconv.testing import check_source
from skelconv_pickle.source import PickleSource


def annotation(name: str, **change: Any) -> dict[str, Any]:
    keypoint = np.full((1, 60, 25, 3), len(name), np.float32)
    return {"frame_dir": name, "label": 2, "keypoint": keypoint, **change}


@pytest.fixture
def stored(tmp_path: Path) -> Any:
    def stored(value: Any, protocol: int = 4) -> str:
        (tmp_path / "data.pkl").write_bytes(pickle.dumps(value, protocol))
        return str(tmp_path / "data.pkl")

    return stored


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_clips_in_the_order_of_the_file(stored: Any, protocol: int) -> None:
    annotations = [annotation("long name"), annotation("b"), annotation("a")]
    clips = check_source(PickleSource(stored(annotations, protocol)))
    assert [clip.id for clip in clips] == ["long name", "b", "a"]
    for clip, given in zip(clips, annotations, strict=True):
        np.testing.assert_array_equal(clip.keypoint, given["keypoint"], strict=True)
        assert (clip.label, clip.layout) == (2, "ntu25")


def test_an_id_that_is_there_again_is_rejected(stored: Any) -> None:
    inventory = PickleSource(
        stored([annotation("a"), annotation("b"), annotation("a")])
    ).inventory()
    assert [item.id for item in inventory.items] == ["a", "b"]
    (rejected,) = inventory.rejected
    assert (rejected.id, rejected.reason) == ("a", "annotation 2 has the same id as annotation 0")


@pytest.mark.parametrize("protocol", [0, 1, 2, 4])
def test_a_clip_with_too_long_an_id_is_quarantined(
    stored: Any, tmp_path: Path, protocol: int
) -> None:
    """From 1,024 bytes on, text stays in the file as the data of arrays does."""
    ids = ["a" * 1000, "b" * 1001, "é" * 512, "short"]
    splits = {"train": ids}
    path = stored({"split": splits, "annotations": [annotation(i) for i in ids]}, protocol)
    assert list(skelconv.open(path).ids) == ids
    assert skelconv.open(path).splits == {"train": (0, 1, 2, 3)}
    report = skelconv.convert(path, tmp_path / "out.pkl")
    assert [clip.id for clip in report.quarantined] == ids[1:3]
    assert report.quarantined[0].reason == "its id is longer than 1,000 bytes"
    assert list(skelconv.open(tmp_path / "out.pkl").ids) == [ids[0], "short"]


def test_ids_that_only_splits_name_are_absent(stored: Any) -> None:
    splits = {"train": ["x", "a"], "val": ["y", "x"]}
    path = stored({"split": splits, "annotations": [annotation("a")]})
    assert PickleSource(path).inventory().absent == ["x", "y"]


def test_a_damaged_annotation_is_that_clips_fault(stored: Any) -> None:
    source = PickleSource(
        stored([annotation("a", keypoint=np.zeros((60, 25, 3))), annotation("b")]), layout="ntu25"
    )
    first, second = source.inventory().items
    with pytest.raises(ClipError, match=r"annotation 0 \('a'\): keypoint has shape \(60, 25, 3\)"):
        source.load(first)
    assert source.load(second).id == "b"


def test_workers_do_not_read_the_whole_file(stored: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = stored([annotation("a")])
    (item,) = PickleSource(path).inventory().items
    elsewhere = PickleSource("not even the name is needed.pkl")
    assert elsewhere.load(pickle.loads(pickle.dumps(item))).id == "a"


def test_a_table_of_contents_needs_its_kpfiles(stored: Any) -> None:
    entry = {"frame_dir": "a", "frame_inds": np.ones(1, np.int16), "box_score": np.ones(1)}
    with pytest.raises(DatasetError, match="a table of contents") as caught:
        PickleSource(stored([entry])).inventory()
    assert "kpfiles" in (caught.value.hint or "")


def test_a_wrong_digest(stored: Any) -> None:
    with pytest.raises(SkelconvError, match="it is another file"):
        PickleSource(stored([annotation("a")]), sha256="0" * 64).inventory()
